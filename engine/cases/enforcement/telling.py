"""What happened in an enforcement case, in sentences for its story; each noun of the room adds its own."""

from __future__ import annotations

from engine.cases import standing
from engine.cases.enforcement.investigation import telling as investigation
from engine.errors import N_

SENTENCES = {
    **investigation.SENTENCES,
    "lead.taken_in": N_("A lead came in: {source}."),
    "officer.appointed": N_("{person} was named officer of the case, licence {licence}."),
    "officer.replaced": N_("{by} took over from {person}: {reason}"),
    "lead.party_named": N_("The first check named the party."),
}
"""By action; marked for translation. Facts of an event fill the braces as they are."""

WORDS = {
    "source": standing.SOURCES,
}
"""By fact: what its words are called; marked for translation."""

PEOPLE = ("person", "holder", "by")
"""Facts that name persons."""

MESSAGES = {
    "lead.received": N_("a lead from another system"),
}
"""What the messages of an enforcement case are called; marked for translation."""
