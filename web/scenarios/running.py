"""Reads the scenarios of a package and walks them.

A scenario is a YAML file in the package's folder ``scenarios``::

    title: what happens, in one sentence
    item: GL-SCJ-001                     # a case is opened for this item of the town …
    open: {channel: 窗口, window: W03}
    lead: {source: 巡查, facts: …}        # … or a lead of enforcement is taken in, with variables as below;
                                         # ``process`` may name another process than the whole one
    event: {class_code: S0201, lon: …}   # … or an event of a grid is reported, ``by`` whom if it says so, and
                                         # ``settled`` {note, signed, photos} as it was by then
    process: order                       # … or, without an item, a plain instance of a process begins,
    with: {amount: 7}                    # with these variables, at the start event ``event`` if it is named,
    number: KH-2026-09                   # known by this number
    before: {lead: {…}}                  # a lead or an event that was there already; ``$before`` is its number
    begins_at: 2026-02-14T10:05          # when it begins; else on the morning of 2026-03-02
    steps:
      - A1: {field.path: value}          # complete the open task A1; ``_usual.yaml`` says what is entered else
      - message: material.supplemented   # publish a message under the case number
        with: {…}
      - begins: licence.change_opened    # publish a message that begins another process beside the case
        with: {…}
      - runs: payment                    # the next process of the same case begins, on what the one before left
        with: {…}
      - asks: {complain: 态度差}          # ask it of the case as on its page, with the reason
        with: {…}
      - starts: E5_act                   # begin an activity of an ad-hoc sub-process (``by`` a person, else a post)
      - proves: 无证经营                  # say a fact of an investigation, with a paper that proves it
        by: [P070, P071]
      - signs: P071                      # sign every record that waits for this officer's signature
      - records: AV13                    # add the recording of a step that the town's list demands
      - maybe: E5b_clause                # complete the task if it is open: the town may have answered before
      - refuses: {E5_act: {…}}           # completing the task so is refused: the error's name, or ``form``
        as: OfficersTooFew
      - receipt: grid                    # the receiver confirms its push
      - setting: {lacking_expiry: withdrawn}   # the town reads the law the other way from now on
      - fails: document.issue            # complete the task ``at`` while this service is out of order
        at: A2
      - does: merge                      # do with an event what is done besides its tasks (:data:`acting.DEEDS`)
        with: [$before]
      - meanwhile: {lead: {…}, steps: […], expect: {…}}   # another lead goes its way; ``$before`` is this case
      - wait: 6                          # let so many days pass (or ``until: 2026-03-09T12:00``)
      - see: {tasks: […], deadlines: {…}}   # what is true half-way; the same words as ``expect``
    expect: {outcome: …, state: …, documents: […], deadlines: {…}, notices: […]}

The same may be written as ``given`` (item, open; process, with), ``when`` (the steps) and ``then`` (what is
expected). ``path`` expects the elements that completed, in order. ``$by: P070`` names the person who does it, ``$post``
of several like tasks the one that is offered to a post. ``$photo`` is a photo taken just then. ``$received: all`` (or a
list of codes that are missing) ticks the rows of the list ``materials``; ``$answers`` answers the questions of the
item. What ``see`` and ``expect`` may name: :meth:`Walk.facts`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases.enforcement import lead
from web.scenarios import acting
from web.scenarios.walk import Stuck, Walk


def read(folder: Path) -> dict[str, dict[str, Any]]:
    """Return every scenario of a package's folder by name; those that begin with ``_`` are none."""
    files = sorted((folder / "scenarios").glob("*.yaml"))
    return {path.stem: _plain(load(path)) for path in files if not path.stem.startswith("_")}


