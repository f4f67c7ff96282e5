"""A line to a server over real HTTP, as the phone of `sync.client` asks for one."""

from __future__ import annotations

import http.client
import zlib
from dataclasses import dataclass

from sync.transport import Reply, Request

_GZIP = 31  # zlib's word for "gzip, largest window"


@dataclass(frozen=True, slots=True)
class Line:
    """A connection for each request. What arrived of a broken answer is handed on."""

    host: str
    port: int
    timeout_s: float = 60

    def __call__(self, request: Request) -> Reply:
        """Raises OSError if the connection breaks before an answer has begun."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            headers = {"Accept-Encoding": "gzip", **request.headers}
            connection.request(request.method, request.path, request.body or None, headers)
            return _read(connection.getresponse())
        except http.client.HTTPException as error:
            raise ConnectionError("the answer broke off") from error
        finally:
            connection.close()


def _read(answer: http.client.HTTPResponse) -> Reply:
    parts: list[bytes] = []
    is_whole = False
    try:
        while part := answer.read1(4096):
            parts.append(part)
        is_whole = answer.length in (None, 0)
    except (OSError, http.client.HTTPException):
        pass
    body, headers = b"".join(parts), dict(answer.headers)
    if headers.get("Content-Encoding") != "gzip":
        return Reply(answer.status, body, headers, is_whole)
    unpacker = zlib.decompressobj(_GZIP)
    return Reply(answer.status, unpacker.decompress(body), headers, is_whole and unpacker.eof)
