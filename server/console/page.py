"""What every page of the console can use: words, amounts, dates, and the form of a refusal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Flask, render_template, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from server.clock import SHANGHAI, today
from server.console.access import may, person
from server.console.text import TABLES, Language, role_names, say
from sync.amounts import format_yuan
from sync.dates import parse_date
from sync.events import OFFICER_KINDS
from sync.problems import Problem
from sync.receipt_states import SIGNS, WORDS

# Reasons of verdicts that have words of their own on these pages.
REASONS = {key.removeprefix("reason_") for key in TABLES["zh"] if key.startswith("reason_")}


def language() -> Language:
    """Chinese, unless the browser asks for English and not for Chinese before it."""
    for wanted in request.accept_languages.values():
        primary = wanted.lower().split("-")[0]
        if primary in ("zh", "en"):
            return "en" if primary == "en" else "zh"
    return "zh"


def t(key: str, **values: object) -> str:
    """The words of the console in the language of the reader."""
    return say(language(), key, **values)


def yuan(fen: int | None) -> str:
    """An amount for a table: 1,170.00; a dash for what is not known."""
    if fen is None:
        return "—"
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def moment(instant_ms: int | None) -> str:
    """An instant as the clock in Shanghai shows it, to the minute."""
    if instant_ms is None:
        return "—"
    local = datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d %H:%M")


def weekday(day: str) -> str:
    """The day of the week of a date, short."""
    return t(f"weekday_{parse_date(day).weekday()}")


def refused(template: str, problem: Problem, **values: object) -> tuple[str, int]:
    """The same page again with what is wrong above it, and with what was typed."""
    return render_template(template, problem=problem.to_json(), **values), problem.status


def refuse_form(_error: object) -> tuple[str, int]:
    """A form without a valid token: nothing was done."""
    problem = Problem("csrf_failed")
    return render_template("problem.html", problem=problem.to_json()), problem.status


def register_page_tools(app: Flask) -> None:
    """Give the templates their words and forms."""
    app.context_processor(_tools)
    filters = {"yuan": yuan, "plain_yuan": format_yuan, "moment": moment, "weekday": weekday}
    app.jinja_env.filters.update(filters)


def token() -> Markup:
    """The hidden field without which a form is refused."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def _tools() -> dict[str, Any]:
    return {
        "t": t,
        "lang": language(),
        "may": may,
        "me": person,
        "today": today,
        "token": token,
        "known_reasons": REASONS,
        "known_kinds": OFFICER_KINDS,
        "slip_signs": SIGNS,
        "slip_words": WORDS,
        "role_names": lambda roles: role_names(language(), roles),
    }
