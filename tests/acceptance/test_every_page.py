"""Every page that the application offers, in both languages and at both widths, as somebody who may see it.

A new page without a line in :data:`PAGES` fails here. The pages draw the same on both databases (what differs is below
the verbs, whose tests run on both), so they are looked at on one.
"""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from babel.messages import pofile
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy.engine import Engine

from engine.ground import files
from tests.acceptance import town_at_work
from tests.acceptance.conftest import SCREENSHOTS, WIDTHS, Site, cookies, faults, look
from tests.acceptance.test_designer import LIBRARIES
from web import i18n

pytestmark = pytest.mark.parametrize("town", ["sqlite"], indirect=True, scope="module")

ROOT = Path(__file__).parents[2]
CLERK, LEADER, DESIGNER, AUDITOR, ADMINISTRATOR = "demo029", "demo001", "demo094", "demo092", "demo096"
REVIEWER, RECEIVER = "{reviewer}", "demo023"
OFFICER, GRID_CENTRE = "demo070", "demo082"
NOBODY, APPLICANT = "", "applicant of "


class Seen(NamedTuple):
    """A page: its endpoint, who looks at it, where (with keys of :func:`town_at_work.at_work`), the status."""

    endpoint: str
    who: str
    path: str
    status: int = 200


PAGES = (
    Seen("auth.sign_in", NOBODY, "/login"),
    Seen("home.home", CLERK, "/"),
    Seen("home.home", LEADER, "/"),
    Seen("home.search", CLERK, "/search?q=王小明"),
    Seen("home.search", CLERK, "/search?q=没有这个人"),
    Seen("inbox.inbox", CLERK, "/inbox?view=claimable"),
    Seen("inbox.inbox", CLERK, "/inbox?view=mine"),
    Seen("pushes.pushes", RECEIVER, "/pushes"),
    Seen("pushes.pushes", CLERK, "/pushes?view=confirmed"),
    Seen("pushes.one", RECEIVER, "/pushes/{push}"),
    Seen("tasks.task", CLERK, "/tasks/{task}"),
    Seen("tasks.task", REVIEWER, "/tasks/{review}"),
    Seen("tasks.task", CLERK, "/tasks/{finished}", 409),
    Seen("tasks.after", CLERK, "/tasks/{finished}/after"),
    Seen("returns.form", CLERK, "/tasks/{held}/step-back"),
    Seen("signers.every", CLERK, "/tasks/{held}/signers"),
    Seen("reminders.form", LEADER, "/tasks/{review}/reminders"),
    Seen("copies.copies", CLERK, "/copies"),
    Seen("copies.form", LEADER, "/cases/{running}/copies"),
    Seen("cases.cases", LEADER, "/cases"),
    Seen("cases.cases", CLERK, "/cases?text=没有这个人"),
    *(
        Seen("cases.one", CLERK, f"/cases/{{done}}?tab={tab}")
        for tab in ("overview", "materials", "story", "documents")
    ),
    *(Seen("cases.one", LEADER, f"/cases/{{running}}?tab={tab}") for tab in ("overview", "diagram", "related")),
    Seen("cases.printed", CLERK, "/cases/{done}/print"),
    Seen("interventions.form", LEADER, "/cases/{running}/interventions/supervise"),
    Seen("applications.choose", CLERK, "/applications/new"),
    Seen("bookings.of_day", CLERK, "/bookings?all=1&day={booked_on}"),
    Seen("reports.form", NOBODY, "/report/GL-01-01"),
    Seen("bookings.choose", NOBODY, "/book/GL-NYN-001"),
    Seen("bookings.kept", NOBODY, "/book/kept/{booked}"),
    Seen("applications.new", CLERK, "/applications/new/GL-SCJ-001"),
    Seen("leads.form", OFFICER, "/leads/new"),
    Seen("powers.powers", NOBODY, "/powers?text=生活垃圾"),
    Seen("powers.one", NOBODY, "/powers/GL-CF1-116"),
    Seen("draws.draws", NOBODY, "/draws"),
    Seen("draws.one", NOBODY, "/draws/{drawn}"),
    Seen("experts.experts", LEADER, "/experts"),
    Seen("experts.one", LEADER, "/experts/EX52"),
    *(Seen("cases.one", OFFICER, f"/cases/{{investigated}}?tab={tab}") for tab in ("overview", "evidence")),
    Seen("proofs.new", OFFICER, "/cases/{investigated}/evidence/new?kind=obj"),
    Seen("proofs.one", OFFICER, "/cases/{investigated}/evidence/1"),
    Seen("proofs.correction", OFFICER, "/cases/{investigated}/evidence/1/versions"),
    Seen("catalogue.items", CLERK, "/catalogue"),
    Seen("catalogue.item", CLERK, "/catalogue/GL-SCJ-001"),
    Seen("catalogue.figures", CLERK, "/catalogue/figures"),
    Seen("designer.packages", DESIGNER, "/designer"),
    Seen("designer.package", DESIGNER, "/designer/packages/one_window_approval"),
    Seen("designer.version", DESIGNER, "/designer/packages/one_window_approval/1"),
    Seen("differences.versions", DESIGNER, "/designer/packages/one_window_approval/differences/1/1"),
    Seen("differences.draft", DESIGNER, "/designer/drafts/{changed}/difference"),
    Seen("migrations.plan", DESIGNER, "/designer/migrations/{plan}"),
    Seen("drafts.draft", DESIGNER, "/designer/drafts/{draft}"),
    Seen("drafts.publication", DESIGNER, "/designer/drafts/{draft}/publication"),
    Seen("centre.centre", LEADER, "/centre"),
    Seen("centre.figures", LEADER, "/centre/figures"),
    Seen("centre.event", LEADER, "/centre/events/{reported}"),
    Seen("requests.form", LEADER, "/events/{reported}/requests/instruct"),
    Seen("requests.form", "demo132", "/events/{reported}/requests/add"),
    Seen("grids.grids", GRID_CENTRE, "/grids"),
    Seen("grids.grid", GRID_CENTRE, "/grids/GL-01-01"),
    Seen("grids.signs", GRID_CENTRE, "/grids/GL-01/signs"),
    Seen("grids.redrawing", GRID_CENTRE, "/grids/GL-01-01/redrawing"),
    Seen("grids.equipment", GRID_CENTRE, "/equipment"),
    Seen("grids.items", GRID_CENTRE, "/grid-items"),
    Seen("grids.item", GRID_CENTRE, "/grid-items/E0101"),
    Seen("grids.items_differ", GRID_CENTRE, "/grid-items/versions/1/1"),
    Seen("grids.items_form", GRID_CENTRE, "/grid-items/new"),
    Seen("grids.ranking", LEADER, "/branch-ranking"),
    Seen("grids.ranked", LEADER, "/branch-ranking/PB-019"),
    Seen("grids.assessments", GRID_CENTRE, "/assessments"),
    Seen("grids.patrols", GRID_CENTRE, "/patrols"),
    Seen("grids.patrol", GRID_CENTRE, "/patrols/{patrol}"),
    Seen("grids.assessment", GRID_CENTRE, "/assessments/{month}"),
    Seen("grids.assessment_published", GRID_CENTRE, "/assessments/{month}/published", 404),
    Seen("grids.assessment_score", GRID_CENTRE, "/assessments/{month}/workers/P132"),
    Seen("patrol.page", "demo132", "/patrol"),
    Seen("performance.performance", LEADER, "/performance"),
    Seen("performance.behind", LEADER, "/performance/cases"),
    Seen("radar.radar", AUDITOR, "/radar"),
    Seen("radar.one", AUDITOR, "/radar/{finding}"),
    Seen("admin.sources", ADMINISTRATOR, "/admin/sources"),
    Seen("admin.source", ADMINISTRATOR, "/admin/sources/zajt"),
    Seen("audit.events", AUDITOR, "/audit"),
    Seen("audit.event", AUDITOR, "/audit/events/{event}"),
    Seen("admin.incidents", ADMINISTRATOR, "/admin/incidents"),
    Seen("admin.incidents", ADMINISTRATOR, "/admin/incidents?view=jobs"),
    Seen("admin.incident", ADMINISTRATOR, "/admin/incidents/{incident}"),
    Seen("admin.pushes", ADMINISTRATOR, "/admin/pushes"),
    Seen("admin.pushes", ADMINISTRATOR, "/admin/pushes?standing=unsent"),
    Seen("admin.settings", ADMINISTRATOR, "/admin/settings"),
    Seen("admin.setting", ADMINISTRATOR, "/admin/settings/xk47_unit"),
    Seen("admin.calendar", ADMINISTRATOR, "/admin/calendar"),
    Seen("admin.instances", ADMINISTRATOR, "/admin/instances"),
    Seen("admin.instance", ADMINISTRATOR, "/admin/instances/{running}"),
    Seen("admin.processes", ADMINISTRATOR, "/admin/processes"),
    Seen("admin.people", ADMINISTRATOR, "/admin/people"),
    Seen("portal.track", NOBODY, "/track"),
    Seen("portal.case", APPLICANT + "lacking", "/track/case"),
    Seen("portal.case", APPLICANT + "done", "/track/case"),
    Seen("asks.supplements", APPLICANT + "lacking", "/track/case/supplements"),
    Seen("asks.withdrawal", APPLICANT + "running", "/track/case/withdrawal"),
    Seen("asks.hearing", APPLICANT + "offered", "/track/case/hearing"),
    Seen("asks.rating", APPLICANT + "done", "/track/case/rating"),
    Seen("asks.complaint", APPLICANT + "running", "/track/case/complaint"),
    Seen("portal.case", APPLICANT + "published", "/track/case"),
    Seen("asks.early_end", APPLICANT + "published", "/track/case/early-end"),
    Seen("asks.wrong_record", APPLICANT + "published", "/track/case/wrong-record"),
    Seen("apply.items", NOBODY, "/apply"),
    Seen("apply.one", NOBODY, "/apply/GL-NYN-001"),
    Seen("reports.receipt", APPLICANT + "scanned", "/report/receipt"),
    Seen("portal.case", APPLICANT + "scanned", "/track/case"),
    Seen("apply.receipt", APPLICANT + "waiting", "/apply/receipt"),
    Seen("notices.notices", NOBODY, "/notices"),
    Seen("notices.notice", NOBODY, "/notices/{notice}"),
    Seen("reference.api", NOBODY, "/api"),
    Seen("cases.one", CLERK, "/cases/GL-0000-000000", 404),
    Seen("audit.events", CLERK, "/audit", 403),
)
NO_PAGES = {
    "tables and files to keep": (
        *("inbox.export", "cases.export", "catalogue.export", "catalogue.export_figures", "audit.exported"),
        *("designer.export", "drafts.export", "designer.file", "drafts.file", "portal.paper", "files.download"),
        *("files.view", "assets.one", "static", "centre.export", "grids.export", "grids.shapes", "words.copy"),
        *("grids.equipment_export", "grids.items_export", "grids.items_file", "grids.ranking_export", "words.sheet"),
        *("grids.assessment_export", "grids.patrols_export", "performance.export", "radar.export"),
        "experts.export",
    ),
    "read by scripts and programs": (
        *("centre.live", "centre.list", "centre.map", "patrol.worker", "patrol.manifest", "patrol.today"),
        *("api_grids.every", "api_grids.at", "api_grids.one", "api_grids.items"),
        *("api_intake.registered", "api_intake.outcomes", "api_performance.report"),
        *("api_radar.every", "api_radar.one", "api_words.copy", "api_words.sheet"),
        *("inbox.live", "home.health", "cases.diagram", "admin.instance_diagram", "tasks.diagram"),
        "api-docs.openapi_json",
        *(
            "api_activities.every",
            "api_cases.every",
            "api_cases.one",
            "api_cases.application",
            "api_cases.trail",
            "api_packages.versions",
            "api_packages.differences",
            "api_migrations.every",
            "api_migrations.one",
            "api_migrations.cases",
        ),
        *("api_dockets.every", "api_evidence.every", "api_pushes.every", "api_tasks.every", "api_tasks.one"),
        *("api_together.earlier_steps", "api_together.every_signer", "api_together.shown_to_me"),
        *("api_instances.one", "api_instances.processes", "api_instances.standing_still"),
    ),
    "leads to another page": ("tasks.once_more", "returns.undo", "differences.choose"),
}

