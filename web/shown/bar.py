"""The bar on top of every page: the work areas a person may enter, with what waits there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request

from engine.cases.grid.assessment import answer
from engine.cases.papers import push
from engine.cases.people import access
from engine.cases.reading import worklist
from engine.organisation import person, post, receiver, trail, unit
from web import database, i18n, security
from web.i18n import lazy_gettext as _l
from web.sent import intake, leads
from web.settings import Settings
from web.shown import remembered


@dataclass(frozen=True)
class Area:
    """A work area: where it begins, what it is called, who may enter (nobody named: everybody) by role, post, or
    what ``may`` says."""

    endpoint: str
    label: Any
    icon: str
    roles: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    may: Callable[[], bool] = lambda: True

    @property
    def part(self) -> str:
        """The blueprint whose pages belong to the area."""
        return self.endpoint.partition(".")[0]


@dataclass(frozen=True)
class Held:
    """A post a person acts for: its row, at which place, in whose place."""

    post: Any
    place: str
    in_place_of: str


GRID = (
    *("grid.center.lead", "grid.center.assessor", "grid.town.head", "grid.level2.head", "grid.level3.head"),
    *("command.lead", "command.intake", "command.dispatcher", "town.party_secretary", "town.mayor"),
)
"""The posts that look at the grid every day; the pages are open to everybody who is signed in."""
AREAS = (
    Area("inbox.inbox", _l("To do"), "inbox"),
    Area("applications.choose", _l("New application"), "new", ("clerk",), intake.TAKES_IN),
    Area("leads.form", _l("New lead"), "new", (), leads.TAKE_IN),
    Area("cases.cases", _l("Cases"), "cases"),
    Area("catalogue.items", _l("Items"), "catalogue"),
    Area("patrol.page", _l("Patrol"), "centre", (), ("grid.worker",)),
    Area("grids.assessments", _l("My scores"), "performance", (), ("grid.worker",)),
    Area("centre.centre", _l("Command centre"), "centre", may=lambda: access.watches_events(security.reader())),
    Area("grids.grids", _l("Grid"), "grid", (), GRID),
    Area("designer.packages", _l("Processes"), "designer", ("designer", "publisher")),
    Area("audit.events", _l("Audit"), "audit", ("auditor",)),
    Area("performance.performance", _l("Figures"), "performance", ("leader", "supervisor", "auditor")),
    Area("radar.radar", _l("Radar"), "radar", ("auditor",)),
    Area("admin.incidents", _l("Incidents"), "incidents", ("administrator",)),
    Area("admin.settings", _l("Settings"), "settings", ("administrator",)),
)
BELONGS = {
    "drafts": "designer",
    "tasks": "inbox",
    "handovers": "inbox",
    "returns": "inbox",
    "signers": "inbox",
    "copies": "inbox",
    "reminders": "cases",
    "experts": "cases",
    "bookings": "applications",
    "pushes": "inbox",
}
"""Pages that stand under another blueprint's area."""
INCIDENTS = (
    *("admin.incidents", "admin.incident", "admin.retry", "admin.pushes", "admin.processes"),
    *("admin.instances", "admin.instance", "admin.propose", "admin.set_variable"),
)
"""Of the administrators' pages those about what stands still; the others stand under the settings."""


def init_app(app: Flask) -> None:
    """Offer the bar to templates."""
    app.add_template_global(areas)
    app.add_template_global(current_area)
    app.add_template_global(counts, "task_counts")
    app.add_template_global(town)
    app.add_template_global(app.view_functions, "endpoints")  # type: ignore[arg-type]  # a mapping serves as well
    app.add_template_global(posts_held)
    app.add_template_global(unread_copies)
    app.add_template_global(receives)
    app.add_template_global(pushes, "push_count")
    app.add_template_global(score_to_answer)


def areas() -> list[Area]:
    """Return the areas of the person who asks."""
    return remembered.of(("areas", security.signed_in().id), _areas, trail.STREAM)


def _areas() -> list[Area]:
    return [
        area
        for area in AREAS
        if area.endpoint in current_app.view_functions
        and (not area.roles or security.has_role(*area.roles))
        and (not area.posts or security.holds(*area.posts))
        and area.may()
    ]


