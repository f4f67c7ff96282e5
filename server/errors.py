"""A refusal becomes an answer here, and nowhere else: JSON for phones, a page for the office."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from sync.problems import Problem
from sync.store import Busy

RETRY_AFTER_SECONDS = 5

# What the framework itself refuses, in our words.
_CODES = {404: "not_found", 405: "method_not_allowed", 500: "internal_error"}


def register(app: Flask) -> None:
    """Answer every Problem, and a database that is busy, in one place."""
    app.register_error_handler(Problem, refused)
    app.register_error_handler(OperationalError, busy)
    app.register_error_handler(Busy, busy)
    app.register_error_handler(HTTPException, http_refused)


def refused(problem: Problem) -> tuple[Response | str, int]:
    """One shape for every refusal: the code, what is so, and the next step, in zh and en."""
    shape = problem.to_json()
    if request.path.startswith("/console"):
        return render_template("problem.html", problem=shape), problem.status
    return _uncached(jsonify(shape)), problem.status


def busy(_error: Exception) -> tuple[Response, int]:
    """The database could not be locked in time, or its disk is full: nothing was done."""
    answer = _uncached(jsonify(Problem("server_busy").to_json()))
    answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer, 503


def http_refused(error: HTTPException) -> HTTPException | tuple[Response, int]:
    """A phone reads only JSON; everyone else gets the framework's own page."""
    code = _CODES.get(error.code or 0)
    if not request.path.startswith("/v1") or code is None:
        return error
    return _uncached(jsonify(Problem(code).to_json())), error.code or 500


def _uncached(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
