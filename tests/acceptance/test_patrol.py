"""A shift without a network: reports with photos, the network cut ten times, and every one is there once.

Every run writes 40 of them; ``--patrol-reports 200`` writes as many as a long shift.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from engine import db
from engine.cases.grid import event
from engine.cases.grid.patrols import patrol
from engine.cases.grid.photo import grid_photo
from engine.ground import files
from tests.acceptance.conftest import Site, look
from tests.conftest import MORNING
from web import i18n, security

WORKER, PERSON = "demo132", "P132"
HERE = {"longitude": 119.701234, "latitude": 31.500123}
ROUNDS = 10

WRITE = """
async ([from, count]) => {
  const until = async (holds) => { while (!(await holds())) await new Promise((go) => setTimeout(go, 5)); };
  const part = (name) => document.querySelector(`[data-part="${name}"]`);
  const kept = () => new Promise((done, fail) => {
    const asked = indexedDB.open("onewindow-patrol");
    asked.onerror = () => fail(asked.error);
    asked.onsuccess = () => {
      const read = asked.result.transaction("reports").objectStore("reports").getAll();
      read.onsuccess = () => { asked.result.close(); done(read.result); };
    };
  });
  const photograph = async (phase, number) => {
    const canvas = new OffscreenCanvas(64, 48);
    const pen = canvas.getContext("2d");
    pen.fillStyle = `hsl(${number * 7} 80% 50%)`;
    pen.fillRect(0, 0, 64, 48);
    pen.fillStyle = "black";
    pen.fillText(`${phase} ${number}`, 8, 30);
    const chosen = new DataTransfer();
    const type = "image/jpeg";
    chosen.items.add(new File([await canvas.convertToBlob({ type })], `${number}.jpg`, { type }));
    const camera = document.querySelector(`[data-camera=${phase}]`);
    camera.files = chosen.files;
    camera.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => shown(phase) === 1);
  };
  const shown = (phase) => document.querySelector(`[data-photos=${phase}]`).children.length;
  const written = [];
  for (let number = from; number < from + count; number += 1) {
    document.querySelector("[data-open=report]").click();
    await photograph("before", number);
    part("locate").click();
    await until(() => part("where").textContent.includes("误差"));
    part("classes").value = "E0101";
    part("report").description.value = `第 ${number} 件`;
    if (number % 4 === 1) {
      part("report").settled.click();
      part("report").settled_note.value = `已清理 ${number}`;
      part("report").requestSubmit();
      await until(() => !part("after-wrong").hidden);
      await photograph("after", number);
    }
    part("report").requestSubmit();
    const mine = (report) => report.description === `第 ${number} 件`;
    await until(async () => (await kept()).some(mine));
    await until(() => shown("before") + shown("after") === 0);
    written.push((await kept()).find(mine));
  }
  return written.map((one) => [
    one.uuid, one.description, one.settled ? one.settledNote : null,
    one.photos[0]?.sha256, one.photosAfter[0]?.sha256 ?? null,
  ]);
}
"""


@pytest.fixture
def phone(site: Site, chromium: Browser) -> Iterator[Page]:
    """The phone of a grid worker, signed in, which knows where it is; its clock is right."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, base_url=site.base, geolocation=HERE, permissions=["geolocation"]
    )
    cookies = {i18n.COOKIE: "zh_CN", security.COOKIE: site.token(WORKER)}
    context.add_cookies([{"name": name, "value": value, "url": site.base} for name, value in cookies.items()])
    page = context.new_page()
    page.clock.set_system_time(MORNING)
    page.goto("/patrol")
    expect(page.locator("[data-ready=yes]")).to_be_attached(timeout=30_000)
    yield page
    context.close()


