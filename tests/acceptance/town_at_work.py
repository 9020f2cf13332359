"""The demo town in the middle of a working day: what every page needs to have something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeSerializer
from sqlalchemy.engine import Connection, Engine

from engine import audit, bpmn, clock, db, definitions, incidents, instances, jobs, migration, tasks
from engine.cases import case as cases
from engine.cases import opening
from engine.cases.enforcement.investigation import act, evidence, fact
from engine.cases.grid import event, reporting
from engine.cases.grid.assessment import window
from engine.cases.grid.items import item_class
from engine.cases.grid.patrols import patrol, patrol_plan
from engine.cases.items import item
from engine.cases.papers import publicity, push
from engine.cases.people import access, booking, expert_draw
from engine.cases.radar import finding, rule
from engine.design import drafts, packages
from engine.flow import handlers
from engine.handling import offers
from engine.organisation import account, person
from tests.acceptance.test_designer import begin
from tests.conftest import MORNING, SECRET
from tests.engine.bpmn.drawing import drawing, flows, node, zeebe
from tests.engine.cases.enforcement import conftest as pesticides
from tests.engine.cases.grid import conftest as event_reports
from tests.web import published
from tests.workflows import walking

ITEM, PHONE = "GL-MZZ-008", "13912345678"
RECEIVER = "P026"
DESIGNER = audit.Actor("P094")
OPENED = (  # how many days ago, item, who applies: what lies on the tables of window 3
    (6, "GL-MZZ-008", "周玉兰"),
    (5, "GL-SCJ-001", "宜兴市官林镇小满饭店"),
    (3, "GL-MZZ-008", "陈国强"),
    (0, "GL-CGG-001", "江苏远东线缆有限公司"),
    (0, "GL-WJW-012", "官林镇滨河浴室"),
    (0, "GL-NYN-001", "沈阿大"),
    (0, "GL-MZZ-008", "吴秀英"),
)
HANDED_OVER = ("A1", "A2", "A4", "A6", "A8", "A9", "A10", "delivery_serve")
DEFECTS = {
    "intake_outcome": "补正",
    "reason": "材料不齐",
    "defects": [{"material": "居民身份证", "defect": "未提交", "cure": "提交正反面照片"}],
}
SERVICE = "test.line_down"


def reported(town: Engine) -> str:
    """Let a worker report three events beside each other, one of them urgent; return the number of that one."""
    with clock.frozen(MORNING), db.transaction(town) as connection:
        cases_of = [
            reporting.report(connection, audit.Actor("P132"), event_reports.reported(lon=119.6885 + 0.0004 * number))[0]
            for number in range(3)
        ]
        event.change(connection, cases_of[0].id, urgency=item_class.URGENT)
        return str(cases_of[0].number)


def scanned(town: Engine) -> str:
    """Let a resident report what lies beside a sign; return the number."""
    told = event_reports.reported(source="群众扫码", class_code="E0101", reporter={"name": "周群众", "phone": PHONE})
    with clock.frozen(MORNING), db.transaction(town) as connection:
        return str(reporting.report(connection, audit.Actor("applicant:sign"), told)[0].number)


class Way(walking.Walk):
    """A case taken on by the persons who hold the posts."""

    def complete(self, element: str, given: Mapping[str, Any]) -> None:
        """Fill in a task's form as one of those it is offered to."""
        with clock.frozen(self.now), db.transaction(self.database) as connection:
            task = self._task(connection, element)
            who = _one_of(connection, task)
            actor = audit.Actor(who.id)
            tasks.claim(connection, actor, who, task.id)
            values = self._filled(connection, task, {**walking.APPROVAL.usual[element], **given})
            tasks.complete(connection, actor, who, task.id, values)
        self.work()


def at_work(town: Engine) -> dict[str, Any]:
    """Open cases and bring them to where pages have something to show; return the keys that addresses need."""
    for days, code, name in OPENED:
        go(town, code, name, days=days)
    heard = ("A1", "A2", "A4", {"A6": {"conclusion": "需听证", "opinion": "关系重大"}}, "special_notice")
    numbers = {
        "waiting": go(town, ITEM, "王小明"),
        "kept": go(town, ITEM, "王小明"),
        "running": go(town, ITEM, "王小明", "A1", "A2", "A4"),
        "lacking": go(town, "GL-SCJ-001", "王小明", {"A1": {"$received": ["M002"]}}, {"A2": DEFECTS}),
        "offered": go(town, ITEM, "王小明", *heard),
        "done": go(town, ITEM, "王小明", *HANDED_OVER),
    }
    numbers["investigated"] = investigated(town)
    numbers["reported"] = reported(town)
    numbers["published"] = published.penalty(town, "某百货商店")
    numbers["scanned"] = scanned(town)
    with clock.frozen(MORNING):
        draft = begin(town, "every_page")
        changed = change(town)
    with clock.frozen(MORNING):
        with db.transaction(town) as connection:
            plan = moving(connection)
        for job in _checks(town):
            jobs.run(town, job)
    with clock.frozen(MORNING), db.transaction(town) as connection:
        notice = publicity.of(connection, cases.get(connection, numbers["done"]).id)[0]
        return {
            **numbers,
            "task": _task(connection, numbers["waiting"], "A1"),
            "held": _held(connection, numbers["kept"]),
            "finished": _task(connection, numbers["done"], "A1"),
            "review": _task(connection, numbers["running"], "A6"),
            "reviewer": _reviewer(connection, numbers["running"]),
            "notice": notice.id,
            "push": _push(connection, numbers["done"]),
            "event": audit.trail(connection, numbers["done"])[3].id,
            "incident": _incident(connection),
            "draft": draft,
            "changed": changed,
            "plan": plan,
            "drawn": _drawn(connection, numbers["running"]),
            "finding": _found(connection),
            "month": _assessed(connection),
            "patrol": _walked(connection),
            **_booked(connection),
        }


