"""Broken variants of the phone."""

from __future__ import annotations

from tests.sim.world.mutant import FORGETFUL, KILLS, LOSSY, Mutant, Patch

OVERLAY = "pwa/src/sync/overlay.ts"
FEED = "pwa/src/store/feed.ts"
EXCHANGE = "pwa/src/store/exchange.ts"
ROUNDS = "pwa/src/state/rounds.ts"
LANES = "pwa/src/store/lanes.ts"
RECORD = "pwa/src/state/record.ts"
RECOVER = "pwa/src/store/recover.ts"

OF_PHONE = (
    Mutant(
        name="prune_on_ack",
        wrong="the phone forgets what is acknowledged but not archived",
        patches=(
            Patch(
                file=ROUNDS,
                old="  run.wasted = 0;\n",
                new="  run.wasted = 0;\n"
                "  const kept = new Set(phone.unsent.value);\n"
                "  phone.log.value = phone.log.value.filter(\n"
                "    (event, at, log) => kept.has(event) || at === log.length - 1);\n",
            ),
        ),
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
        name="late_page_applied",
        wrong="the answer to an earlier request is taken for that to this one",
        patches=(
            Patch(
                file=EXCHANGE,
                old="  if (answer.said.req_id !== req_id) throw new Trouble('not_our_server');\n",
                new="  void req_id;\n",
            ),
        ),
        rates={"old_answer": 0.3},
        seeds=40,
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
        name="acks_outlive_the_epoch",
        wrong="what an old history acknowledged counts in the new one",
        patches=(
            Patch(
                file=LANES,
                old="known.epoch === heard.epoch ? known : { lanes",
                new="known.epoch !== 'never' ? known : { lanes",
            ),
        ),
        rates=FORGETFUL,
        seeds=40,
    ),
    Mutant(
        name="ack_by_number",
        wrong="an acknowledged number acknowledges whatever has it here",
        patches=(
            Patch(
                file=LANES,
                old="    return mark?.seq === seq && mark.hash === hash;\n",
                new="    return mark !== undefined && mark.seq >= seq && hash !== '';\n",
            ),
        ),
        rates={"image": 0.1, "roll_back": 0.1, "clone": 0.05},
        seeds=40,
    ),
    Mutant(
        name="mark_not_checked",
        wrong="an answer is believed without the mark of our secret",
        patches=(
            Patch(
                file=EXCHANGE,
                old="  if ((await hmac(secret, utf8(`${page}\\n${said}`))) !== mark)",
                new="  if ((await hmac(secret, utf8(`${page}\\n${said}`))) === '')",
            ),
        ),
        rates={"altered_answer": 0.2},
    ),
    Mutant(
        name="took_in_wrong_places",
        wrong="the verdicts of an answer are given to the events in reverse",
        patches=(
            Patch(
                file=EXCHANGE,
                old="  return hashes.map((hash, at) => ({ hash, ...said[at]! }));\n",
                new="  return hashes.map((hash, at) => ({ hash, ...said.at(-1 - at)! }));\n",
            ),
        ),
        rates={"poison_event": 0.3},
        seeds=40,
    ),
    Mutant(
        name="run_off_by_one",
        wrong="a run of verdicts leaves out its first event",
        patches=(
            Patch(
                file=EXCHANGE,
                old="seq >= from && seq <= to &&",
                new="seq > from && seq <= to &&",
            ),
        ),
    ),
    Mutant(
        name="settled_too_early",
        wrong="what is settled counts before the rows that hold it have come",
        patches=(
            Patch(
                file=LANES,
                old="settled: complete ? settled : known.settled }",
                new="settled: complete ? settled : { ...known.settled, ...settled } }",
            ),
        ),
        rates={"backup": 0.1, "lost_answer": 0.5, "wipe_database": 0.05, "cut_answer": 0.2},
        seeds=60,
    ),
    Mutant(
        name="lost_key_is_never_named_again",
        wrong="a phone goes on signing with a key that the restored server does not have",
        patches=(
            Patch(
                file=ROUNDS,
                old="  if (code === 'bad_request_signature' && !run.resumes) return",
                new="  if (code === 'never' && !run.resumes) return",
            ),
        ),
        rates={"restore": 0.05, "wipe_database": 0.1},
        seeds=40,
    ),
)
