"""Typesets a document: a typst template, data as JSON, and Chinese fonts that come from a package.

The fonts of the machine are not used, so that a page looks the same wherever it is made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

TEMPLATES = Path(__file__).parent / "templates"


def pdf(template: str, data: Mapping[str, object], *, made_at_ms: int) -> bytes:
    """The document as PDF. The same data made at the same instant give the same bytes."""
    made = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=_inputs(data),
        timestamp=made_at_ms // 1000,
    )
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def pages_png(template: str, data: Mapping[str, object], *, ppi: int = 110) -> list[bytes]:
    """The pages as pictures, for people and tests to look at."""
    made: bytes | list[bytes] = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs=_inputs(data),
        format="png",
        ppi=ppi,
    )
    return made if isinstance(made, list) else [made]


def _inputs(data: Mapping[str, object]) -> dict[str, str]:
    return {"data": json.dumps(data, ensure_ascii=False)}


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Noto Serif SC and Noto Sans SC: read once, for they are 20 MB."""
    folder = str(Path(pylopdf_fonts_zh_cn.serif_path()).parent)
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
