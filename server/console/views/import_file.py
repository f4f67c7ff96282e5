"""Importing master data from a file of the core system."""

from __future__ import annotations

from flask import render_template, request

from server.clock import today
from server.console.access import person, reads, writes
from server.console.page import language, refused
from server.console.routes import bp
from server.office.import_headings import HEADINGS, REQUIRED
from server.office.import_text import rule_text
from server.services.import_master import ImportRefused, Said, import_master, read_control_total
from server.services.read_table import ENCODINGS
from sync.problems import Problem

FAULTS_SHOWN_MAX = 500


@bp.get("/import")
@reads("supervisor")
def get_import() -> str:
    """The form, and the columns a file may have."""
    return render_template("import.html", **_page())


@bp.post("/import")
@writes("supervisor")
def post_import() -> str | tuple[str, int]:
    """Import the file, whole or not at all."""
    try:
        done = _import()
    except ImportRefused as problem:
        faults = [(fault, _rule(fault.rule, fault.detail)) for fault in problem.faults]
        shown = faults[:FAULTS_SHOWN_MAX]
        return refused("import.html", problem, faults=shown, total=len(faults), **_page())
    except Problem as problem:
        return refused("import.html", problem, **_page())
    return render_template("import.html", done=done, **_page())


def _import() -> object:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Problem("form_invalid", field="文件", rule="必选")
    encoding = request.form.get("encoding", "")
    said = Said(
        as_of=request.form.get("as_of", ""),
        control_total_fen=read_control_total(request.form.get("control_total", "")),
        encoding=encoding if encoding in ENCODINGS else None,
    )
    return import_master(person().branch_id, upload.read(), said, by=person().id)


def _rule(rule: str, detail: str) -> str:
    return rule_text(rule, detail, english=language() == "en")


def _page() -> dict[str, object]:
    return {
        "headings": HEADINGS,
        "required": REQUIRED,
        "encodings": ENCODINGS,
        "typed": request.form,
        "latest_day": today(),
    }