def _walked(connection: Connection) -> int:
    """Let a worker walk past some of the check points of the grid; return the patrol's key."""
    begun = MORNING - timedelta(hours=2)
    stops = patrol_plan.of(connection, "GL-01-01", clock.today()).points[:3]
    track = [(begun + timedelta(minutes=10 * at), row.lon, row.lat, 5) for at, row in enumerate(stops)]
    walked = patrol.Walked("every-page", begun, track[-1][0], track)
    return int(patrol.keep(connection, audit.Actor("P132"), walked).id)


def _found(connection: Connection) -> int:
    """Let the radar find a case that was returned again and again; return the finding's key."""
    facts = {"case": "GL-2026-000001", "count": 3}
    finding.keep(connection, audit.SYSTEM, "repeated_returns", rule.Hit("every page", facts, ["P070"], ()))
    return int(finding.page(connection, finding.Filter(), limit=1)[0].id)


def _assessed(connection: Connection) -> str:
    """Freeze the month before and count the scores; return the month."""
    instances.start(connection, audit.SYSTEM, window.PROCESS, business_key="KH-pages", variables={}, start_event="M0")
    return str(connection.execute(sa.select(window.assessment_window.c.month)).scalar_one())


def _drawn(connection: Connection, number: str) -> str:
    """Draw two experts for a question of a case and return the draw's number."""
    case, actor = cases.get(connection, number), audit.Actor(RECEIVER)
    return str(expert_draw.draw(connection, actor, case, fields=["水利水务"], count=2, fee=300).number)


def _booked(connection: Connection) -> dict[str, str]:
    """Book two windows; return the day, and the address of one booking as its applicant has it."""
    day = booking.days(connection)[1]
    at, row = booking.slots(connection, day)[2].starts_at, item.get(connection, "GL-NYN-001")
    for name, phone in (("王小明", "13800138000"), ("张秀英", "13900139000")):
        made = booking.book(connection, audit.Actor("applicant:anybody"), row, at, name, phone)
    return {"booked_on": str(day), "booked": str(URLSafeSerializer(SECRET, salt="booking").dumps(made.number))}


def go(town: Engine, code: str, name: str, *steps: Any, days: int = 0) -> str:
    """Open a case some days ago, take it the steps on and return its number."""
    with db.reading(town) as connection:
        body = item.get(connection, code).body
    kind = "person" if len(name) < 4 else "organisation"
    applicant = {**walking.APPLICANT, "kind": kind, "name": name, "phone": PHONE}
    way = Way(town, {code: body}, now=MORNING - timedelta(days=days))
    with clock.frozen(way.now), db.transaction(town) as connection:
        given = cases.Opening(opening.item_context(body), 1, "窗口", applicant, window="W03")
        case, _step = opening.open_case(connection, audit.Actor(RECEIVER), given)
    way.number = way.key = case.number
    way.work()
    for step in steps:
        walking.take(way, step)
    return way.number


def investigated(town: Engine) -> str:
    """Take in a case of the third team with a record of an inspection, a paper and the fact that it proves."""
    officer, places = pesticides.OFFICER, {"item": pesticides.ITEM, "applicant": pesticides.SHOP}
    given = cases.Opening(catalogue_version=1, channel="巡查", kind="enforcement", **places)
    with clock.frozen(MORNING), db.transaction(town) as connection:
        case = cases.create(connection, officer, given)
        access.grant(connection, case.id, ["group:enforcement.team3.officer"])
        act.record(connection, officer, case, pesticides.inspection())
        proof = evidence.register(connection, officer, case, pesticides.entry())
        said = fact.say(connection, officer, case, "无证经营农药")
        evidence.verify(connection, officer, case, proof.number, "与原件核对")
        fact.prove(connection, officer, case, said.number, [proof.number])
        return str(case.number)


