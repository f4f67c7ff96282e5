"""Visitors of the console: a browser without scripts, and what its pages say."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.small_bank import PASSWORD

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(slots=True)
class Visitor:
    """Somebody at a browser without scripts. A form carries the token of his session."""

    http: FlaskClient
    token: str = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        """A page, by its path below /console."""
        return self.http.get(f"/console{path}", headers=headers)

    def post(self, path: str, form: dict[str, Any] | None = None) -> TestResponse:
        """A form sent to a page."""
        data = {"csrf_token": self.token, **(form or {})}
        return self.http.post(f"/console{path}", data=data)

    def upload(self, path: str, data: bytes, form: dict[str, Any]) -> TestResponse:
        """A form with a file."""
        fields = {"csrf_token": self.token, **form, "file": (io.BytesIO(data), "file.csv")}
        return self.http.post(f"/console{path}", data=fields, content_type="multipart/form-data")

    def sign_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the sign-in form."""
        self.token = token_of(self.get("/sign-in"))
        answer = self.post("/sign-in", {"username": username, "password": password})
        if answer.status_code == 302:
            self.token = token_of(self.get("/"))
        return answer


def token_of(page: TestResponse) -> str:
    """The token that the forms of a page carry."""
    found = _TOKEN.search(page.text)
    assert found, page.text
    return found[1]


def words(page: TestResponse) -> str:
    """What a page says, without its markup."""
    text = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page.text, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
