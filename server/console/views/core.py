"""The core system: its posting file previewed and taken in, exceptions, and our post-files."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from server.console.access import person, reads, writes
from server.console.forms import whole_number
from server.console.page import language, refused
from server.console.routes import bp
from server.documents.paper_xlsx import rows_xlsx
from server.office.core_file import HEADINGS, REQUIRED
from server.office.import_text import rule_text
from server.services.core_exceptions import exceptions, settle_exception
from server.services.core_export import batch_csv, batch_of, batch_table, make_batch
from server.services.core_import import Controls, Posting, preview_posting, take_in_posting
from server.services.import_master import ImportRefused, read_control_total
from server.services.list_core import core_page
from server.services.read_table import ENCODINGS, FILE_BYTES_MAX
from sync.problems import Problem

FAULTS_SHOWN_MAX = 500

# A previewed file comes back in a field of the form; forms may have half a megabyte of fields.
PACKED_CHARS_MAX = 400_000


@bp.get("/core")
@reads("bookkeeper", "cashier", "supervisor")
def get_core() -> str:
    """What waits, what does not fit, what came and what went."""
    return render_template("core.html", **_page())


@bp.post("/core/preview")
@writes("bookkeeper")
def post_preview() -> str | tuple[str, int]:
    """Read a posting file and show what it would do. Nothing is written."""
    try:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Problem("form_invalid", field="文件", rule="必选")
        data = upload.read()
        posting = preview_posting(person().branch_id, data, _controls())
        packed = _pack(data)
    except Problem as problem:
        return _refused(problem)
    return render_template("core_preview.html", posting=posting, packed=packed, typed=request.form)


@bp.post("/core/match")
@writes("bookkeeper")
def post_match() -> str | tuple[str, int]:
    """Take in the file that was previewed."""
    try:
        done = take_in_posting(
            person().branch_id,
            _unpack(request.form.get("packed", "")),
            _controls(),
            by=person().id,
            proof=request.form.get("proof", ""),
        )
    except Problem as problem:
        return _refused(problem)
    return render_template("core.html", **_page(done))


@bp.post("/core/exception")
@writes("bookkeeper", "supervisor")
def post_exception() -> AnyResponse | tuple[str, int]:
    """Settle an exception, with its reason."""
    form = request.form
    try:
        settle_exception(
            person().branch_id,
            form.get("exception", ""),
            form.get("decision", ""),
            form.get("reason", ""),
            by=person().id,
        )
    except Problem as problem:
        return refused("core.html", problem, **_page())
    return redirect(url_for("console.get_core"))


@bp.post("/core/batch")
@writes("bookkeeper", "cashier")
def post_batch() -> AnyResponse | tuple[str, int]:
    """Freeze what waits into a post-file."""
    try:
        make_batch(person().branch_id, by=person().id)
    except Problem as problem:
        return refused("core.html", problem, **_page())
    return redirect(url_for("console.get_core"))


@bp.get("/core/batch/<batch_id>.csv")
@reads("bookkeeper", "cashier", "supervisor")
def get_batch_csv(batch_id: str) -> Response:
    """A post-file as CSV."""
    batch = batch_of(person().branch_id, batch_id)
    return _file(batch_csv(batch), "text/csv", f"{batch.id}.csv")


@bp.get("/core/batch/<batch_id>.xlsx")
@reads("bookkeeper", "cashier", "supervisor")
def get_batch_xlsx(batch_id: str) -> Response:
    """A post-file as XLSX."""
    batch = batch_of(person().branch_id, batch_id)
    columns, rows = batch_table(batch)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(rows_xlsx(columns, rows, batch.made_on), kind, f"{batch.id}.xlsx")


def _file(data: bytes, mimetype: str, name: str) -> Response:
    answer = Response(data, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


def _controls() -> Controls:
    encoding = request.form.get("encoding", "")
    return Controls(
        lines=whole_number(request.form, "lines", "控制笔数 number of lines"),
        total_fen=read_control_total(request.form.get("total", "")),
        encoding=encoding if encoding in ENCODINGS else None,
    )


def _refused(problem: Problem) -> tuple[str, int]:
    if not isinstance(problem, ImportRefused):
        return refused("core.html", problem, **_page())
    english = language() == "en"
    faults = [
        (fault, rule_text(fault.rule, fault.detail, english=english)) for fault in problem.faults
    ]
    shown = faults[:FAULTS_SHOWN_MAX]
    return refused("core.html", problem, faults=shown, total=len(faults), **_page())


def _pack(data: bytes) -> str:
    packed = base64.b64encode(gzip.compress(data, mtime=0)).decode()
    if len(packed) > PACKED_CHARS_MAX:
        raise Problem("core_file_too_long")
    return packed


def _unpack(packed: str) -> bytes:
    """The file as it was previewed. What is not what we gave out is refused (`stale_edit`)."""
    try:
        unzip = zlib.decompressobj(wbits=31)  # gzip, and no more than a file may have
        data = unzip.decompress(base64.b64decode(packed, validate=True), FILE_BYTES_MAX)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise Problem("stale_edit") from error
    if not unzip.eof:
        raise Problem("stale_edit")
    return data


def _page(done: Posting | None = None) -> dict[str, object]:
    branch_id = person().branch_id
    return {
        "page": core_page(branch_id),
        "open": exceptions(branch_id),
        "settled": exceptions(branch_id, settled=True)[:FAULTS_SHOWN_MAX],
        "headings": HEADINGS,
        "required": REQUIRED,
        "encodings": ENCODINGS,
        "typed": request.form,
        "done": done,
    }
