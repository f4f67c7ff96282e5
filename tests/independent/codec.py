"""What the protocol page says about bytes, written from the page alone. Nothing of this project.

Sections 1 (canonical bytes, hash, capitals), 2 (columns), 3 (squeezing, strokes) and 7 (digests).
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

INT_MAX = 2**53 - 1
DEPTH_MAX = 16
STROKE_MAX = 2**28
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
Json = Any


class Bad(Exception):
    """Something that the page forbids; the text is its code."""


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Back from base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sha(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _is_int(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# Section 1


def canonical(value: Json) -> bytes:
    """The one text of a value as UTF-8."""
    _check(value, 0)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Bad("not_canonical") from None


def _check(value: Json, depth: int) -> None:
    if depth > DEPTH_MAX or isinstance(value, float):
        raise Bad("not_canonical")
    if _is_int(value) and abs(value) > INT_MAX:
        raise Bad("not_canonical")
    if isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    if isinstance(value, dict):
        for key, item in value.items():
            if not key.isascii():
                raise Bad("not_canonical")
            _check(item, depth + 1)


def capitals(fen: int) -> str:
    """An amount in capital numerals, as the vectors of capitals.json write it."""
    yuan, jiao, rest = fen // 100, fen // 10 % 10, fen % 10
    if not 0 <= yuan < 10**12:
        raise Bad("amount_invalid")
    digits = "零壹贰叁肆伍陆柒捌玖"
    words, gap = "", False
    for place in range(11, -1, -1):
        digit = yuan // 10**place % 10
        if digit:
            words += (
                ("零" if gap and words else "") + digits[digit] + ("", "拾", "佰", "仟")[place % 4]
            )
            gap = False
        else:
            gap = True
        if place in (4, 8) and yuan // 10**place % 10_000:
            words, gap = words + ("万" if place == 4 else "亿"), False
    words += "元" if words else ""
    if jiao:
        words += digits[jiao] + "角"
    elif rest and words:
        words += "零"
    return (words or ("" if rest else "零元")) + (digits[rest] + "分" if rest else "整")


# Section 2


def pack(records: Sequence[Mapping[str, Json]]) -> dict[str, Json]:
    """Records as columns."""
    forms: dict[tuple[str, ...], list[dict[str, Json]]] = {}
    order: list[int] = []
    for record in records:
        flat = _flat(record, "")
        form = tuple(sorted(flat))
        forms.setdefault(form, []).append(flat)
        table = list(forms).index(form)
        if order and order[-2] == table:
            order[-1] += 1
        else:
            order += [table, 1]
    tables = [[list(form), _columns(form, rows)] for form, rows in forms.items()]
    return {"n": len(records), "order": order, "tables": tables}


def _flat(value: Mapping[str, Json], prefix: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, item in value.items():
        path = prefix + key.replace("~", "~0").replace("/", "~1")
        found |= _flat(item, path + "/") if isinstance(item, dict) and item else {path: item}
    return found


def _columns(form: Sequence[str], rows: list[dict[str, Json]]) -> list[Json]:
    seen: list[list[str]] = []
    columns: list[Json] = []
    for path in form:
        values = [row[path] for row in rows]
        texts = [json.dumps(value, sort_keys=True) for value in values]
        if len(set(texts)) == 1:
            columns.append({"c": values[0]})
        elif texts in seen:
            columns.append({"e": seen.index(texts)})
        else:
            columns.append(_differences(values) or values)
        seen.append(texts)
    return columns


def _differences(values: list[Json]) -> dict[str, list[int]] | None:
    if not all(_is_int(value) for value in values):
        return None
    steps = [values[0], *(b - a for a, b in pairwise(values))]
    return {"d": steps} if all(abs(step) <= INT_MAX for step in steps) else None


def unpack(packed: Json) -> list[dict[str, Json]]:
    """Columns as records again; refuses what is not columns, before it unfolds anything."""
    try:
        return _unpack(packed)
    except (TypeError, ValueError, KeyError, IndexError, AssertionError):
        raise Bad("columns_invalid") from None


def _unpack(packed: Json) -> list[dict[str, Json]]:
    assert isinstance(packed, dict) and set(packed) == {"n", "order", "tables"}
    order, tables = packed["order"], packed["tables"]
    assert isinstance(order, list) and isinstance(tables, list) and len(order) % 2 == 0
    counts, runs = [0] * len(tables), list(zip(order[::2], order[1::2], strict=True))
    known = 0
    for table, count in runs:
        assert _is_int(table) and _is_int(count) and 0 <= table <= known and count > 0
        known = max(known, table + 1)
        counts[table] += count
    assert known == len(tables) and _is_int(packed["n"]) and packed["n"] == sum(counts) <= 50_000
    assert sum(len(t[0]) * c for t, c in zip(tables, counts, strict=True)) <= 1_000_000
    assert sum(_weight(t, c) for t, c in zip(tables, counts, strict=True)) <= 64 * 2**20
    unfolded = [iter(_table(t, c)) for t, c in zip(tables, counts, strict=True)]
    return [next(unfolded[table]) for table, count in runs for _ in range(count)]


def _weight(table: list[Json], count: int) -> int:
    weights: list[int] = []
    for column in table[1]:
        if isinstance(column, dict) and "c" in column:
            weights.append(count * len(json.dumps(column["c"], ensure_ascii=False)))
        elif isinstance(column, dict) and "e" in column:
            weights.append(weights[column["e"]])
        else:
            weights.append(len(json.dumps(column, ensure_ascii=False)))
    return sum(weights)


def _table(table: Json, count: int) -> list[dict[str, Json]]:
    paths, columns = table
    assert len(paths) == len(columns) and len(set(paths)) == len(paths)
    keys = [_keys(path) for path in paths]
    assert not any(a != b and a == b[: len(a)] for a in keys for b in keys if a and len(a) < len(b))
    values: list[list[Json]] = []
    for column in columns:
        values.append(_column(column, values, count))
    records: list[dict[str, Json]] = [{} for _ in range(count)]
    for path, column in zip(keys, values, strict=True):
        for record, value in zip(records, column, strict=True):
            for key in path[:-1]:
                record = record.setdefault(key, {})
            record[path[-1]] = value
    return records


def _keys(path: str) -> list[str]:
    assert not re.search(r"~(?![01])", path)
    keys = [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")]
    assert len(keys) <= DEPTH_MAX
    return keys


def _column(column: Json, before: list[list[Json]], count: int) -> list[Json]:
    if isinstance(column, list):
        assert len(column) == count
        return column
    ((form, given),) = column.items()
    if form == "c":
        return [given] * count
    if form == "e":
        assert _is_int(given) and 0 <= given < len(before)
        return before[given]
    assert form == "d" and len(given) == count
    values: list[int] = []
    for step in given:
        assert _is_int(step)
        values.append(step + (values[-1] if values else 0))
        assert abs(values[-1]) <= INT_MAX
    return values


# Section 3


def squeeze(body: Mapping[str, Json], before: Sequence[str]) -> dict[str, Json]:
    """A body without what can be found again; `before` are the hashes before it in the batch."""
    out = dict(body)
    for field in ("text_hash", "words", "made", "target", "about"):
        value = out.get(field)
        if not isinstance(value, str):
            continue
        if field in ("text_hash", "words"):
            mark = "~" if value == _derived(field, body) else None
        else:
            mark = f"~{len(before) - list(before).index(value)}" if value in before else None
        out[field] = mark or ("~" + value if value.startswith("~") else value)
    signature = out.get("signature")
    if isinstance(signature, dict) and "strokes" in signature:
        out["signature"] = {**signature, "strokes": _squeezed(signature["strokes"])}
    return out


def unsqueeze(body: Mapping[str, Json], before: Sequence[str]) -> dict[str, Json]:
    """The body again."""
    out = dict(body)
    for field in ("text_hash", "words", "made", "target", "about"):
        value = out.get(field)
        if isinstance(value, str) and value.startswith("~~"):
            out[field] = value[1:]
        elif isinstance(value, str) and value.startswith("~"):
            found = _derived(field, body) if value == "~" else _behind(field, value, before)
            if found is None:
                raise Bad("batch_invalid")
            out[field] = found
    signature = out.get("signature")
    if isinstance(signature, dict) and str(signature.get("strokes", "")).startswith("~"):
        text = signature["strokes"][1:]
        out["signature"] = {
            **signature, "strokes": text if text.startswith("~") else _strokes(text),
        }  # fmt: skip
    return out


def _behind(field: str, mark: str, before: Sequence[str]) -> str | None:
    if field in ("text_hash", "words") or not re.fullmatch("~[1-9][0-9]{0,3}", mark):
        return None
    places = int(mark[1:])
    return before[-places] if places <= len(before) else None


def _derived(field: str, body: Mapping[str, Json]) -> str | None:
    text: Json = body.get("text")
    fen: Json = body.get("amount_fen")
    if field == "text_hash" and isinstance(text, str):
        return sha(text.encode())
    if field == "words" and _is_int(fen) and 0 <= fen < 10**14:
        return capitals(fen)
    return None


def _squeezed(strokes: Json) -> Json:
    if isinstance(strokes, str):
        return "~" + strokes if strokes.startswith("~") else strokes
    if not isinstance(strokes, list) or not all(
        isinstance(line, list)
        and len(line) % 3 == 0
        and all(_is_int(n) and abs(n) <= STROKE_MAX for n in line)
        for line in strokes
    ):
        return strokes
    out = "~"
    for line in strokes:
        out += _vlq(len(line))
        out += "".join(_vlq(n - (line[i - 3] if i >= 3 else 0)) for i, n in enumerate(line))
    return out


def _vlq(number: int) -> str:
    rest, out = abs(number) << 1 | (number < 0), ""
    while True:
        rest, low = rest >> 5, rest & 31
        out += ALPHABET[low | 32 if rest else low]
        if not rest:
            return out


def _strokes(text: str) -> list[list[int]]:
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        digit = ALPHABET.find(character)
        if digit < 0 or shift >= 35:
            raise Bad("batch_invalid")
        value, shift = value | (digit & 31) << shift, shift + 5
        if digit < 32:
            numbers.append(-(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    lines: list[list[int]] = []
    at = 0
    while at < len(numbers):
        length = numbers[at]
        line = numbers[at + 1 : at + 1 + length] if length >= 0 else []
        if length % 3 or len(line) != length:
            raise Bad("batch_invalid")
        for i in range(3, length):
            line[i] += line[i - 3]
        lines.append(line)
        at += 1 + length
    if shift:
        raise Bad("batch_invalid")
    return lines


# Section 7


def row_sums(rows: Mapping[str, Json]) -> dict[str, str]:
    """eid -> SHA-256 of its canonical row."""
    return {eid: sha(canonical(row)) for eid, row in rows.items()}


def digest(rows: Mapping[str, Json]) -> str:
    """The digest of the rows of one type."""
    lines = sorted(f"{eid}:{row_sum}\n" for eid, row_sum in row_sums(rows).items())
    return sha("".join(lines).encode())


def buckets(rows: Mapping[str, Json]) -> list[str]:
    """The 256 digests of its buckets."""
    parts: list[dict[str, Json]] = [{} for _ in range(256)]
    for eid, row in rows.items():
        parts[hashlib.sha256(eid.encode()).digest()[0]][eid] = row
    return [digest(part)[:16] if part else "" for part in parts]


def hand_fen(
    log: Sequence[Mapping[str, Json]], counted_total_fen: int, proofs: Sequence[str] = ()
) -> int:
    """Cash in hand from the log alone (custody.json): taken, less voided, counted and handed on."""
    moved: dict[str, int] = {}
    for event in log:
        body, verdict = event["body"], event.get("verdict")
        fen = body.get("amount_fen")
        is_cash = body.get("method") not in ("transfer", "cheque")
        if event["kind"] == "cash.receipt" and verdict != "voided" and _is_int(fen) and is_cash:
            moved[event["hash"]] = max(fen, 0)
        if event["kind"] == "custody.taken" and verdict != "voided" and body["into"] == "hand":
            moved[event["hash"]] = fen
        if event["kind"] == "custody.handed" and (verdict == "applied" or event["hash"] in proofs):
            moved[event["hash"]] = -body["expected_fen"]
    for event in log:
        stands = event.get("verdict") not in ("voided", "quarantined")
        if event["kind"] == "cash.void" and stands:
            moved[event["body"]["target"]] = 0
    return sum(moved.values()) - counted_total_fen


def hand_of_all(
    total_fen: int, as_of: int, log: Sequence[Mapping[str, Json]], proofs: Sequence[str] = ()
) -> int:
    """Cash over all phones (custody.json): the server's sum, and what is not in it yet."""
    within = [
        event
        for event in log
        if event.get("tick") is not None
        and event["tick"] <= as_of
        and (event["kind"] != "custody.taken" or event.get("verdict") == "applied")
    ]
    return total_fen + hand_fen(log, 0, proofs) - hand_fen(within, 0)
