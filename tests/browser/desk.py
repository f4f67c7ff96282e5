"""What the office does in the week of the browser tests: supervisor and cashier at the console."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser.conftest import SHOTS, Server

GOLDEN = Path("tests/golden/woshui.json")
BRANCH = "main"
PEOPLE = (
    ("officer-1", "李薇", "liwei", "collector"),
    ("officer-2", "张敏", "zhangmin", "collector"),
    ("supervisor-1", "陈杰", "chenjie", "supervisor"),
    ("cashier-1", "周兰", "zhoulan", "cashier"),
)


def open_branch(server: Server) -> dict[str, tuple[str, str]]:
    """A branch with its people; role -> user name and password."""
    server.run(
        "add-branch", BRANCH, "--code", "001", "--name", "涡水分社",
        "--institution", "演示农村信用社", "--phone", "0000-0000000",
    )  # fmt: skip
    sign_ins = {}
    for staff_id, name, username, role in PEOPLE:
        out = server.run(
            "add-staff", BRANCH, staff_id, "--name", name, "--username", username, "--role", role
        )
        sign_ins[staff_id] = (username, out.split()[-1])
    return sign_ins


def yuan(fen: int | None) -> str:
    """Fen as the core system prints them; nothing for what it does not know."""
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"


def core_file() -> tuple[bytes, str]:
    """The golden week's loans as a file of the core system in GB18030, and its control total."""
    week = json.loads(GOLDEN.read_text(encoding="utf-8"))
    areas = {area["id"]: area["name"] for area in week["areas"]}
    homes = {household["id"]: household for household in week["households"]}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow("户号 户名 片区 村委 自然村 贷款编号 本金余额 欠息 到期日".split())
    total = 0
    for loan in week["loans"]:
        home = homes[loan["household"]]
        total += loan["principal_outstanding_before_fen"]
        table.writerow(
            [
                home["id"], home["name"], areas[home["area"]], home["village"],
                home.get("natural_village") or "", loan["id"],
                yuan(loan["principal_outstanding_before_fen"]),
                yuan(loan["interest_due_before_fen"]), loan["due_date"]["modern"],
            ]
        )  # fmt: skip
    return out.getvalue().encode("gb18030"), yuan(total)


class Desk:
    """One person's window of the console."""

    def __init__(self, office: BrowserContext, username: str, password: str) -> None:
        office.clear_cookies()
        self.page: Page = office.new_page()
        self.page.goto("/console/sign-in")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("main form button")
        self.page.wait_for_selector("header.bar")

    def shot(self, name: str) -> None:
        """Keep what this person sees now."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"office-{name}.png", full_page=True)

    def import_loans(self, today: date) -> None:
        """The supervisor imports the core system's file with its control total."""
        page = self.page
        content, total = core_file()
        page.goto("/console/import")
        file = {"name": "loans.csv", "mimeType": "text/csv", "buffer": content}
        page.set_input_files("input[name=file]", file)  # type: ignore[arg-type]
        page.fill("input[name=as_of]", (today - timedelta(days=1)).isoformat())
        page.fill("input[name=control_total]", total)
        page.click("main form.card button")
        page.wait_for_selector(".note[role=status]")
        self.shot("imported")

    def publish_week(self, today: date) -> None:
        """The supervisor gives all villages to Li Wei, all on today, and publishes."""
        page = self.page
        page.goto("/console/plan")
        page.select_option("select[name=officer]", "officer-1")
        page.select_option("select[name=second]", "officer-2")
        page.fill("input[name=starts_on]", today.isoformat())
        page.fill("input[name=ends_on]", (today + timedelta(days=4)).isoformat())
        page.click("main form.card button")
        page.wait_for_selector("form.plan")
        for radio in page.locator(f"input[type=radio][value='{today.isoformat()}']").all():
            radio.check()
        page.click("button[value=publish]")
        page.wait_for_selector(".note[role=status]")
        self.shot("published")

    def enrolment_code(self) -> str:
        """A code for Li Wei's phone."""
        self.page.goto("/console/devices")
        self.page.select_option("select[name=officer]", "officer-1")
        self.page.click("main form.card button")
        code = self.page.inner_text("#code").strip()
        self.shot("code")
        return code

    def issue_book(self, first: int, last: int) -> None:
        """The cashier issues a numbered book to Li Wei's phone."""
        page = self.page
        page.goto("/console/books")
        page.select_option("select[name=officer]", "officer-1")
        page.fill("input[name=from_no]", str(first))
        page.fill("input[name=to_no]", str(last))
        page.click("main form.card button")
        page.wait_for_selector("text=SJ000101")
        self.shot("books")

    def count_and_close(self, hundreds: int, today: date) -> None:
        """The cashier counts Li Wei's cash, takes it over, and closes the day."""
        page = self.page
        page.goto("/console/cash")
        page.click("td a.button")
        page.fill("input[name=n10000]", str(hundreds))
        page.wait_for_timeout(600)
        self.shot("count")
        page.keyboard.press("Alt+s")
        page.wait_for_url("**/console/counts/*")
        self.shot("counted")
        page.goto(f"/console/day/{today.isoformat()}")
        self.shot("day-open")
        page.locator("form[action$='close'] button").click()
        page.wait_for_selector("h1 .tag.good")
        self.shot("day-closed")

    def accept_notices(self) -> int:
        """The supervisor accepts every notice that waits; how many."""
        count = 0
        while True:
            self.page.goto("/console/review")
            waiting = self.page.locator("main .card").first.locator("tbody a")
            if waiting.count() == 0:
                return count
            waiting.first.click()
            self.shot(f"review-{count}")
            self.page.click("button[value=accepted]")
            count += 1

    def report(self, monday: date) -> str:
        """The text of the week's report as the page shows it."""
        self.page.goto(f"/console/report/{monday.isoformat()}")
        self.shot("report")
        return self.page.inner_text("main")