IMAGES = {
    "inbox.png": ("inbox-view-claimable-demo029", 1440),
    "task.png": ("tasks-task-demo029", 1440),
    "case.png": ("cases-done-tab-overview-demo029", 1440),
    "track-phone.png": ("track-case-lacking", 360),
    "designer.png": ("designer-packages-one_window_approval-1-demo094", 1440),
    "difference.png": ("designer-drafts-changed-difference-demo094", 1440),
    "migration.png": ("designer-migrations-plan-demo094", 1440),
    "audit.png": ("audit-demo092", 1440),
    "centre.png": ("centre-demo001", 1440),
    "catalogue.png": ("catalogue-demo029", 1440),
    "application.png": ("applications-new-GL-SCJ-001-demo029", 1440),
}
"""The pictures of the guides: ``ONEWINDOW_DOC_IMAGES=1 pytest tests/acceptance/test_every_page.py`` renews them."""
CHINESE = re.compile(r"[\u3400-\u9fff]+")
DATA = (
    *("engine/calendars.py", "demo/guanlin", "workflows/one_window_approval", "tests/acceptance"),
    "tests/engine/cases/enforcement/conftest.py",
)
"""What is written by the town, its processes and these tests is shown as it was written, in every language."""
FRAME = (
    "title, h1, h2, h3, h4, label:not(:has([type=radio], [type=checkbox])), "
    "button, legend, th, summary, nav a, .tabs a, .button"
)
"""What the house says itself on every page, and the names of its fields, tables and menus."""
WORDS = """(frame) => {
  const own = (element) => !element.closest("[lang]:not(html), .canvas, .properties");
  const found = [...document.querySelectorAll(frame)].filter(own).map((element) => element.textContent);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`))
      if (own(element)) found.push(element.getAttribute(name));
  return found.map((text) => text.trim().replace(/\\s+/g, " "));
}"""


