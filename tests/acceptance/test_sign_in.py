"""Signing in, in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import OpenAs, look

pytestmark = pytest.mark.parametrize("town", ["postgresql"], indirect=True, scope="module")


def test_a_clerk_signs_in_and_finds_the_way_back_out(open_as: OpenAs) -> None:
    page = open_as(path="/login")
    look(page, "login-zh")
    page.get_by_label("登录名").fill("demo029")
    page.get_by_label("密码").fill("wrong")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("登录名")).to_have_value("demo029")
    page.get_by_label("密码").fill("guanlin-demo029")
    page.get_by_role("button", name="登录").click()
    expect(page).to_have_url(f"{page.url.split('/', 3)[0]}//{page.url.split('/')[2]}/")
    look(page, "home-zh")


def test_the_start_page_reads_in_english_as_well(open_as: OpenAs) -> None:
    page = open_as("demo029", language="en")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Good day")
    look(page, "home-en")
