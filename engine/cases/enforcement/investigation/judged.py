"""What evidence of each kind must be beyond its fields, judged when it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import errors
from engine.cases.enforcement.investigation import act
from engine.errors import N_
from engine.organisation import person

CONTENT = {"title": "名称", "place": "地点"}
_Said = Mapping[str, Any]
_Why = str | None


def check(
    connection: Connection,
    kind: sa.Row[Any],
    values: Mapping[str, Any],
    takers: Sequence[str],
    stored: sa.Row[Any] | None,
) -> None:
    """Refuse what cannot be evidence of its kind.

    Raises
    ------
    EvidenceIncomplete
        If it has no title or place.
    EvidenceRefused
        With the reason.
    """
    lacking = [name for name in CONTENT if not values[name]]
    if lacking:
        called = "、".join(CONTENT[name] for name in lacking)
        raise errors.EvidenceIncomplete(kind=kind.name, fields=called, keys=lacking)
    why = _of_all(values) or _of_kind(connection, kind.code, values["said"], takers, stored)
    if why:
        raise errors.EvidenceRefused(reason=why)


def act_of(connection: Connection, case_id: int, number: int | None) -> int | None:
    """Return the id of the record that tells of the taking; None stays None.

    Raises
    ------
    ActUnknown
    """
    return act.get(connection, case_id, number).id if number else None


def identifies(kind: sa.Row[Any]) -> bool:
    """Tell whether a record of this kind names somebody whose identity is kept (行政处罚法50)."""
    return any(field.get("sealed") for field in kind.fields)


def _of_all(values: Mapping[str, Any]) -> _Why:
    if values["confirmed"] == "refused" and not values["confirmed_note"]:
        return N_("where the party refuses to confirm it, the reason is written down.")
    return None


def _of_kind(connection: Connection, code: str, said: _Said, takers: Sequence[str], stored: sa.Row[Any] | None) -> _Why:
    if code == "wit" and said["witness_name"] in person.names(connection, takers).values():
        return N_("an officer of the case is no witness in it.")
    if code == "edata" and stored is not None and said["original_hash"] != stored.sha256:
        return N_("the hash in the list is not the hash of the file that was handed in.")
    rule = _RULES.get(code)
    return rule(said) if rule is not None else None


def _audiovisual(said: _Said) -> _Why:
    if said["monitoring"] == "unaudited":
        return N_("what an electronic device recorded is used only after its audit, with its place public (41).")
    return _in_order(said)


def _opinion(said: _Said) -> _Why:
    if said["issued_on"] > said["qualification_until"]:
        return N_("the institution was not qualified on the day it gave the opinion.")
    return None


def _in_order(said: _Said) -> _Why:
    if datetime.fromisoformat(said["ended_at"]) <= datetime.fromisoformat(said["started_at"]):
        return N_("it ends before it begins.")
    return None


_RULES: Mapping[str, Callable[[_Said], _Why]] = {"av": _audiovisual, "scene": _in_order, "expert": _opinion}
