"""JSON for phones, under /v1: one file per resource. /v1/openapi.json comes out of the code."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from server.api import answer, attachments, beacon, courier, enrol, sync
from server.guesses import Guesses
from server.schemas.exchange import EnvelopeSchema, PageSchema

VERSION = "1"


class PhoneApi(Api):  # type: ignore[misc]  # flask-smorest has no types
    """The description of the endpoints. Refusals are answered in server/errors.py, not here."""

    def _register_error_handlers(self) -> None:
        """The library would answer for the whole application, the console included."""


def register_api(app: Flask) -> None:
    """Serve the endpoints of the phones."""
    app.config.update(
        API_TITLE="Doorstep 上门",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.0.3",
        OPENAPI_URL_PREFIX="/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.extensions["guesses"] = Guesses()
    app.extensions["couriers"] = Guesses()
    api = PhoneApi(app)
    # An answer is lines of text; what its lines hold is described beside it.
    api.spec.components.schema("Page", schema=PageSchema)
    api.spec.components.schema("Envelope", schema=EnvelopeSchema)
    for module in (enrol, sync, answer, beacon, attachments, courier):
        api.register_blueprint(module.bp, url_prefix="/v1")