def usual(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what people enter when a scenario of the package says nothing else."""
    path = folder / "scenarios" / "_usual.yaml"
    known: dict[str, dict[str, Any]] = load(path) if path.is_file() else {}
    return known


def load(path: Path) -> Any:
    """Return a YAML file; days and moments stay the texts that they are in forms."""
    return yaml.load(path.read_text("utf-8"), _Plain)  # noqa: S506  # a SafeLoader


def walk(
    database: Engine,
    scenario: Mapping[str, Any],
    usual: Mapping[str, Mapping[str, Any]],
    items: Mapping[str, Mapping[str, Any]],
) -> Walk:
    """Walk a whole scenario.

    Raises
    ------
    Stuck
        At the first step that cannot be taken, or the first expectation that is not met.
    """
    way = Walk(database, items, usual)
    if "begins_at" in scenario:
        way.now = datetime.fromisoformat(str(scenario["begins_at"])).replace(tzinfo=clock.TOWN)
    if "before" in scenario:
        _before(way, scenario["before"])
        way.before = way.number
    if "item" in scenario:
        way.open(scenario["item"], scenario.get("open", {}))
    elif "lead" in scenario:
        way.take_in(scenario["lead"], scenario.get("process", lead.PROCESS), scenario.get("with", {}))
    elif "event" in scenario and "process" not in scenario:
        way.report(scenario["event"])
    else:
        way.start(
            scenario["process"], scenario.get("with", {}), scenario.get("event"), scenario.get("number", "scenario")
        )
    for number, step in enumerate(scenario.get("steps") or [], 1):
        try:
            take(way, step)
        except Stuck as stuck:
            raise Stuck(f"step {number} {step}: {stuck}") from None
    expect(way, scenario.get("expect") or {})
    return way


def _before(way: Walk, given: Mapping[str, Any]) -> None:
    if "event" in given:
        way.report(given["event"])
        for step in given.get("steps") or []:
            take(way, step)
    else:
        way.take_in(given["lead"], lead.PROCESS, {})


def _meanwhile(way: Walk, given: Mapping[str, Any]) -> None:
    other = Walk(way.database, way.items, way.usual, now=way.now, before=way.number)
    other.take_in(given["lead"], lead.PROCESS, {})
    for step in given["steps"]:
        take(other, step)
    expect(other, given["expect"])
    way.now = other.now


def _plain(scenario: Mapping[str, Any]) -> dict[str, Any]:
    """Return a scenario with ``given``, ``when`` and ``then`` in the other words."""
    given = {name: value for name, value in scenario.items() if name not in ("given", "when", "then")} | dict(
        scenario.get("given") or {}
    )
    given.setdefault("steps", scenario.get("when") or [])
    given.setdefault("expect", scenario.get("then") or {})
    return given


def expect(way: Walk, wanted: Mapping[str, Any]) -> None:
    """Compare facts; of deadlines, clocks, due days, posts, variables and processes beside the case only those named.

    Raises
    ------
    Stuck
        With the first fact that is otherwise.
    """
    reached = way.facts()
    for name, value in wanted.items():
        found = reached[name]
        if name in ("deadlines", "clocks", "beside", "due", "posts", "variables"):
            found = {key: found.get(key) for key in value}
        if name == "tasks":
            found, value = sorted(found), sorted(value)
        if found != value:
            raise Stuck(f"{name} is {found}, not {value}")


_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The reader in C, ten times as fast, which every published wheel has."""


class _Plain(_Loader):  # type: ignore[misc]  # one of two
    """Reads days and moments as the texts they are in forms and variables."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def take(way: Walk, step: Any) -> None:
    if isinstance(step, str):
        way.complete(step, {})
    elif "message" in step:
        way.publish(step["message"], step.get("with", {}))
    elif "wait" in step:
        way.wait(way.now + timedelta(days=step["wait"]))
    elif "until" in step:
        way.wait(datetime.fromisoformat(str(step["until"])).replace(tzinfo=clock.TOWN))
    elif "maybe" in step:
        if step["maybe"] in way.open_tasks():
            way.complete(step["maybe"], {})
    elif "starts" in step:
        acting.start(way, step["starts"], step.get("by"))
    elif "proves" in step:
        acting.prove(way, step["proves"], step["by"])
    elif "records" in step:
        acting.record(way, step["records"])
    elif "signs" in step:
        acting.sign(way, step["signs"])
    elif "refuses" in step:
        for element, given in step["refuses"].items():
            acting.refused(way, element, given or {}, step["as"])
    elif "receipt" in step:
        way.confirm(step["receipt"])
    elif "setting" in step:
        way.change(step["setting"])
    elif "fails" in step:
        way.fail(step["fails"], step["at"], step.get("with", {}))
    elif "see" in step:
        expect(way, step["see"])
    elif "asks" in step:
        for key, reason in step["asks"].items():
            way.ask(key, reason, step.get("with", {}))
    elif "does" in step:
        acting.do(way, step["does"], step.get("with", []), step.get("by", "command"))
    elif "meanwhile" in step:
        _meanwhile(way, step["meanwhile"])
    elif "runs" in step:
        way.run(step["runs"], step.get("with", {}))
    elif "begins" in step:
        way.begin(step["begins"], step.get("with", {}))
    else:
        for element, given in step.items():
            way.complete(element, given or {})
