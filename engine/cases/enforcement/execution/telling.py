"""What happened while a penalty was carried out, in sentences for the story of the case."""

from __future__ import annotations

from engine.cases.enforcement.execution import early_end, route
from engine.errors import N_

SENTENCES = {
    "service.failed_mode": N_("An attempt to serve failed: {reason}"),
    "service.started": N_("Served on {handed_on}, with effect from {effective_on}."),
    "fine.due": N_("The fine of {amount} yuan is to be paid until {due_on}."),
    "fine.paid": N_("{amount} yuan of the fine were paid on {paid_on}."),
    "fine.instalments": N_("Paying later or in parts was approved, as asked for on {applied_on}."),
    "fine.late_fee": N_("A late fee was added to the fine."),
    "fine.changed": N_("The fine was changed from {before} to {after} yuan; what is collected follows."),
    "fine.late_fee_changed": N_("The late fee was counted anew: {after} yuan in place of {before}."),
    "fine.set_off": N_("An auction brought {proceeds} yuan; {set_off} were set off, {surplus} are the party's."),
    "fine.refund_ordered": N_("{amount} yuan are to be paid back."),
    "fine.refunded": N_("{amount} yuan were paid back."),
    "execution.begun": N_("{who} chose how the decision is carried out: {route}."),
    "execution.urged": N_("{who} demanded in writing that the party perform."),
    "execution.urged_again": N_("{who} demanded once more that the party perform."),
    "execution.decided": N_("{who} decided to have it carried out: {route}."),
    "execution.performed": N_("{who} recorded that it was carried out."),
    "execution.changed": N_("What is carried out is now {after} yuan in place of {before}."),
    "execution.agreed": N_("{who} agreed with the party how it performs: {terms}"),
    "execution.kept": N_("The party kept the agreement. {why}"),
    "execution.broken": N_("The party did not keep the agreement; the execution goes on. {why}"),
    "execution.stayed": N_("{who} stayed the execution: {terms}"),
    "execution.resumed": N_("The execution goes on after its stay. {why}"),
    "execution.lapsed": N_("Three years after the stay nothing more is carried out. {why}"),
    "execution.restored": N_("What the undone decision took was restored or given back: {what}"),
    "duty.performed": N_("The party did what the decision asks for: {duty}"),
    "duty.not_performed": N_("The party has not done what the decision asks for: {duty}"),
    "execution.ended": N_("Carrying out the decision ended. {ground}"),
    "request.early_end": N_("The party asked on line that what is public of the penalty end early."),
    "request.wrong_record": N_("The party said on line that what is public of the penalty is wrong."),
    "publicity.early_end_asked": N_("It was asked on {applied_on} that the publicity end early: {grounds}"),
    "publicity.early_end_checked": N_("{who} checked the conditions of an early end: {findings}"),
    "publicity.early_end_decided": N_("{who} decided on the application: {decided}. {reason}"),
    "publicity.ended_early": N_("What was published was taken down early."),
    "publicity.correction_asked": N_("What is published is said to be wrong: {why}"),
    "publicity.corrected": N_("{who} corrected what is published: {reason}"),
    "publicity.found_right": N_("{who} found what is published right as it is: {reason}"),
    "court.applied": N_("{who} asked the court to carry the decision out; the last day for it was {last_on}."),
    "court.accepted": N_("The court took the application on, on {on}."),
    "court.ruled": N_("The court ruled on {on}: {ruling}."),
    "court.agreed": N_("The party settled it with the town while the court carries it out: {terms}"),
    "court.stayed": N_("The court stayed what it carries out: {terms}"),
}
"""By action; marked for translation."""

RULINGS = {
    "granted": N_("the decision may be carried out"),
    "refused": N_("the decision may not be carried out"),
    "not_accepted": N_("the application is not taken on"),
}
"""What a court may rule (行政强制法57, 58); marked for translation."""

WORDS = {"route": route.ROUTES, "ruling": RULINGS, "decided": early_end.RESULTS}
"""By fact: what its words are called; marked for translation."""