@pytest.fixture(scope="module")
def made(town: Engine, _application: Flask) -> dict[str, Any]:
    """The keys of what stands in the town."""
    files.configure(_application.extensions["onewindow.settings"].data_dir)
    return town_at_work.at_work(town)


@pytest.fixture(scope="module")
def window(town: Engine, _application: Flask, chromium: Browser) -> Iterator[tuple[Site, Page]]:
    """One page of a browser for all who look: a new one each time would compile every script, axe first, once more."""
    site = Site(_application, town)
    context = chromium.new_context(base_url=site.base)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield site, page
    context.close()
    site.close()


@pytest.fixture
def visit_page(window: tuple[Site, Page], made: dict[str, Any], town_app: Flask) -> Any:
    """Open a page as the one who looks at it, who has never been here before."""
    site, page = window

    def visit(seen: Seen) -> Page:
        page.context.clear_cookies()
        page.set_viewport_size({"width": 1440, "height": WIDTHS[1440]})
        page.goto("/healthz")
        page.evaluate("localStorage.clear(); sessionStorage.clear()")
        if not seen.who.startswith(APPLICANT):
            page.context.add_cookies(cookies(site, seen.who.format(**made) or None, "zh_CN"))
        else:
            page.context.add_cookies(cookies(site, None, "zh_CN"))
            page.goto("/track")
            page.locator("input[name=number]").fill(made[seen.who.removeprefix(APPLICANT)])
            page.locator("input[name=phone]").fill(town_at_work.PHONE)
            page.locator("main form button").first.click()
            page.wait_for_url("**/track/case")
        answer = page.goto(seen.path.format(**made))
        assert answer is not None
        assert answer.status == seen.status
        return page

    return visit


