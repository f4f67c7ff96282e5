"""How a phone becomes a device, and becomes one again. GET /v1/hello: which server is this?"""

from __future__ import annotations

from flask import Response
from flask_smorest import Blueprint

from server.api.answers import answer, finish
from server.api.body import load_json, read_body, sent_proof
from server.api.endpoint import Form, endpoint
from server.clock import now_ms
from server.db import snapshot
from server.guesses import guesses, sender
from server.schemas.enrolment import EnrolledSchema, EnrolSchema, HelloSchema, ReadmitSchema
from server.services.enrolment import NewPhone, enrol
from server.services.installation import epoch
from server.services.readmit import readmit
from sync.problems import Problem

bp = Blueprint("enrol", __name__, description="A phone becomes a device of an officer")
bp.after_request(finish)

BODY_BYTES_MAX = 4096  # a code, a key and a lane are some 300 bytes

# The oldest build of the phone app that this server can talk to.
APP_MIN = "0.1.0"


@endpoint(bp, "POST", "/enrol", Form(takes=EnrolSchema, gives=EnrolledSchema, status=201))
def post_enrol() -> Response:
    """Register the key and the lane of a phone, once for each code.

    The same phone may ask again while the code lives. A code that is wrong counts as a guess;
    who guesses too often waits a minute.
    """
    body = load_json(read_body(BODY_BYTES_MAX), EnrolSchema())
    who = sender()
    guesses().check(who, now_ms())
    phone = NewPhone(**{name: body[name] for name in ("code", "alg", "public_key", "lane")})
    try:
        return answer(enrol(phone), 201)
    except Problem as problem:
        if problem.code == "code_unknown":
            guesses().note(who, now_ms())
        raise


@endpoint(bp, "POST", "/readmit", Form(takes=ReadmitSchema, status=204))
def post_readmit() -> Response:
    """Know a phone again that was enrolled after the backup from which this server came back.

    Proved like an exchange, with the key or the secret that the ticket names.
    """
    body = read_body(BODY_BYTES_MAX)
    ticket = load_json(body, ReadmitSchema())["ticket"]
    who = sender()
    guesses().check(who, now_ms())
    try:
        readmit(ticket, sent_proof(), body)
    except Problem:
        guesses().note(who, now_ms())
        raise
    return Response(status=204)


@endpoint(bp, "GET", "/hello", Form(gives=HelloSchema))
def get_hello() -> Response:
    """Which history this server holds, and its clock. Says nothing about anybody."""
    with snapshot() as session:
        return answer({"epoch": epoch(session), "now": now_ms(), "app_min": APP_MIN})
