"""What became of an event. Whatever the verdict, the event is stored and its cash is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Flags beside a verdict; several stand together with commas, in this order.
RISKS = (
    "fork",  # another event holds the same number of the lane
    "signer_may_not_sign",  # the notice was signed by one who may not sign for the debtor
    "cash_uncounted",  # a receipt without any amount of cash: nobody's custody grew
    "other_officer",  # recorded in the name of somebody who does not hold the phone
    "other_target",  # names an event that is of another kind, lane or number
    "target_voided",  # the receipt was voided before
    "number_taken",  # a notice number, or a visit, that another event has
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """applied, parked (until `needs` has come) or quarantined (for a closed `reason`).

    needs  Hash of the missing event, or "visit:" and the id of the missing visit.
    risk   Flags of RISKS with commas, or None.
    """

    verdict: str
    reason: str | None = None
    needs: str | None = None
    risk: str | None = None

    def with_risk(self, flag: str) -> Verdict:
        """The same verdict with one more flag."""
        flags = {flag, *(self.risk.split(",") if self.risk else ())}
        return replace(self, risk=",".join(sorted(flags, key=RISKS.index)))

    @property
    def is_final(self) -> bool:
        """False only for a parked event, which is judged again when its need arrives."""
        return self.verdict != "parked"


APPLIED = Verdict("applied")


def parked(needs: str) -> Verdict:
    """Kept until something else has arrived."""
    return Verdict("parked", needs=needs)


def quarantined(reason: str, risk: str | None = None) -> Verdict:
    """Kept for a human to settle; reason is one of the closed list of problems_field."""
    return Verdict("quarantined", reason=reason, risk=risk)
