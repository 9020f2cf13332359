"""A designer changes a diagram in the browser and a publisher puts it into force."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.engine import Engine

from engine import audit, db, definitions
from engine.design import drafts, packages
from tests.acceptance.conftest import OpenAs, look

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")

SOURCE = Path(__file__).parents[2] / "workflows" / "one_window_approval" / "withdrawal.bpmn"
LIBRARIES = (".editor .canvas", ".editor .properties")
"""bpmn-js, dmn-js and form-js draw these; their faults are theirs to repair."""
DESIGNER, PUBLISHER = "demo094", "demo008"


def package(name: str) -> bytes:
    """A package of one real diagram of ours, its process renamed so that no case of the town meets it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("package.toml", f'name = "{name}"\ntitle = "撤回试用"\n')
        archive.writestr("withdrawal.bpmn", SOURCE.read_bytes().replace(b"approval_withdrawal", name.encode()))
        form = SOURCE.parent / "forms" / "a18_withdraw.form"
        archive.writestr("forms/a18_withdraw.form", form.read_bytes())
    return target.getvalue()


def begin(town: Engine, name: str) -> int:
    """A draft of the package by another designer, so that only its first version stands there."""
    with db.transaction(town) as connection:
        row = drafts.start(connection, audit.Actor("P095"), packages.read(package(name)))
        return int(row.id)


def rename(page: Page, old: str, new: str) -> None:
    page.locator(".djs-element[data-element-id='A18']").dblclick()
    field = page.locator(".djs-direct-editing-content")
    expect(field).to_contain_text(old)
    field.fill(new)
    page.locator(".djs-container svg").first.click(position={"x": 10, "y": 10})


def test_a_renamed_task_comes_into_force_by_another_hand(town: Engine, open_as: OpenAs) -> None:
    draft = begin(town, "browser_trial")
    page = open_as(DESIGNER, f"/designer/drafts/{draft}")
    expect(page.locator("[data-state]")).to_contain_text("未检查")
    rename(page, "确认撤回", "核实撤回")
    expect(page.locator(".unsaved")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.locator(".said")).to_contain_text("已保存")
    expect(page.locator(".unsaved")).to_be_hidden()
    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator("[data-state]")).to_contain_text("已检查")
    look(page, "designer-draft-zh", leave_out=LIBRARIES)
    page.get_by_role("button", name="发布").click()
    expect(page.get_by_text("SOD-13")).to_be_visible()
    look(page, "designer-publication-refused-zh")

    publisher = open_as(PUBLISHER, f"/designer/drafts/{draft}/publication")
    look(publisher, "designer-publication-zh")
    publisher.get_by_role("button", name="发布").click()
    expect(publisher.get_by_role("status")).to_contain_text("第 1 版已生效")
    look(publisher, "designer-package-zh")
    publisher.get_by_role("link", name="第 1 版").click()
    expect(publisher.locator(".djs-element[data-element-id='A18']")).to_contain_text("核实撤回")
    with db.reading(town) as connection:
        row = definitions.current(connection, "browser_trial")
        elements = definitions.model(connection, row).processes["browser_trial"].elements
    assert elements["A18"].name.startswith("核实撤回")


def test_findings_lead_to_the_element_and_decisions_and_forms_open(town: Engine, open_as: OpenAs) -> None:
    page = open_as(DESIGNER, "/designer", language="en")
    look(page, "designer-en")
    page.goto("/designer/packages/one_window_approval/1")
    page.locator("a[data-path='intake_outcome.dmn']").click()
    expect(page.locator(".editor .dmn-decision-table-container")).to_be_visible()
    expect(page.locator(".editor th.input-cell").first).to_contain_text("A licence is needed")
    expect(page.locator(".editor th.output-cell").first).to_contain_text("Outcome")
    expect(page.locator(".editor td.annotation").first).to_contain_text("Administrative Licensing Law, art. 32(1)")
    page.locator("a[data-path='forms/a18_withdraw.form']").click()
    expect(page.locator(".editor .fjs-form")).to_be_visible()
    look(page, "designer-version-en", leave_out=LIBRARIES)

    draft = begin(town, "browser_findings")
    page.goto(f"/designer/drafts/{draft}")
    page.locator(".djs-element[data-element-id='withdrawal_start']").click()
    page.keyboard.press("Delete")
    page.get_by_role("button", name="Check", exact=True).click()
    page.locator(".finding").first.click()
    expect(page.locator(".djs-element.has-finding").first).to_be_visible()
    look(page, "designer-findings-en", leave_out=LIBRARIES)
