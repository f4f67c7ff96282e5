"""Every word of the console: Chinese first, English second, the same keys in both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from server.console.text.en import EN
from server.console.text.zh import ZH

Language = Literal["zh", "en"]

TABLES: dict[Language, dict[str, str]] = {"zh": ZH, "en": EN}


def say(language: Language, key: str, **values: object) -> str:
    """The text of a key, completed. A key that is missing is a mistake of ours and fails."""
    text = TABLES[language][key]
    return text.format(**values) if values else text


def role_names(language: Language, roles: str | Iterable[str]) -> str:
    """The names of roles, given as a list or with commas between them."""
    words = roles.split(",") if isinstance(roles, str) else sorted(roles)
    names = [say(language, f"role_{role}") for role in words if f"role_{role}" in ZH]
    return ("、" if language == "zh" else ", ").join(names) or "—"
