"""The way between phones and server: what is lost, cut, doubled, late, or answered by another."""

from __future__ import annotations

import base64
import gzip

import brotli

from tests.sim.world.handset import Flight, Handset
from tests.sim.world.server import Answer, ServerKilled
from tests.sim.world.trace import Broken
from tests.sim.world.world import World

PORTAL = b"<!doctype html><title>Sign in to the hotel's network</title>"


def move(world: World) -> None:
    """Let one request or one answer arrive; any of them, so that they overtake each other."""
    flight = world.chance.choice(world.flights)
    if flight.answer is None:
        _ask_server(world, flight)
    else:
        world.flights.remove(flight)
        _deliver(world, flight)


def _ask_server(world: World, flight: Flight) -> None:
    """A request arrives at the server, or at something else, or not at all."""
    happens, chance = world.faults.happens, world.chance
    if happens("lost_request", chance):
        _lose(world, flight)
    elif happens("portal", chance):
        flight.answer = Answer(200, {"Content-Type": "text/html"}, PORTAL)
    elif happens("server_error", chance):
        status = chance.choice((500, 502, 503))
        flight.answer = Answer(status, {"Retry-After": "5"} if status == 503 else {}, b"")
    elif flight.profile in world.last_answers and happens("old_answer", chance):
        flight.answer = world.last_answers[flight.profile]
    elif happens("cut_request", chance):
        call(world, flight, cut=chance.randrange(len(flight.body) + 1))
        _lose(world, flight)
    else:
        _answer(world, flight)


def _answer(world: World, flight: Flight) -> None:
    if world.faults.happens("twice", world.chance):
        call(world, flight)
    answer = call(world, flight)
    if answer is None:
        _lose(world, flight)
    elif flight.is_lost:
        world.flights.remove(flight)
    else:
        flight.answer = answer
        # A kept answer speaks of the time at which it was made.
        if flight.ask["path"] != "/v1/answer":
            flight.at = (world.checks.epoch, world.checks.tick)


def _lose(world: World, flight: Flight) -> None:
    """No answer will come. The phone hears of it at once, or waits until it is tired of it."""
    world.flights.remove(flight)
    world.trace.say(f"{flight.profile} loses {flight.ask['path']}")
    if world.chance.random() < 0.6:
        _settle(world, flight, lost=True)


def call(world: World, flight: Flight, *, cut: int | None = None) -> Answer | None:
    """The real server takes a request; None when it died over it."""
    chance, happens = world.chance, world.faults.happens
    if happens("server_dies_before", chance):
        world.server.dies = (0, "before")
    elif happens("server_dies_after", chance):
        world.server.dies = (0, "after")
    elif happens("server_dies_between", chance):
        world.server.dies = (0, "between")
    elif happens("server_dies_later", chance):
        world.server.dies = (1, chance.choice(("before", "after")))
    # The quick path fails and the careful one serves; or that fails too, or even without the rows.
    world.server.poison = chance.choice((1, 2, 3)) if happens("poison_event", chance) else 0
    body = flight.body if cut is None else flight.body[:cut]
    try:
        answer = world.server.call(flight.ask, body, len(flight.body))
    except ServerKilled:
        answer = None
    world.server.dies, world.server.poison = None, 0
    told = f"{answer.status} {len(answer.body)}" if answer else "died"
    world.trace.say(f"server {flight.profile} {flight.ask['path']} {cut or ''} -> {told}")
    world.checks.look()
    if answer and answer.status >= 500:
        raise Broken("500", f"{flight.ask['path']}: {answer.status} {answer.body[:300]!r}")
    if answer and cut is None:
        world.last_answers[flight.profile] = answer
    return answer


def _deliver(world: World, flight: Flight) -> None:
    """An answer arrives at the phone: whole, in part, or not."""
    if flight.is_lost:
        return
    if world.faults.happens("lost_answer", world.chance):
        world.trace.say(f"{flight.profile} loses the answer to {flight.ask['path']}")
        if world.chance.random() < 0.6:
            _settle(world, flight, lost=True)
        return
    if flight.answer.status == 200 and world.faults.happens("altered_answer", world.chance):
        flight.answer = _altered(flight.answer)
    size = len(flight.answer.body)
    is_cut = size > 0 and world.faults.happens("cut_answer", world.chance)
    _settle(world, flight, cut=world.chance.randrange(size) if is_cut else None)


def _altered(answer: Answer) -> Answer:
    """Somebody on the way names another history; all else in the answer is as it was."""
    encoding = answer.headers.get("Content-Encoding", "")
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding, bytes)
    plain = unpack(answer.body).replace(b'"epoch":"', b'"epoch":"f', 1)
    headers = {name: value for name, value in answer.headers.items() if "Encoding" not in name}
    return Answer(answer.status, headers, plain)


def _settle(world: World, flight: Flight, *, lost: bool = False, cut: int | None = None) -> None:
    handset = next(one for one in world.handsets if one.name == flight.profile)
    page = handset.page_of(flight.tab)
    if page is None or flight.ask["id"] not in page.asks:
        return
    if lost:
        world.tell(handset, "answer", page, ask=flight.ask["id"], lost=True)
        return
    answer: Answer = flight.answer
    _note(world, handset, flight)
    body = answer.body if cut is None else answer.body[:cut]
    world.tell(
        handset,
        "answer",
        page,
        ask=flight.ask["id"],
        status=answer.status,
        headers=answer.headers,
        body=base64.urlsafe_b64encode(body).decode().rstrip("="),
        cut=cut is not None,
    )


def _note(world: World, handset: Handset, flight: Flight) -> None:
    """What the phone held when this answer came, and of which state of the server it speaks."""
    page = handset.page
    if page is not None:
        handset.log_at_answer = {event["hash"] for event in page.phone["log"]}
    world.answered_at[handset.name] = flight.at
