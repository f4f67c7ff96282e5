"""The records of a week file, list by list: each field read and checked by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.office.master_data import FARM_HOUSEHOLD, AreaData, LoanData, MergerData
from server.rehearsal.faults import FEN_MAX, Faults, Item, items
from server.rehearsal.week import (
    CashDay,
    WeekAssist,
    WeekHousehold,
    WeekIntention,
    WeekNotice,
    WeekPlanItem,
    WeekReceipt,
    WeekService,
)
from server.rehearsal.week_words import (
    ASSIST_STATES,
    DENOMINATIONS,
    INTERRUPTIONS,
    LEVELS,
    MERGERS,
    METHODS,
    NOTICE_STATES,
    PAYERS,
    PLAN_KINDS,
    REASONS,
    SERVICE_STATES,
    SIGNERS,
    STAGES,
)
from sync.dates import is_date
from sync.events import may_sign
from sync.fields import AMOUNT_FEN_MAX

AWAY = "AWAY_MIGRANT_WORK"
DAY_MAX = 60
PIECES_MAX = 100_000
DEFAULT_OFFICER = "officer-1"


@dataclass(frozen=True, slots=True)
class Records:
    """The lists of one file, read in one profile of dates."""

    faults: Faults
    root: Mapping[str, Any]
    profile: str

    def areas(self) -> tuple[AreaData, ...]:
        """Towns and sub-areas in the order of the file."""
        return tuple(
            AreaData(
                id=one.id("id"),
                name=one.text("name"),
                level=one.one("level", LEVELS, "TOWN"),
                population=one.maybe_whole("population", 0, 10**8),
                committees=one.texts("village_committees_stated"),
                economy=one.maybe_text("economy", chars_max=200),
                counts_household_total=one.flag("counts_household_total", True),
            )
            for one in items(self.faults, self.root, "areas", required=True)
        )

    def mergers(self) -> tuple[MergerData, ...]:
        """Units that passed into others."""
        found = []
        for one in items(self.faults, self.root, "unit_changes", required=False):
            one.one("kind", MERGERS, "MERGED")
            found.append(
                MergerData(
                    from_unit=one.text("from"),
                    into_unit=one.text("into"),
                    effective_on=_date(one, "effective"),
                )
            )
        return tuple(found)

    def households(self, remark: str | None) -> tuple[WeekHousehold, ...]:
        """Farm households; the remark is the place of the only one that works elsewhere."""
        read = [*items(self.faults, self.root, "households", required=True)]
        away = [one for one in read if one.values.get("unsigned_reason") == AWAY]
        return tuple(_household(one, remark if len(away) == 1 else None) for one in read)

    def collectives(self) -> tuple[WeekHousehold, ...]:
        """Collective borrowers: never counted as households."""
        return tuple(
            WeekHousehold(
                id=one.id("id"),
                name=one.text("borrower_name"),
                area=one.id("area") if one.values.get("area") else self._first_area(),
                kind=_kind(one),
                successor_unit=one.maybe_text("successor_unit"),
            )
            for one in items(self.faults, self.root, "collective_borrowers", required=False)
        )

    def _first_area(self) -> str:
        """Where a collective borrower is filed if the file does not say; no figure needs it."""
        areas = self.root.get("areas")
        first = areas[0] if isinstance(areas, list) and areas else {}
        return str(first.get("id", "")) if isinstance(first, dict) else ""

    def loans(self) -> tuple[LoanData, ...]:
        """Loans of households."""
        return tuple(
            self._loan(one, one.id("household"))
            for one in items(self.faults, self.root, "loans", required=True)
        )

    def collective_loans(self) -> tuple[LoanData, ...]:
        """The one loan of each collective borrower."""
        found = []
        for one in items(self.faults, self.root, "collective_borrowers", required=False):
            loan = one.values.get("loan")
            if isinstance(loan, dict):
                inner = Item(self.faults, f"{one.path}loan.", loan)
                found.append(self._loan(inner, str(one.values.get("id"))))
            else:
                one.note("loan", "须为对象", "an object")
        return tuple(found)

    def _loan(self, one: Item, household: str) -> LoanData:
        return LoanData(
            id=one.id("id"),
            household=household,
            principal_fen=one.whole("principal_outstanding_before_fen", 0, FEN_MAX),
            interest_fen=one.maybe_whole("interest_due_before_fen", 0, FEN_MAX),
            due_on=self._due_on(one),
            interruptions=self._interruptions(one),
        )

    def _due_on(self, one: Item) -> str | None:
        """The due date of the profile; none given is none known."""
        dates = one.values.get("due_date")
        if isinstance(dates, dict):
            return _date(Item(self.faults, f"{one.path}due_date.", dates), self.profile)
        return _date(one, "due_date")

    def _interruptions(self, one: Item) -> tuple[tuple[str, str], ...]:
        given = one.values.get("prior_interruptions")
        if given is None:
            return ()
        if not isinstance(given, dict):
            one.note("prior_interruptions", "须按日期方案分列", "an object by date profile")
            return ()
        path = f"{one.path}prior_interruptions."
        found: dict[tuple[str, str], None] = {}
        for event in items(self.faults, given, self.profile, required=False, within=path):
            day = _date(event, "date")
            if day is None and event.values.get("date") is None:
                event.note("date", "缺少日期", "a date is missing")
            found[day or "", event.one("type", INTERRUPTIONS)] = None
        return tuple(found)

    def notices(self) -> tuple[WeekNotice, ...]:
        """Notices, signed back or not."""
        return tuple(
            _notice(one) for one in items(self.faults, self.root, "notices", required=False)
        )

    def receipts(self) -> tuple[WeekReceipt, ...]:
        """Receipts, every upload of each."""
        return tuple(
            _receipt(one) for one in items(self.faults, self.root, "receipts", required=False)
        )

    def intentions(self) -> tuple[WeekIntention, ...]:
        """Intentions; a promise has a date and an amount."""
        found = []
        for one in items(self.faults, self.root, "intentions", required=False):
            one.one("stage", STAGES, "INTENTION")
            found.append(
                WeekIntention(
                    household=one.id("household"),
                    loan=one.id("loan"),
                    promised_on=_date(one, "promised_date"),
                    promised_fen=one.maybe_whole("promised_amount_fen", 1, AMOUNT_FEN_MAX),
                )
            )
        return tuple(found)

    def assists(self) -> tuple[WeekAssist, ...]:
        """Requests for help."""
        return tuple(
            WeekAssist(
                id=one.id("id"),
                about=one.texts("about"),
                asked_of=one.texts("asked_of"),
                state=one.one("status", ASSIST_STATES, "OPEN"),
            )
            for one in items(self.faults, self.root, "assist_requests", required=False)
        )

    def services(self) -> tuple[WeekService, ...]:
        """Wishes that are no debt."""
        return tuple(
            WeekService(
                id=one.id("id"),
                requester=one.text("requester"),
                kind=one.id("kind"),
                purpose=one.text("purpose"),
                forwarded_to=one.maybe_text("forwarded_to"),
                state=one.one("status", SERVICE_STATES, "OPEN"),
            )
            for one in items(self.faults, self.root, "service_requests", required=False)
        )

    def plan(self) -> tuple[WeekPlanItem, ...]:
        """Next week's plan."""
        found = []
        for one in items(self.faults, self.root, "plan", required=False):
            kind = one.one("kind", PLAN_KINDS)
            area = one.text("area") if kind == "SWEEP" else one.maybe_text("area")
            times = one.whole("times", 1, 31, default=1)
            found.append(WeekPlanItem(id=one.id("id"), kind=kind, area=area, times=times))
        return tuple(found)

    def cash_days(self) -> tuple[CashDay, ...]:
        """What the cashier counted, day by day."""
        return tuple(
            CashDay(day=one.whole("day_index", 0, DAY_MAX), pieces=_pieces(one))
            for one in items(self.faults, self.root, "cash_days", required=False)
        )


