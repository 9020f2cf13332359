"""The service tasks of enforcement, one file for each stretch of the way; they are used as those of the cases are.

lead (:mod:`engine.cases.handlers.enforcement.lead`)
    ``lead.party`` · – · reads party {name, kind, [id_number, phone, address, representative]} · writes applicant.
        The case names from now on who acted.

evidence (:mod:`engine.cases.handlers.enforcement.evidence`)
    ``investigation.begin`` · – · reads team · writes team_officers (list of {label, value}), investigation_over,
        investigation_end.
    ``act.record`` · [kind] · reads site {kind, start, end, place, coordinates, officers, licences_shown, present,
        findings, recording, signature, signature_note, witness, corrects} · writes site (with number and document),
        act_number, av, inquiry, sample.
    ``act.sign`` · – · reads act_number · writes act_signed.
    ``recusal.ask`` · – · reads challenge {officer, asked_by, reason, orally} · writes challenge (with id, target).
    ``recusal.decide`` · – · reads challenge.id, decision {granted yes|no, reason, replaced_by}, team · writes decision,
        recused, team_officers. The head only, never the officer (行政处罚法43(3)).
    ``investigation.check`` · – · – · writes evidence {list, rows}, facts, evidence_marks. Refused while a fact has no
        proof, a proof is not verified or a record is not signed.

measures (:mod:`engine.cases.handlers.enforcement.measures`)
    ``keeping.ask`` · reads items {list, place}, seize.reason · ``keeping.answer`` · reads approval {approved, reason} ·
    ``keeping.begin`` · reads act_number · ``keeping.day7`` · ``keeping.decide`` · reads keep {chosen, why} · all write
        keep {id, due, due_at, disposition, …}, head.
    ``seizure.power`` · ``seizure.empower`` · reads power {empowered, clause, document} · ``seizure.ask`` ·
    ``seizure.answer`` · ``seizure.begin`` · ``seizure.look`` · ``seizure.extend`` · ``seizure.end`` · read and write
        seize {id, clause, reason, urgent, from, to, extended_to, look_at, over, ground, why}.
    ``test.begin`` · reads test {what, items, org, days, told, seized} · ``test.end`` · reads test {stop, ended_on}.

police (:mod:`engine.cases.handlers.enforcement.police`)
    ``police.report`` · reads crime {suspected, amount, team} · ``police.decide`` · reads approval ·
    ``police.hand_over`` · reads transfer.to, crime.receipt · ``police.answer`` · reads answer {filed, number} ·
    ``police.dispute`` · reads dispute {how, why} · ``police.things`` · ``police.handle`` · write crime,
        transfer_result.
"""

from engine.cases.handlers.enforcement import evidence, lead, measures, police

__all__ = ["evidence", "lead", "measures", "police"]
