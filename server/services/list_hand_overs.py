"""Who holds which households, and which hand-overs are uncertain still, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from server.db import snapshot
from server.services.look_up import HouseholdLine, all_households
from server.services.reassign import households_of
from server.services.staff_names import names
from server.tables import HandOver, Household


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageHeld:
    """The households of one village that an officer holds."""

    key: str
    area: str
    name: str
    households: tuple[HouseholdLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverLine:
    """A hand-over whose former phone has not been in touch since.

    stays_until_ms  The former officer keeps the household until then; None: it has left him.
    """

    household_id: str
    household: str
    giver: str
    taker: str
    at_ms: int
    last_seen_at_ms: int | None
    stays_until_ms: int | None


def held_by(branch_id: str, officer_id: str) -> list[VillageHeld]:
    """What an officer holds now, village by village."""
    with snapshot() as session:
        ids = households_of(session, branch_id, officer_id)
        lines = [line for line in all_households(session, branch_id) if line.id in ids]
    groups: dict[str, list[HouseholdLine]] = {}
    for line in lines:
        groups.setdefault(line.village_id or f"area:{line.area}", []).append(line)
    return [
        VillageHeld(
            key=key, area=group[0].area, name=group[0].village or "", households=tuple(group)
        )
        for key, group in groups.items()
    ]


def open_hand_overs(branch_id: str) -> list[HandOverLine]:
    """What is uncertain in the branch, the oldest first."""
    with snapshot() as session:
        who = names(session, branch_id)
        rows = session.execute(
            select(HandOver, Household.name)
            .join(
                Household,
                (Household.branch_id == HandOver.branch_id)
                & (Household.id == HandOver.household_id),
            )
            .where(HandOver.branch_id == branch_id, HandOver.settled_at_ms.is_(None))
            .order_by(HandOver.at_tick, HandOver.household_id)
        )
        return [
            HandOverLine(
                household_id=row.household_id,
                household=name,
                giver=who.get(row.from_officer_id, row.from_officer_id),
                taker=who.get(row.to_officer_id, row.to_officer_id),
                at_ms=row.at_ms,
                last_seen_at_ms=row.last_seen_at_ms,
                stays_until_ms=row.evict_after_ms if row.evict_tick is None else None,
            )
            for row, name in rows
        ]
