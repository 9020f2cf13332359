"""The shapes of what colleagues and administrators do by hand: reasons, signers, copies, instances, proposals."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from web.api.shapes import Body, Json, PageQuery, Reason

# -- working together


class Handover(Reason):
    """Who is to have a task."""

    to = fields.String(required=True, metadata={"description": "id of a person"})


class EarlierStep(Schema):
    """A step to which a task may go back."""

    element = fields.String()
    name = fields.String()
    done_by = fields.String()
    done_at = fields.AwareDateTime()
    phase = fields.Boolean(metadata={"description": "a sub-process, which begins with its first step"})
    within = fields.String(metadata={"description": "the name of the phase that is entered at this step; else empty"})
    ends = fields.List(fields.Integer(), metadata={"description": "tasks of others that would end"})


class EarlierSteps(Schema):
    """The steps to which a task may go back."""

    items = fields.List(fields.Nested(EarlierStep))


class StepBack(Reason):
    """Where a task goes back to."""

    to = fields.String(required=True, metadata={"description": "element of one of the earlier steps"})
    to_post = fields.Boolean(load_default=False, metadata={"description": "offer it to the post, not to the person"})


class OpenedTasks(Schema):
    """The tasks that were opened again."""

    tasks = fields.List(fields.Integer())


class NewSigners(Reason):
    """Whom to ask for an opinion, and what."""

    people = fields.List(fields.String(), required=True, validate=validate.Length(1, 20))
    mode = fields.String(load_default="all", validate=validate.OneOf(["all", "one", "in_turn"]))


class Signer(Schema):
    """Somebody who is asked for an opinion."""

    id = fields.Integer()
    person = fields.String()
    mode = fields.String()
    question = fields.String()
    state = fields.String(metadata={"description": "waiting, asked, given, removed or spared"})
    signing_id = fields.Integer(allow_none=True, metadata={"description": "the task that asks them"})


class Signers(Schema):
    """Those who are asked."""

    items = fields.List(fields.Nested(Signer))


class NewCopies(Body):
    """To whom a case is shown."""

    people = fields.List(fields.String(), required=True, validate=validate.Length(1, 100))
    note = fields.String(load_default="", validate=validate.Length(0, 500))


class Copy(Schema):
    """A case that was shown to me."""

    number = fields.String()
    item_name = fields.String()
    note = fields.String()
    sent_by = fields.String()
    sent_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class Copies(Schema):
    """Cases that were shown to me."""

    items = fields.List(fields.Nested(Copy))


# -- instances and processes by hand


class Standing(Schema):
    """A token: where it stands and what it waits for."""

    token = fields.Integer()
    element = fields.String()
    name = fields.String()
    wait = fields.String()
    scope = fields.Integer()
    incident = fields.Boolean()


class Change(Body):
    """One change: cancel a token, start at an element, or move a token to an element of its scope."""

    kind = fields.String(required=True, validate=validate.OneOf(["cancel", "start", "move"]))
    token = fields.Integer()
    element = fields.String()
    scope = fields.Integer(metadata={"description": "token whose scope a start belongs to, where several have it"})


class Proposal(Reason):
    """Changes that another administrator is to carry out."""

    changes = fields.List(fields.Nested(Change), required=True, validate=validate.Length(1, 50))


class Modification(Schema):
    """A proposal, and what follows from it at once."""

    id = fields.Integer()
    changes = Json()
    follows = Json(metadata={"description": "pairs of what happens and the element"})
    reason = fields.String()
    state = fields.String(metadata={"description": "proposed, applied or dropped"})
    proposed_by = fields.String()
    proposed_at = fields.AwareDateTime()
    decided_by = fields.String(allow_none=True)


class Instance(Schema):
    """An instance as administrators see it."""

    business_key = fields.String()
    state = fields.String(metadata={"description": "active, suspended, completed or terminated"})
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    suspended_because = fields.String(allow_none=True)
    tokens = fields.List(fields.Nested(Standing))
    variables = Json()
    proposals = fields.List(fields.Nested(Modification))


class NewVariables(Reason):
    """Variables to set."""

    variables = fields.Dict(keys=fields.String(), required=True, validate=validate.Length(1, 100))
    token = fields.Integer(load_default=None, metadata={"description": "around which token; by default outermost"})


class Process(Schema):
    """A version of a process."""

    id = fields.Integer()
    process_id = fields.String()
    name = fields.String()
    version = fields.Integer()
    suspended = fields.Boolean()
    current = fields.Boolean(metadata={"description": "whether it is in force"})
    running = fields.Integer(metadata={"description": "instances that have not ended"})


class Processes(Schema):
    """Versions of processes."""

    items = fields.List(fields.Nested(Process))


class ProcessSuspension(Reason):
    """Why a process is suspended, and whether running instances stand still with it."""

    instances = fields.Boolean(load_default=False)


class Affected(Schema):
    """How many instances it concerned."""

    instances = fields.Integer()


class Incident(Schema):
    """Something that stands still."""

    id = fields.Integer()
    business_key = fields.String(allow_none=True)
    element = fields.String()
    kind = fields.String()
    message = fields.String()
    raised_at = fields.AwareDateTime()


class Incidents(Schema):
    """What stands still."""

    items = fields.List(fields.Nested(Incident))


class DocketOrder(Body):
    """Which part of a case's file is to be bound."""

    part = fields.String(required=True, validate=validate.OneOf(["main", "secondary"]))


