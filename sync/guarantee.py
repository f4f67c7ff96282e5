"""The period of a guarantee (保证期间): fixed, never interrupted, one for each guarantor (R14).

Sources: Civil Code art. 686, 692-694; 法释〔2020〕28号 art. 29, 32, 34; time-effect rule
法释〔2020〕15号 art. 27 for contracts before 2021.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sync.dates import add_days, add_months, add_years, parse_date
from sync.limitation import YEARS

CIVIL_CODE_SINCE = date(2021, 1, 1)

# Months of the period if none was agreed (art. 692), and by the old rule for unclear terms.
MONTHS_NOT_AGREED, MONTHS_UNCLEAR_BEFORE_2021 = 6, 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """The terms of one guarantor.

    kind         "joint" (连带) or "ordinary" (一般). Not stated means ordinary (art. 686).
    agreed       Months that were agreed; None if no period was; "unclear" if the words do not
                 give one, such as "until principal and interest are repaid".
    contract_on  The day of the guarantee contract, if known.
    """

    guarantor: str
    kind: str = "ordinary"
    agreed: int | str | None = None
    contract_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A step taken within the period.

    against  A guarantor's id, or "debtor".
    form     "demand", or "suit" for suit and arbitration.
    review   Only "ACCEPTED" counts.
    """

    on: str
    against: str
    form: str = "demand"
    review: str = "PENDING"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeState:
    """Where a guarantee stands on a day.

    status              OPEN, CLAIMED, FREE or UNKNOWN.
    ends_on             Last day of the guarantee period.
    limitation_ends_on  Once claimed from a joint guarantor: last day of his own three years.
    legal_review        Codes of what a lawyer must look at; empty if nothing.
    """

    status: str
    ends_on: str | None = None
    free_from: str | None = None
    limitation_ends_on: str | None = None
    legal_review: tuple[str, ...] = ()


def guarantee_state(
    due_on: str | None, terms: Guarantee, claims: Iterable[Claim], *, today: str
) -> GuaranteeState:
    """The state of one guarantor's period on a day.

    A joint guarantor must be asked himself within the period; a demand on the debtor or on
    another guarantor does nothing. With an ordinary guarantee the debtor must be sued within it.
    Once lost, no signature on a notice brings it back (art. 34 of the interpretation).
    """
    if due_on is None:
        return GuaranteeState(status="UNKNOWN", legal_review=("due_date_unknown",))
    end, review = _period(parse_date(due_on), terms)
    valid = sorted(claim.on for claim in claims if _counts(claim, terms, today))
    first = next((on for on in valid if parse_date(on) <= end), None)
    if first is not None:
        return _claimed(first, end, terms, review)
    free_from = add_days(end, 1)
    is_free = parse_date(today) >= free_from
    return GuaranteeState(
        status="FREE" if is_free else "OPEN",
        ends_on=end.isoformat(),
        free_from=free_from.isoformat() if is_free else None,
        legal_review=(*review, "claim_after_period") if is_free and valid else review,
    )


def _period(due: date, terms: Guarantee) -> tuple[date, tuple[str, ...]]:
    if isinstance(terms.agreed, int):
        return add_months(due, terms.agreed), ()
    before_2021 = terms.contract_on is not None and parse_date(terms.contract_on) < CIVIL_CODE_SINCE
    if terms.agreed == "unclear" and before_2021:
        two_years = add_months(due, MONTHS_UNCLEAR_BEFORE_2021)
        if two_years >= CIVIL_CODE_SINCE:
            return two_years, ("unclear_terms_before_2021",)
    review = ("unclear_terms",) if terms.agreed == "unclear" else ()
    return add_months(due, MONTHS_NOT_AGREED), review


def _counts(claim: Claim, terms: Guarantee, today: str) -> bool:
    if claim.review != "ACCEPTED" or claim.on > today:
        return False
    if terms.kind == "joint":
        return claim.against == terms.guarantor
    return claim.against == "debtor" and claim.form == "suit"


def _claimed(first: str, end: date, terms: Guarantee, review: tuple[str, ...]) -> GuaranteeState:
    """Claimed in time. Of an ordinary guarantee his three years start later: a lawyer says when."""
    joint = terms.kind == "joint"
    own_end = add_years(parse_date(first), YEARS).isoformat() if joint else None
    return GuaranteeState(
        status="CLAIMED",
        ends_on=end.isoformat(),
        limitation_ends_on=own_end,
        legal_review=review if joint else (*review, "ordinary_limitation_start"),
    )
