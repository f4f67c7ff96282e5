"""What the supervisor and the cashier do in a rehearsed week, through the services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from server.db import snapshot
from server.office.report_document import Document
from server.office.report_facts import Period
from server.office.report_period import monday_of
from server.rehearsal.script import officers_of
from server.rehearsal.stage import BRANCH, CASHIER, SUPERVISOR
from server.rehearsal.week import Week
from server.services import office_requests, plan_sweep, review_evidence, weekly_report
from server.services.cash_day import hands, vault_fen
from server.services.close_day import close_day, deposit
from server.services.count_cash import DENOMINATIONS_FEN, Counted, count_cash
from server.services.holes import open_holes

VARIANCE_CAUSE = "点钞与收据不符，按实点登记"
HOLE_CAUSE = "该号未使用"
REFUSAL = "签收人无权代签"


def publish_routes(week: Week) -> None:
    """Each officer's households on their days; one nobody visits stands on the last day."""
    last = len(week.sweep_days) - 1
    routes: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    officers = officers_of(week)
    for household in week.households:
        if household.is_farm:
            day = last if household.visit_day is None else min(household.visit_day, last)
            routes[officers[household.id]].append((day, household.id))
    for officer, stops in routes.items():
        team = plan_sweep.Week(
            officer_id=officer,
            second_officer_id="officer-2" if officer != "officer-2" else "officer-1",
            starts_on=week.sweep_days[0],
            ends_on=week.sweep_days[-1],
        )
        sweep = plan_sweep.draft_sweep(BRANCH, team, by=SUPERVISOR)
        in_order = sorted(stops, key=lambda stop: stop[0])
        route = [(household_id, week.sweep_days[day]) for day, household_id in in_order]
        plan_sweep.plan_stops(BRANCH, sweep, route, by=SUPERVISOR)
        plan_sweep.publish_sweep(BRANCH, sweep, by=SUPERVISOR)


def close(week: Week, indexes: Iterable[int], date: str) -> None:
    """Count every officer's cash, bring all of it to the bank, and close the day."""
    with snapshot() as session:
        expected = hands(session, BRANCH)
    for officer, pieces in _counted(week, set(indexes), expected).items():
        with snapshot() as session:
            holes = dict.fromkeys(open_holes(session, BRANCH, officer), HOLE_CAUSE)
        difference = sum(value * n for value, n in pieces.items()) - expected[officer]
        cause = VARIANCE_CAUSE if difference else None
        counted = Counted(denominations=pieces, cause=cause, holes=holes)
        count_cash(BRANCH, officer, counted, by=CASHIER)
    with snapshot() as session:
        in_vault = vault_fen(session, BRANCH)
    if in_vault > 0:
        deposit(BRANCH, in_vault, f"JK{date.replace('-', '')}", by=CASHIER)
    close_day(BRANCH, date, by=CASHIER)


def _counted(week: Week, indexes: set[int], expected: dict[str, int]) -> dict[str, dict[int, int]]:
    """Officer -> the pieces on the table. The file says what was counted for all of them.

    Of several officers the last one has what is left of it, so that over or short shows there.
    """
    days = [one for one in week.cash_days if one.day in indexes]
    if not days or any(one.pieces is None for one in days):
        return {officer: pieces_of(fen) for officer, fen in expected.items()}
    pieces: defaultdict[int, int] = defaultdict(int)
    for day in days:
        for value, number in day.pieces or ():
            pieces[value] += number
    if len(expected) == 1:
        return {officer: dict(pieces) for officer in expected}
    left = sum(value * number for value, number in pieces.items())
    found: dict[str, dict[int, int]] = {}
    for position, (officer, fen) in enumerate(expected.items(), 1):
        share = left if position == len(expected) else min(fen, left)
        found[officer] = pieces_of(share)
        left -= share
    return found


def pieces_of(fen: int) -> dict[int, int]:
    """An amount in the fewest pieces. What is smaller than the smallest piece is left out."""
    pieces: dict[int, int] = {}
    for value in DENOMINATIONS_FEN:
        number, fen = divmod(fen, value)
        if number:
            pieces[value] = number
    return pieces


def review_notices() -> None:
    """Accept what was signed by one who may sign it; refuse the rest, with the reason."""
    with snapshot() as session:
        waiting = [
            (row.notice_no, review_evidence.signer_may_sign(row))
            for row in review_evidence.pending(session, BRANCH)
        ]
    for notice_no, may_sign in waiting:
        decision, reason = ("accepted", None) if may_sign else ("refused", REFUSAL)
        review_evidence.review(BRANCH, notice_no, decision, by=SUPERVISOR, reason=reason)


def note_requests(week: Week, date: str) -> None:
    """Help asked for, wishes passed on, and the plan of the week of the report."""
    for one in week.assists:
        if one.state == "OPEN":
            office_requests.ask_for_help(
                BRANCH, one.about, one.asked_of, by=SUPERVISOR, noted_on=date
            )
    for wish in week.services:
        service = office_requests.Service(
            requester=wish.requester,
            kind=wish.kind,
            purpose=wish.purpose,
            forwarded_to=wish.forwarded_to,
            state=wish.state,
        )
        office_requests.note_service(BRANCH, service, by=SUPERVISOR, noted_on=date)
    for item in week.plan:
        line = office_requests.PlanLine(
            week_starts_on=monday_of(week.report_on),
            kind=item.kind,
            area=item.area,
            times=item.times,
        )
        office_requests.note_plan(BRANCH, line, by=SUPERVISOR)


def last_report(period: Period) -> Document:
    """The report of a period as it was frozen, with its corrections the newest of them."""
    with snapshot() as session:
        first = weekly_report.issued(session, BRANCH, period.starts_on, period.ends_on)[0]
        return weekly_report.document(weekly_report.chain(session, BRANCH, first.report_no)[-1])
