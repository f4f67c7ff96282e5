"""docs/week-file.md names every field and word that the reader knows, and no other.

Method: the names are taken out of the reader's source, and out of the page's table.
"""

from __future__ import annotations

import re
from pathlib import Path

from server.rehearsal import week_words

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/week-file.md").read_text(encoding="utf-8")
SOURCE = "".join(
    (ROOT / "server/rehearsal" / name).read_text(encoding="utf-8")
    for name in ("week_file.py", "week_records.py")
)
# A second spelling of a word that is listed.
SPELLINGS = {"AUTHORIZED_PERSON", "NEIGHBOR"}


def test_it_names_every_field_that_is_read() -> None:
    calls = r"\b(?:text|maybe_text|id|one|flag|whole|maybe_whole|texts|_date|get)\("
    read = set(re.findall(calls + r'(?:\w+, )?"([a-z_]+)"', SOURCE))
    lists = set(re.findall(r'self\.root, "([a-z_]+)"', SOURCE))
    named = set(re.findall(r"`(?:NAME\.)?([a-z_]+)`", PAGE))

    assert (read | lists) - named == {"source", "original_text"}
    assert len(read | lists) > 40


def test_it_names_every_word_that_is_understood() -> None:
    tables = [value for name, value in vars(week_words).items() if name.isupper()]
    words = {word for table in tables if isinstance(table, dict) for word in table}
    named = set(re.findall(r"`([A-Z_]{2,}|[0-9.]+)`", PAGE))

    assert words - named == SPELLINGS
    assert named - words == set()
