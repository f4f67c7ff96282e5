"""Other orders in which the same month may reach the server, with the same balances at its end.

An order is legitimate if what an officer wrote stays in her order, and if the office knew, when it
did something that looks at what it knows, what it must have known. Two sorts are played:

    shuffled  Between two acts of the office the same phones' work arrives in any order, in any
              number of pieces, and again. Every act of the office finds the same; every evening
              is compared.
    late      Whole phones stay without a line for days, across counts, deposits, closes, rulings
              and restores, and bring everything at the end. What a count missed, a later one has.

Left out of `late`, because an order may rightly change what comes of it:
- a phone with a slip in doubt: a ruling before it came and one after it are two rulings;
- a phone of an officer who voids a slip across two syncs: before the count a void undoes the slip,
  after it (R25) it is too late;
- the sync before an import (`must`): a file speaks of what was paid until its day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from tests.month.script import ON_THE_PHONE, Act

Order = Callable[[Sequence[Act], int], list[Act]]


def as_made(acts: Sequence[Act], seed: int) -> list[Act]:
    """The month as the script has it."""
    return list(acts)


def shuffled(acts: Sequence[Act], seed: int) -> list[Act]:
    """The same has arrived before every act of the office; how it came is another matter."""
    dice, made, stretch = Random(f"shuffled {seed}"), list[Act](), list[Act]()
    for act in acts:
        if act["kind"] in (*ON_THE_PHONE, "sync"):
            stretch.append(act)
        else:
            made += [*_mixed(stretch, dice), act]
            stretch = []
    return made + _mixed(stretch, dice)


def _mixed(stretch: list[Act], dice: Random) -> list[Act]:
    """Each phone's own acts in their order, the phones in any; extra syncs where one follows."""
    queues: dict[str, list[Act]] = {}
    for act in stretch:
        queues.setdefault(act["phone"], []).append(act)
    made: list[Act] = []
    offered: set[str] = set()
    while queues:
        phone = dice.choice([each for each in sorted(queues) if _may(queues[each][0], offered)])
        act = queues[phone].pop(0)
        offered |= {act["id"]} if act["kind"] == "handed" else set()
        follows = any(each["kind"] == "sync" for each in queues[phone])
        may_drop = act["kind"] == "sync" and not act["must"] and follows
        drop = may_drop and dice.random() < 0.5
        made += [] if drop else [act]
        if (act["kind"] == "sync" or follows) and dice.random() < 0.3:
            made.append({"kind": "sync", "phone": phone, "must": False})
        if not queues[phone]:
            del queues[phone]
    return made


def _may(act: Act, offered: set[str]) -> bool:
    """Nobody takes what was not offered; a stretch has both sides of a handover."""
    return act["kind"] != "taken" or act["id"] in offered


def late(acts: Sequence[Act], seed: int) -> list[Act]:
    """Some phones have no line for days; what they must say at once, they say."""
    dice = Random(f"late {seed}")
    phones = sorted(may_be_late(acts))
    days = [act["day"] for act in acts if act["kind"] == "day"]
    away = {phone: dice.randrange((len(days) + 1) // 2) for phone in phones if dice.random() < 0.9}
    made, day = list[Act](), -1
    for act in acts:
        day += act["kind"] == "day"
        is_away = act["kind"] == "sync" and day >= away.get(act["phone"], len(days))
        if not is_away or act["must"]:
            made.append(act)
    return made


def may_be_late(acts: Sequence[Act]) -> set[str]:
    """The phones of whose work nothing depends on the day on which it comes."""
    phones = {act["phone"]: act["officer"] for act in acts if act["kind"] == "enrol"}
    written: dict[str, tuple[str, int]] = {}  # slip -> phone, how often it had synced
    syncs = dict.fromkeys(phones, 0)
    unfit: set[str] = set()
    for act in acts:
        if act["kind"] == "sync":
            syncs[act["phone"]] += 1
        elif act["kind"] == "slip":
            written[act["id"]] = (act["phone"], syncs[act["phone"]])
            if act["number"] != "next" or act["loan"].startswith("L-X"):
                unfit.add(act["phone"])
        elif act["kind"] == "void" and written[act["slip"]] != (act["phone"], syncs[act["phone"]]):
            unfit |= {each for each in phones if phones[each] == phones[act["phone"]]}
    return phones.keys() - unfit


ORDERS: dict[str, Order] = {"as_made": as_made, "shuffled": shuffled, "late": late}
