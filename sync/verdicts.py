"""What became of an event. Whatever the verdict, the event is stored and its cash is counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Flags beside a verdict; several stand together with commas, in this order.
RISKS = (
    "fork",  # another event holds the same number of the lane
    "clock",  # the claimed time cannot be, or the phone's clock went back along the lane
    "late",  # cash of a day that was closed before the event came
    "no_cash_branch",  # cash was taken although the branch takes none; it is kept and counted
    "out_of_scope",  # its officer does not hold the household, and could know that
    "forced",  # what it needs did not come in time; it was applied without
    "released",  # a supervisor set the reason for its quarantine aside
    "signer_may_not_sign",  # the notice was signed by one who may not sign for the debtor
    "cash_uncounted",  # a receipt without any amount of cash: nobody's custody grew
    "other_officer",  # recorded in the name of somebody who does not hold the phone
    "other_target",  # names an event that is of another kind, lane or number
    "target_voided",  # the receipt was voided before
    "given_back",  # its number is one of the blank slips that were given back to the cashier
    "number_taken",  # a notice number, or a visit, that another event has
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """applied, parked (until `needs` has come), quarantined (for a closed `reason`) or voided.

    needs  Hash of the missing event, or "visit:" and the id of the missing visit. What waited in
           vain is quarantined and keeps it, for the need may still come.
    risk   Flags of RISKS with commas, or None.

    voided is a supervisor's word: the event stays, and nothing follows from it.
    """

    verdict: str
    reason: str | None = None
    needs: str | None = None
    risk: str | None = None

    @property
    def flags(self) -> frozenset[str]:
        """The flags one by one."""
        return frozenset(self.risk.split(",")) if self.risk else frozenset()

    def with_risk(self, *flags: str) -> Verdict:
        """The same verdict with more flags."""
        every = sorted(self.flags | set(flags), key=RISKS.index)
        return replace(self, risk=",".join(every) or None)

    @property
    def is_final(self) -> bool:
        """False only for a parked event, which is judged again when its need arrives."""
        return self.verdict != "parked"


APPLIED = Verdict("applied")
VOIDED = Verdict("voided")


def parked(needs: str) -> Verdict:
    """Kept until something else has arrived."""
    return Verdict("parked", needs=needs)


def quarantined(reason: str, risk: str | None = None, needs: str | None = None) -> Verdict:
    """Kept for a human to settle; reason is one of the closed list of problems_field."""
    return Verdict("quarantined", reason=reason, needs=needs, risk=risk)
