"""What the officer does with one thumb: each step as she would do it on the screen."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import SHOTS

SAVE_MS_MAX = 10_000
SCROLL_MS = 500


class Hand:
    """The officer's hand on one page of the app."""

    def __init__(self, page: Page, prefix: str = "") -> None:
        self.page = page
        self.prefix = prefix
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def tap(self, testid: str) -> None:
        """Tap what carries this id; it must be there, visible and enabled.

        A tap on a page that still scrolls stops the scrolling and presses nothing, so that a
        finger that has just scrolled waits a moment.
        """
        target = self.page.get_by_test_id(testid)
        before = target.bounding_box()
        target.scroll_into_view_if_needed()
        if target.bounding_box() != before:
            self.page.wait_for_timeout(SCROLL_MS)
        target.tap()

    def shot(self, name: str) -> None:
        """Keep what the officer sees now."""
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.prefix}{name}.png")

    def enrol(self, code: str) -> None:
        """Type the code of the supervisor."""
        self.page.get_by_test_id("enrol-code").fill(code)
        self.shot("01-enrol")
        self.tap("enrol-submit")
        expect(self.page.get_by_test_id("unsent-bar")).to_be_visible()

    def village_ids(self) -> dict[str, str]:
        """The villages that the day shows: name -> id."""
        found = {}
        for row in self.page.locator("[data-testid^=village-]").all():
            name = row.locator("strong").inner_text().strip()
            found[name] = str(row.get_attribute("data-testid")).removeprefix("village-")
        return found

    def visit(self, village: str, household: str) -> None:
        """From the day to the village to the household, and begin."""
        self.tap(f"village-{village}")
        self.shot("03-village")
        self.tap(f"household-{household}")
        self.shot("04-household")
        self.tap("start-visit")
        self.page.get_by_test_id("second-person").select_option("officer-2")
        expect(self.page.get_by_test_id("visit-begin")).to_be_enabled()
        self.shot("05-begin")
        self.tap("visit-begin")
        expect(self.page.get_by_test_id("met-debtor")).to_be_visible()

    def end_visit(self, met: str = "debtor", outcome: str = "met") -> None:
        """Say what came of it."""
        self.tap(f"met-{met}")
        self.tap(f"outcome-{outcome}")
        self.shot("09-outcome")
        self.tap("visit-end")
        expect(self.page.get_by_test_id("visit-end")).to_have_count(0, timeout=SAVE_MS_MAX)
        self.home()

    def home(self) -> None:
        """Back to the day."""
        while self.page.get_by_test_id("back").count():
            self.page.get_by_test_id("back").tap()
            self.page.wait_for_timeout(SCROLL_MS)

    def sign_notice(self) -> None:
        """Make the notice, let the debtor sign it with a finger, save."""
        self.tap("met-debtor")
        self.tap("make-notice")
        canvas = self.page.get_by_test_id("sign-canvas")
        canvas.scroll_into_view_if_needed()
        self.stroke("sign-canvas")
        self.shot("06-notice")
        self.tap("notice-save")
        expect(self.page.get_by_test_id("visit-end")).to_be_visible(timeout=SAVE_MS_MAX)

    def stroke(self, testid: str) -> None:
        """A line of a finger on a canvas: the driver itself can only tap."""
        box = self.page.get_by_test_id(testid).bounding_box()
        assert box is not None
        wire = self.page.context.new_cdp_session(self.page)

        def touch(kind: str, x: float | None = None, y: float = 0) -> None:
            points = [] if x is None else [{"x": box["x"] + x, "y": box["y"] + y, "force": 0.5}]
            wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 20, 60)
        for step in range(1, 50):
            touch("touchMove", 20 + 4 * step, 60 + 30 * ((step % 12) / 6 - 1))
        touch("touchEnd")
        wire.detach()
        self.page.wait_for_timeout(SCROLL_MS)

    def take_cash(self, amount: str) -> str:
        """Take cash, count it again; the number on the slip."""
        self.tap("met-debtor")
        self.tap("take-cash")
        for digit in amount:
            self.tap(f"key-{digit}")
        self.shot("07-cash")
        self.tap("cash-next")
        self.shot("07-count-again")
        self.tap("cash-confirm")
        slip = self.page.get_by_test_id("receipt-no")
        expect(slip).to_be_visible(timeout=SAVE_MS_MAX)
        self.shot("08-receipt")
        number = slip.inner_text().strip()
        self.tap("receipt-done")
        return number

    def intend(self) -> None:
        """An intention without date and amount."""
        self.tap("intention-open")
        self.shot("08-intention")
        self.tap("intention-save")
        expect(self.page.get_by_test_id("visit-end")).to_be_visible(timeout=SAVE_MS_MAX)

    def unsigned(self, reason: str, place: str) -> None:
        """Why a notice was not signed."""
        self.tap("met-nobody")
        self.tap("unsigned-open")
        self.tap(f"unsigned-reason-{reason}")
        self.page.get_by_test_id("away-place").fill(place)
        self.shot("08-unsigned")
        self.tap("unsigned-save")
        expect(self.page.get_by_test_id("visit-end")).to_be_visible(timeout=SAVE_MS_MAX)

    def unsent(self) -> tuple[int, int]:
        """What the bar says is only on this phone: records, fen."""
        bar = self.page.get_by_test_id("unsent-bar")
        expect(bar).to_be_visible()
        return int(bar.get_attribute("data-count") or -1), int(bar.get_attribute("data-fen") or -1)

    def sync(self) -> None:
        """Tap the bar, tap the button, wait until it says that it is done."""
        self.tap("unsent-bar")
        self.tap("sync-now")
        state = self.page.get_by_test_id("sync-state")
        expect(state).to_have_attribute("data-state", "done", timeout=30_000)
        self.shot("10-synced")
        self.home()
