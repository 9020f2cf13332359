"""The draft of a penalty in versions: what is reviewed, told to the party, discussed and decided, named by one hash.

The hash covers facts, clauses, evidence and penalty and nothing else, so that whoever says "this draft" means the same
four things; two drafts differ in named fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.reading import trail

FINE = "罚款"
FIELDS = {FINE: "fine", "没收违法所得": "forfeit_gains", "没收非法财物": "forfeit_goods"}
"""Kinds of penalty (行政处罚法9) that a field of the documents is named after; other kinds name themselves."""
WARNING = "警告"
"""The mildest kind: it may take the place of any other."""

penalty_draft = sa.Table(
    "penalty_draft",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content", db.Json, nullable=False),
    sa.Column("content_hash", db.Digest, nullable=False),
    sa.Column("discretion", db.Json, nullable=False),
    sa.Column("deviation", sa.Text, nullable=False),
    sa.Column("written_by", sa.String(80), nullable=False),
    sa.Column("written_at", db.Utc, nullable=False),
    sa.UniqueConstraint("case_id", "version"),
    sa.CheckConstraint("version > 0", name="version_positive"),
)
"""``discretion`` is the result by which the amounts were found, ``deviation`` why they lie outside it."""


@dataclass(frozen=True)
class Change:
    """A field in which two drafts differ, with what stood and stands there; None where it is missing."""

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.field}: {_said(self.before)} → {_said(self.after)}"


def content_of(facts: Mapping[str, Any], evidence: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a draft says, in one form only.

    Parameters
    ----------
    facts
        ``act`` {facts, date, place}, ``item`` {violated, basis} and ``penalty`` {kinds: [{kind, amount, text}]}, as
        the variables of the process and the templates of the documents name them. No kinds: no penalty.
    evidence
        ``id`` and ``sha256`` of each piece.

    Raises
    ------
    DraftIncomplete
        If the facts, the clause violated or the clause of the penalty are missing.
    DraftAmountWrong, DraftKindTwice
        If an amount is not of whole yuan, or a kind of penalty stands there twice.
    """
    act, item = facts.get("act") or {}, facts.get("item") or {}
    for name, value in (("act.facts", act.get("facts")), ("item.violated", item.get("violated")),
                        ("item.basis", item.get("basis"))):  # fmt: skip
        if not str(value or "").strip():
            raise errors.DraftIncomplete(field=name)
    return {
        "facts": {name: str(act.get(name) or "").strip() for name in ("facts", "date", "place")},
        "clauses": {name: str(item.get(name) or "").strip() for name in ("violated", "basis")},
        "evidence": sorted(
            ({"id": int(one["id"]), "sha256": str(one["sha256"])} for one in evidence), key=lambda one: one["id"]
        ),
        "penalty": penalty_of((facts.get("penalty") or {}).get("kinds") or ()),
    }


