"""A refusal becomes an answer here, and nowhere else: JSON for phones, a page for the office."""

from __future__ import annotations

from flask import Flask, Response, jsonify, render_template, request
from sqlalchemy.exc import OperationalError

from sync.problems import Problem


def register(app: Flask) -> None:
    """Answer every Problem, and a database that is busy, in one place."""
    app.register_error_handler(Problem, refused)
    app.register_error_handler(OperationalError, busy)


def refused(problem: Problem) -> tuple[Response | str, int]:
    """One shape for every refusal: the code, what is so, and the next step, in zh and en."""
    shape = problem.to_json()
    if request.path.startswith("/console"):
        return render_template("problem.html", problem=shape), problem.status
    return jsonify(shape), problem.status


def busy(_error: OperationalError) -> tuple[Response, int]:
    """The database could not be locked in time, or its disk is full: nothing was done."""
    answer = jsonify(Problem("server_busy").to_json())
    answer.headers["Retry-After"] = "5"
    return answer, 503
