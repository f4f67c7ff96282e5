"""An endpoint with its description: flask-smorest, which has no types, with types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

View = Callable[..., Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an endpoint takes and gives, for the OpenAPI document; views read and answer.

    gives  Its form, or as OpenAPI words where it is no JSON.
    """

    gives: type[Schema] | dict[str, object] | None = None
    status: int = 200
    takes: type[Schema] | None = None
    media_type: str = "application/json"
    gives_type: str = "application/json"


def endpoint(bp: Blueprint, method: str, path: str, form: Form) -> Callable[[View], View]:
    """Serve a view at a path of the blueprint, and describe it."""

    def register(view: View) -> View:
        described = bp.response(form.status, form.gives, content_type=form.gives_type)(view)
        schema: Any = form.takes or {"type": "string", "format": "binary"}
        if method in ("POST", "PUT", "PATCH"):
            content = {form.media_type: {"schema": schema}}
            described = bp.doc(requestBody={"content": content, "required": True})(described)
        bp.route(path, methods=[method], provide_automatic_options=False)(described)
        return view

    return register
