"""What ``cases/_diagram.html`` draws: the diagrams that a case or an instance came through, with the way it took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response

from engine import bpmn
from engine.cases.reading import way
from web.shown import step_names


def drawing(
    number: str,
    found: Sequence[way.Diagram],
    elements: Mapping[str, bpmn.ElementInfo],
    file: Callable[[way.Diagram], str],
    link: Callable[[way.Diagram], str],
    wanted: str = "",
) -> dict[str, Any]:
    """Choose one diagram and return all that draws it.

    Parameters
    ----------
    number
        Of the case, or the business key of the instance; a diagram of a process beside it says its own.
    elements
        Those of all diagrams, by id.
    file, link
        Return the address of a diagram's BPMN file, and of the page that draws another one.
    wanted
        ``key/process`` of the one to draw; else the last in which something stands, else the first.
    """
    chosen = next((diagram for diagram in found if f"{diagram.key}/{diagram.process}" == wanted), None)
    standing = [diagram for diagram in found if diagram.current]
    return {
        "drawn_number": number,
        "diagrams": found,
        "diagram": chosen or (standing[-1] if standing else next(iter(found), None)),
        "diagram_file": file,
        "diagram_link": link,
        "diagram_steps": lambda diagram: _steps(elements, diagram),
    }


def file(source: bytes) -> Response:
    """Return the answer that hands a diagram's file out for drawing; a version of it never changes."""
    return Response(source, mimetype="application/xml", headers={"Cache-Control": "private, max-age=3600"})


def _steps(elements: Mapping[str, bpmn.ElementInfo], diagram: way.Diagram) -> list[dict[str, Any]]:
    """Return the named steps of a diagram in the order they were entered; gateways without a name say nothing."""
    entered = dict.fromkeys((*diagram.taken, *diagram.current))
    named = ((element, step_names.called(elements, element)) for element in entered)
    return [{"name": name, "current": element in diagram.current} for element, name in named if name]