def sent(site: Site) -> list[sa.Row[tuple[int, str, str, str | None]]]:
    """Return what has arrived from the worker, in the order it came: case, id of the phone, text, what was done."""
    table = event.grid_event.c
    columns = (table.case_id, table.client_uuid, table.description, table.settled_note)
    query = sa.select(*columns).where(table.reported_by == PERSON)
    with db.reading(site.database) as connection:
        return list(connection.execute(query.order_by(table.case_id)).all())


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_nothing_is_lost_or_doubled_by_a_network_that_comes_and_goes(
    site: Site, phone: Page, request: pytest.FixtureRequest
) -> None:
    each = request.config.getoption("--patrol-reports") // ROUNDS
    written: list[list[str | None]] = []
    for turn in range(ROUNDS):
        phone.context.set_offline(True)
        written += phone.evaluate(WRITE, [turn * each, each])
        if turn == 1:
            phone.reload()
            expect(phone.locator("[data-ready=yes]")).to_be_attached(timeout=30_000)
            expect(phone.get_by_role("status").first).to_contain_text("没有网络")
        before = len(sent(site))
        phone.context.set_offline(False)
        phone.wait_for_function("before => document.querySelectorAll('[data-state=sent]').length > before", arg=before)
    expect(phone.locator("[data-part=mine] [data-state=sent]")).to_have_count(ROUNDS * each, timeout=120_000)
    arrived = sent(site)
    with db.reading(site.database) as connection:
        rows = connection.execute(sa.select(grid_photo.c.case_id, grid_photo.c.phase, grid_photo.c.sha256)).all()
        stored = set(connection.execute(sa.select(files.stored_file.c.sha256)).scalars())
    photos = {(row.case_id, row.phase): row.sha256 for row in rows}
    assert written == [
        [
            row.client_uuid, row.description, row.settled_note,
            photos[row.case_id, "before"], photos.get((row.case_id, "after")),
        ]
        for row in arrived
    ]  # fmt: skip
    assert sum(row.settled_note is not None for row in arrived) == ROUNDS * each // 4
    assert set(photos.values()) <= stored


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_a_patrol_that_ends_without_a_network_is_sent_later(site: Site, phone: Page) -> None:
    for part in ("walk", "report", "tasks", "mine"):
        phone.locator(f"[data-open={part}]").click()
        look(phone, f"patrol-{part}")
    phone.locator("[data-open=walk]").click()
    phone.context.set_offline(True)
    phone.get_by_role("button", name="开始巡查").click()
    for step in range(3):
        phone.context.set_geolocation({**HERE, "longitude": HERE["longitude"] + step / 1000, "accuracy": 5})
        phone.wait_for_timeout(100)
    phone.once("dialog", lambda dialog: dialog.dismiss())
    phone.get_by_role("button", name="结束巡查").click()
    phone.locator("details.menu > summary").click()
    phone.get_by_role("button", name="退出").click()
    expect(phone.locator("[data-patrol]")).to_be_attached()
    phone.context.set_offline(False)
    phone.get_by_role("button", name="我的上报", exact=True).click()
    phone.get_by_role("button", name="立即上传").click()
    expect(phone.get_by_role("status").first).to_contain_text("网络正常")
    with db.reading(site.database) as connection:
        kept = patrol.of(connection, PERSON, MORNING.replace(hour=0), MORNING.replace(hour=23))
    assert len(kept) == 1
    assert kept[0].metres > 50


@pytest.mark.parametrize("town", ["sqlite"], indirect=True)
def test_what_is_half_written_outlives_the_page_and_the_list_that_comes_anew(phone: Page) -> None:
    phone.locator("[data-open=report]").click()
    phone.locator("[data-part=classes]").select_option("E0102")
    phone.locator("[name=description]").fill("写到一半")
    phone.get_by_label("危及生命").check()
    phone.get_by_label("我已自行处置").check()
    phone.get_by_label("处置情况").fill("已清")
    phone.get_by_label("涉及的人或者企业").fill("演示商店")
    phone.get_by_role("button", name="我的位置").click()
    expect(phone.locator("[data-part=where]")).to_contain_text("误差")
    phone.locator("[data-open=mine]").click()
    with phone.expect_response("**/patrol/today"):
        phone.get_by_role("button", name="立即上传").click()
    expect(phone.get_by_role("status").first).to_contain_text("网络正常")
    assert phone.locator("[data-part=classes]").input_value() == "E0102"
    phone.reload()
    expect(phone.locator("[data-ready=yes]")).to_be_attached(timeout=30_000)
    expect(phone.locator("[name=description]")).to_have_value("写到一半")
    assert phone.locator("[data-part=classes]").input_value() == "E0102"
    assert phone.get_by_label("危及生命").is_checked()
    assert phone.get_by_label("处置情况").input_value() == "已清"
    phone.get_by_label("我已自行处置").uncheck()
    assert phone.get_by_label("涉及的人或者企业").input_value() == "演示商店"
    menu = phone.locator("details.menu")
    menu.locator("> summary").click()
    box = menu.locator(".sheet").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    phone.get_by_role("button", name="保存并上报").click()
    expect(phone.locator("[data-part=mine] [data-state=sent]")).to_have_count(1, timeout=30_000)
    phone.reload()
    expect(phone.locator("[data-ready=yes]")).to_be_attached(timeout=30_000)
    expect(phone.locator("[name=description]")).to_have_value("")
