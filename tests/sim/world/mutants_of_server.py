"""Broken variants of the server and of the rules that it runs."""

from __future__ import annotations

from tests.sim.world.mutant import FORGETFUL, LOSSY, Mutant, Patch

PUSH = "sync/push.py"
INTAKE = "sync/intake.py"
PULL = "sync/pull.py"
SCOPE = "server/services/sweep_scope.py"

OF_SERVER = (
    Mutant(
        name="idempotency_forgets",
        wrong="an event that comes again is judged and posted again",
        patches=(
            Patch(
                file=INTAKE,
                old='if known is not None and not (known.reason == "bad_signature"'
                " and recorded.is_signed):",
                new='if known is not None and known.reason == "never":',
            ),
            Patch(
                file=INTAKE,
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
                file=INTAKE,
                old="        verdict = self.settle(hearing)\n        self.results",
                new="        said = (recorded.event.kind, str(recorded.event.body))\n"
                "        if SEEN.setdefault(said, event_hash) != event_hash:\n"
                "            self.results[event_hash] = (APPLIED, True)\n"
                "            return\n"
                "        verdict = self.settle(hearing)\n        self.results",
            ),
            Patch(
                file=INTAKE,
                old="def movement_of(",
                new="SEEN: dict = {}\n\n\ndef movement_of(",
            ),
        ),
    ),
    Mutant(
        name="reject_out_of_scope",
        wrong="a batch with an event about somebody else's household is refused",
        patches=(
            Patch(
                file="server/services/take_in.py",
                old="        taken = quickly(",
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
                "        taken = quickly(",
            ),
        ),
        rates={"reassign": 0.2},
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
                file=INTAKE,
                old="suspense_legs(event.body, recorded.holder)",
                new="()",
            ),
        ),
        rates={"revoke": 0.1},
        seeds=40,
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
                file=INTAKE,
                old='undone + reversal(_standing(store.legs(str(event.body["target"]))))\n',
                new="undone\n",
            ),
        ),
        seeds=30,
    ),
    Mutant(
        name="settled_is_never_told",
        wrong="the verdict of a settled event is left out of the page that brings its row",
        patches=(
            Patch(
                file="server/stores/pull_store.py",
                old="_is_unsettled() if span.is_from_nothing else true()",
                new="_is_unsettled()",
            ),
        ),
        rates={"backup": 0.1, "lost_answer": 0.5},
        seeds=60,
    ),
    Mutant(
        name="no_savepoint",
        wrong="what a failed event has written stays",
        patches=(
            Patch(
                file="server/stores/push_store.py",
                old="            with self.session.begin_nested():\n                yield\n",
                new="            yield\n",
            ),
        ),
        rates={"poison_event": 0.3},
    ),
    Mutant(
        name="restore_ignores_the_journal",
        wrong="a restore takes the backup alone, though the journal is there",
        patches=(
            Patch(
                file="server/services/restore.py",
                old="        found = segments(journal) if journal else []\n",
                new="        found = segments(journal)[:0] if journal else []\n",
            ),
            Patch(
                file="server/services/restore.py",
                old="    if wish.journal is None:\n        _set_journal_aside(settings)\n",
                new="    if wish.journal is not None:\n        _set_journal_aside(settings)\n",
            ),
        ),
        rates={"restore_with_journal": 0.1},
    ),
)