def _household(one: Item, remark: str | None) -> WeekHousehold:
    reason = one.values.get("unsigned_reason")
    place = one.maybe_text("away_place", chars_max=20)
    return WeekHousehold(
        id=one.id("id"),
        name=one.text("name"),
        area=one.id("area"),
        village=one.maybe_text("village", chars_max=40),
        natural_village=one.maybe_text("natural_village", chars_max=40),
        unsigned_reason=one.one("unsigned_reason", REASONS) if reason is not None else None,
        away_place=(place or remark) if reason == AWAY else None,
        visit_day=one.maybe_whole("visit_day_index", 0, DAY_MAX),
    )


def _kind(one: Item) -> str:
    """What a collective borrower is; that it is none of the households is all that matters."""
    if one.values.get("borrower_kind") is None:
        return "VILLAGER_GROUP"
    kind = one.id("borrower_kind")
    if kind == FARM_HOUSEHOLD:
        one.note("borrower_kind", "农户应列在 households", "a farm household stands in households")
    return kind


def _notice(one: Item) -> WeekNotice:
    """A notice that says it came back has a day and a signer; one that did not has neither."""
    word = one.values.get("signed_by")
    signer = SIGNERS.get(one.one("signed_by", {key: key for key in SIGNERS}, "OTHER"))
    state = one.one("status", NOTICE_STATES, "SIGNED_BACK" if word else "NOT_SIGNED")
    # Below 0 is a day before the sweep: the rules between fields say what that means.
    signed_day = one.maybe_whole("signed_day_index", -DAY_MAX, DAY_MAX)
    role, relation = signer or ("other", None)
    notice = WeekNotice(
        id=one.id("id"),
        loan=one.id("loan"),
        household=one.id("household"),
        signed_day=signed_day,
        made_day=one.maybe_whole("made_day_index", -DAY_MAX, DAY_MAX),
        signer_role=role,
        signer_name=one.maybe_text("signer_name", chars_max=40),
        relation=one.maybe_text("relation", chars_max=40) or relation,
        lives_here=one.flag("lives_here", role in ("debtor", "adult_relative")),
        adult=one.flag("adult", True),
    )
    _check_state(one, notice, state)
    return notice


