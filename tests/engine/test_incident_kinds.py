"""Every kind of incident that the engine can raise says what it means and what to do; every kind of job has a name."""

from __future__ import annotations

import re
from pathlib import Path

import engine
from engine.flow import incident_kinds

ENGINE = Path(engine.__file__).parent
JOB = re.compile(r'jobs\.(?:runs|calls)\("([a-z]+)"|^@(?:runs|calls)\("([a-z]+)"', re.M)
RAISED = re.compile(r'(?:Fault\(|\.fail\([\w.]+,|"kind":)\s*"([A-Z]+(?:_[A-Z]+)+)"')


def raised() -> set[str]:
    """Return the kinds that the source names where it raises an incident."""
    return {kind for path in ENGINE.rglob("*.py") for kind in RAISED.findall(path.read_text("utf-8"))}


def test_every_kind_that_is_raised_has_words() -> None:
    found = raised()
    assert {"JOB_NO_RETRIES", "EXTRACT_VALUE_ERROR", "STEP_LIMIT"} <= found
    assert found - set(incident_kinds.KINDS) == set(), "say in incident_kinds.py what these mean and what to do"
    assert set(incident_kinds.KINDS) - found == set(), "nothing raises these any more"


def test_every_kind_of_job_has_a_name() -> None:
    sources = [path.read_text("utf-8") for path in ENGINE.rglob("*.py")]
    kinds = {"".join(names) for source in sources for names in JOB.findall(source)}
    assert {"timer", "service", "outbox"} <= kinds
    assert kinds == set(incident_kinds.JOBS)


def test_a_kind_of_an_earlier_version_is_told_all_the_same() -> None:
    assert incident_kinds.kind("GONE_KIND") is incident_kinds.OTHER
