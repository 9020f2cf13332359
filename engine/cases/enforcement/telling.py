"""What happened in an enforcement case, in sentences for its story; each noun of the room adds its own."""

from __future__ import annotations

from engine.cases import standing
from engine.cases.enforcement.execution import telling as execution
from engine.cases.enforcement.investigation import telling as investigation
from engine.cases.enforcement.judging import telling as judging
from engine.errors import N_

SENTENCES = {
    **investigation.SENTENCES,
    **judging.SENTENCES,
    **execution.SENTENCES,
    "lead.taken_in": N_("A lead came in: {source}."),
    "licence.breach_found": N_("The supervision of the licence found a breach; it became the lead {lead}."),
    "case.begun_anew": N_("The town was ordered to act anew ({reason}); case {new} began for it."),
    "officer.appointed": N_("{person} was named officer of the case, licence {licence}."),
    "officer.replaced": N_("{by} took over from {person}: {reason}"),
    "lead.power_chosen": N_("The act falls under the power “{name}” ({power})."),
    "lead.joined": N_("The lead {number} is about the same act and was joined to this case."),
    "lead.merged": N_("The lead was joined to the open case {number}."),
    "case.filed": N_("The case was filed; the ninety days to decide begin (行政处罚法60)."),
    "penalty.on_the_spot": N_("Decided on the spot by {names}, fine {fine} yuan."),
    "penalty.recorded": N_("The decision made on the spot was reported for the record (行政处罚法52(3))."),
    "cash.collected": N_("{amount} yuan were collected on the spot, receipt {receipt_no}."),
    "cash.to_organ": N_("{amount} yuan reached the organ."),
    "cash.to_bank": N_("{amount} yuan reached the bank."),
    "lead.party_named": N_("The first check named the party."),
}
"""By action; marked for translation. Facts of an event fill the braces as they are."""

WORDS = {
    **judging.WORDS,
    **execution.WORDS,
    "source": standing.SOURCES,
}
"""By fact: what its words are called; marked for translation."""

PEOPLE = ("person", "holder", "by")
"""Facts that name persons."""

MESSAGES = {
    "lead.received": N_("a lead from another system"),
    "case.returned_by_police": N_("a case that the police returns"),
    "case.taken_by_police": N_("the police has filed the case"),
    "crime.suspected": N_("the suspicion of a crime"),
    "decision.challenged": N_("reconsideration or lawsuit"),
    "decision.annulled": N_("the news that the decision is out of force"),
    "party.answered": N_("what the party says before the decision"),
}
"""What the messages of an enforcement case are called; marked for translation."""
