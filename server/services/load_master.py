"""Load the master data of an empty branch from values: for the demonstration and for rehearsals.

What a bank brings from its core system comes in by `import_master`; this writes the same rows and
posts the same legs, and also areas with their committees, mergers and earlier interruptions.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.db import Tx, transaction
from server.office.master_data import HouseholdData, LoanData, MasterData
from server.services import ledger, office_events
from server.tables import (
    Area,
    Household,
    ImportBatch,
    Loan,
    PriorInterruption,
    UnitChange,
    Village,
)
from sync.books import Leg, import_legs, legs_hash
from sync.canonical import canonical_bytes, sha256_hex


def load_master(branch_id: str, master: MasterData, *, as_of: str, by: str) -> str:
    """Write the master data with the balances of an as-of day; the hash of the event."""
    with transaction(branch_id, actor=by, cause="load_master") as tx:
        _add_areas(tx, master)
        _add_households(tx, master.households, _add_villages(tx, master.households))
        _add_loans(tx, master, as_of)
        return _post(tx, master.loans, as_of)


def _add_areas(tx: Tx, master: MasterData) -> None:
    for position, area in enumerate(master.areas, 1):
        tx.session.add(
            Area(
                branch_id=tx.branch_id,
                id=area.id,
                name=area.name,
                level=area.level,
                population=area.population,
                economy=area.economy,
                committees=canonical_bytes(list(area.committees)).decode(),
                counts_household_total=area.counts_household_total,
                position=position,
            )
        )
    for number, merger in enumerate(master.mergers, 1):
        tx.session.add(
            UnitChange(
                branch_id=tx.branch_id,
                id=f"merger-{number}",
                from_unit=merger.from_unit,
                into_unit=merger.into_unit,
                kind="MERGED",
                effective_on=merger.effective_on,
            )
        )
    tx.session.flush()


def _add_villages(tx: Tx, households: Sequence[HouseholdData]) -> dict[tuple[str, str], str]:
    """The villages in which there are households, in the order in which they occur."""
    ids: dict[tuple[str, str], str] = {}
    for household in households:
        if household.village is None or (household.area, household.village) in ids:
            continue
        place = (household.area, household.village)
        ids[place] = f"V-{sha256_hex(' '.join(place).encode())[:10]}"
        tx.session.add(
            Village(
                branch_id=tx.branch_id,
                id=ids[place],
                area_id=household.area,
                name=household.village,
                position=len(ids),
            )
        )
    tx.session.flush()
    return ids


def _add_households(
    tx: Tx, households: Sequence[HouseholdData], villages: dict[tuple[str, str], str]
) -> None:
    tx.session.add_all(
        Household(
            branch_id=tx.branch_id,
            id=household.id,
            name=household.name,
            kind=household.kind,
            area_id=household.area,
            village_id=villages.get((household.area, household.village or "")),
            natural_village=household.natural_village,
            successor_unit=household.successor_unit,
            phone=None,
            position=position,
        )
        for position, household in enumerate(households, 1)
    )
    tx.session.flush()


def _add_loans(tx: Tx, master: MasterData, as_of: str) -> None:
    names = {household.id: household.name for household in master.households}
    tx.session.add_all(
        Loan(
            branch_id=tx.branch_id,
            id=loan.id,
            household_id=loan.household,
            contract_no=loan.contract_no or loan.id,
            borrower_name=names[loan.household],
            guarantor_name=loan.guarantor_name,
            loan_on=loan.loan_on,
            due_on=loan.due_on,
            as_of=as_of,
            interest_known=loan.interest_fen is not None,
            state="open",
        )
        for loan in master.loans
    )
    tx.session.flush()
    tx.session.add_all(
        PriorInterruption(branch_id=tx.branch_id, loan_id=loan.id, on_day=on_day, kind=kind)
        for loan in master.loans
        for on_day, kind in loan.interruptions
    )
    tx.session.flush()


def _post(tx: Tx, loans: Sequence[LoanData], as_of: str) -> str:
    lines = [[loan.id, loan.principal_fen, loan.interest_fen] for loan in loans]
    body: dict[str, object] = {
        "file_sha256": sha256_hex(canonical_bytes(lines)),
        "as_of": as_of,
        "loans": len(loans),
        "households": len({loan.household for loan in loans}),
        "control_total_fen": sum(loan.principal_fen for loan in loans),
        "balances": {
            loan.id: [loan.principal_fen, loan.interest_fen, None, None] for loan in loans
        },
        "on_top": {},
        "reversed_on_top": {},
        "kept": {},
    }
    legs: list[Leg] = []
    for loan in loans:
        parts = {"principal": loan.principal_fen, "interest": loan.interest_fen}
        legs += import_legs(loan.id, {}, parts)
    sealed = body | {"legs_sha256": legs_hash(legs)}
    event_hash = office_events.record(tx, "master.imported", sealed, actor=tx.actor)
    ledger.post(tx, event_hash, legs, as_of)
    tx.session.add(
        ImportBatch(
            branch_id=tx.branch_id,
            id=event_hash,
            file_sha256=body["file_sha256"],
            as_of=as_of,
            loans=body["loans"],
            control_total_fen=body["control_total_fen"],
            by_id=tx.actor,
            at_ms=tx.now_ms,
        )
    )
    return event_hash
