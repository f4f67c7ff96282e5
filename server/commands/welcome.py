"""What `doorstep serve` says once it listens: addresses, demo sign-ins, a code for a phone."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import click
import segno

from server import create_app
from server.db import db
from server.services.branches import SYSTEM
from server.services.enrolment import issue_code
from server.settings import Settings

# A demonstration may lie on a desk for a week before somebody takes a phone to it.
DEMO_CODE_MINUTES = 7 * 24 * 60


def welcome(settings: Settings, urls: list[str]) -> str:
    """The text for the terminal. In a demonstration it names the sign-ins and an enrolment code."""
    lines = ["", "上门 Doorstep", "", *_addresses(urls)]
    demo = _demonstration(settings.data_dir / "demo.json")
    if demo:
        lines += ["", *_sign_ins(demo), "", *_enrolment(settings, demo, urls[-1])]
    lines += ["", "  停止 Stop: Ctrl+C", ""]
    return "\n".join(lines)


def _addresses(urls: list[str]) -> list[str]:
    lines = [f"  手机端 Phone     {urls[0]}/", f"  办公端 Office    {urls[0]}/console/"]
    lines += [f"  局域网 Network   {url}/" for url in urls[1:]]
    if urls[1:] and urls[1].startswith("http://"):
        lines += [
            "  手机浏览器只在 HTTPS 或 localhost 下能离线保存，接法见 docs/operator.md。",
            "  A phone keeps data only over HTTPS or localhost; docs/operator.md shows how.",
        ]
    return lines


def _demonstration(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _sign_ins(demo: dict[str, Any]) -> list[str]:
    lines = ["  演示账号 Demo sign-ins"]
    for who in demo["sign_ins"]:
        person = f"{who['name']}  {who['role']:<11} {who['username']:<10} {who['password']}"
        lines.append(f"    {person}")
    return lines


def _enrolment(settings: Settings, demo: dict[str, Any], url: str) -> list[str]:
    officer = next(who["id"] for who in demo["sign_ins"] if who["role"] == "collector")
    app = create_app(settings)
    with app.app_context():
        code = issue_code(demo["branch"], officer, issued_by=SYSTEM, minutes=DEMO_CODE_MINUTES)
        db.engine.dispose()  # gunicorn forks: a connection must not be shared with its processes
    return [
        f"  手机登记码 Enrolment code for a phone of {officer}: {code}",
        *(f"    {line}" for line in qr_lines(f"{url}/#enrol={code}")),
    ]


def qr_lines(text: str) -> list[str]:
    """A QR code drawn with characters, white on black whatever the terminal's colours are."""
    drawing = io.StringIO()
    segno.make(text, error="m", micro=False).terminal(out=drawing, border=2, compact=True)
    lines = drawing.getvalue().rstrip("\n").split("\n")
    return [click.style(line, fg="bright_white", bg="black") for line in lines]
