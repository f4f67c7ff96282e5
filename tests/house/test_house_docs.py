"""The pages of docs/ are complete: compared with the settings, the commands and the Makefile."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from server.cli import COMMANDS
from server.settings import PREFIX, Settings
from tests.house.tree import files, keep, read, under

PAGES = under("docs", suffix=".md")
DECISIONS = under("docs/decisions", suffix=".md")
LINK = re.compile(r"\]\(([^)#\s]+)")


def targets() -> set[str]:
    """What `make help` explains."""
    return set(re.findall(r"(?m)^([a-z-]+):.*## ", read(Path("Makefile"))))


def test_it_explains_exactly_the_settings_there_are() -> None:
    page = read(Path("docs/settings.md"))
    listed = set(re.findall(rf"(?m)^\|\s*`({PREFIX}[A-Z_]+)`", page))
    fields = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)}

    keep(sorted(fields - listed), "add a row to docs/settings.md")
    keep(sorted(listed - fields), "remove the row from docs/settings.md: there is no such setting")


def test_it_states_the_default_of_every_setting() -> None:
    page = read(Path("docs/settings.md"))
    rows = dict(re.findall(rf"(?m)^\|\s*`{PREFIX}([A-Z_]+)`\s*\|\s*`?([^`|]*?)`?\s*\|", page))
    found = [
        f"{field.name}: the page says {rows.get(field.name.upper())!r}, not {default!r}"
        for field in dataclasses.fields(Settings)
        if rows.get(field.name.upper()) != (default := shown(field.default))
    ]

    keep(found, "write the default of server/settings.py into docs/settings.md")


def shown(default: object) -> str:
    """A default as the page writes it; an empty text is written as a dash."""
    return str(default).lower() if isinstance(default, bool) else str(default) or "-"


def test_it_explains_every_command() -> None:
    page = read(Path("docs/operator.md"))
    found = [name for name in COMMANDS if f"`doorstep {name}" not in page]

    keep(found, "explain `doorstep NAME` in docs/operator.md")


def test_it_explains_every_make_target() -> None:
    page = read(Path("docs/developer.md"))
    found = [name for name in sorted(targets()) if f"`make {name}" not in page]

    assert "help" in targets(), "targets explain themselves: `name: needs  ## what it does`"
    keep(found, "explain `make NAME` in docs/developer.md")


def test_it_explains_itself_in_the_makefile() -> None:
    declared = re.search(r"(?m)^\.PHONY: (.*)$", read(Path("Makefile")))
    assert declared, "the Makefile declares its targets with .PHONY"

    found = sorted(set(declared[1].split()) - targets() - {"moved"})

    keep(found, "say behind ## what the target does")


def test_it_says_at_the_top_whom_a_page_is_for() -> None:
    pages = [path for path in PAGES if path not in DECISIONS]
    found = [str(path) for path in pages if "写给" not in read(path)[:400]]

    keep(found, "open the page with a sentence `写给 ...`: who needs it, and when")


def test_it_numbers_decisions_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1)), f"decisions are numbered {numbers}"


def test_it_gives_every_decision_one_page_and_the_same_parts() -> None:
    parts = ["## Context", "## Decision", "## Consequences"]
    found = [
        f"{path}: {part} is missing"
        for path in DECISIONS
        for part in parts
        if part not in read(path)
    ]
    long = [str(path) for path in DECISIONS if len(read(path).splitlines()) > 80]

    keep(found, "a decision page has these parts")
    keep(long, "a decision fits on one page of 80 lines")


def test_it_lists_every_decision_for_developers() -> None:
    page = read(Path("docs/developer.md"))
    found = [str(path) for path in DECISIONS if f"(decisions/{path.name})" not in page]

    keep(found, "add a row to the table of decisions in docs/developer.md")


def test_it_links_to_pages_that_exist() -> None:
    found = [
        f"{path} links to {link}"
        for path in [*PAGES, Path("README.md"), Path("CHANGELOG.md")]
        for link in LINK.findall(read(path))
        if "://" not in link and not exists(path.parent / link)
    ]

    keep(found, "correct the link")


def exists(path: Path) -> bool:
    """Is this a file of the repository, or a folder that holds one?"""
    parts: list[str] = []
    for part in path.parts:
        parts = parts[:-1] if part == ".." else [*parts, part]
    wanted = Path(*parts)
    return any(file == wanted or file.is_relative_to(wanted) for file in files())


def test_it_writes_a_change_log() -> None:
    assert "## " in read(Path("CHANGELOG.md")), "one line per change, for the person who upgrades"
