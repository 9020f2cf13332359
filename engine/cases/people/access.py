"""Who may see a case and do what with it: those whose posts were offered a step, who opened it, and who oversees all.

The readers of a case are rows, written in the step that offers a task, so that a list of thousands of cases is filtered
by the database and not by asking each case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from engine import db, errors, outbox
from engine.bpmn.running import effects
from engine.cases import case as cases
from engine.cases import standing
from engine.cases.reading import beside
from engine.flow import steps
from engine.ground.prepared import Prepared
from engine.handling import signers
from engine.organisation import post, receiver, separation

case_reader = sa.Table(
    "case_reader",
    db.metadata,
    sa.Column("case_id", db.Id, sa.ForeignKey("case_file.id"), primary_key=True),
    sa.Column("principal", sa.String(140), primary_key=True),
    sa.Index(None, "principal", "case_id"),
)

OVERSEERS = frozenset({"leader", "auditor", "supervisor"})
"""Roles that read every case."""

ACTIONS = {
    "read": None,
    "supervise": frozenset({"leader", "supervisor"}),
    "audit": OVERSEERS,
    "withdraw": frozenset({"clerk"}),
    "extend": frozenset({"reviewer", "decider"}),
    "special": frozenset({"reviewer", "decider"}),
    "correct": frozenset({"clerk", "reviewer", "decider"}),
    "complain": frozenset({"clerk", "supervisor"}),
    "remedy": frozenset({"clerk", "reviewer"}),
    "review": frozenset({"reviewer", "decider"}),
    "plead": None,
    "archive": frozenset({"clerk"}),
    "copy": frozenset({"clerk", "reviewer", "decider", "leader", "supervisor"}),
    "urge": frozenset({"clerk", "reviewer", "decider", "leader", "supervisor"}),
}
"""What may be done with a case that one sees, by which roles; None: by everybody who sees it."""

COMMANDERS = ("command.lead", "command.intake", "command.dispatcher", "grid.center.lead")
"""Posts that lead the work on grid events."""
WATCHES_EVENTS = (*COMMANDERS, "command.callback", "grid.center.assessor")
"""Posts that read every grid event, besides :data:`OVERSEERS`, who read every case."""

INVESTIGATORS = ("enforcement.*.officer", "enforcement.*.leader")
READS_POOL = (*INVESTIGATORS, "approval.reviewer.*", "legal.*")
"""Posts that let experts be drawn or look after the pool, besides :data:`OVERSEERS`; no expert is among them."""
ACTIONS_BY_POST = {
    "investigate": INVESTIGATORS,
    "exclude": (*INVESTIGATORS, "legal.reviewer"),
    "challenge": (*INVESTIGATORS, "enforcement.intake", "enforcement.service", "legal.reviewer"),
    "outcome": (*INVESTIGATORS, "enforcement.intake", "enforcement.service", "legal.reviewer"),
    "end_early": (*INVESTIGATORS, "enforcement.intake", "enforcement.publicity", "enforcement.service"),
    "rectify": (*INVESTIGATORS, "enforcement.intake", "enforcement.publicity", "enforcement.service"),
    "merge": COMMANDERS,
    "unmerge": COMMANDERS,
    "reopen": (*COMMANDERS, "command.callback"),
    "add": (*COMMANDERS, "command.callback"),
    "take_back": (*COMMANDERS, "command.callback"),
    "urge": COMMANDERS,
    "instruct": ("town.party_secretary", "town.mayor", "town.leader"),
}
"""What may be done by the holders of posts, whatever their roles; ``exclude`` opens what is sealed, too."""


@dataclass(frozen=True)
class Reader:
    """A person as cases see one: id, groups acted for today, roles, and the cases they are kept away from."""

    id: str
    groups: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    barred: frozenset[str] = frozenset()

    @property
    def principals(self) -> list[str]:
        """The names under which cases may be open to this person."""
        return [f"person:{self.id}", *sorted(f"group:{group}" for group in self.groups)]


def visible_cases(person: Reader) -> sa.ColumnElement[bool]:
    """Return the condition on ``case_file`` under which a person sees a case; nobody sees what they are barred from."""
    return _visible(person.principals, sorted(person.barred), _sight_of(person))


def _sight_of(person: Reader) -> str:
    """Return which cases a person sees besides those that are open to one by name."""
    return "all" if person.roles & OVERSEERS else "events" if watches_events(person) else "own"


def _visible(principals: Sequence[Any], barred: Sequence[Any], sight: str) -> sa.ColumnElement[bool]:
    free = cases.case_file.c.number.not_in(barred) if barred else sa.true()
    if sight == "all":
        return free
    reads = _reads(principals, cases.case_file.c.id)
    if sight == "events":
        reads = sa.or_(cases.case_file.c.kind == standing.GRID, reads)
    return sa.and_(free, reads)


def visible_events(person: Reader, case_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return :func:`visible_cases` as a condition on the case's id, for tables that hold grid events only."""
    named = sa.select(cases.case_file.c.id).where(cases.case_file.c.number.in_(sorted(person.barred)))
    free = case_id.not_in(named) if person.barred else sa.true()
    return free if watches_events(person) else sa.and_(free, _reads(person.principals, case_id))


def watches_events(person: Reader) -> bool:
    """Tell whether a person reads every grid event."""
    return bool(person.roles & OVERSEERS) or _holds(person, WATCHES_EVENTS)


def reads_pool(person: Reader) -> bool:
    """Tell whether a person reads the register of experts."""
    return bool(person.roles & OVERSEERS) or _holds(person, READS_POOL)