def name_of(seen: Seen) -> str:
    """Return the page as a name of a file."""
    path = re.sub(r"[^\w{}]+", "-", seen.path.replace("{", "").replace("}", "")).strip("-") or "home"
    who = seen.who.removeprefix(APPLICANT).strip("{}") or "nobody"
    return f"{path}-{who}"


@cache
def written() -> str:
    """Return everything that data may say."""
    kinds = {".json", ".csv", ".bpmn", ".dmn", ".form", ".toml", ".html", ".yaml", ".py"}
    return "\n".join(
        file.read_text("utf-8")
        for place in DATA
        for file in [ROOT / place, *sorted((ROOT / place).rglob("*"))]
        if file.suffix in kinds
    )


@cache
def translations() -> frozenset[str]:
    """Return what the house says in Chinese where it has an English text for it."""
    return frozenset(
        entry.string
        for file in (i18n.FOLDER / "zh_CN").glob("*.po")
        for entry in pofile.read_po(io.BytesIO(file.read_bytes()), locale="zh_CN")
        if isinstance(entry.string, str) and entry.id
    )


def chinese_of_the_house(page: Page) -> list[str]:
    """Return what the frame of an English page says in Chinese though it is no data.

    Chinese is data when the town or a process wrote it. What our own catalogue has an English text for is ours even if
    data has the same word.
    """
    return [
        text
        for text in page.evaluate(WORDS, FRAME)
        if CHINESE.search(text)
        and (text in translations() or any(run not in written() for run in CHINESE.findall(text)))
    ]


