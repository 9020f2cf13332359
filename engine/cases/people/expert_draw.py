"""The draw of experts: by a seed that nobody chooses and everybody may read, so that anybody can draw again.

Each expert of the pool is ranked by the SHA-256 of ``seed:id``, the lowest first (algorithm ``sha256-rank-1``): the
same seed and the same pool are the same draw, in whatever order the pool is written. Whoever has to be replaced is
followed by the next in rank, so that a replacement cannot be chosen either.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock, db, errors
from engine.cases.papers import numbering
from engine.cases.people import expert_pool, party
from engine.cases.reading import trail
from engine.errors import N_
from engine.ground import files
from engine.ground.together import Question
from engine.handling import reasons
from engine.organisation import person
from engine.organisation.grid import node

ALGORITHM = "sha256-rank-1"
VOTES = {"同意": N_("for"), "有条件同意": N_("for, with conditions"), "不同意": N_("against")}
MOST_FEE = 100_000
"""The yuan that one expert gets at most; no rule names a figure, it catches a slip of the pen."""

expert_draw = sa.Table(
    "expert_draw",
    db.metadata,
    sa.Column("id", db.Id, primary_key=True),
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), nullable=False),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("fields", db.Json, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("wanted", sa.Integer, nullable=False),
    sa.Column("fee", sa.Integer, nullable=False),
    sa.Column("algorithm", sa.String(20), nullable=False),
    sa.Column("seed", sa.String(64), nullable=False),
    sa.Column("pool", db.Json, nullable=False),
    sa.Column("kept_out", db.Json, nullable=False),
    sa.Column("drawn_by", sa.String(80), nullable=False),
    sa.Column("drawn_at", db.Utc, nullable=False),
    sa.CheckConstraint("wanted > 0", name="wanted_positive"),
    sa.CheckConstraint(f"fee BETWEEN 0 AND {MOST_FEE}", name="fee_within_bounds"),
    sa.CheckConstraint("length(seed) >= 32", name="seed_long_enough"),
    sa.Index(None, "case_id"),
)
"""``fee``: what each expert gets for an answer, in whole yuan."""

expert_seat = sa.Table(
    "expert_seat",
    db.metadata,
    sa.Column("draw_id", db.Id, sa.ForeignKey("expert_draw.id"), primary_key=True),
    sa.Column("expert_id", sa.ForeignKey("person.id"), primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("replaced_at", db.Utc),
    sa.Column("replaced_why", sa.Text),
    sa.Column("vote", sa.String(10)),
    sa.Column("opinion", sa.Text),
    sa.Column("answered_at", db.Utc),
    sa.Column("fee", sa.Integer),
    sa.UniqueConstraint("draw_id", "rank"),
    sa.CheckConstraint("rank > 0", name="rank_positive"),
    sa.CheckConstraint("(replaced_at IS NULL) = (replaced_why IS NULL)", name="replaced_with_reason"),
    sa.CheckConstraint("(answered_at IS NULL) = (opinion IS NULL)", name="answered_with_opinion"),
    sa.CheckConstraint("(answered_at IS NULL) = (vote IS NULL)", name="answered_with_vote"),
    sa.CheckConstraint("replaced_at IS NULL OR answered_at IS NULL", name="replaced_or_answered"),
    sa.CheckConstraint(f"vote IS NULL OR vote IN {tuple(VOTES)}", name="vote_known"),
    sa.CheckConstraint("(fee IS NULL) = (answered_at IS NULL)", name="fee_for_an_answer"),
    sa.Index(None, "expert_id"),
)
expert_file = sa.Table(
    "expert_file",
    db.metadata,
    sa.Column("draw_id", db.Id, sa.ForeignKey("expert_draw.id"), primary_key=True),
    sa.Column("file_id", db.Id, sa.ForeignKey("stored_file.id"), primary_key=True),
    sa.Index(None, "file_id"),
)
"""What the experts are shown; they see nothing else of the case unless they may read it."""


def ranked(seed: str, pool: Iterable[str]) -> list[str]:
    """Return the pool in the order in which its experts are drawn."""
    return sorted(set(pool), key=lambda expert: (mark(seed, expert), expert))


def draw(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    *,
    fields: Sequence[str],
    count: int,
    question: str = "",
    grid: str = "",
    fee: int = 0,
    shown: Sequence[int] = (),
    without: Collection[str] = (),
    seed: str | None = None,
) -> sa.Row[Any]:
    """Draw experts for a question of a case and return the draw; what it was drawn from is kept with it.

    Parameters
    ----------
    grid
        Where the matter lies, for experts who keep away from a grid; the party's firm is known from the case.
    shown
        Ids of the files that the experts are to judge.
    without
        Experts who have a seat in the matter already, or had one.
    seed
        For scenarios and tests only; else it comes from the system's randomness.

    Raises
    ------
    ExpertFieldUnknown
        If the pool has no such field.
    ExpertGridUnknown
        If there is no such grid.
    ExpertsTooFew
        If fewer may be drawn than are wanted.
    ExpertFeeWrong
        If the fee cannot be.
    FileMissing
        If a file is not stored.
    """
    if not 0 <= fee <= MOST_FEE:
        raise errors.ExpertFeeWrong(most=MOST_FEE)
    pool = expert_pool.but(_pool(connection, case, fields, grid.strip()), without)
    if not 0 < count <= len(pool.eligible):
        raise errors.ExpertsTooFew(wanted=count, eligible=len(pool.eligible))
    row = _write(connection, actor, case, pool, seed or secrets.token_hex(32), {
        "fields": list(fields), "question": question.strip(), "wanted": count, "fee": fee,
    })  # fmt: skip
    drawn = _seat(connection, row, shown)
    trail.record(
        connection, case.number, actor, "experts.drawn", draw=row.number, fields=row.fields, algorithm=row.algorithm,
        seed=row.seed, pool=row.pool, kept_out=row.kept_out, experts=drawn,
    )  # fmt: skip
    return row


def _write(
    connection: Connection,
    actor: audit.Actor,
    case: sa.Row[Any],
    pool: expert_pool.Pool,
    seed: str,
    wanted: Mapping[str, Any],
) -> sa.Row[Any]:
    """Keep what is wanted under the next number of the year, with all that makes the draw come out again."""
    year = clock.today().year
    values = {
        "case_id": case.id,
        "number": f"ZJ-{year}-{numbering.take(connection, 'expert_draw', year):04}",
        "algorithm": ALGORITHM,
        "seed": seed,
        "pool": list(pool.eligible),
        "kept_out": dict(pool.kept_out),
        "drawn_by": actor.id,
        "drawn_at": clock.now(),
    }
    return connection.execute(sa.insert(expert_draw).values(**wanted, **values).returning(expert_draw)).one()


def _pool(connection: Connection, case: sa.Row[Any], fields: Sequence[str], grid: str) -> expert_pool.Pool:
    """Return who may be drawn for a matter of the case and who is kept out, and why."""
    known = expert_pool.fields(connection)
    unknown = [field for field in fields if field not in known]
    if unknown or not fields:
        raise errors.ExpertFieldUnknown(field="、".join(unknown), fields="、".join(known))
    if grid and grid not in node.names(connection):
        raise errors.ExpertGridUnknown(grid=grid)
    whose = party.get(connection, case.applicant_id)
    firm = whose.id_number if whose.id_type == "uscc" else ""
    asked = expert_pool.Question(tuple(fields), clock.today(), firm, grid)
    return expert_pool.of(connection, asked, _open_seats(connection))


def _seat(connection: Connection, row: sa.Row[Any], shown: Sequence[int]) -> list[str]:
    """Give the first in rank their seats and show them the files; return who they are."""
    drawn = ranked(row.seed, row.pool)[: row.wanted]
    seats = [{"draw_id": row.id, "expert_id": expert, "rank": rank} for rank, expert in enumerate(drawn, start=1)]
    connection.execute(sa.insert(expert_seat), seats)
    for file_id in dict.fromkeys(shown):
        connection.execute(sa.insert(expert_file).values(draw_id=row.id, file_id=files.get(connection, file_id).id))
    return drawn


def replace(connection: Connection, actor: audit.Actor, case: sa.Row[Any], draw_id: int, expert: str, why: str) -> str:
    """Let the next in rank sit in the place of an expert who cannot judge, and return who that is.

    Raises
    ------
    ExpertNotSeated
        If the expert does not sit in this draw, or has answered.
    ReasonMissing
        If nothing says why.
    ExpertsExhausted
        If nobody is left.
    """
    row, seats = get(connection, case.id, draw_id), seats_of(connection, draw_id)
    waiting(seats, expert)
    why, left = reasons.given(why), unseated(row, seats)
    if not left:
        raise errors.ExpertsExhausted(draw=row.number)
    rise(connection, row.id, expert, why)
    rank = max(seat.rank for seat in seats) + 1
    connection.execute(sa.insert(expert_seat).values(draw_id=row.id, expert_id=left[0], rank=rank))
    trail.record(connection, case.number, actor, "experts.replaced", draw=row.number, before=expert, after=left[0],
                 reason=why)  # fmt: skip
    return left[0]


def answer(
    connection: Connection, actor: audit.Actor, case: sa.Row[Any], draw_id: int, *, vote: str, opinion: str
) -> None:
    """Give one's opinion and vote as an expert who sits in the draw; nobody answers for another.

    Raises
    ------
    ExpertNotSeated
        If the person does not sit in it, or has answered.
    ExpertAnswerWrong
        If the vote is none, or no opinion is given.
    """
    row = get(connection, case.id, draw_id)
    waiting(seats_of(connection, row.id), actor.id)
    if vote not in VOTES or not opinion.strip():
        raise errors.ExpertAnswerWrong(votes="、".join(VOTES))
    here = sa.and_(expert_seat.c.draw_id == row.id, expert_seat.c.expert_id == actor.id)
    connection.execute(
        sa.update(expert_seat)
        .where(here)
        .values(vote=vote, opinion=opinion.strip(), answered_at=clock.now(), fee=row.fee)
    )
    trail.record(connection, case.number, actor, "experts.answered", draw=row.number, vote=vote, fee=row.fee)


def get(connection: Connection, case_id: int, draw_id: int) -> sa.Row[Any]:
    """Return a draw of a case.

    Raises
    ------
    ExpertDrawUnknown
    """
    here = (expert_draw.c.id == draw_id, expert_draw.c.case_id == case_id)
    found = connection.execute(sa.select(expert_draw).where(*here)).one_or_none()
    if found is None:
        raise errors.ExpertDrawUnknown
    return found


def of(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the draws of a case in order."""
    return connection.execute(
        sa.select(expert_draw).where(expert_draw.c.case_id == case_id).order_by(expert_draw.c.id)
    ).all()


