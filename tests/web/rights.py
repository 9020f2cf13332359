"""Who may call which address: the table that the permission test tries, route by route, role by role.

A row says for whom a call goes on (``ok``: it was not refused at the door, whatever it answers to an empty form) and
with which status the others are refused, for a case of their own and for a foreign one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NOBODY = "nobody"
PEOPLE = {
    "clerk": "demo029",
    "reviewer": "expert01",
    "decider": "demo052",
    "leader": "demo001",
    "supervisor": "demo085",
    "auditor": "demo092",
    "designer": "demo094",
    "publisher": "demo008",
    "administrator": "demo096",
    "staff": "expert06",
}
"""One demo person for each role; ``publisher`` is a leader too, ``staff`` holds no role at all."""
OVERSEERS = frozenset({"leader", "supervisor", "auditor", "publisher"})
"""Those who read every case (the publisher as a leader)."""
OK = "ok"
Answer = str | int
Rule = Callable[[str, bool], Answer]


@dataclass(frozen=True)
class Right:
    """What holds at an address: the rule for people by role and whether the case is their own; where nobody ends."""

    rule: Rule
    nobody: Answer = 401


def _staff(_role: str, _own: bool) -> Answer:
    return OK


def _roles(*names: str) -> Rule:
    also = {*names, "publisher"} if "leader" in names else set(names)
    return lambda role, _own: OK if role in also else 403


def _reads(role: str, own: bool) -> Answer:
    return OK if own or role in OVERSEERS else 404


def _acts(*names: str) -> Rule:
    """Something done with a case that one sees."""
    also = {*names, "publisher"} if "leader" in names else set(names)

    def rule(role: str, own: bool) -> Answer:
        if not own and role not in OVERSEERS:
            return 404
        return OK if role in also else 403

    return rule


def _task(role: str, own: bool) -> Answer:
    """The first task of a case that was taken in at the clerk's window, or at another one."""
    return OK if own and role == "clerk" else 404


def _handed_back(role: str, own: bool) -> Answer:
    """A task that nobody lent cannot be handed back, nor one be given to somebody it is not offered to."""
    return 403 if own and role == "clerk" else 404


EVERYBODY = Right(_staff, nobody=OK)
WRONG_PASSWORD = Right(lambda _role, _own: 401)
STAFF = Right(_staff)
READER = Right(_reads)
TASK = Right(_task)
AUDITOR = Right(_roles("auditor"))
OVERSEER = Right(_roles("leader", "supervisor", "auditor"))
ADMINISTRATOR = Right(_roles("administrator"))
DESIGN = Right(_roles("designer", "publisher"))
DESIGNER = Right(_roles("designer"))
PUBLISHER = Right(_roles("publisher"))
CLERK = Right(_roles("clerk"))
LEADS = Right(lambda _role, _own: 403)
"""Only posts of enforcement take leads in, which none of the people here holds."""
PATROLS = Right(lambda _role, _own: 403)
"""Only grid workers and the heads of grids patrol, whom none of the people here is."""
SYSTEMS = Right(lambda _role, _own: 404)
"""A source is spoken for by its own system alone."""
GRID = Right(lambda _role, _own: 403)
"""Only the Grid Centre changes the grid, of which none of the people here is part."""
ASSESSORS = Right(lambda role, _own: OK if role in ("leader", "supervisor", "auditor") else 403)
"""Leaders, the head of the command centre and auditors read every score; the publisher leads only the office."""
WATCHERS = Right(_roles("leader", "supervisor", "auditor"))
"""Besides the command centre, whoever reads every case."""
NO_EVENT = Right(lambda role, _own: 404 if role in OVERSEERS else 403)
"""The cases of the test are no events: those who watch events are told so, the others nothing."""
NOT_THERE = Right(lambda _role, _own: 404)
"""No case of the test is an event, and nobody is told more."""
COLLEAGUE = Right(_acts("clerk", "reviewer", "decider", "leader", "supervisor"))
"""Whoever works on cases or leads those who do, for a case that they see."""
COLLEAGUE_NOT_HOLDER = Right(lambda role, own: 403 if own and role == "clerk" else COLLEAGUE.rule(role, own))
"""The same, but nobody reminds themselves."""

