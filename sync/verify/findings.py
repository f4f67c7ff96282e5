"""What a verification found: breaks, and open points that are facts to look into but no break."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.verify.words import PLACES, WORDS

# So many breaks are told one by one; a file cut in half would fill a screen for ever.
TOLD_MAX = 200


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that does not hold, and where.

    place  Word of PLACES -> what it names there: {"line": 12, "receipt": "SJ000104"}. Ids, numbers
           and days only, never a name of a person.
    """

    code: str
    place: tuple[tuple[str, str], ...]

    @property
    def zh(self) -> str:
        """The sentence in Chinese, the place first."""
        return f"{_placed(self.place, 0)}：{WORDS[self.code][0]}"

    @property
    def en(self) -> str:
        """The sentence in English, the place first."""
        return f"{_placed(self.place, 1)}: {WORDS[self.code][1]}"

    def to_json(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {"code": self.code, "place": dict(self.place), "zh": self.zh, "en": self.en}


def _placed(place: tuple[tuple[str, str], ...], language: int) -> str:
    gap = ("，", ", ")[language]
    return gap.join(f"{PLACES[word][language]} {what}" for word, what in place)


@dataclass(slots=True)
class Findings:
    """All that was found, each thing once, in the order of finding.

    breaks  What does not hold. One is enough to say no.
    open    What the records state truly, and a person must still settle.
    """

    breaks: dict[Found, None] = field(default_factory=dict)
    open: dict[Found, None] = field(default_factory=dict)

    def broken(self, code: str, **place: object) -> None:
        """Note a break of WORDS at a place."""
        self.breaks[_found(code, place)] = None

    def note(self, code: str, **place: object) -> None:
        """Note an open point of WORDS at a place."""
        self.open[_found(code, place)] = None

    def told(self) -> Iterator[Found]:
        """The breaks to be told one by one."""
        yield from list(self.breaks)[:TOLD_MAX]


def _found(code: str, place: dict[str, object]) -> Found:
    assert code in WORDS, f"no words for {code}"
    return Found(code, tuple((word, str(what)) for word, what in place.items()))
