"""What a person may begin in a case of their own accord: the activities of its open ad-hoc sub-processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from engine import bpmn, errors
from engine.cases.reading import way
from engine.flow import activities
from engine.tasks import Candidate


@dataclass(frozen=True)
class Activity:
    """One activity that may begin now; ``within`` names the part of the case that it belongs to."""

    business_key: str
    instance_id: int
    token: int
    element: str
    name: str
    name_en: str
    within: str
    within_en: str


def offered(connection: Connection, person: Candidate, number: str) -> list[Activity]:
    """Return what a person may begin in a case and in the processes beside it."""
    found = []
    for row in way.instances(connection, number):
        for offer in activities.offered(connection, person, row, row):
            known = way.elements(connection, row)
            names = (*_called(known, offer.activity), *_called(known, offer.element))
            found.append(Activity(row.business_key, row.id, offer.token, offer.activity, *names))
    return found


def _called(known: Mapping[str, bpmn.ElementInfo], element: str) -> tuple[str, str]:
    info = known.get(element)  # what another deployment's process brings in is known by its id alone
    name = info.name if info is not None and info.name else element
    return name, (info.name_en if info is not None else "") or name


def find(
    connection: Connection, person: Candidate, number: str, business_key: str, token: int, element: str
) -> Activity:
    """Return one of what :func:`offered` returns.

    Raises
    ------
    ActivityNotOffered
        If it is not among it: begun by others, over, or never there.
    """
    wanted = (business_key, token, element)
    for known in offered(connection, person, number):
        if (known.business_key, known.token, known.element) == wanted:
            return known
    raise errors.ActivityNotOffered(element=element)
