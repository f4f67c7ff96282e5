"""The table of problems. Method: every row is read as a person would, with nothing given."""

from __future__ import annotations

import re

import pytest

from sync.problems import PROBLEMS, Problem, sentence

REASONS = (
    "bad_signature unknown_case receipt_no_collision amount_invalid parts_mismatch "
    "notice_presigned body_invalid schema_unknown revoked_device plan_edit_out_of_scope "
    "void_after_deposit number_not_in_book internal_error"
).split()
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_it_says_what_is_so_and_what_to_do_in_both_languages(code: str) -> None:
    status, zh, en, next_zh, next_en = PROBLEMS[code]

    assert re.fullmatch(r"[a-z][a-z0-9_]*", code)
    assert 200 <= status < 600
    assert CHINESE.search(zh) and CHINESE.search(next_zh)
    assert en[-1] in ".:" and next_en.endswith(".") and zh.endswith("。") and next_zh.endswith("。")
    assert not CHINESE.search(en) and not CHINESE.search(next_en)


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_it_names_the_same_details_in_both_languages(code: str) -> None:
    _, zh, en, _, _ = PROBLEMS[code]

    assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en))


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_it_never_fails_for_want_of_a_detail(code: str) -> None:
    problem = Problem(code)

    assert "{" not in problem.zh + problem.en + problem.next_zh + problem.next_en
    assert problem.status == PROBLEMS[code][0]


def test_it_has_every_reason_for_quarantine() -> None:
    assert set(REASONS) <= set(PROBLEMS)


def test_it_completes_its_sentences_by_the_details() -> None:
    problem = Problem("over_hand_limit", would_be_fen=60_000_00, max_fen=50_000_00)

    assert "6000000" in problem.zh and "5000000" in problem.en
    assert str(problem) == f"over_hand_limit: {problem.en}"


def test_it_answers_as_json_with_details_as_words() -> None:
    told = Problem("amount_invalid", rule="positive", amount=1.5).to_json()

    assert told["code"] == "amount_invalid"
    assert told["details"] == {"rule": "positive", "amount": "1.5"}
    assert set(told) == {"code", "message", "message_en", "next", "next_en", "details"}


def test_it_knows_no_other_code() -> None:
    with pytest.raises(KeyError):
        Problem("no_such_code")


def test_it_shows_a_missing_detail_as_a_dash() -> None:
    assert sentence("{a} of {b}", {"a": 1}) == "1 of —"
