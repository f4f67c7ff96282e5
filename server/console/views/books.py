"""Receipt books: issue one, and see every number of all of them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.forms import whole_number
from server.console.page import refused
from server.console.routes import bp
from server.services.issue_book import issue_book
from server.services.list_books import books
from server.services.staff_names import officers
from sync.problems import Problem
from sync.receipts import Book


@bp.get("/books")
@reads("cashier", "supervisor")
def get_books() -> str:
    """All books with their counts, and the form for a new one."""
    return render_template("books.html", **_page())


@bp.post("/books")
@writes("cashier")
def post_book() -> Response | tuple[str, int]:
    """Issue a block of numbers to an officer's phone."""
    form = request.form
    try:
        book = Book(
            form.get("prefix", "").strip().upper(),
            whole_number(form, "from_no", "起号"),
            whole_number(form, "to_no", "止号"),
            whole_number(form, "width", "位数"),
        )
        issue_book(person().branch_id, book, officer_id=form.get("officer", ""), by=person().id)
    except Problem as problem:
        return refused("books.html", problem, **_page())
    return redirect(url_for("console.get_books"))


def _page() -> dict[str, object]:
    branch_id = person().branch_id
    return {"books": books(branch_id), "officers": officers(branch_id), "typed": request.form}
