"""The rules between the records of a week file: what names what, what sums, what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from server.rehearsal.faults import Faults
from server.rehearsal.week import Week, WeekNotice, WeekReceipt, day_of_index


def check(faults: Faults, week: Week) -> None:
    """Note every rule between records that the file breaks."""
    _once(faults, "areas", [one.id for one in week.areas])
    borrowers = [one.id for one in week.households]
    _once(faults, "households + collective_borrowers", borrowers)
    _once(faults, "loans + collective_borrowers", [one.id for one in week.loans])
    for name in ("notices", "assists", "services", "plan"):
        _once(faults, name, [one.id for one in getattr(week, name)])
    _once(faults, "cash_days", [str(one.day) for one in week.cash_days])
    _check_places(faults, week)
    _check_loans(faults, week)
    _check_notices(faults, week)
    _check_receipts(faults, week)
    _check_people(faults, week)
    _check_days(faults, week)


def _once(faults: Faults, path: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one and one in seen:
            faults.note(path, one, "编号重复", "this id stands twice")
        seen.add(one)


def _known(faults: Faults, path: str, value: str, known: Iterable[str]) -> bool:
    """Note a name of something that is not in the file. An id that was faulty is noted already."""
    if value and value not in known:
        faults.note(path, value, "文件里没有这个编号", "nothing in the file has this id")
        return False
    return bool(value)


def _check_places(faults: Faults, week: Week) -> None:
    areas = {one.id for one in week.areas}
    for index, household in enumerate(week.households):
        farms = sum(one.is_farm for one in week.households)
        name, at = (
            ("households", index) if index < farms else ("collective_borrowers", index - farms)
        )
        _known(faults, f"{name}[{at}].area", household.area, areas)


def _check_loans(faults: Faults, week: Week) -> None:
    households = {one.id for one in week.households}
    for loan in week.loans:
        path = f"loans[{loan.id}]"
        _known(faults, f"{path}.household", loan.household, households)
        for on_day, _kind in loan.interruptions:
            if on_day >= week.sweep_days[0]:
                zh, en = "不早于下乡第一天", "does not lie before the first sweep day"
                faults.note(f"{path}.prior_interruptions", on_day, zh, en)


def _check_loan_of(
    faults: Faults, path: str, pair: tuple[str, str], loans: Mapping[str, str]
) -> None:
    """The loan is known, and is a loan of the household that is named beside it."""
    loan, household = pair
    if _known(faults, f"{path}.loan", loan, loans) and household and loans[loan] != household:
        zh, en = f"这笔贷款属于 {loans[loan]}", f"this loan is one of {loans[loan]}"
        faults.note(f"{path}.household", household, zh, en)


def _check_notices(faults: Faults, week: Week) -> None:
    loans = {one.id: one.household for one in week.loans}
    visits = {one.id: one.visit_day for one in week.households}
    for index, notice in enumerate(week.notices):
        path = f"notices[{index}]"
        _check_loan_of(faults, path, (notice.loan, notice.household), loans)
        _check_order(faults, path, notice, visits.get(notice.household))


def _check_order(faults: Faults, path: str, notice: WeekNotice, visit_day: int | None) -> None:
    """NV10: no paper is signed before it was made, and none is made before the officer came."""
    if notice.signed_day is None:
        return
    made_day = notice.made_day if notice.made_day is not None else max(visit_day or 0, 0)
    if notice.signed_day < made_day:
        zh = f"签收早于通知书制作（第 {made_day} 天），是预先签名的空白通知书（NV10）"
        en = f"signed before the notice was made (day {made_day}): a pre-signed blank form (NV10)"
        faults.note(f"{path}.signed_day_index", notice.signed_day, zh, en)
    elif notice.signed_day < 0:
        zh, en = "早于下乡第一天（NV10）", "lies before the first sweep day (NV10)"
        faults.note(f"{path}.signed_day_index", notice.signed_day, zh, en)


def _check_receipts(faults: Faults, week: Week) -> None:
    loans = {one.id: one.household for one in week.loans}
    areas = {one.id: one.area for one in week.households}
    first: dict[str, WeekReceipt] = {}
    for index, receipt in enumerate(week.receipts):
        path = f"receipts[{index}]"
        _check_loan_of(faults, path, (receipt.loan, receipt.household), loans)
        # What contradicts an earlier upload is played to see it quarantined, whatever it says.
        if first.setdefault(receipt.client_id, receipt) == receipt:
            _check_parts(faults, path, receipt)
        area = areas.get(receipt.household)
        if receipt.area is not None and area is not None and receipt.area != area:
            zh, en = f"该户属于 {area}", f"the household is in {area}"
            faults.note(f"{path}.area", receipt.area, zh, en)


def _check_parts(faults: Faults, path: str, receipt: WeekReceipt) -> None:
    """NV1: the parts of a receipt make its total."""
    parts = {
        "principal": receipt.principal_fen,
        "interest": receipt.interest_fen,
        "penalty": receipt.penalty_fen,
        "fee": receipt.cost_fen,
    }
    if sum(parts.values()) != receipt.total_fen:
        given = [
            str(fen) for name, fen in parts.items() if fen or name in ("principal", "interest")
        ]
        sums = f"{'+'.join(given)} != {receipt.total_fen}"
        faults.note(
            path, sums, "各项之和不等于总额（NV1）", "the parts do not sum to the total (NV1)"
        )


def _check_people(faults: Faults, week: Week) -> None:
    """Intentions, requests and promises name what is in the file."""
    loans = {one.id: one.household for one in week.loans}
    borrowers = {one.id for one in week.households}
    for index, intention in enumerate(week.intentions):
        path = f"intentions[{index}]"
        _check_loan_of(faults, path, (intention.loan, intention.household), loans)
        if intention.promised_on is not None and intention.promised_on < week.sweep_days[0]:
            zh, en = "早于下乡第一天", "lies before the first sweep day"
            faults.note(f"{path}.promised_date", intention.promised_on, zh, en)
    for index, assist in enumerate(week.assists):
        for name in ("about", "asked_of"):
            if not getattr(assist, name):
                faults.note(f"assist_requests[{index}].{name}", [], "至少一个", "at least one")
        for one in assist.about:
            _known(faults, f"assist_requests[{index}].about", one, borrowers)


def _check_days(faults: Faults, week: Week) -> None:
    """Nothing in the file lies after the day on which the report is written."""
    for path, day in _days(week):
        if day is not None and day >= 0 and day_of_index(week.sweep_days, day) > week.report_on:
            zh, en = f"晚于报告日 {week.report_on}", f"lies after the report day {week.report_on}"
            faults.note(path, day, zh, en)


def _days(week: Week) -> Iterator[tuple[str, int | None]]:
    for index, household in enumerate(week.households):
        yield f"households[{index}].visit_day_index", household.visit_day
    for index, notice in enumerate(week.notices):
        yield f"notices[{index}].signed_day_index", notice.signed_day
        yield f"notices[{index}].made_day_index", notice.made_day
    for index, receipt in enumerate(week.receipts):
        yield f"receipts[{index}].day_index", receipt.day
    for index, cash in enumerate(week.cash_days):
        yield f"cash_days[{index}].day_index", cash.day
