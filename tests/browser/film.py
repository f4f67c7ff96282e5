"""What one phone shows, filmed for another: a file that Chromium plays as its camera."""

from __future__ import annotations

import base64
from pathlib import Path

from playwright.sync_api import Page, expect

# The width of a code in modules, and a byte for each of them.
Frame = tuple[int, bytes]

SIDE = 480
# Each frame stands for three pictures, as a camera of 18 pictures a second sees six frames.
PICTURES_A_FRAME = 3
PICTURES_A_SECOND = 18

CAMERA_ARGS = [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

# The dark modules of the code that is shown now, a byte each, as the canvas has them.
PIXELS = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
  let bytes = '';
  for (let at = 0; at < data.length; at += 4) bytes += String.fromCharCode(data[at]);
  return [width, Number(canvas.dataset.frame), btoa(bytes)];
}"""


def watch(page: Page, frames: int, *, lost: tuple[int, ...] = ()) -> list[Frame]:
    """The frames that the page shows one after the other, but those a hand held away."""
    canvas = page.get_by_test_id("moving-qr")
    expect(canvas).to_have_attribute("data-frame", "0", timeout=10_000)
    seen: dict[int, Frame] = {}
    while len(seen) < frames:
        width, number, pixels = canvas.evaluate(PIXELS)
        if number not in lost:
            seen[number] = (width, base64.b64decode(pixels))
        page.wait_for_timeout(40)
    return list(seen.values())


def film(path: Path, frames: list[Frame]) -> list[str]:
    """Write frames as a film, and give the arguments with which a browser has it as its camera."""
    grey = bytes([128]) * (SIDE * SIDE // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{SIDE} H{SIDE} F{PICTURES_A_SECOND}:1 Ip A1:1 C420jpeg\n".encode())
        for frame in frames:
            picture = b"FRAME\n" + _enlarged(*frame) + grey
            file.write(picture * PICTURES_A_FRAME)
    return [*CAMERA_ARGS, f"--use-file-for-fake-video-capture={path}"]


def _enlarged(width: int, pixels: bytes) -> bytes:
    """The code in the middle of a square, dim on grey as a screen is in the sun."""
    scale = SIDE // width
    margin = (SIDE - width * scale) // 2
    rows = []
    for row in range(width):
        line = b"".join(
            bytes([40 + pixels[row * width + column] * 5 // 8]) * scale for column in range(width)
        )
        rows += [(bytes([150]) * margin + line).ljust(SIDE, b"\x96")] * scale
    blank = bytes([150]) * SIDE
    return b"".join([*[blank] * margin, *rows, *[blank] * (SIDE - margin - len(rows))])