def _reads(principals: Sequence[Any], case_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return sa.exists().where(case_reader.c.case_id == case_id, case_reader.c.principal.in_(principals))


def _holds(person: Reader, posts: Iterable[str]) -> bool:
    return any(separation.matches(posts, post.code_of(group)) for group in person.groups)


def can(connection: Connection, person: Reader, action: str, case: sa.Row[Any]) -> bool:
    """Tell whether a person may do something with a case."""
    return _sees(connection, person, case.id) and allowed(person, action)


def allowed(person: Reader, action: str) -> bool:
    """Tell whether roles or posts let a person do something with a case that :func:`require` has let them see."""
    if action in ACTIONS_BY_POST and _holds(person, ACTIONS_BY_POST[action]):
        return True
    roles = ACTIONS.get(action, frozenset())
    return roles is None or bool(person.roles & roles)


def sees(connection: Connection, person: Reader, number: str) -> bool:
    """Tell whether a person may open the case of a number."""
    query = sa.select(sa.exists().where(cases.case_file.c.number == number, visible_cases(person)))
    return bool(connection.scalar(query))


def require(connection: Connection, person: Reader, action: str, number: str) -> sa.Row[Any]:
    """Return the case if the person may do this with it.

    Raises
    ------
    CaseNotFound
        If there is none or the person may not see it; which of the two is not told.
    CaseForbidden
        If the person sees it but may not do this.
    """
    names = {f"principal{n}": name for n, name in enumerate(person.principals)}
    barred = {f"barred{n}": each for n, each in enumerate(sorted(person.barred))}
    case = _seen_case(tuple(names), tuple(barred), _sight_of(person)).one(connection, number=number, **names, **barred)
    if case is None:
        raise errors.CaseNotFound(number=number)
    if not allowed(person, action):
        raise errors.CaseForbidden(number=number)
    return case


@lru_cache(256)
def _seen_case(principals: Sequence[str], barred: Sequence[str], sight: str) -> Prepared:
    """Return the statement that reads a case for anybody who is alike; every page of a case begins with it."""
    named, kept_away = ([sa.bindparam(name, type_=sa.String()) for name in names] for names in (principals, barred))
    number = cases.case_file.c.number == sa.bindparam("number", type_=sa.String())
    return Prepared(sa.select(cases.case_file).where(number, _visible(named, kept_away, sight)))


def investigates(group: str) -> bool:
    """Tell whether a group is a post of those who investigate."""
    return separation.matches(INVESTIGATORS, post.code_of(group))


def pushed_to(person: Reader) -> sa.ColumnElement[bool]:
    """Return the condition on ``outbox`` under which a push is for a person's posts to confirm."""
    pushes = outbox.outbox.c
    return sa.and_(pushes.receiver.in_(receiver.answered_for(person.groups)), pushes.sent_at.is_not(None))


def require_push(connection: Connection, person: Reader, push_id: int) -> sa.Row[Any]:
    """Return a push that arrived at one of the person's posts; seeing it opens nothing else of its case.

    Raises
    ------
    OutboxUnknown
        If there is none, it has not been sent yet or it is for others; which of these is not told.
    """
    found = connection.execute(
        sa.select(outbox.outbox).where(outbox.outbox.c.id == push_id, pushed_to(person))
    ).one_or_none()
    if found is None:
        raise errors.OutboxUnknown
    return found


def grant(connection: Connection, case_id: int, principals: Iterable[str]) -> None:
    """Let principals (``group:…``, ``person:…``) read a case; known ones stay."""
    grant_each(connection, ((case_id, principal) for principal in principals))


def grant_each(connection: Connection, readers: Iterable[tuple[int, str]]) -> None:
    """Let each principal read the case that stands before it; known ones stay."""
    rows = [{"case_id": case_id, "principal": principal} for case_id, principal in dict.fromkeys(readers)]
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    connection.execute(insert(case_reader).on_conflict_do_nothing(), rows)


@steps.writes(effects.TaskOpened, effects.ActivitiesOffered)
def _open_to_candidates(step: steps.Step, opened: list[effects.TaskOpened | effects.ActivitiesOffered]) -> None:
    """Open the case to everybody the step offers something to, in one statement; without a case it opens nothing.

    A task with the property ``blind`` opens nothing either: whoever gets it judges without knowing whose matter it is.
    """
    opened = [effect for effect in opened if not (isinstance(effect, effects.TaskOpened) and is_blind(effect))]
    groups = [f"group:{group}" for effect in opened for group in effect.candidate_groups]
    people = [effect.assignee for effect in opened if effect.assignee]
    people += [user for effect in opened for user in effect.candidate_users]
    principals = dict.fromkeys([*groups, *(f"person:{person}" for person in people)])
    if not principals or not beside.names_case(step.row.business_key):
        return
    case = cases.case_file.c
    number = beside.number_of(step.row.business_key)
    rows = sa.union_all(*(sa.select(case.id, sa.literal(name)).where(case.number == number) for name in principals))
    insert = postgresql.insert if step.connection.dialect.name == "postgresql" else sqlite.insert
    step.connection.execute(insert(case_reader).from_select(["case_id", "principal"], rows).on_conflict_do_nothing())


def is_blind(task: Any) -> bool:
    """Tell of a task, or of its opening, whether whoever gets it is not to know whose matter it is."""
    return str(task.properties.get("blind")) == "true"


@signers.follows
def _open_to_signer(connection: Connection, row: sa.Row[Any], person: str) -> None:
    """Let a signer read the case on which they are asked."""
    number = beside.number_of(row.business_key)
    case_id = connection.scalar(sa.select(cases.case_file.c.id).where(cases.case_file.c.number == number))
    if case_id is not None:
        grant(connection, case_id, [f"person:{person}"])


def _sees(connection: Connection, person: Reader, case_id: int) -> bool:
    query = sa.select(sa.exists().where(cases.case_file.c.id == case_id, visible_cases(person)))
    return bool(connection.scalar(query))