class Docket(Schema):
    """A part of a case's file: being bound, bound or failed."""

    id = fields.Integer()
    part = fields.String()
    state = fields.String()
    done = fields.Integer(metadata={"description": "entries bound so far"})
    sheets = fields.Integer(metadata={"description": "entries in all"})
    pages = fields.Integer(allow_none=True)
    file = fields.Integer(attribute="file_id", allow_none=True)
    sha256 = fields.String(allow_none=True)
    gaps = fields.List(fields.String())
    error = fields.String(allow_none=True)
    ordered_at = fields.AwareDateTime()
    built_at = fields.AwareDateTime(allow_none=True)


# -- documents in Word


class WordWritten(Body):
    """What was written in Word."""

    file = fields.Integer(required=True, metadata={"description": "id of the stored .docx"})


# -- the radar


class FindingQuery(PageQuery):
    """Which findings."""

    rule = fields.String(load_default="", validate=validate.Length(max=40))
    state = fields.String(load_default="", validate=validate.OneOf(["", "open", "explained", "handed"]))
    person = fields.String(load_default="", validate=validate.Length(max=80))


class RadarFinding(Schema):
    """What a rule has found."""

    id = fields.Integer()
    rule = fields.String()
    law = fields.String()
    sentence = fields.String()
    facts = Json()
    state = fields.String()
    found_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    closed_by = fields.String(allow_none=True)
    reason = fields.String()


class RadarFindings(Schema):
    """A page of findings."""

    items = fields.List(fields.Nested(RadarFinding))
    next = fields.String(allow_none=True)


class RadarProof(Schema):
    """A case or an event of the trail behind a finding."""

    case = fields.String(allow_none=True)
    event = fields.Integer(allow_none=True)
    action = fields.String(allow_none=True)
    facts = Json()


class FindingWithProofs(RadarFinding):
    """A finding with whom it is about and its evidence."""

    persons = fields.List(fields.String())
    proofs = fields.List(fields.Nested(RadarProof))


class FindingClosing(Reason):
    """What becomes of a finding."""

    state = fields.String(required=True, validate=validate.OneOf(["explained", "handed"]))


class Looked(Schema):
    """How many findings are new."""

    new = fields.Integer()


# -- performance of enforcement


class PerformanceQuery(Schema):
    """Which month, and whether by team or by officer."""

    month = fields.String(load_default="", validate=validate.Regexp(r"(\d{4}-\d{2})?\Z"))
    by = fields.String(load_default="team", validate=validate.OneOf(["team", "officer"]))


class PerformanceFigure(Schema):
    """One figure; `good` counts for shares only."""

    who = fields.String()
    measure = fields.String()
    count = fields.Integer()
    good = fields.Integer()
    cases = fields.List(fields.String())


class Performance(Schema):
    """The figures of a month."""

    month = fields.String()
    by = fields.String()
    rows = fields.List(fields.Nested(PerformanceFigure))
