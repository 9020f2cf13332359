"""What happened in an investigation, in sentences for the story of its case."""

from __future__ import annotations

from engine.errors import N_

SENTENCES = {
    "recording.added": N_("A recording of “{title}” was added."),
    "act.recorded": N_("{who} put record {act} on file: {place}."),
    "act.signed": N_("{who} signed record {act}."),
    "evidence.registered": N_("{who} registered evidence {evidence}: {title}."),
    "evidence.corrected": N_("{who} corrected evidence {evidence} to version {version}: {reason}"),
    "evidence.verified": N_("{who} verified evidence {evidence}: {reason}"),
    "evidence.excluded": N_("{who} excluded evidence {evidence} as obtained illegally: {reason}"),
    "evidence.identity_shown": N_("{who} looked at the sealed parts of evidence {evidence}: {reason}"),
    "custody.handed_over": N_("Evidence {evidence} was handed over to {holder}: {reason}"),
    "fact.said": N_("Fact {fact}: {text}"),
    "fact.withdrawn": N_("{who} withdrew fact {fact}: {reason}"),
    "fact.proved": N_("{who} said which evidence proves fact {fact}."),
    "recusal.asked": N_("It was asked that {person} leave the case: {reason}"),
    "recusal.granted": N_("{who} decided that {person} leaves the case: {reason}"),
    "recusal.refused": N_("{who} decided that {person} stays on the case: {reason}"),
    "task.taken_away": N_("“{what}” was taken from {before}, who may not work on this case."),
    "keeping.asked": N_("{who} asked to keep things: {things}."),
    "keeping.approved": N_("{who} approved keeping {things}."),
    "keeping.refused": N_("{who} did not approve keeping {things}."),
    "keeping.began": N_("{things} are kept; the notice was handed over."),
    "keeping.decided": N_("{who} decided on {things}: {decided_why}"),
    "seizure.asked": N_("{who} asked to seal or seize {things} ({clause})."),
    "seizure.approved": N_("{who} approved sealing or seizing {things}."),
    "seizure.refused": N_("{who} did not approve sealing or seizing {things}."),
    "seizure.began": N_("{things} are sealed or seized; decision and list were handed over."),
    "seizure.ended": N_("The seizure of {things} ended: {ended_why}"),
    "seizure.given_back": N_("{things} were given back: {ended_why}"),
    "seizure.sold": N_("{things} were sold by auction ({ended_why})."),
    "transfer.reported": N_("{who} reported to the head that the case looks like a crime: {crime}."),
    "transfer.approved": N_("{who} approved the transfer to the police."),
    "transfer.not_approved": N_("{who} did not approve the transfer to the police: {decided_why}"),
    "transfer.handed_over": N_("The case was handed to {handed_to}."),
    "transfer.filed": N_("The police filed the case ({answer_no})."),
    "transfer.not_filed": N_("The police did not file the case ({answer_no})."),
    "transfer.reconsideration": N_("The police were asked to reconsider."),
    "transfer.supervision": N_("Supervision was proposed to the procuratorate."),
    "transfer.things_handed": N_("Things and papers were handed to the police."),
    "transfer.handled": N_("The case that the police returned goes on: {handled_how}"),
}
"""By action; marked for translation."""