def penalty_of(kinds: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the kinds of a penalty with their amounts, in one form only; errors as :func:`content_of`."""
    found = sorted((_kind(one) for one in kinds), key=lambda one: str(one["kind"]))
    for before, after in pairwise(found):
        if before["kind"] == after["kind"]:
            raise errors.DraftKindTwice(kind=after["kind"])
    return found


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a draft's content in its canonical form."""
    return hashlib.sha256(db.canonical(content)).hexdigest()


def keep(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    content: Mapping[str, Any],
    *,
    discretion: Mapping[str, Any] | None = None,
    deviation: str = "",
) -> sa.Row[Any]:
    """Write the draft as the case's next version, or return the present one if it says just this."""
    present = current(connection, case.id)
    digest = hash_of(content)
    if present is not None and present.content_hash == digest:
        return present
    found = discretion or (present.discretion if present else {})
    row = connection.execute(
        sa.insert(penalty_draft)
        .values(
            case_id=case.id,
            version=present.version + 1 if present else 1,
            content=content,
            content_hash=digest,
            discretion=found,
            deviation=deviation.strip(),
            written_by=actor.id,
            written_at=clock.now(),
        )
        .returning(penalty_draft)
    ).one()
    changes = [str(change) for change in differences(present.content, content)] if present else []
    trail.record(
        connection, case.number, actor, "penalty.drafted", version=row.version, hash=digest, changes=changes,
        content=dict(content),
    )  # fmt: skip
    return row


def current(connection: Connection, case_id: int) -> sa.Row[Any] | None:
    """Return the present draft of a case, if there is one."""
    return connection.execute(
        sa.select(penalty_draft)
        .where(penalty_draft.c.case_id == case_id)
        .order_by(penalty_draft.c.version.desc())
        .limit(1)
    ).one_or_none()


def require(connection: Connection, case: sa.Row[Any]) -> sa.Row[Any]:
    """Return the present draft of a case.

    Raises
    ------
    DraftMissing
        If there is none.
    """
    row = current(connection, case.id)
    if row is None:
        raise errors.DraftMissing(number=case.number)
    return row


def get(connection: Connection, draft_id: int) -> sa.Row[Any]:
    """Return a draft by its id."""
    return connection.execute(sa.select(penalty_draft).where(penalty_draft.c.id == draft_id)).one()


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return every field in which two contents differ, as ``fine.amount`` or ``evidence 7``."""
    flat = [dict(_flat(content)) for content in (before, after)]
    names = dict.fromkeys([*flat[0], *flat[1]])
    found = [Change(name, flat[0].get(name), flat[1].get(name)) for name in names]
    return [change for change in found if change.before != change.after]


def heavier(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return in what the second content's penalty is heavier in kind or amount than the first's.

    A kind that was not there is heavier, unless it is the mildest one in the place of another.
    """
    old, new = _measures(before), _measures(after)
    found = []
    for kind, amount in new.items():
        if kind not in old:
            if kind != WARNING or len(new) > len(old):
                found.append(Change(_name(kind), None, amount or kind))
        elif amount > old[kind]:
            found.append(Change(f"{_name(kind)}.amount", old[kind], amount))
    return found


def lighter(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether the second content's penalty is lighter in something and heavier in nothing."""
    return not heavier(before, after) and _measures(before) != _measures(after)


def fine_of(content: Mapping[str, Any]) -> int:
    """Return the fine of a draft in yuan, 0 without one."""
    return sum(one["amount"] or 0 for one in content["penalty"] if one["kind"] == FINE)


def shown(row: sa.Row[Any]) -> dict[str, Any]:
    """Return what process variables may know of a draft."""
    return {"id": row.id, "version": row.version, "hash": row.content_hash, "fine": fine_of(row.content)}


def _kind(one: Mapping[str, Any]) -> dict[str, Any]:
    kind = str(one.get("kind") or "").strip()
    if not kind:
        raise errors.DraftIncomplete(field="penalty.kinds.kind")
    return {"kind": kind, "amount": _whole(one.get("amount")), "text": str(one.get("text") or "").strip()}


def _whole(amount: Any) -> int | None:
    if amount is None or amount == "":
        return None
    try:
        given = Decimal(str(amount))
    except ArithmeticError:
        raise errors.DraftAmountWrong(amount=amount) from None
    if given != given.to_integral_value() or given < 0:
        raise errors.DraftAmountWrong(amount=amount)
    return int(given)


def _measures(content: Mapping[str, Any]) -> dict[str, int]:
    return {one["kind"]: one["amount"] or 0 for one in content["penalty"]}


def _flat(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for part, prefix in (("facts", "act"), ("clauses", "item")):
        for name, value in content[part].items():
            yield f"{prefix}.{name}", value
    for piece in content["evidence"]:
        yield f"evidence {piece['id']}", piece["sha256"]
    for one in content["penalty"]:
        yield _name(one["kind"]), one["text"] or one["kind"]
        if one["amount"] is not None:
            yield f"{_name(one['kind'])}.amount", one["amount"]


def _name(kind: str) -> str:
    return FIELDS.get(kind, kind)


def _said(value: Any) -> str:
    text = "—" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