def seats_of_case(connection: Connection, case_id: int) -> Sequence[sa.Row[Any]]:
    """Return the seats of all draws of a case, replaced ones too: with ``number``, ``question``, ``name`` of each."""
    return SEATS_OF_CASE.all(connection, case=case_id)


SEATS_OF_CASE = Question(
    sa.select(
        *(expert_draw.c[name] for name in ("number", "fields", "question")),
        person.person.c.display_name.label("name"),
        expert_seat,
    )
    .join(expert_seat, expert_seat.c.draw_id == expert_draw.c.id)
    .join(person.person, person.person.c.id == expert_seat.c.expert_id)
    .where(expert_draw.c.case_id == sa.bindparam("case", type_=db.Id)),
    expert_draw.c.id,
    expert_seat.c.rank,
)

_PUBLIC = ("id", "number", "fields", "wanted", "algorithm", "seed", "pool", "drawn_at")


def published(connection: Connection, *, before: int | None = None, limit: int = 50) -> Sequence[sa.Row[Any]]:
    """Return draws as anybody may read them, the latest first, from below the key ``before``: nothing of the case."""
    query = sa.select(*(expert_draw.c[name] for name in _PUBLIC)).order_by(expert_draw.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(expert_draw.c.id < before)
    return connection.execute(query).all()


def published_one(connection: Connection, number: str) -> sa.Row[Any]:
    """Return one draw as :func:`published` does.

    Raises
    ------
    ExpertDrawUnknown
    """
    query = sa.select(*(expert_draw.c[name] for name in _PUBLIC)).where(expert_draw.c.number == number)
    found = connection.execute(query).one_or_none()
    if found is None:
        raise errors.ExpertDrawUnknown
    return found


def pool_digest(pool: Iterable[str]) -> str:
    """Return the SHA-256 of the pool: its ids in order, a line each."""
    return hashlib.sha256("".join(f"{expert}\n" for expert in sorted(pool)).encode()).hexdigest()


def mark(seed: str, expert: str) -> str:
    """Return the SHA-256 by which an expert is ranked."""
    return hashlib.sha256(f"{seed}:{expert}".encode()).hexdigest()


def seats_of(connection: Connection, draw_id: int) -> Sequence[sa.Row[Any]]:
    """Return the seats of a draw in rank, replaced ones too."""
    return connection.execute(
        sa.select(expert_seat).where(expert_seat.c.draw_id == draw_id).order_by(expert_seat.c.rank)
    ).all()


def shown_to(expert: str, file_id: int) -> sa.ColumnElement[bool]:
    """Return the condition under which an expert sits in a draw that a file is shown for."""
    return sa.exists().where(
        expert_file.c.file_id == file_id,
        expert_file.c.draw_id == expert_seat.c.draw_id,
        expert_seat.c.expert_id == expert,
        expert_seat.c.replaced_at.is_(None),
    )


def unseated(row: sa.Row[Any], seats: Sequence[sa.Row[Any]]) -> list[str]:
    """Return who of a draw has had no seat yet, in rank."""
    known = {seat.expert_id for seat in seats}
    return [one for one in ranked(row.seed, row.pool) if one not in known]


def sits(seats: Sequence[sa.Row[Any]], expert: str) -> bool:
    """Tell whether an expert has one of the seats and has still to answer."""
    return any(seat.expert_id == expert and seat.replaced_at is None and seat.answered_at is None for seat in seats)


def waiting(seats: Sequence[sa.Row[Any]], expert: str) -> None:
    """Refuse what can only be done with an expert who sits and has still to answer.

    Raises
    ------
    ExpertNotSeated
    """
    if not sits(seats, expert):
        raise errors.ExpertNotSeated(person=expert)


def rise(connection: Connection, draw_id: int, expert: str, why: str) -> None:
    """Take an expert out of a seat, for a reason; whoever calls it records what follows."""
    here = sa.and_(expert_seat.c.draw_id == draw_id, expert_seat.c.expert_id == expert)
    connection.execute(sa.update(expert_seat).where(here).values(replaced_at=clock.now(), replaced_why=why))


def _open_seats(connection: Connection) -> dict[str, int]:
    expert = expert_seat.c.expert_id
    waiting = (expert_seat.c.replaced_at.is_(None), expert_seat.c.answered_at.is_(None))
    rows = connection.execute(sa.select(expert, sa.func.count().label("seats")).where(*waiting).group_by(expert))
    return {row.expert_id: row.seats for row in rows}
