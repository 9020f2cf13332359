"""Leads that other systems send: taken in once, refused with a reason, and only from posts of enforcement."""

from __future__ import annotations

import io

from tests.web.api.conftest import CLERK, Call

SENT = {"source": "网格", "facts": "倾倒垃圾", "place": "东虹路", "external_id": "G-2026-7"}


def test_a_lead_sent_twice_is_one_case(call: Call) -> None:
    program = call("demo075")
    first, again = program.send("/leads", SENT), program.send("/leads", SENT)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json is not None
    assert again.json is not None
    assert first.json["number"] == again.json["number"]
    assert program.get(f"/cases/{first.json['number']}").json["kind"] == "enforcement"  # type: ignore[index]


def test_a_lead_names_the_files_that_came_with_it(call: Call) -> None:
    program = call("demo075")
    data = {"file": (io.BytesIO(b"%PDF-1.7 photo"), "photo.pdf")}
    stored = program.send("/files", data=data, content_type="multipart/form-data")
    assert stored.json is not None
    sent = {**SENT, "external_id": "G-2026-9", "files": [stored.json["id"]]}
    assert program.send("/leads", sent).status_code == 201
    foreign = {**SENT, "external_id": "G-2026-10", "files": [10**9]}
    assert program.send("/leads", foreign).status_code == 404


def test_what_cannot_be_is_refused(call: Call) -> None:
    program = call("demo075")
    assert program.send("/leads", {**SENT, "source": "梦"}).status_code == 422
    late = program.send("/leads", {**SENT, "external_id": "G-8", "act_on": "2099-01-01"})
    assert late.status_code == 422
    assert late.json is not None
    assert late.json["type"].endswith("LeadDatesWrong")
    assert call(CLERK).send("/leads", SENT).status_code == 403
