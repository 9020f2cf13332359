"""The score: what a worker's lines add up to, less what red lines cost; counted anew it is a new version."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.clocks import setting
from engine.cases.grid.assessment import basis, doubt, line, window
from engine.errors import N_

GRADES = {"excellent": N_("excellent"), "good": N_("qualified"), "failed": N_("not qualified")}

assessment_score = sa.Table(
    "assessment_score",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("month", sa.ForeignKey(window.assessment_window.c.month), nullable=False),
    sa.Column("worker", sa.ForeignKey("person.id"), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("grid_code", sa.ForeignKey("grid_node.code"), nullable=False),
    sa.Column("level2_code", sa.ForeignKey("grid_node.code"), nullable=False),
    sa.Column("category", sa.String(12), nullable=False),
    sa.Column("redlines", db.Json, nullable=False),
    sa.Column("hundredths", sa.Integer, nullable=False),
    sa.Column("grade", sa.String(10)),
    sa.Column("reward", sa.String(200)),
    sa.Column("reward_en", sa.String(200)),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("counted_at", db.Utc, nullable=False),
    sa.Column("superseded_at", db.Utc),
    sa.UniqueConstraint("month", "worker", "version"),
    sa.Index("uq_assessment_score_current", "month", "worker", unique=True,
             sqlite_where=sa.text("superseded_at IS NULL"), postgresql_where=sa.text("superseded_at IS NULL")),
    sa.Index(None, "worker", "month"),
    sa.CheckConstraint("version > 0", name="version_counted"),
    sa.CheckConstraint("hundredths BETWEEN 0 AND 10000", name="score_of_hundred"),
    sa.CheckConstraint(f"grade IN {tuple(GRADES)}", name="grade_known"),
    sa.CheckConstraint("version = 1 OR reason <> ''", name="counted_again_with_reason"),
)  # fmt: skip
"""``hundredths`` is the score times 100; ``redlines`` are code, points and fails of each; ``reward`` once approved,
``reward_en`` where the table of rewards says it in English."""

Figures = Mapping[str, Mapping[str, int]]
"""Figures by worker."""

_standing = assessment_score.c.superseded_at.is_(None)


def compute(connection: Connection, actor: audit.Actor, month: str, reason: str = "") -> list[sa.Row[Any]]:
    """Count every worker's month from its basis; who comes out otherwise than before gets a new version.

    Return the current scores. Counting again what nothing has changed leaves everything as it is.

    Raises
    ------
    AssessmentUnknown
        If the month is not frozen.
    FormulaWrong
        If a formula of the rule gives no number.
    """
    row, before = window.get(connection, month), {old.worker: old for old in current(connection, month)}
    counts, changes = basis.counts(connection, month), doubt.corrections(connection, month)
    kept = lines(connection, [old.id for old in before.values()])
    found = []
    for worker in sorted(row.members):
        counted = _count(row, worker, counts, changes)
        old = before.get(worker)
        if old is None or not _same(kept[old.id], counted):
            found.append(_keep(connection, row, worker, counted, old, reason))
    shown = [{"worker": one.worker, "version": one.version, "hundredths": one.hundredths} for one in found]
    window.record(connection, row, actor, "assessment.computed", scores=shown, reason=reason)
    return list(current(connection, month))


def recounted(connection: Connection, month: str, rows: Iterable[sa.Row[Any]]) -> Mapping[str, Decimal]:
    """Count current scores of a frozen month once more from its basis; return by worker what they come to.

    Nothing is kept. What was accepted after a score was counted is left out, as it was then: counting it is the
    process's next step.
    """
    row, counts = window.get(connection, month), basis.counts(connection, month)
    counted = {one.worker: one.counted_at for one in rows}
    changes = doubt.corrections(connection, month, counted)
    return {worker: total(_count(row, worker, counts, changes), _lost(row, worker)) for worker in counted}


def current(connection: Connection, month: str) -> Sequence[sa.Row[Any]]:
    """Return the current scores of a month, by worker."""
    query = sa.select(assessment_score).where(assessment_score.c.month == month, _standing)
    return connection.execute(query.order_by(assessment_score.c.worker)).all()


def versions(connection: Connection, month: str, worker: str) -> Sequence[sa.Row[Any]]:
    """Return every version of a worker's score of a month, the latest first.

    Raises
    ------
    ScoreUnknown
        If there is none.
    """
    query = sa.select(assessment_score).where(assessment_score.c.month == month, assessment_score.c.worker == worker)
    rows = connection.execute(query.order_by(assessment_score.c.version.desc())).all()
    if not rows:
        raise errors.ScoreUnknown(month=month, worker=worker)
    return rows


def of_worker(connection: Connection, worker: str) -> Sequence[sa.Row[Any]]:
    """Return the current scores of a worker, the latest month first."""
    query = sa.select(assessment_score).where(assessment_score.c.worker == worker, _standing)
    return connection.execute(query.order_by(assessment_score.c.month.desc())).all()


def lines(connection: Connection, score_ids: Iterable[int]) -> Mapping[int, list[sa.Row[Any]]]:
    """Return the lines of scores by score, in the order of the rule."""
    table = line.assessment_line
    found: dict[int, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(table).where(table.c.score_id.in_(list(score_ids)))):
        found[row.score_id].append(row)
    order = list(line.INDICATORS)
    return {score_id: sorted(rows, key=lambda one: order.index(one.indicator)) for score_id, rows in found.items()}


def grade(connection: Connection, actor: audit.Actor, month: str, said: Mapping[str, str]) -> Mapping[str, str]:
    """Keep the grades that the table gave; of each category no more than the quota is excellent.

    The quota is the share of the setting, rounded down; of equal scores the better line ``on_time``, then ``missed``,
    then the smaller number of the worker goes first.
    """
    rows = current(connection, month)
    tie = _ties(connection, rows)
    share = int(setting.load(connection)["assessment_excellent_percent"])
    grades = {row.worker: said[row.worker] for row in rows}
    by_category: dict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        by_category[row.category].append(row)
    for members in by_category.values():
        best = sorted(members, key=lambda row: (-row.hundredths, *tie[row.id], row.worker))
        excellent = [row.worker for row in best if grades[row.worker] == "excellent"]
        for worker in excellent[len(members) * share // 100 :]:
            grades[worker] = "good"
    for row in rows:
        _change(connection, row.id, grade=grades[row.worker])
    window.record(connection, window.get(connection, month), actor, "assessment.graded", grades=grades)
    return grades


def reward(connection: Connection, actor: audit.Actor, month: str, said: Mapping[str, tuple[str, str]]) -> None:
    """Keep what each grade brings, in Chinese and in English: the list of rewards of an approved month."""
    for row in current(connection, month):
        reward, english = said[row.worker]
        _change(connection, row.id, reward=reward, reward_en=english or None)
    rewards = {worker: reward for worker, (reward, _english) in said.items()}
    window.record(connection, window.get(connection, month), actor, "assessment.rewarded", rewards=rewards)


def digest(connection: Connection, month: str) -> str:
    """Return the hash of all current scores of a month with their lines."""
    rows = current(connection, month)
    kept = lines(connection, [row.id for row in rows])
    said = [
        [row.worker, row.version, row.hundredths, row.grade, [[one.indicator, one.points_e4] for one in kept[row.id]]]
        for row in rows
    ]
    return hashlib.sha256(db.canonical(said)).hexdigest()


def total(counted: Iterable[line.Line], redlines: Iterable[Mapping[str, Any]]) -> Decimal:
    """Return the score: the lines' shares less red lines, to two places, halves rounded up, never below 0."""
    lost = sum((Decimal(str(one["points"])) for one in redlines), Decimal(0))
    found = sum((one.share for one in counted), Decimal(0)) - lost
    return max(found, Decimal(0)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _count(row: sa.Row[Any], worker: str, counts: Figures, changes: Figures) -> list[line.Line]:
    said = row.members[worker]
    known = {**said["figures"], **counts.get(worker, {})}
    mine = {rule["indicator"]: rule for rule in row.rules["weights"] if rule["category"] == said["category"]}
    return [line.count(name, mine[name], known, changes.get(worker, {})) for name in line.INDICATORS]


def _lost(row: sa.Row[Any], worker: str) -> list[dict[str, Any]]:
    return [dict(rule) for rule in row.rules["redlines"] if rule["code"] in row.members[worker]["redlines"]]


def _same(kept: Sequence[sa.Row[Any]], counted: Sequence[line.Line]) -> bool:
    return {row.indicator: row.figures for row in kept} == {one.indicator: dict(one.figures) for one in counted}


def _keep(
    connection: Connection,
    row: sa.Row[Any],
    worker: str,
    counted: Sequence[line.Line],
    old: sa.Row[Any] | None,
    reason: str,
) -> sa.Row[Any]:
    if old is not None:
        _change(connection, old.id, superseded_at=clock.now())
    said = row.members[worker]
    lost = _lost(row, worker)
    kept = connection.execute(
        sa.insert(assessment_score)
        .values(
            month=row.month,
            worker=worker,
            version=1 if old is None else old.version + 1,
            grid_code=said["grid"],
            level2_code=said["level2"],
            category=said["category"],
            redlines=lost,
            hundredths=int(total(counted, lost).scaleb(2)),
            reason=reason,
            counted_at=clock.now(),
        )
        .returning(assessment_score)
    ).one()
    connection.execute(sa.insert(line.assessment_line), [line.row(kept.id, one) for one in counted])
    return kept


def _ties(connection: Connection, rows: Sequence[sa.Row[Any]]) -> Mapping[int, tuple[int, int]]:
    kept = lines(connection, [row.id for row in rows])
    points = {score: {one.indicator: one.points_e4 for one in own} for score, own in kept.items()}
    return {score: (-own["on_time"], -own["missed"]) for score, own in points.items()}


def _change(connection: Connection, score_id: int, **values: Any) -> None:
    connection.execute(sa.update(assessment_score).where(assessment_score.c.id == score_id).values(**values))