def current_area(area: Area) -> bool:
    """Tell whether the page stands in the area."""
    if area.part == "admin":
        return (request.endpoint in INCIDENTS) == (area.endpoint == "admin.incidents") and request.blueprint == "admin"
    return BELONGS.get(request.blueprint or "", request.blueprint) == area.part


def counts() -> worklist.Counts:
    """Return how many tasks wait for the person."""
    here = g._get_current_object()
    if "counts" not in here:
        candidate, _ = security.candidate()
        here.counts = worklist.counts(database.connection(), candidate)
    return here.counts  # type: ignore[no-any-return]


def unread_copies() -> int:
    """Return how many cases that colleagues have shown to the person are not opened yet."""
    return counts().copies


def town() -> str:
    """Return the town's name: the setting, else that of the organisation's root unit, in the reader's language."""
    settings: Settings = current_app.extensions["onewindow.settings"]
    if settings.town:
        return settings.town
    known = remembered.of("town", lambda: next(iter(unit.every(database.connection(), "town")), None), trail.STREAM)
    return "" if known is None else i18n.named(known)


def counted(known: worklist.Counts) -> None:
    """Take note of counts that the page has read on its way."""
    g.counts = known


def posts() -> list[Any]:
    """Return every post, in the town's order."""
    return remembered.of("posts", lambda: list(post.every(database.connection())), trail.STREAM)


def units() -> dict[str, Any]:
    """Return every unit by its code."""
    return remembered.of("units", lambda: {row.code: row for row in unit.every(database.connection())}, trail.STREAM)


def called(people: Iterable[str]) -> dict[str, str]:
    """Return the names of persons by their ids, asking only for those who are not known yet."""
    known: dict[str, str] = remembered.of("people", lambda: g.setdefault("called", {}), trail.STREAM)
    wanted = set(people)
    if lacking := wanted - known.keys():
        known.update(dict.fromkeys(lacking, "") | person.names(database.connection(), lacking))
    return {key: known[key] for key in wanted if known[key]}


class Book:
    """The town's names as every page keeps them, see :class:`engine.cases.items.directory.Book`."""

    def people(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Return the names of persons by their ids."""
        return called(ids)

    def posts(self, _codes: Iterable[str]) -> Mapping[str, Any]:
        """Return every post by its code."""
        return remembered.of("posts by code", lambda: {row.code: row for row in posts()}, trail.STREAM)

    def places(self, _scopes: Iterable[str]) -> Mapping[str, Any]:
        """Return every unit that is a place, by that place."""
        return remembered.of("places", lambda: {row.scope: row for row in units().values() if row.scope}, trail.STREAM)


def receivers() -> dict[str, Any]:
    """Return every receiver of pushes by its code."""
    return remembered.of(
        "receivers", lambda: {row.code: row for row in receiver.every(database.connection())}, trail.STREAM
    )


def receives() -> bool:
    """Tell whether the person answers for a receiver of pushes."""
    return security.holds(*{row.post for row in receivers().values()})


def pushes() -> int:
    """Return how many pushes wait for the person's confirmation."""
    return push.number(database.connection(), access.pushed_to(security.reader()) & push.viewed("open"))


def score_to_answer() -> Any:
    """Return the month whose score the person, a grid worker, has still to confirm or appeal, or None."""
    if "score_to_answer" not in g:
        g.score_to_answer = answer.wanted(database.connection(), security.signed_in().id) if is_scored() else None
    return g.score_to_answer


def is_scored() -> bool:
    """Tell whether the person's work is assessed each month."""
    return security.holds("grid.worker")


def posts_held() -> list[Held]:
    """Return the posts the person acts for, and in whose place where not in their own right."""
    return remembered.of(("held", security.signed_in().id), _posts_held, trail.STREAM)


def _posts_held() -> list[Held]:
    _, acting_for = security.candidate()
    called = {row.code: row for row in posts()}
    absent = {whom for whom in acting_for.values() if whom}
    people = person.names(database.connection(), absent) if absent else {}
    return [
        Held(called[post.code_of(group)], group.partition("@")[2], people.get(whom or "", ""))
        for group, whom in sorted(acting_for.items())
        if post.code_of(group) in called
    ]
