"""What happened in judging a breach, in sentences for the story of its case."""

from __future__ import annotations

from engine.cases.enforcement.judging import recheck, review
from engine.errors import N_

SENTENCES = {
    "penalty.drafted": N_("{who} wrote version {version} of the draft."),
    "penalty.reviewed": N_("{who} reviewed version {draft} of the draft: {result}. {opinion}"),
    "penalty.told": N_("{who} told the party of version {draft} of the draft, served on {served_on}."),
    "penalty.pleaded": N_("The party pleaded on {received_on}: {text}"),
    "penalty.plea_waived": N_("The party explicitly gave up its plea: {statement}"),
    "penalty.hearing_requested": N_("The party asked for a hearing on {requested_on}."),
    "penalty.hearing_planned": N_("{who} fixed the hearing: {place}."),
    "penalty.hearing_told": N_("The notice of the hearing on {held_on} was served, with effect from {told_on}."),
    "penalty.hearing_told_late": N_(
        "The notice was served on {told_on}, too late for {held_on}; another day is fixed."
    ),
    "penalty.hearing_held": N_("The hearing was held."),
    "penalty.hearing_absent": N_("The hearing ended: the party stayed away or left without a good reason."),
    "penalty.hearing_withdrawn": N_("The party took its request for a hearing back."),
    "penalty.rechecked": N_("{who} rechecked what the party said, {result}: {reasons}"),
    "penalty.discussed": N_("The heads discussed version {draft} of the draft."),
    "fine.imposed_elsewhere": N_("{organ} had fined this act on {decided_on}: {amount} yuan, decision {number}."),
    "penalty.decided": N_("{who} decided on version {draft} of the draft: {result}."),
}
"""By action; marked for translation."""

DECIDED = {
    "penalty": N_("penalty"),
    "no_penalty": N_("no penalty"),
    "not_established": N_("breach not established"),
    "transfer": N_("transfer to the police"),
}
"""What the four decisions of art. 57(1) are called; marked for translation."""

WORDS = {"result": {**review.RESULTS, **recheck.RESULTS, **DECIDED}}
"""By fact: what its words are called; marked for translation."""
