"""The words of the console: the same in both languages, and none is missing.

Method: the templates are read as text; every key that they name must be in both tables.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

from server.console.text import TABLES
from server.console.text.en import EN
from server.console.text.zh import ZH
from server.office.roles import ROLES
from server.services.count_cash import DENOMINATIONS_FEN
from server.services.office_requests import ASSIST_STATES, PLAN_KINDS, SERVICE_STATES
from sync.events import OFFICER_KINDS
from sync.problems_field import FIELD
from sync.tend import ACTIONS
from sync.verdicts import RISKS

TEMPLATES = sorted(Path("server/console/templates").glob("*.html"))
SOURCES = [*TEMPLATES, *Path("server/console").rglob("*.py")]
KEY = re.compile(r"""\bt\(\s*f?['"]([a-zA-Z0-9_.]+)['"]\s*(~)?""")
REASONS = list(FIELD)[:14]  # the closed list of reasons stands first in its table


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_it_has_the_same_keys_and_placeholders_in_both_languages() -> None:
    assert set(ZH) == set(EN)
    for key, text in ZH.items():
        assert placeholders(text) == placeholders(EN[key]), key


def test_it_has_every_word_that_a_page_asks_for() -> None:
    for path in SOURCES:
        for key, joined in KEY.findall(path.read_text(encoding="utf-8")):
            known = any(word.startswith(key) for word in ZH) if joined else key in ZH
            assert known, f"{path}: {key}"


def test_it_uses_every_word() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    used = {key for key, _ in KEY.findall(text)}
    for key in ZH:
        quoted = f"'{key}'" in text or f'"{key}"' in text
        assert (
            quoted
            or any(key.startswith(stem) for stem in used if stem.endswith("_"))
            or any(key.startswith(stem) for stem in ("role_", "weekday_"))
        ), key


def test_it_has_words_for_every_code_that_is_shown() -> None:
    stems = {
        "risk": RISKS,
        "action": ACTIONS,
        "role": ROLES,
        "weekday": map(str, range(7)),
        "piece": map(str, DENOMINATIONS_FEN),
        "kind": OFFICER_KINDS,
        "reason": REASONS,
        "plan": PLAN_KINDS,
        "request": {*SERVICE_STATES, *ASSIST_STATES},
    }
    for stem, codes in stems.items():
        for code in codes:
            assert f"{stem}_{code}" in ZH


def test_it_writes_no_words_into_the_templates() -> None:
    chinese = re.compile("[\u4e00-\u9fff]+")
    allowed = {"上门"}
    for path in TEMPLATES:
        found = set(chinese.findall(path.read_text(encoding="utf-8")))
        assert found <= allowed, f"{path}: {found - allowed}"


def test_it_speaks_two_languages() -> None:
    assert set(TABLES) == {"zh", "en"}
