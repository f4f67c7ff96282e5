"""`python -m sync.verify EXPORT [--key FINGERPRINT] [--json]`, also known as `doorstep verify`.

Exit codes: 0 everything holds; 1 something does not; 2 there is no such file, or no such option.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sync.verify.check import Answer, verify_export

HOLDS, BROKEN, UNREADABLE = 0, 1, 2

_COUNTERS = {
    "events": ("条记录", "events"),
    "lanes": ("条记录链", "lanes"),
    "legs": ("条分录", "legs"),
    "accounts": ("个账户", "accounts"),
    "receipts": ("张收据", "receipts"),
    "numbers_used": ("个号码已用", "numbers used"),
    "numbers_void": ("个作废", "void"),
    "numbers_unused": ("个未用", "unused"),
    "numbers_missing": ("个跳号", "missing"),
    "reports": ("份报告", "reports"),
}


def main(arguments: list[str] | None = None) -> int:
    """The command line; gives back the exit code."""
    parser = argparse.ArgumentParser(
        prog="doorstep verify", description="核验导出文件。Verify an export, alone."
    )
    parser.add_argument("export", type=Path, help="导出文件 the file that `doorstep export` made")
    parser.add_argument("--key", help="办公室密钥指纹 fingerprint of the office's key")
    parser.add_argument("--json", action="store_true", help="机器可读 print JSON, nothing else")
    given = parser.parse_args(arguments)
    return run(given.export, given.key, as_json=given.json)


def run(path: Path, key: str | None, *, as_json: bool) -> int:
    """Verify a file, print what was found, and give back the exit code."""
    try:
        answer = verify_export(path, key)
    except OSError as error:
        print(f"无法读取 {path}：{error.strerror}。\nCannot read {path}.", file=sys.stderr)
        return UNREADABLE
    if as_json:
        print(json.dumps(answer.to_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(answer, key)))
    return HOLDS if answer.holds else BROKEN


def _lines(answer: Answer, key: str | None) -> list[str]:
    counted = [(answer.counters.get(name, 0), words) for name, words in _COUNTERS.items()]
    lines = [
        "，".join(f"{count} {words[0]}" for count, words in counted) + "。",
        ", ".join(f"{count} {words[1]}" for count, words in counted) + ".",
    ]
    for one in answer.findings.open:
        lines += ["", f"待查 {one.zh}", f"open {one.en}"]
    for one in answer.findings.told():
        lines += ["", f"不符 {one.zh}", f"BROKEN {one.en}"]
    return [*lines, "", *_verdict(answer, key)]


def _verdict(answer: Answer, key: str | None) -> list[str]:
    if not answer.holds:
        count = len(answer.findings.breaks)
        return [
            f"核验不通过：{count} 处不符。请保留文件原样，并通知稽核负责人。",
            f"NO: {count} breaks. Keep the file as it is and tell the head of audit.",
        ]
    lines = [f"核验通过。封签密钥指纹 {answer.key}。", f"YES, it holds. Sealed by {answer.key}."]
    if key is None:
        lines += [
            "请将指纹与您事先得到的核对，或用 --key 给出。",
            "Compare the fingerprint with the one you were given, or name it with --key.",
        ]
    return lines


if __name__ == "__main__":
    raise SystemExit(main())