RIGHTS = {
    # open to everybody
    "GET /assets/<name>": EVERYBODY,
    "GET /static/<path:filename>": EVERYBODY,
    "GET /healthz": EVERYBODY,
    "GET /login": EVERYBODY,
    "POST /login": WRONG_PASSWORD,
    "POST /language/<code>": EVERYBODY,
    "GET /notices": EVERYBODY,
    "GET /notices/<int:notice_id>": EVERYBODY,
    "GET /track": EVERYBODY,
    "POST /track": EVERYBODY,
    "POST /track/leave": EVERYBODY,
    "GET /track/case": EVERYBODY,
    "GET /track/case/complaint": EVERYBODY,
    "POST /track/case/complaint": EVERYBODY,
    "GET /track/case/documents/<int:document_id>": EVERYBODY,
    "GET /track/case/hearing": EVERYBODY,
    "POST /track/case/hearing": EVERYBODY,
    "GET /track/case/rating": EVERYBODY,
    "POST /track/case/rating": EVERYBODY,
    "GET /track/case/supplements": EVERYBODY,
    "POST /track/case/supplements": EVERYBODY,
    "GET /track/case/early-end": EVERYBODY,
    "POST /track/case/early-end": EVERYBODY,
    "GET /track/case/wrong-record": EVERYBODY,
    "POST /track/case/wrong-record": EVERYBODY,
    "GET /track/case/withdrawal": EVERYBODY,
    "POST /track/case/withdrawal": EVERYBODY,
    "GET /powers": EVERYBODY,
    "GET /powers/<code>": EVERYBODY,
    "GET /draws": EVERYBODY,
    "GET /draws/<draw_no>": EVERYBODY,
    "GET /apply": EVERYBODY,
    "GET /apply/<code>": EVERYBODY,
    "POST /apply/<code>": EVERYBODY,
    "GET /apply/receipt": EVERYBODY,
    "GET /report/<code>": EVERYBODY,
    "GET /report/receipt": EVERYBODY,
    "POST /report/<code>": EVERYBODY,
    "GET /book/<code>": EVERYBODY,
    "POST /book/<code>": EVERYBODY,
    "GET /book/kept/<link>": EVERYBODY,
    "POST /book/kept/<link>/cancellation": EVERYBODY,
    **dict.fromkeys(("GET /patrol", "GET /patrol/today", "GET /patrol/worker.js"), PATROLS),
    **dict.fromkeys(("POST /patrol/events", "POST /patrol/patrols"), PATROLS),
    "GET /patrol/manifest.webmanifest": EVERYBODY,
    **dict.fromkeys(("GET /api/v1/intake/<code>", "POST /api/v1/intake/<code>"), SYSTEMS),
    "GET /api/v1/intake/<code>/outcomes": SYSTEMS,
    "POST /api/v1/intake/<code>/outcomes/<int:push_id>/receipt": SYSTEMS,
    "GET /leads/new": LEADS,
    "POST /leads/new": LEADS,
    "POST /api/v1/leads": LEADS,
    **dict.fromkeys(("GET /grids", "GET /grids.csv", "GET /grids.geojson", "GET /grids/<code>"), STAFF),
    "GET /grids/<code>/signs": STAFF,
    **dict.fromkeys(("GET /equipment", "GET /equipment.csv", "GET /grid-items", "GET /grid-items.csv"), STAFF),
    **dict.fromkeys(("GET /grid-items/<code>", "GET /grid-items/versions/<int:version>.json"), STAFF),
    "GET /grid-items/versions/<int:before>/<int:after>": STAFF,
    **dict.fromkeys(("GET /branch-ranking", "GET /branch-ranking.csv", "GET /branch-ranking/<code>"), STAFF),
    **dict.fromkeys(("GET /assessments", "GET /assessments/<month>/published"), STAFF),
    **dict.fromkeys(
        ("GET /assessments/<month>", "GET /assessments/<month>.csv", "GET /patrols", "GET /patrols.csv"), ASSESSORS
    ),
    "GET /patrols/<int:patrol_id>": ASSESSORS,
    "GET /assessments/<month>/workers/<worker>": STAFF,
    **dict.fromkeys(("POST /assessments/<month>/answer", "POST /assessments/<month>/objections"), STAFF),
    **dict.fromkeys(("GET /grids/<code>/redrawing", "POST /grids/<code>/redrawing"), GRID),
    **dict.fromkeys(("POST /grids/<code>/holders", "POST /grids/<code>/branches"), GRID),
    "POST /grids/<code>/holders/<person_id>/dismissal": GRID,
    **dict.fromkeys(("POST /equipment", "POST /equipment/<no>/issue", "POST /equipment/<no>/turn"), GRID),
    **dict.fromkeys(("GET /grid-items/new", "POST /grid-items/versions"), GRID),
    **dict.fromkeys(("GET /api/v1/grids", "GET /api/v1/grids/at", "GET /api/v1/grids/<code>"), STAFF),
    "GET /api/v1/grid-items": STAFF,
    **dict.fromkeys(("POST /api/v1/grids/redrawings", "POST /api/v1/grid-items/versions"), GRID),
    "GET /catalogue": EVERYBODY,
    "GET /catalogue/<code>": EVERYBODY,
    "GET /catalogue/figures": EVERYBODY,
    "GET /catalogue/figures.csv": EVERYBODY,
    "GET /catalogue/items.csv": EVERYBODY,
    "GET /api": EVERYBODY,
    "GET /api/v1/openapi.json": EVERYBODY,
    # everybody who has signed in
    "GET /": STAFF,
    "POST /logout": STAFF,
    "GET /inbox": STAFF,
    "GET /inbox.csv": STAFF,
    "GET /inbox/live": STAFF,
    "POST /inbox/claims": STAFF,
    "POST /inbox/views": STAFF,
    "POST /inbox/views/<int:view_id>/removal": STAFF,
    "GET /cases": STAFF,
    "GET /cases/export.csv": STAFF,
    "GET /search": STAFF,
    "GET /pushes": STAFF,
    "GET /api/v1/pushes": STAFF,
    "GET /api/v1/cases": STAFF,
    "GET /api/v1/tasks": STAFF,
    "POST /api/v1/files": STAFF,
    # cases
    "GET /cases/<number>": READER,
    "GET /cases/<number>/diagrams/<key>/<process>.bpmn": READER,
    "GET /cases/<number>/print": READER,
    "POST /cases/<number>/activities": READER,
    "POST /cases/<number>/dockets": READER,
    "GET /cases/<number>/documents/<int:document_id>.docx": STAFF,
    "GET /api/v1/cases/<number>/documents/<int:document_id>/word": STAFF,
    "GET /cases/<number>/interventions/<kind>": Right(_acts("leader", "supervisor")),
    "POST /cases/<number>/interventions/<kind>": Right(_acts("leader", "supervisor")),
    "GET /files/<int:file_id>": READER,
    "GET /files/<int:file_id>/view": READER,
    "GET /applications/new": CLERK,
    "GET /bookings": CLERK,
    "GET /applications/new/<code>": CLERK,
    "POST /applications/new/<code>": CLERK,
    "GET /api/v1/cases/<number>": READER,
    "POST /api/v1/cases": CLERK,
    "GET /api/v1/cases/<number>/activities": READER,
    "GET /api/v1/cases/<number>/dockets": READER,
    "POST /api/v1/cases/<number>/dockets": READER,
    "POST /api/v1/cases/<number>/activities": READER,
    "GET /api/v1/items/<code>/application": CLERK,
    "GET /api/v1/cases/<number>/trail": Right(_acts("leader", "supervisor", "auditor")),
    "POST /api/v1/messages": ADMINISTRATOR,
    # evidence: none of these persons investigates, and the case has none
    "GET /cases/<number>/evidence/<int:proof>": Right(lambda _role, _own: 404),
    **dict.fromkeys(
        (
            "GET /cases/<number>/evidence/new",
            "POST /cases/<number>/evidence",
            "GET /cases/<number>/evidence/<int:proof>/versions",
            "POST /cases/<number>/evidence/<int:proof>/versions",
            "POST /cases/<number>/evidence/<int:proof>/verification",
            "POST /cases/<number>/evidence/<int:proof>/exclusion",
            "POST /cases/<number>/evidence/<int:proof>/custody",
            "POST /cases/<number>/evidence/<int:proof>/identity",
            "POST /cases/<number>/facts",
            "POST /cases/<number>/facts/<int:said>/proofs",
            "POST /cases/<number>/facts/<int:said>/withdrawal",
            "POST /cases/<number>/acts/<int:record>/signature",
            "POST /cases/<number>/recordings",
            "POST /api/v1/cases/<number>/evidence",
            "POST /api/v1/cases/<number>/evidence/<int:proof>/versions",
            "POST /api/v1/cases/<number>/evidence/<int:proof>/verification",
            "POST /api/v1/cases/<number>/evidence/<int:proof>/exclusion",
            "POST /api/v1/cases/<number>/evidence/<int:proof>/custody",
            "POST /api/v1/cases/<number>/facts",
            "POST /api/v1/cases/<number>/facts/<int:said>/proofs",
            "POST /api/v1/cases/<number>/facts/<int:said>/withdrawal",
            "POST /api/v1/cases/<number>/acts",
            "POST /api/v1/cases/<number>/acts/<int:record_no>/signature",
        ),
        Right(_acts()),
    ),
    "GET /api/v1/cases/<number>/evidence": READER,
    "POST /api/v1/cases/<number>/publicity/corrections": Right(_acts()),
    "POST /api/v1/cases/<number>/publicity/early-end": Right(_acts()),
    "POST /api/v1/cases/<number>/challenges": Right(_acts()),
    "POST /api/v1/cases/<number>/challenges/outcome": Right(_acts()),
    # tasks
    "GET /tasks/<int:task_id>": TASK,
    "GET /tasks/<int:task_id>/after": Right(lambda _role, _own: 404),
    "GET /tasks/<int:task_id>/completion": STAFF,
    "POST /tasks/<int:task_id>/completion": TASK,
    "GET /tasks/<int:task_id>/diagram": TASK,
    "GET /tasks/<int:task_id>/draft": STAFF,
    "POST /tasks/<int:task_id>/draft": TASK,
    "GET /tasks/<int:task_id>/words/<kind>.docx": TASK,
    "POST /tasks/<int:task_id>/words/<kind>": TASK,
    "POST /tasks/<int:task_id>/claim": TASK,
    "DELETE /tasks/<int:task_id>/claim": TASK,
    "POST /tasks/<int:task_id>/release": TASK,
    "POST /tasks/<int:task_id>/transfer": TASK,
    "POST /tasks/<int:task_id>/delegation": TASK,
    "DELETE /tasks/<int:task_id>/delegation": Right(_handed_back),
    "POST /tasks/<int:task_id>/return": Right(_handed_back),
    "GET /tasks/<int:task_id>/step-back": TASK,
    "POST /tasks/<int:task_id>/step-back": TASK,
    "GET /tasks/<int:task_id>/recall": STAFF,
    "POST /tasks/<int:task_id>/recall": TASK,
    "GET /tasks/<int:task_id>/signers": TASK,
    "POST /tasks/<int:task_id>/signers": TASK,
    "POST /tasks/<int:task_id>/signers/<int:signer_id>/removal": STAFF,
    "GET /tasks/<int:task_id>/reminders": COLLEAGUE,
    "POST /tasks/<int:task_id>/reminders": COLLEAGUE,
    "GET /cases/<number>/copies": COLLEAGUE,
    "POST /cases/<number>/copies": COLLEAGUE,
    "GET /copies": STAFF,
    "POST /api/v1/tasks/<int:task_id>/transfer": Right(_handed_back),
    "POST /api/v1/tasks/<int:task_id>/delegation": Right(_handed_back),
    "DELETE /api/v1/tasks/<int:task_id>/delegation": Right(_handed_back),
    "GET /api/v1/tasks/<int:task_id>/earlier-steps": TASK,
    "POST /api/v1/tasks/<int:task_id>/step-back": TASK,
    "POST /api/v1/tasks/<int:task_id>/recall": TASK,
    "GET /api/v1/tasks/<int:task_id>/signers": TASK,
    "POST /api/v1/tasks/<int:task_id>/signers": TASK,
    "POST /api/v1/tasks/<int:task_id>/signers/<int:signer_id>/removal": STAFF,
    "POST /api/v1/tasks/<int:task_id>/reminders": COLLEAGUE_NOT_HOLDER,
    "POST /api/v1/cases/<number>/copies": COLLEAGUE,
    "GET /api/v1/copies": STAFF,
    "GET /api/v1/tasks/<int:task_id>": TASK,
    "POST /api/v1/tasks/<int:task_id>/claim": TASK,
    "DELETE /api/v1/tasks/<int:task_id>/claim": TASK,
    "PUT /api/v1/tasks/<int:task_id>/draft": TASK,
    "GET /api/v1/tasks/<int:task_id>/words/<kind>": TASK,
    "POST /api/v1/tasks/<int:task_id>/words/<kind>": TASK,
    "POST /api/v1/tasks/<int:task_id>/completion": TASK,
    # pushes: none of these persons holds the post that this one was sent to
    "GET /pushes/<int:push_id>": Right(lambda _role, _own: 404),
    "POST /pushes/<int:push_id>/receipt": Right(lambda _role, _own: 404),
    "POST /pushes/<int:push_id>/reading": Right(lambda _role, _own: 404),
    "POST /api/v1/pushes/<int:push_id>/receipt": Right(lambda _role, _own: 404),
    "POST /api/v1/pushes/<int:push_id>/reading": Right(lambda _role, _own: 404),
    # audit
    "GET /audit": AUDITOR,
    "GET /audit/events/<int:event_id>": AUDITOR,
    "GET /centre": WATCHERS,
    "GET /centre/list": WATCHERS,
    "GET /centre/live": WATCHERS,
    "GET /centre/map.json": WATCHERS,
    "GET /centre/events.csv": WATCHERS,
    "GET /centre/figures": WATCHERS,
    "GET /centre/events/<number>": NO_EVENT,
    "POST /centre/events/<number>/merging": NO_EVENT,
    "POST /centre/events/<number>/urging": NO_EVENT,
    "POST /centre/events/<number>/supervision": NO_EVENT,
    "POST /centre/events/<number>/instruction": NO_EVENT,
    "GET /events/<number>/requests/<kind>": NOT_THERE,
    "POST /events/<number>/requests/<kind>": NOT_THERE,
    "POST /api/v1/events/<number>/requests/<key>": NOT_THERE,
    **dict.fromkeys(("GET /experts", "GET /experts/export.csv", "GET /experts/<expert>"), OVERSEER),
    "GET /performance": OVERSEER,
    "GET /performance/export.csv": OVERSEER,
    "GET /performance/cases": OVERSEER,
    "GET /api/v1/performance": OVERSEER,
    "GET /radar": AUDITOR,
    "GET /radar/export.csv": AUDITOR,
    "POST /radar/looks": AUDITOR,
    "GET /radar/<int:finding_id>": AUDITOR,
    "POST /radar/<int:finding_id>/closing": AUDITOR,
    "GET /api/v1/radar": AUDITOR,
    "POST /api/v1/radar/looks": AUDITOR,
    "GET /api/v1/radar/<int:finding_id>": AUDITOR,
    "POST /api/v1/radar/<int:finding_id>/closing": AUDITOR,
    "GET /audit/exports/<int:event_id>.<any(csv, json):form>": AUDITOR,
    "POST /audit/exports": AUDITOR,
    "POST /audit/proofs": AUDITOR,
    # processes
    "GET /designer": DESIGN,
    "GET /designer/drafts/<int:draft_id>": DESIGN,
    "GET /designer/drafts/<int:draft_id>/difference": DESIGN,
    "GET /designer/drafts/<int:draft_id>/export": DESIGN,
    "GET /designer/drafts/<int:draft_id>/files/": DESIGN,
    "GET /designer/drafts/<int:draft_id>/files/<path:path>": DESIGN,
    "GET /designer/drafts/<int:draft_id>/publication": DESIGN,
    "GET /designer/packages/<package>": DESIGN,
    "GET /designer/packages/<package>/<int(max=999999):version>": DESIGN,
    "GET /designer/packages/<package>/<int(max=999999):version>/export": DESIGN,
    "GET /designer/packages/<package>/<int(max=999999):version>/files/": DESIGN,
    "GET /designer/packages/<package>/<int(max=999999):version>/files/<path:path>": DESIGN,
    "GET /designer/packages/<package>/differences": DESIGN,
    "GET /designer/packages/<package>/differences/<int(max=999999):before>/<int(max=999999):after>": DESIGN,
    "GET /designer/migrations/<int:plan_id>": DESIGN,
    "POST /designer/migrations": DESIGNER,
    "POST /designer/migrations/<int:plan_id>/application": PUBLISHER,
    "POST /designer/migrations/<int:plan_id>/check": DESIGN,
    "POST /designer/migrations/<int:plan_id>/discard": DESIGNER,
    "POST /designer/migrations/<int:plan_id>/mapping": DESIGNER,
    "POST /designer/migrations/<int:plan_id>/reversal": PUBLISHER,
    "POST /designer/drafts": DESIGNER,
    "POST /designer/drafts/<int:draft_id>/check": DESIGNER,
    "POST /designer/drafts/<int:draft_id>/copy": DESIGNER,
    "POST /designer/drafts/<int:draft_id>/discard": DESIGNER,
    "POST /designer/drafts/<int:draft_id>/files": DESIGNER,
    "POST /designer/drafts/<int:draft_id>/publication": PUBLISHER,
    "POST /designer/drafts/import": DESIGNER,
    "GET /api/v1/packages": Right(_roles("designer", "publisher", "administrator")),
    "POST /api/v1/packages": PUBLISHER,
    "GET /api/v1/packages/<package>/differences/<int(max=999999):before>/<int(max=999999):after>": Right(
        _roles("designer", "publisher", "administrator")
    ),
    "GET /api/v1/migrations": DESIGN,
    "POST /api/v1/migrations": DESIGNER,
    "GET /api/v1/migrations/<int:plan_id>": DESIGN,
    "GET /api/v1/migrations/<int:plan_id>/cases": DESIGN,
    "PUT /api/v1/migrations/<int:plan_id>/mapping": DESIGNER,
    "POST /api/v1/migrations/<int:plan_id>/check": DESIGN,
    "POST /api/v1/migrations/<int:plan_id>/application": PUBLISHER,
    "POST /api/v1/migrations/<int:plan_id>/reversal": PUBLISHER,
    # administration
    "GET /admin/calendar": ADMINISTRATOR,
    "POST /admin/calendar": ADMINISTRATOR,
    "GET /admin/incidents": ADMINISTRATOR,
    "GET /admin/incidents/<int:incident_id>": ADMINISTRATOR,
    "POST /admin/incidents/<int:incident_id>/retry": ADMINISTRATOR,
    "POST /admin/jobs/<int:job_id>/retry": ADMINISTRATOR,
    "GET /admin/pushes": ADMINISTRATOR,
    "GET /api/v1/instances/<business_key>": ADMINISTRATOR,
    "POST /api/v1/instances/<business_key>/suspension": ADMINISTRATOR,
    "POST /api/v1/instances/<business_key>/resumption": ADMINISTRATOR,
    "POST /api/v1/instances/<business_key>/cancellation": ADMINISTRATOR,
    "PATCH /api/v1/instances/<business_key>/variables": ADMINISTRATOR,
    "POST /api/v1/instances/<business_key>/modifications": ADMINISTRATOR,
    "POST /api/v1/modifications/<int:modification_id>/application": ADMINISTRATOR,
    "POST /api/v1/modifications/<int:modification_id>/dropping": ADMINISTRATOR,
    "GET /api/v1/processes": ADMINISTRATOR,
    "POST /api/v1/processes/<int:definition_id>/suspension": ADMINISTRATOR,
    "POST /api/v1/processes/<int:definition_id>/resumption": ADMINISTRATOR,
    "GET /api/v1/incidents": ADMINISTRATOR,
    "POST /api/v1/incidents/<int:incident_id>/retry": ADMINISTRATOR,
    "POST /api/v1/jobs/<int:job_id>/retry": ADMINISTRATOR,
    "GET /admin/instances": ADMINISTRATOR,
    "GET /admin/instances/<business_key>": ADMINISTRATOR,
    "GET /admin/instances/<business_key>/diagrams/<key>/<process>.bpmn": ADMINISTRATOR,
    "POST /admin/instances/<business_key>/suspension": ADMINISTRATOR,
    "POST /admin/instances/<business_key>/resumption": ADMINISTRATOR,
    "POST /admin/instances/<business_key>/cancellation": ADMINISTRATOR,
    "POST /admin/instances/<business_key>/variables": ADMINISTRATOR,
    "POST /admin/instances/<business_key>/modifications": ADMINISTRATOR,
    "POST /admin/modifications/<int:modification_id>/application": ADMINISTRATOR,
    "POST /admin/modifications/<int:modification_id>/dropping": ADMINISTRATOR,
    "GET /admin/processes": ADMINISTRATOR,
    "POST /admin/processes/<int:definition_id>/suspension": ADMINISTRATOR,
    "POST /admin/processes/<int:definition_id>/resumption": ADMINISTRATOR,
    "GET /admin/people": ADMINISTRATOR,
    "POST /admin/people/<person_id>/unlock": ADMINISTRATOR,
    "GET /admin/sources": ADMINISTRATOR,
    "GET /admin/sources/<code>": ADMINISTRATOR,
    "POST /admin/sources/<code>": ADMINISTRATOR,
    "GET /admin/settings": ADMINISTRATOR,
    "GET /admin/settings/<key>": ADMINISTRATOR,
    "POST /admin/settings/<key>": ADMINISTRATOR,
}
