"""How people of the town work in a browser: find a task, claim it, fill in its form by the labels, send it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.conftest import OpenAs, Site, look

PHONE = "13800138000"
Values = Mapping[str, Any]


class Desk:
    """The people who work on one case, each at a browser of their own."""

    def __init__(self, site: Site, open_as: OpenAs, number: str) -> None:
        self.site = site
        self.open_as = open_as
        self.number = number
        self.pages: dict[str | None, Page] = {}
        self.used_to: set[str] = set()

    def page(self, login: str | None) -> Page:
        """Return the browser of a person, or of the applicant."""
        if login not in self.pages:
            self.pages[login] = self.open_as(login)
        return self.pages[login]

    def wait(self, days: float) -> None:
        """Let time pass; everybody signs in anew then."""
        self.site.wait(days)
        self.pages.clear()

    def claim(self, login: str, step: str, *, show: str = "") -> Page:
        """Let a person find the step in the inbox, claim it there and open its page.

        The first time a person goes by the list of what is theirs; who is used to it, straight to the task's address.
        """
        page = self.page(login)
        page.goto(f"/inbox?view=claimable&q={self.number}")
        row = page.get_by_role("row").filter(has=page.get_by_role("link", name=step, exact=True)).first
        expect(row).to_contain_text(self.number)
        if show:
            look(page, f"{show}-inbox")
        row.get_by_role("button", name="签收").click()
        expect(page.get_by_role("status").first).to_contain_text(step)
        if login in self.used_to:
            page.goto(f"/tasks/{page.url.rpartition('#t')[2]}")
        else:
            page.goto(f"/inbox?q={self.number}")
            page.get_by_role("link", name=step, exact=True).first.click()
            self.used_to.add(login)
        expect(page.get_by_role("heading", level=1)).to_have_text(step)
        return page

    def do(self, login: str, step: str, values: Values, *, show: str = "") -> Page:
        """Let a person do the step from the inbox to the page that says what came of it."""
        page = self.claim(login, step, show=show)
        fill(form(page), values)
        if show:
            look(page, f"{show}-task")
        return self.finish(page, step, show=show)

    def finish(self, page: Page, step: str, *, show: str = "") -> Page:
        """Send the form; the page that follows says that it is done. What falls due then is done too."""
        page.get_by_role("button", name="办结").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(step)
        expect(page.get_by_role("heading", level=1)).to_contain_text("已办结")
        if show:
            look(page, f"{show}-after")
        self.site.work()
        return page

    def track(self, *, show: str = "") -> Page:
        """Let the applicant look how far the case has come, with the numbers of the receipt."""
        page = self.page(None)
        page.goto("/track")
        if page.get_by_role("button", name="查询", exact=True).count():
            page.get_by_label("案号").fill(self.number)
            page.get_by_label("申请时留的手机号码").fill(PHONE)
            page.get_by_role("button", name="查询", exact=True).click()
        expect(page.get_by_text(self.number).first).to_be_visible()
        if show:
            look(page, show)
        return page


def form(page: Page) -> Locator:
    """Return the form of a task's page."""
    return page.locator("form.do")


def fill(within: Locator, values: Values) -> None:
    """Fill in fields by their labels: a tick for a truth, a choice by its words, else what is typed."""
    for label, value in values.items():
        group = within.get_by_role("group", name=_label(label))
        if isinstance(value, list):
            _fill_rows(within, label, value)
        elif isinstance(value, str) and (choice := group.get_by_label(value, exact=True)).count():
            _enter(choice.first, True)
        else:
            _enter(within.get_by_label(_label(label)).first, value)


def tick_all(within: Locator, label: str, *, leave: int = 0) -> None:
    """Tick every box with this label, but for so many at the end."""
    boxes = within.get_by_label(_label(label)).all()
    assert boxes
    for box in boxes[: len(boxes) - leave]:
        box.check()


def pdf(page: Page, link: Locator) -> None:
    """Open a document by its link: it is there, and a PDF."""
    address = link.get_attribute("href")
    assert address is not None
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")


def _fill_rows(within: Locator, label: str, rows: list[Values]) -> None:
    group = within.get_by_role("group", name=_label(label)).first
    for index, row in enumerate(rows):
        if group.locator(".field-row").count() <= index:
            group.get_by_role("button", name="增加一行").click()
            expect(group.locator(".field-row")).to_have_count(index + 1)
        fill(group.locator(".field-row").nth(index), row)


def _enter(control: Locator, value: Any) -> None:
    """Enter a value; an answer that decides what else is asked brings the page anew."""
    before = control.evaluate("it => [it.name, it.checked, it.form.dataset.decide || '']")
    if before[0] in before[2].split() and before[1] is not value:
        with control.page.expect_navigation():
            _put(control, value)
    else:
        _put(control, value)


def _put(control: Locator, value: Any) -> None:
    if isinstance(value, bool):
        control.set_checked(value)
    elif control.evaluate("it => it.tagName") == "SELECT":
        control.select_option(label=value)
    else:
        control.fill(value)


def _label(words: str) -> re.Pattern[str]:
    """Match a label, whether or not it says behind it that the field may stay empty."""
    return re.compile(rf"^\s*{re.escape(words)}\s*([（(].*)?$")