def _check_state(one: Item, notice: WeekNotice, state: str) -> None:
    has_signer = one.values.get("signed_by") is not None
    if state == "signed" and (notice.signed_day is None or not has_signer):
        zh, en = "已签回的通知书须有签收日和签收人", "a notice signed back needs a day and a signer"
        one.note("signed_day_index" if notice.signed_day is None else "signed_by", zh, en)
    may = may_sign(
        notice.signer_role,
        lives_here=notice.lives_here,
        adult=notice.adult,
        relation=notice.relation,
    )
    if state == "unsigned" and notice.signed_day is not None and has_signer and may:
        zh, en = "写明未签回，却有签收人", "it says that it was not signed, yet names a signer"
        one.note("status", zh, en)


def _receipt(one: Item) -> WeekReceipt:
    one.one("method", METHODS, "CASH")
    # Both are names of the file only: a slip's number is given by the phone's book.
    receipt_no = one.text("receipt_no", chars_max=40)
    return WeekReceipt(
        receipt_no=receipt_no,
        client_id=one.maybe_text("client_id") or receipt_no,
        loan=one.id("loan"),
        household=one.id("household"),
        day=one.whole("day_index", 0, DAY_MAX),
        total_fen=one.whole("total_fen", 1, AMOUNT_FEN_MAX),
        principal_fen=one.whole("principal_fen", 0, AMOUNT_FEN_MAX, default=0),
        interest_fen=one.whole("interest_fen", 0, AMOUNT_FEN_MAX, default=0),
        penalty_fen=one.whole("penalty_fen", 0, AMOUNT_FEN_MAX, default=0),
        cost_fen=one.whole("fee_fen", 0, AMOUNT_FEN_MAX, default=0),
        payer_role=one.one("payer", PAYERS, "debtor"),
        payer_name=one.maybe_text("payer_name", chars_max=40),
        collector=one.id("collector") if one.values.get("collector") else DEFAULT_OFFICER,
        second_person=one.maybe_text("second_person", chars_max=40),
        area=one.id("area") if one.values.get("area") is not None else None,
    )


def _pieces(one: Item) -> tuple[tuple[int, int], ...] | None:
    """Pieces by their value in fen; the keys of the file are yuan of a piece."""
    given = one.values.get("denominations")
    if given is None:
        return None
    if not isinstance(given, dict):
        one.note("denominations", "须为面额对张数", "an object of yuan to pieces")
        return ()
    inner = Item(one.faults, f"{one.path}denominations.", given)
    found: dict[int, int] = {}
    for name in given:
        if name in DENOMINATIONS:
            found[DENOMINATIONS[name]] = inner.whole(name, 0, PIECES_MAX)
        else:
            words = " ".join(DENOMINATIONS)
            inner.note(name, f"没有这种面额；面额：{words}", f"no such piece; yuan: {words}")
    return tuple(sorted(found.items(), reverse=True))


def _date(one: Item, name: str) -> str | None:
    """A date that may be missing or null."""
    value = one.values.get(name)
    if value is not None and not is_date(value):
        one.note(name, "须为日期，如 2026-03-02", "a date such as 2026-03-02")
        return None
    return value
