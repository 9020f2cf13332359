"""What browser tests build on: the demo town on a server of its own, a browser, and eyes that look at every page."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy.engine import Engine
from werkzeug.serving import make_server

from engine import clock, db, jobs
from engine.organisation import account, session
from tests.acceptance import browser as brought
from tests.conftest import MORNING
from tests.once import Once
from web import i18n, security

SCREENSHOTS = Path(__file__).parent / "screenshots"
PICTURES = bool(os.environ.get("ONEWINDOW_DOC_IMAGES"))
"""Whether a picture of each page is kept; of a page with a fault it is kept always."""
WIDTHS = {1440: 900, 360: 740}
AXE = "/axe.min.js"
AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]},
    "resultTypes": ["violations"],  # what passed is not described, which took up to a third of the time
}
NARROW = min(WIDTHS)
NARROW_RULES = AXE_RULES | {"rules": {"color-contrast": {"enabled": False}}}
LIKE_THE_ROWS_ABOVE = "tbody tr:nth-child(n + 6)"
"""What a second look need not read again: rows have the same parts as those above them."""
TOO_WIDE = """() => new Promise((settled) => requestAnimationFrame(() => requestAnimationFrame(() =>
  settled(document.documentElement.scrollWidth - document.documentElement.clientWidth))))"""
OUT_OF_SIGHT = """() => [...document.querySelectorAll(":is(.tabs, .areas) [aria-current]")]
  .filter((tab) => tab.checkVisibility())
  .filter((tab) => tab.getBoundingClientRect().left < 0 || tab.getBoundingClientRect().right > innerWidth + 1)
  .map((tab) => `${tab.textContent.trim()} is out of sight`)"""
RUN = """async ([out, rules]) => {
  const tints = new Map([[null, ""]]), times = new Map();
  const tint = (element) => {
    if (!tints.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      tints.set(element, `${tint(element.parentElement)}/${backgroundColor}${backgroundImage}${opacity}`
        .replace("/rgba(0, 0, 0, 0)none1", ""));
    }
    return tints.get(element);
  };
  const reads = (element) => element.checkVisibility({ visibilityProperty: true }) && (element.matches("input, select,"
    + "textarea") || [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const text = [...document.body.querySelectorAll("*")].filter(reads).filter((element) => {
    const { color, fontSize, fontWeight, position } = getComputedStyle(element);
    const off = element.matches(":disabled, [aria-disabled=true], :disabled *, [aria-disabled=true] *");
    const like = [element.tagName, tint(element), color, fontSize, fontWeight, position, off].join("|");
    times.set(like, (times.get(like) ?? 0) + 1);
    return times.get(like) <= 3;
  });
  text.forEach((element) => element.setAttribute("data-contrast", ""));
  axe.configure({ rules: [{ id: "color-contrast", selector: "[data-contrast]" }] });
  const found = await axe.run({ exclude: out.map((selector) => [selector]) }, rules);
  text.forEach((element) => element.removeAttribute("data-contrast"));
  return found.violations.flatMap((each) => each.nodes.map((place) => `${each.id}: ${place.target}`));
}"""
"""Runs axe; contrast, half of its work, is measured on three elements of those that are alike: in their kind, in
colour, size and weight of the text, and in the backgrounds that lie behind it."""


class Site:
    """The town on a port of this machine; its clock stands where the test puts it."""

    def __init__(self, app: Flask, database: Engine) -> None:
        self.database = database
        self.now = MORNING
        self._server = make_server("127.0.0.1", 0, self._at_its_time(app), threaded=True)
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        # it looks so often whether it shall end: with every half second each test ended that much later
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def _at_its_time(self, app: Flask) -> Callable[..., Iterable[bytes]]:
        def run(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ["PATH_INFO"] == AXE:  # a script with an address is compiled once for all pages
                start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=86400")])
                return [brought.axe_source()]
            with clock.frozen(self.now):
                return app(environ, start_response)

        return run

    def work(self) -> None:
        """Do the jobs that are due, as the scheduler would."""
        with clock.frozen(self.now):
            for _ in range(50):
                with db.reading(self.database) as connection:
                    due = jobs.due(connection)
                if not due:
                    return
                for job in due:
                    jobs.run(self.database, job)

    def wait(self, days: float) -> None:
        """Let time pass; what falls due on the way happens at its moment."""
        until = self.now + timedelta(days=days)
        while (at := self._next_due()) is not None and at <= until:
            self.now = max(self.now, at)
            self.work()
        self.now = until
        self.work()

    def _next_due(self) -> datetime | None:
        with db.reading(self.database) as connection:
            return jobs.next_due(connection)

    def token(self, login: str) -> str:
        """Begin a session of a demo person and return its cookie."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            found = connection.execute(sa.select(account.account.c.person_id).where(account.account.c.login == login))
            return session.start(connection, found.scalar_one(), "127.0.0.1", "test")

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


OpenAs = Callable[..., Page]


def cookies(site: Site, login: str | None, language: str) -> Any:
    """Return the cookies of a demo person who has signed in, or of a resident."""
    kept = {i18n.COOKIE: language} | ({security.COOKIE: site.token(login)} if login is not None else {})
    return [{"name": name, "value": value, "url": site.base} for name, value in kept.items()]


@pytest.fixture(scope="session")
def chromium(once: Once) -> Iterator[Browser]:
    """The browser, brought and unpacked once for all test processes."""
    with once.turn("browser"):
        found = brought.bring(once.folder / "browser")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=found.executable, args=brought.FLAGS, env={**os.environ, **found.environment}
        )
        yield running
        running.close()


@pytest.fixture
def site(town: Engine, town_app: Flask) -> Iterator[Site]:
    """The town's site, open for one test."""
    running = Site(town_app, town)
    yield running
    running.close()


@pytest.fixture
def open_as(site: Site, chromium: Browser) -> Iterator[OpenAs]:
    """Call with a login, or nothing for a resident: a page of the site in a browser of their own."""
    contexts = []

    def open_(login: str | None = None, path: str = "/", *, width: int = 1440, language: str = "zh_CN") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": WIDTHS[width]}, base_url=site.base)
        contexts.append(context)
        context.add_cookies(cookies(site, login, language))
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()


def look(page: Page, name: str, *, leave_out: tuple[str, ...] = (), closely: bool = False) -> None:
    """Look at a page wide and narrow: nothing runs off the side, and axe finds nothing; of what is wrong see a picture.

    Axe, which takes most of the time, looks at the width at which the page is used; ``closely``: at both, at contrasts,
    which are the same and take half of its time, only once. The pages that a walk comes by are looked at closely by
    the test of every page. ``leave_out`` names parts by selector that
    belong to another library and are not ours to repair.
    """
    before = page.viewport_size
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        wrong = [f"runs {over} px off the side"] if (over := page.evaluate(TOO_WIDE)) > 0 else []
        wrong += page.evaluate(OUT_OF_SIGHT)
        if closely and width == NARROW:
            wrong += faults(page, (*leave_out, LIKE_THE_ROWS_ABOVE), rules=NARROW_RULES)
        elif closely or before is None or width == before["width"]:
            wrong += faults(page, leave_out)
        if wrong or PICTURES:
            page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png")
        assert wrong == [], f"{name} at {width} px"
    if before is not None:
        page.set_viewport_size(before)


def faults(page: Page, leave_out: tuple[str, ...] = (), *, rules: dict[str, Any] = AXE_RULES) -> list[str]:
    """Return what axe finds: rule and place."""
    if not page.evaluate("'axe' in window"):  # it stays until the page is left
        page.add_script_tag(url=AXE)
    found: list[str] = page.evaluate(RUN, [list(leave_out), rules])
    return found
