"""Broken variants of our own code. Each is a change of text; if the text is gone, that is an error.

`seeds` is the number of seeds within which the simulation must catch it; `rates` are the faults
that provoke it, with everything else at rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One change: in a file, this text becomes that."""

    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A variant, what is wrong with it, and what it takes to see it."""

    name: str
    wrong: str
    patches: tuple[Patch, ...]
    seeds: int = 20
    rates: Mapping[str, float] = field(default_factory=dict)


PUSH = "sync/push.py"
PULL = "sync/pull.py"
OVERLAY = "pwa/src/sync/overlay.ts"
FEED = "pwa/src/store/feed.ts"
EXCHANGE = "pwa/src/store/exchange.ts"
SYNC = "pwa/src/state/sync.ts"
RECORD = "pwa/src/state/record.ts"
RECOVER = "pwa/src/store/recover.ts"
SCOPE = "server/services/sweep_scope.py"

LOSSY = {"lost_request": 0.2, "lost_answer": 0.4, "twice": 0.3, "reload": 0.05}
FORGETFUL = {"restore": 0.05, "backup": 0.05, "lost_answer": 0.2}
KILLS = {"page_dies": 0.2, "reload": 0.1}

MUTANTS = (
    Mutant(
        name="idempotency_forgets",
        wrong="an event that comes again is judged and posted again",
        patches=(
            Patch(
                file=PUSH,
                old='if known is not None and not (known.reason == "bad_signature"'
                " and recorded.is_signed):",
                new='if known is not None and known.reason == "never":',
            ),
            Patch(
                file=PUSH,
                old="    undone = reversal(_standing(store.legs(event.hash)))",
                new="    undone: tuple[Leg, ...] = ()",
            ),
        ),
        rates=LOSSY,
    ),
    Mutant(
        name="dedupe_by_content",
        wrong="two events that say the same are taken for one",
        patches=(
            Patch(
                file=PUSH,
                old="        verdict = self.settle(recorded, is_new=known is None)\n",
                new="        said = (recorded.event.kind, str(recorded.event.body))\n"
                "        SEEN.setdefault(said, event_hash)\n"
                "        if SEEN[said] != event_hash:\n"
                "            self.results[event_hash] = (APPLIED, True)\n"
                "            return\n"
                "        verdict = self.settle(recorded, is_new=known is None)\n",
            ),
            Patch(file=PUSH, old="SIGS_MAX = 100", new="SEEN: dict = {}\nSIGS_MAX = 100"),
        ),
    ),
    Mutant(
        name="reject_out_of_scope",
        wrong="a batch with an event about somebody else's household is refused",
        patches=(
            Patch(
                file="server/services/take_in.py",
                old="        projection = Projection(tx)\n",
                new="        from server.tables import Assignment\n"
                "        from sqlalchemy import select\n"
                "        from sync.problems import Problem\n"
                "        mine = set(tx.session.scalars(select(Assignment.household_id).where(\n"
                "            Assignment.officer_id == device.officer_id,\n"
                "            Assignment.to_tick.is_(None))))\n"
                "        named = {str(e.body['household']) for e in batch.events\n"
                "                 if 'household' in e.body}\n"
                "        if named - mine:\n"
                "            raise Problem('envelope_invalid', field='household', rule='yours')\n"
                "        projection = Projection(tx)\n",
            ),
        ),
        rates={"reassign": 0.2},
    ),
    Mutant(
        name="prune_on_ack",
        wrong="the phone forgets what is acknowledged but not archived",
        patches=(
            Patch(
                file=SYNC,
                old="  await loadFeed(phone);\n  // A request was answered",
                new="  await loadFeed(phone);\n"
                "  const { seq } = phone.ack.value;\n"
                "  phone.log.value = phone.log.value.filter((event) => event.seq >= seq);\n"
                "  // A request was answered",
            ),
        ),
    ),
    Mutant(
        name="restore_keeps_epoch",
        wrong="a restored server goes on under the old name of history",
        patches=(
            Patch(
                file="server/services/epochs.py",
                old="        row.epoch, row.created_at_ms = renewed.epoch, now_ms()\n",
                new="        row.created_at_ms = now_ms()\n",
            ),
        ),
        rates=FORGETFUL,
    ),
    Mutant(
        name="no_evict",
        wrong="a household that goes to somebody else stays on the phone",
        patches=(
            Patch(
                file=SCOPE,
                old='            tx.evict("household", row.id, officer_id)\n',
                new="            pass\n",
            ),
        ),
        rates={"reassign": 0.2},
    ),
    Mutant(
        name="no_feed_on_assign",
        wrong="a household that did not change is not sent to its new officer",
        patches=(
            Patch(
                file="server/services/feed.py",
                old='        tx.touch("household", household.id, officer_id)\n',
                new="",
            ),
        ),
        rates={"reassign": 0.2},
    ),
    Mutant(
        name="cursor_before_page",
        wrong="the cursor is stored before the rows that it stands for",
        patches=(
            Patch(
                file=FEED,
                old="  await write(db, ['rows', 'staged', 'verdicts', 'meta'],",
                new="  const early = answer.page;\n"
                "  if (early && !early.reset) {\n"
                "    await write(db, ['meta'], async (stores) => {\n"
                "      const kept = await stores('meta').get('pull');\n"
                "      const pull = (kept as Pull | undefined) ?? NO_PULL;\n"
                "      if (!pull.staging) {\n"
                "        await stores('meta').put({ ...pull, cursor: early.cursor }, 'pull');\n"
                "      }\n"
                "    });\n"
                "  }\n"
                "  await write(db, ['rows', 'staged', 'verdicts', 'meta'],",
            ),
            Patch(
                file=FEED,
                old="  if (cursorOf(pull) !== page.sent) throw new Trouble('stale_page');\n",
                new="",
            ),
        ),
        rates={**KILLS, "page_dies": 0.4},
        seeds=30,
    ),
    Mutant(
        name="overlay_dropped_on_ack",
        wrong="an own event leaves the overlay when the push is answered",
        patches=(
            Patch(
                file=OVERLAY,
                old="verdict === 'applied' && typeof tick === 'number' && tick <= asOf;",
                new="verdict === 'applied' && (typeof tick !== 'number' || tick <= asOf);",
            ),
        ),
        rates=LOSSY,
    ),
    Mutant(
        name="overlay_by_page_cursor",
        wrong="the overlay goes by the page and not by the row's own tick",
        patches=(
            Patch(
                file=OVERLAY,
                old="verdict === 'applied' && typeof tick === 'number' && tick <= asOf;",
                new="verdict === 'applied' && typeof tick === 'number' && asOf > 0;",
            ),
        ),
        seeds=60,
    ),
    Mutant(
        name="page_splits_a_tick",
        wrong="a page may end in the middle of a tick",
        patches=(
            Patch(
                file=PULL,
                old="return feed, [line for line in self.verdicts if",
                new="feed = feed[:3] if end is not None else feed\n"
                "        return feed, [line for line in self.verdicts if",
            ),
        ),
    ),
    Mutant(
        name="late_page_applied",
        wrong="two exchanges run at a time, and a page counts on top of any cursor",
        patches=(
            Patch(
                file=FEED,
                old="  if (cursorOf(pull) !== page.sent) throw new Trouble('stale_page');\n",
                new="",
            ),
            Patch(
                file=SYNC,
                old="    running ??= attempt().finally(() => (running = null));\n",
                new="    running = attempt();\n",
            ),
        ),
        seeds=60,
    ),
    Mutant(
        name="two_tabs_without_lock",
        wrong="two pages record into one lane",
        patches=(
            Patch(
                file="pwa/src/device/lock.ts",
                old="  return new Promise((held) => {\n",
                new="  return new Promise((held) => {\n    held();\n",
            ),
            Patch(
                file="pwa/src/device/journal-worker.ts",
                old="return await file.createSyncAccessHandle();",
                new="return await (file as unknown as { createSyncAccessHandle(how: object): "
                "Promise<FileSystemSyncAccessHandle> })"
                ".createSyncAccessHandle({ mode: 'readwrite-unsafe' });",
            ),
        ),
        rates={"second_tab": 0.2},
        seeds=40,
    ),
    Mutant(
        name="tick_outside_the_transaction",
        wrong="the tick is committed before what happened in it",
        patches=(
            Patch(
                file="server/db.py",
                old="        self.tick = take_tick(self.session, self.branch_id)\n",
                new="        self.tick = take_tick(self.session, self.branch_id)\n"
                "        self.session.commit()\n"
                '        self.session.connection(execution_options={"write": True})\n',
            ),
        ),
        rates={"server_dies_later": 0.5},
    ),
    Mutant(
        name="suspense_not_posted",
        wrong="the cash of a quarantined receipt is in nobody's custody",
        patches=(
            Patch(
                file=PUSH,
                old="(suspense_legs(total, recorded.holder) if total else ())",
                new="()",
            ),
        ),
        rates={"revoke": 0.1},
        seeds=40,
    ),
    Mutant(
        name="reset_without_staging",
        wrong="the pages of a reset replace the rows one by one",
        patches=(
            Patch(
                file=FEED,
                old="  if (page.reset || pull.staging) await",
                new="  if (page.reset) await stores('rows').clear();\n  if (pull.staging) await",
            ),
        ),
        rates={"restore": 0.1, "backup": 0.1},
        seeds=40,
    ),
    Mutant(
        name="journal_not_read",
        wrong="a start does not look into the journal",
        patches=(
            Patch(
                file=RECOVER,
                old="  const inJournal = opened && lastIdentity(opened.payloads);\n",
                new="  const inJournal = null as Identity | null;\n  void lastIdentity;\n",
            ),
        ),
        rates={"wipe_database": 0.1},
    ),
    Mutant(
        name="journal_not_written",
        wrong="an event is put into the database alone",
        patches=(
            Patch(
                file=RECORD,
                old="  const start = await phone.journal.append(events.map(eventRecord));\n",
                new="  const start = await phone.journal.append([]);\n  void eventRecord;\n",
            ),
        ),
        rates={"wipe_database": 0.1},
    ),
    Mutant(
        name="saved_before_the_disk",
        wrong="saved is said while the two writes are still under way",
        patches=(
            Patch(
                file=RECORD,
                old="  await within(phone.clock, writeInOrder(",
                new="  void within(phone.clock, writeInOrder(",
            ),
        ),
        rates={"page_dies": 0.5, "power_cut": 0.5},
    ),
    Mutant(
        name="answered_before_the_commit",
        wrong="the answer goes out although nothing was committed",
        patches=(
            Patch(
                file="server/db.py",
                old="            tx.finish()\n            session.commit()\n",
                new="            tx.finish()\n"
                '            if tx.cause == "push" and tx.tick % 5 == 0:\n'
                "                session.rollback()\n"
                "            else:\n"
                "                session.commit()\n",
            ),
        ),
    ),
    Mutant(
        name="acks_outlive_the_epoch",
        wrong="what an old history acknowledged counts in the new one",
        patches=(
            Patch(
                file=EXCHANGE,
                old="  const base = known.epoch === epoch ? known : start;\n",
                new="  const base = known.epoch === epoch ? known : { ...known, epoch };\n"
                "  void start;\n",
            ),
        ),
        rates=FORGETFUL,
        seeds=40,
    ),
    Mutant(
        name="head_jumps_over_a_gap",
        wrong="the head goes to the last event of a batch, whatever is missing before it",
        patches=(
            Patch(
                file=PUSH,
                old="    head = extend(lane.head, vouched).head\n",
                new="    head = extend(lane.head, vouched).head\n"
                "    if vouched and vouched[-1].seq > head.seq:\n"
                "        head = Head(vouched[-1].seq, vouched[-1].hash)\n",
            ),
        ),
        rates={"restore": 0.1, "backup": 0.02, "lost_answer": 0.3, "lost_request": 0.2},
        seeds=60,
    ),
    Mutant(
        name="void_takes_no_cash_back",
        wrong="a void leaves the cash in custody",
        patches=(
            Patch(
                file=PUSH,
                old='        return reversal(_standing(store.legs(str(event.body["target"]))))\n',
                new="        return ()\n",
            ),
        ),
        seeds=30,
    ),
)