def change(town: Engine) -> int:
    """Begin a draft of the main package that calls a step otherwise, offers another to other posts and asks more."""
    with db.transaction(town) as connection:
        base = definitions.deployed(connection, "one_window_approval", 1)
        draft = drafts.start(connection, DESIGNER, definitions.package(connection, base.id), base)
        files = drafts.files(connection, draft.id)
        texts = {
            "intake.bpmn": ('name="受理 A4"', 'name="当场受理 A4"', 1),
            "review_post.dmn": ("踏勘组核实实质内容", "踏勘组到场核实", 1),
            "forms/a10_certificate.form": ("证照编号", "证照号码", 1),
        }
        made = {
            path: files[path].decode().replace(old, new, times).encode() for path, (old, new, times) in texts.items()
        }
        drafts.save(connection, DESIGNER, draft.id, 1, made)
        return int(draft.id)


def _checks(town: Engine) -> Sequence[int]:
    with db.reading(town) as connection:
        return connection.execute(sa.select(jobs.job.c.id).where(jobs.job.c.kind == "plan_check")).scalars().all()


def moving(connection: Connection) -> int:
    """Plan to move the cases of a small process to its next version, which has no place for one of them."""
    names = {"register": "摊点登记", "look": "现场查看", "issue": "发放摊位证"}
    for step in ("look", "inspect"):
        files = {"package.toml": 'name = "street_stalls"\ntitle = "摊点备案"\n"title:en" = "Street stalls"\n'.encode()}
        steps = [(id, names.get(id, "城管联合查验")) for id in ("register", step, "issue")]
        offered = zeebe('assignmentDefinition candidateGroups="hall.window"')
        body = "".join(node("userTask", id, offered, name=name) for id, name in steps)
        way = flows(">".join(["start", *(id for id, _ in steps), "end"]))
        source = drawing(node("startEvent", "start") + body + node("endEvent", "end") + way, process="street_stalls")
        package = packages.Package(files | {"stalls.bpmn": source})
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment())
        for number in range(1, 5) if step == "look" else ():
            begun = instances.start(connection, audit.SYSTEM, "street_stalls", business_key=f"摊点-{number}")
            if number == 4:
                clerk = tasks.Candidate(RECEIVER, frozenset({"hall.window"}))
                table = tasks.task.c
                mine = sa.select(table.id).where(table.instance_id == begun.instance_id)
                task = connection.execute(mine).scalar_one()
                tasks.claim(connection, audit.Actor(RECEIVER), clerk, task)
                tasks.complete(connection, audit.Actor(RECEIVER), clerk, task, {})
    plan = migration.start(connection, DESIGNER, "street_stalls", 1, 2)
    migration.check(connection, DESIGNER, plan.id, plan.revision)
    return int(plan.id)


def _one_of(connection: Connection, task: sa.Row[Any]) -> tasks.Candidate:
    query = sa.select(offers.candidate.c.name).where(offers.candidate.c.task_id == task.id)
    offered = connection.execute(query.order_by(offers.candidate.c.name)).scalars()
    holders = (row for group in offered for row in person.holders(connection, group))
    who, _acting = person.candidate(connection, next(holders).id)
    return who


def _task(connection: Connection, number: str, element: str) -> int:
    query = sa.select(tasks.task.c.id).where(tasks.task.c.business_key == number, tasks.task.c.element == element)
    return int(connection.execute(query).scalars().first() or 0)


def _held(connection: Connection, number: str) -> int:
    """Claim the first task of a case for the clerk of its window."""
    task_id = _task(connection, number, "A1")
    who, _acting = person.candidate(connection, "P029")
    return int(tasks.claim(connection, audit.Actor(who.id), who, task_id).id)


def _push(connection: Connection, number: str) -> int:
    """Return what was sent to the unit that supervises."""
    rows = push.of(connection, cases.get(connection, number).id)
    return int(next(row.id for row in rows if row.receiver == "supervision"))


def _reviewer(connection: Connection, number: str) -> str:
    """Return the login of one whom the review is offered to."""
    task = connection.execute(sa.select(tasks.task).where(tasks.task.c.id == _task(connection, number, "A6"))).one()
    login = account.account.c.login
    found = connection.scalar(sa.select(login).where(account.account.c.person_id == _one_of(connection, task).id))
    return str(found)


def _incident(connection: Connection) -> int:
    """An incident of a process whose line to another system is down."""

    def call(_job: handlers.Job) -> dict[str, Any]:
        raise ConnectionError("the line is down")

    line = node("serviceTask", "call", zeebe(f'taskDefinition type="{SERVICE}"'))
    source = drawing(node("startEvent", "s") + line + flows("s>call"), process="line_down")
    package = packages.Package({"package.toml": b'name = "line_down"\n', "line.bpmn": source})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(handlers._local, SERVICE, call)
        definitions.deploy(connection, audit.SYSTEM, package, bpmn.Environment(handlers=handlers.types()))
        instances.start(connection, audit.SYSTEM, "line_down", business_key="LINE-1", variables={"fee": 20})
    return int(next(row.id for row in incidents.search(connection) if row.business_key == "LINE-1"))
