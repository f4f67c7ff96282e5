"""The golden week through the real system, in both date profiles, against its expected report.

Method: `doorstep rehearse` plays the file: a fresh server over HTTP, phones that work offline, the
cashier's counts. Every figure and every sentence is compared with the file's `expected`, which the
program itself never reads.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from server.commands.rehearse import command, report_text
from server.documents.report_pdf import report_pdf
from tests.golden.weeks import FILE, PROFILES, area, golden, golden_report

SHARED = Path(__file__).parents[3] / "shared" / "golden" / "woshui.json"
EXPECTED = golden()["expected"]


@pytest.mark.parametrize("profile", PROFILES)
def test_it_gives_the_canonical_sentences_word_for_word(profile: str) -> None:
    report = golden_report(profile)

    assert list(report.paragraphs) == EXPECTED["canonical_sentences_zh"]


@pytest.mark.parametrize("profile", PROFILES)
def test_it_gives_every_figure_of_the_town(profile: str) -> None:
    wanted = EXPECTED["figures"]["woshui"]
    found = area(golden_report(profile), "WOSHUI")

    same = [key for key in wanted if key in found and key != "intention_names"]
    assert {key: found[key] for key in same} == {key: wanted[key] for key in same}
    assert len(same) == 8
    assert found["intention_names"] == sorted(wanted["intention_names"])
    assert found["unsigned_by_reason"] == {
        "AWAY_MIGRANT_WORK": wanted["unsigned_away_households"],
        "LIMITATION_LOST": wanted["unsigned_limitation_lost_households"],
        "UNSTATED": EXPECTED["derived_figures"]["unsigned_unexplained_households"],
    }
    text = "".join(golden_report(profile).paragraphs)
    assert f"一人在{wanted['unsigned_away_place']}打工" in text
    assert f"（{'、'.join(wanted['unsigned_limitation_lost_names'])}）" in text


@pytest.mark.parametrize("profile", PROFILES)
def test_it_gives_every_figure_of_the_sub_area(profile: str) -> None:
    wanted = EXPECTED["figures"]["jinkeng"]
    found = area(golden_report(profile), "JINKENG")

    assert found == {
        "area": "JINKENG",
        "households_total": wanted["households_total"],
        "signed_back_households": 0,
        "cash_households": wanted["receipts"],
        "cash_principal_fen": wanted["cash_principal_fen"],
        "cash_interest_fen": wanted["cash_interest_fen"],
        "receipts": wanted["receipts"],
        "intention_households": wanted["intention_households"],
        "intention_principal_fen": wanted["intention_principal_fen"],
        "intention_names": wanted["intention_names"],
        "unsigned_households": 1,
        "unsigned_by_reason": {"UNSTATED": 1},
    }
    assert found["cash_principal_fen"] + found["cash_interest_fen"] == wanted["cash_total_fen"]
    assert "、".join(wanted["receipt_names"]) in "".join(golden_report(profile).paragraphs)


@pytest.mark.parametrize("profile", PROFILES)
def test_it_gives_the_figures_of_the_week(profile: str) -> None:
    figures, derived = golden_report(profile).figures, EXPECTED["derived_figures"]

    assert figures["collective"] == EXPECTED["figures"]["collective"]
    assert figures["service_requests"] == EXPECTED["figures"]["service_requests"]
    for key in ("week_receipts", "week_cash_principal_fen", "week_cash_interest_fen"):
        assert figures[key] == derived[key]
    assert figures["week_cash_total_fen"] == derived["week_cash_total_fen"]
    intentions = [one["intention_households"] for one in figures["areas"]]
    assert sum(intentions) == derived["week_intention_households"]
    covered = [one["intention_principal_fen"] for one in figures["areas"]]
    assert sum(covered) == derived["week_intention_principal_fen"]


@pytest.mark.parametrize("profile", PROFILES)
def test_it_prints_the_derived_figures_behind_the_sentences(profile: str) -> None:
    derived = EXPECTED["derived_figures"]
    text = report_text(golden_report(profile))

    assert f"{derived['signed_back_rate_of_all_pct']:.2f}%（占借款农户）" in text
    assert f"{derived['signed_back_rate_of_unpaid_pct']:.2f}%（占未还现金农户）" in text
    secured = derived["limitation_secured_households"], derived["limitation_secured_rate_pct"]
    assert f"诉讼时效已保全{secured[0]}户（{secured[1]:.2f}%）" in text
    assert f"本期走访农户{derived['minimum_farm_households_touched']}户" in text
    assert f"现金共{derived['woshui_cash_total_fen'] // 100}元" in text
    pieces = derived["week_denominations"]
    assert "，".join(f"{yuan}元券{count}张" for yuan, count in pieces.items()) in text


@pytest.mark.parametrize("profile", PROFILES)
def test_it_computes_the_limitation_of_every_loan(profile: str) -> None:
    raw = golden()
    wanted = {}
    for loan in [*raw["loans"], *(one["loan"] for one in raw["collective_borrowers"])]:
        after = loan.get("limitation_after_sweep", loan["limitation_before"])
        wanted[loan["id"]] = {"status": after["status"], "ends_on": after["expiry"][profile]}

    assert golden_report(profile).figures["limitation"] == wanted


@pytest.mark.parametrize("profile", PROFILES)
def test_it_prints_the_json_and_nothing_else(profile: str) -> None:
    done = CliRunner().invoke(command, [str(FILE), "--profile", profile, "--json"])

    assert done.exit_code == 0, done.stderr
    assert done.stderr == ""
    assert json.loads(done.stdout) == golden_report(profile).figures


def test_it_prints_the_sentences_first() -> None:
    done = CliRunner().invoke(command, [str(FILE)])

    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[: len(EXPECTED["canonical_sentences_zh"])] == EXPECTED["canonical_sentences_zh"]


@pytest.mark.parametrize("profile", PROFILES)
def test_it_prints_the_report_on_one_page(profile: str) -> None:
    [page] = PdfReader(io.BytesIO(report_pdf(golden_report(profile)))).pages
    text = "".join(page.extract_text().split())

    assert all(line in text for line in EXPECTED["canonical_sentences_zh"])
    assert "签发：陈杰" in text and "第1页，共1页" in text


def test_it_is_the_shared_file() -> None:
    """Where the shared files lie beside the repository, the copy in it is the same file."""
    shared = SHARED.read_bytes() if SHARED.exists() else FILE.read_bytes()

    assert FILE.read_bytes() == shared
