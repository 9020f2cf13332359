"""A service task that runs several others in one step."""

from __future__ import annotations

import shlex
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import errors, feel
from engine.flow import handlers


@handlers.handler("together")
def together(job: handlers.Job) -> Mapping[str, Any] | None:
    """Run several service types one after the other in one step; what one writes the next reads.

    Headers ``1``, ``2`` … hold a type and its headers, for example ``document.issue kind=receipt``. A header that
    begins with ``=`` is FEEL over the variables; other headers are none of its own.

    Raises
    ------
    HandlerInputMissing
        If no service has the type that a header names. Else what the services raise.
    """
    written: dict[str, Any] = {}
    for order in sorted((name for name in job.headers if name.isdecimal()), key=int):
        type_, *given = shlex.split(job.headers[order])
        function = handlers.find(type_)
        if function is None:
            raise errors.HandlerInputMissing(element=job.element, place="header", name=type_)
        seen = ChainMap(written, dict(job.variables))
        written.update(function(replace(job, headers=_headers(given, seen), variables=seen)) or {})
    return written


def _headers(given: list[str], seen: Mapping[str, Any]) -> dict[str, str]:
    headers = {}
    for entry in given:
        name, _, value = entry.partition("=")
        if value.startswith("="):
            value = feel.text_of(feel.evaluate(value[1:], seen))
        headers[name] = value
    return headers
