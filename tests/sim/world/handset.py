"""A phone as the scheduler knows it: its pages, what they show, and what was promised by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Shown = dict[str, Any]


@dataclass(slots=True)
class Flight:
    """A request on its way, or the answer to it."""

    profile: str
    tab: int
    ask: dict[str, Any]
    body: bytes
    answer: Any = None
    cut: int | None = None
    is_lost: bool = False
    at: tuple[str, int] = ("", 0)


@dataclass(slots=True)
class Page:
    """One open page: what it shows, part by part."""

    id: int
    stage: str = "starting"
    details: str = ""
    due: int = 0
    asks: set[int] = field(default_factory=set)
    phone: Shown = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    was_done: bool = False

    @property
    def is_ready(self) -> bool:
        """The phone is there and shows something."""
        return self.stage == "ready" and "log" in self.phone


@dataclass(slots=True)
class Handset:
    """One phone.

    saved   Hashes of the events of which the phone has said "saved".
    wiped   Which of its two stores were lost since it was ready; with both it forgets all.
    images  Copies of both its stores, by name, each with what was saved then.
    twin    The phone that it is a clone of.
    log_at_answer  What its log held when the last answer came.
    """

    name: str
    officer: str
    pages: list[Page] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)
    is_enrolled: bool = False
    is_revoked: bool = False
    waits: bool = False
    troubles: set[str] = field(default_factory=set)
    wiped: set[str] = field(default_factory=set)
    images: dict[str, set[str]] = field(default_factory=dict)
    twin: str = ""
    log_at_answer: set[str] = field(default_factory=set)

    @property
    def page(self) -> Page | None:
        """The page that holds the phone, if one does."""
        return next((page for page in self.pages if page.is_ready), None)

    def page_of(self, number: int) -> Page | None:
        """The page with this number."""
        return next((page for page in self.pages if page.id == number), None)
