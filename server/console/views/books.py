"""Receipt books: issue one, take one back, and see every number of all of them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from server.console.access import person, reads, writes
from server.console.forms import whole_number
from server.console.page import refused
from server.console.routes import bp
from server.services.book_states import lift_book, return_book, write_off_book
from server.services.holes import explain_hole
from server.services.issue_book import issue_book
from server.services.list_books import books
from server.services.look_up_slip import look_up_slip
from server.services.staff_names import officers
from sync.problems import Problem
from sync.receipts import Book


@bp.get("/books")
@reads("cashier", "supervisor")
def get_books() -> str:
    """All books with their counts, a paper that is looked up, and the form for a new book."""
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


@bp.post("/books/<book_id>/state")
@writes("cashier")
def post_book_state(book_id: str) -> Response | tuple[str, int]:
    """A book is given back, goes on with another phone, or is written off."""
    form, who = request.form, person()
    first, reason = form.get("first_blank", ""), form.get("reason", "")
    try:
        match form.get("action"):
            case "return":
                return_book(who.branch_id, book_id, first, by=who.id)
            case "lift":
                lift_book(who.branch_id, book_id, first, reason, by=who.id)
            case "write_off":
                write_off_book(who.branch_id, book_id, reason, by=who.id)
            case _:
                raise Problem("form_invalid", field="action", rule="one_of_the_list")
    except Problem as problem:
        return refused("books.html", problem, **_page())
    return redirect(url_for("console.get_books"))


@bp.post("/books/holes")
@writes("cashier")
def post_holes() -> Response | tuple[str, int]:
    """Write down what became of numbers that were left out; empty lines stay open."""
    said = {
        name.removeprefix("hole:"): why
        for name, why in request.form.items()
        if name.startswith("hole:") and why.strip()
    }
    try:
        for number, why in said.items():
            explain_hole(person().branch_id, number, why, by=person().id)
    except Problem as problem:
        return refused("books.html", problem, **_page())
    return redirect(url_for("console.get_books"))


def _page() -> dict[str, object]:
    branch_id, typed = person().branch_id, request.args.get("number", "")
    lines = books(branch_id)
    return {
        "books": lines,
        "open_holes": [(number, line.holder) for line in lines for number in line.open_holes],
        "officers": officers(branch_id),
        "typed": request.form,
        "wanted": typed,
        "looked_up": look_up_slip(branch_id, typed) if typed.strip() else None,
    }