@cache
def english_words() -> frozenset[str]:
    """Return every word of what data may say."""
    return frozenset(re.findall("[A-Za-z]+", written()))


def pieces_of_words(page: Page) -> list[str]:
    """Return the lines beside what is drawn in English that have no whole words, for want of room."""
    lines = page.locator('.diagram [data-element-id$="_label"] tspan').all_text_contents()
    return [line for line in lines if not english_words().issuperset(re.findall("[A-Za-z]+", line))]


def keep_for_guides(name: str) -> None:
    """Renew the pictures of the guides when ``ONEWINDOW_DOC_IMAGES`` is set."""
    for image, (seen, width) in IMAGES.items():
        if seen == name and os.environ.get("ONEWINDOW_DOC_IMAGES"):
            shutil.copyfile(SCREENSHOTS / f"{name}-{width}.png", ROOT / "docs" / "images" / image)


def settle(page: Page) -> None:
    """Wait until diagrams are drawn."""
    drawing = page.locator(".editor, [data-diagram]")
    if drawing.count():
        drawing.first.scroll_into_view_if_needed()
        page.locator(".djs-element").first.wait_for()
    if page.locator("[data-centre]").count():
        page.locator(".leaflet-overlay-pane path.event, .heap").first.wait_for()


def test_every_page_has_a_line(town_app: Flask) -> None:
    offered = {rule.endpoint for rule in town_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    seen = {page.endpoint for page in PAGES}
    assert not seen & {name for names in NO_PAGES.values() for name in names}
    assert offered == seen | {name for names in NO_PAGES.values() for name in names}


@pytest.mark.parametrize("pale", ["color: #aaa", "color: #777; background: #999", "font-size: 12px; color: #959595"])
def test_one_pale_word_among_many_is_seen(pale: str, window: tuple[Site, Page]) -> None:
    page = window[1]
    page.goto("/login")
    page.evaluate("""(pale) => {
      const words = [...Array(30)].map((_, n) => `<p><span style="${n === 20 ? pale : "color: #222"}">word</span></p>`);
      document.querySelector("main").insertAdjacentHTML("beforeend", words.join(""));
    }""", pale)  # fmt: skip
    found = faults(page)
    assert len(found) == 1
    assert "color-contrast" in found[0]


@pytest.mark.parametrize("seen", PAGES, ids=name_of)
def test_a_page_is_well_drawn_and_reads_in_both_languages(
    seen: Seen, visit_page: Any, made: dict[str, Any], town_app: Flask
) -> None:
    route, _values = town_app.url_map.bind("").match(seen.path.format(**made).partition("?")[0])
    assert route == seen.endpoint
    page = visit_page(seen)
    settle(page)
    look(page, name_of(seen), leave_out=LIBRARIES, closely=True)
    keep_for_guides(name_of(seen))
    page.context.add_cookies([{"name": i18n.COOKIE, "value": "en", "url": page.url}])
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"
    assert chinese_of_the_house(page) == []
    settle(page)
    assert pieces_of_words(page) == []
