"""Programs ask of an event what its page offers, with the same refusals."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from tests.web.api.conftest import CLERK, Call
from tests.web.blueprints.grid.test_event_requests import LEAD, ended


def test_a_program_asks_the_same(town: Engine, call: Call) -> None:
    case = ended(town, 15)
    centre = call(LEAD)
    assert centre.send(f"/events/{case.number}/requests/add", {"text": "x"}).status_code == 409
    assert centre.send(f"/events/{case.number}/requests/reopen", {"text": "又堆上了"}).json == {"number": None}
    assert call(CLERK).send(f"/events/{case.number}/requests/reopen", {"text": "x"}).status_code == 404
