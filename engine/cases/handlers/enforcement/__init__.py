"""The service tasks of enforcement, one file for each stretch of the way; they are used as those of the cases are.

lead (:mod:`engine.cases.handlers.enforcement.lead`)
    ``power.offer`` · – · – · writes powers (list of {label, value} for a form).
    ``power.choose`` · – · reads power_code, [other_power] · writes item, transfer_decision {document, demo}. Of
        several powers the one with the highest fine (行政处罚法29).
    ``lead.from_licence`` · – · reads finding {result in_order|put_right|breach, facts, place, act_on, party_kind} ·
        writes lead_number (null: no breach, or enforcement is not in force here and its intake was told by a push).
    ``lead.check`` · – · reads party {name, kind, [id_number, phone, address, representative]}, act {facts, date,
        end_date, place} · writes applicant, party, duplicates (list of {number, title, state, open}), powers (null).
    ``lead.merge`` · – · reads merge_into (a case number) · writes outcome.
    ``lead.answer`` · – · reads lead.reporter, decision {reason} · writes documents. Tells who reported, if anybody did.
    ``officers.offer`` · – · reads team · writes team_officers (list of {label, value}), those with a valid licence.
    ``case.file`` · – · reads filing {officers (list of persons), declared}, [distinct_reason] · writes officers
        {persons, names, cert_nos}, filed_at, deadline (cf_decision), team_officers (null).
    ``case.begin_anew`` · – · reads recon {authority, no} · writes anew_case, the linked case of an order to act anew.
    ``officer.replace`` · – · reads replacement {person, by, reason} (null: nobody) · writes officers.

evidence (:mod:`engine.cases.handlers.enforcement.evidence`)
    ``investigation.begin`` · – · reads team · writes team_officers (list of {label, value}), investigation_over,
        investigation_end.
    ``act.record`` · [kind] · reads site {kind, start, end, place, coordinates, officers, licences_shown, present,
        findings, recording, signature, signature_note, witness, corrects} · writes site (with number and document),
        act_number, av, inquiry, sample.
    ``act.sign`` · – · reads act_number · writes act_signed.
    ``recusal.ask`` · – · reads challenge {officer, asked_by, reason, orally} · writes challenge (with id, target).
    ``recusal.decide`` · – · reads challenge.id, decision {granted yes|no, reason, replaced_by}, team · writes decision,
        recused, team_officers, replacement. The head only, never the officer (行政处罚法43(3)).
    ``investigation.check`` · – · – · writes evidence {list, rows}, facts, evidence_marks. Refused while a fact has no
        proof, a proof is not verified or a record is not signed.

measures (:mod:`engine.cases.handlers.enforcement.measures`)
    ``keeping.ask`` · reads items {list, place}, seize.reason · ``keeping.answer`` · reads approval {approved, reason} ·
    ``keeping.begin`` · reads act_number · ``keeping.day7`` · ``keeping.decide`` · reads keep {chosen, why} · all write
        keep {id, due, due_at, disposition, …}, head.
    ``seizure.power`` · ``seizure.empower`` · reads power {empowered, clause, document} · ``seizure.ask`` ·
    ``seizure.answer`` · ``seizure.begin`` · ``seizure.look`` · ``seizure.extend`` · ``seizure.end`` · read and write
        seize {id, clause, reason, urgent, from, to, extended_to, look_at, over, ground, why}.
    ``seizure.kept`` · – · writes kept_things. ``seizure.give_back`` · – · reads close {returned} · writes kept_things.
    ``test.begin`` · reads test {what, items, org, days, told, seized} · ``test.end`` · reads test {stop, ended_on}.

police (:mod:`engine.cases.handlers.enforcement.police`)
    ``police.report`` · reads crime {suspected, amount, team} · ``police.decide`` · reads approval ·
    ``police.hand_over`` · reads transfer.to, crime.receipt · ``police.answer`` · reads answer {filed, number} ·
    ``police.dispute`` · reads dispute {how, why} · ``police.things`` · ``police.handle`` · write crime,
        transfer_result.

judging (:mod:`engine.cases.handlers.enforcement.judging`)
    ``discretion.propose`` · – · reads item {code}, party {kind}, discretion_input {criteria (steps that are proved),
        [circumstances] (ids, or {id, proved, reason}), [reason], [stage], [base], [powers], [reduce], [spare]} · writes
        discretion {step, min, max, suggested, outcome, reasons, rules, review_required, collective_required}.
    ``fine.elsewhere`` · – · reads [fined {known, organ, number, decided_on, amount}].
    ``draft.keep`` · – · reads act {facts, date, place}, item {violated, basis}, penalty {kinds: [{kind, amount, text}],
        [deviation]}, evidence {items: [{id, sha256}]}, [discretion] · writes draft {id, version, hash, fine}, fine
        {amount, amount_cn}, penalty.text. A fine outside what discretion found needs penalty.deviation.
    ``review.record`` · – · reads review {result passed|supplement|disagreed, checklist {point: {holds, note}}, opinion}
        · writes review {result, checklist, draft_hash, reviewer, opinion} in words, review_result.
    ``notice.serve`` · – · reads notice {mode, recipient, handed_on, [reason]}, hearing_told · writes notice {served_on,
        plea_due_on, hearing_due_on, open_until}, plea {due}, hearing {request_due}, wait_until, waiting, hearing_open,
        plea_open, answered, recheck (unchanged while nothing was said).
    ``notice.papers`` · – · writes documents, notice.no: the notice and, where told, that of the right to a hearing.
    ``notice.answer`` · – · reads answer {kind plea|hearing|waiver|withdrawal, received_on, text, [posted_on], [form],
        [hearing]} · writes as ``notice.serve``. A late request for a hearing is heard as a plea.
    ``notice.standing`` · – · writes as ``notice.serve``.
    ``hearing.plan`` · – · reads hearing {at, place, public, [private_ground]} · writes hearing {chair, at, when,
        tell_by}, tell_at. Whoever completes the task chairs.
    ``hearing.serve`` · – · reads serving as ``service.attempt`` · writes service, documents and as ``notice.serve``:
        hearing_served, where the last notice of the hearing was served seven working days before.
    ``hearing.close`` · – · reads hearing {result held|absent|withdrawn|replan, summary, opinion, signed, …} · writes
        hearing_result; nothing where it is to be arranged anew.
    ``hearing.papers`` · – · writes documents, as the hearing stands.
    ``recheck.record`` · – · reads rechecking {result, reasons}, [discretion_input], and what ``draft.keep`` reads ·
        writes recheck, plea {text, result}, and what ``draft.keep`` writes.
    ``collective.record`` · – · reads meeting {members: [{name, opinion, vote agree|disagree}], [changed, kinds]} ·
        writes meeting {at, attendees, opinions, vote, changed}, penalty.kinds where it was changed.
    ``penalty.ready`` · – · writes review_needed, notice_needed, plea_open, discussed, hearing_was_held,
        decide_on, decide_by.
    ``penalty.decide`` · – · reads decision {result penalty|no_penalty|not_established|transfer, reason, [education],
        [overdue_reason], [extension]}, penalty.performance, remedy {text}, [no_penalty_grounds], [police_rule],
        [review_required], [collective_required], and what ``draft.keep`` reads · writes decision_result, decision
        {date, id}, head, outcome. Everything art. 44 to 63 ask for is asked of the database again.
    ``penalty.papers`` · – · writes documents, decision.no.
    ``setting.fill`` · key (without the kind of party) · reads filled {value, origin}, party {kind} · –

spot (:mod:`engine.cases.handlers.enforcement.spot`)
    ``spot.decide`` · – · reads spot {kinds, amount, officers, done, date, place, reason, signed, remedy}, act · writes
        act, officers, penalty, fine, decision, service, decided_at. Refused where art. 51 or 52 does not allow it; the
        three pushes go out with it.
    ``penalty.push`` · – · reads decision_result, penalty.text, officers · writes pushes: three for a penalty.
    ``spot.record`` · – · reads av.record_id · –
    ``cash.collect`` · – · reads cash {ground small|hard|remote, reason, receipt_no}, fine.amount · writes payment,
        deadline (cash_to_organ). Only under art. 68, 69, against a receipt (70).
    ``cash.hand_over`` · to organ|bank · – · writes deadline (cash_to_bank).

execution (:mod:`engine.cases.handlers.enforcement.execution`)
    ``service.attempt`` · [kind], else service_kind, else penalty_decision · reads serving {mode, handed_on, arrived_on,
        receiver, receiver_is, reason, witness, recording, confirmation, unknown, failed} · writes service {mode,
        effective_on, done, waiting, until}. Each mode needs its proof (民事诉讼法87–95); a public notice comes last.
    ``service.settle`` · [kind] as above · writes served_on, decision.served_on. The remedies run from that day,
        unless it is an answer about what is public: it leaves the decision as it is.
    ``fine.code`` · – · writes payment.code, which the decision prints.
    ``fine.open`` · – · writes payment {code, amount, due, paid, rest, done, next_due, overdue_at, overdue} (null
        without a fine), fine. ``fine.pay`` · – · reads paying {amount, paid_on, channel, reference} · writes payment.
    ``fine.instalments`` · – · reads instalment {applied_on, application, approved, parts: [{due_on, amount}]} · writes
        instalment {plan, end}, payment.
    ``late_fee.count`` · – · writes latefee {amount, days, from, per_day, capped_on}.
    ``late_fee.impose`` · – · reads late {impose, [until, amount]} · writes latefee (null: not added).
    ``execution.choose`` · – · reads enforce {route, [subject, clause, duty, amount, harm, seized]} · writes enforce,
        demand. ``execution.end`` · [result] · reads enforce {[result, ground]} · writes execution_result.
    ``court.wait`` · – · writes remedies_over_at. ``court.urge`` · – · reads demand {served_on} · writes demand.due,
        urging_over_at. ``court.apply`` · – · reads application {views, late_reason} · writes court.
    ``court.rule`` · – · reads ruling {accepted_on, ruling granted|refused|not_accepted, ruled_on} · writes court.
    ``court.carry`` · – · reads carry {result executed|agreement|stay|end, number, terms} · writes pause {kind, …},
        execution_result (null while it is interrupted).
    ``execution.interrupt`` · – · reads pause {kind agreement|stay|end, ground, terms} · writes pause, interrupt_result.
    ``execution.go_on`` · [result] · reads pause {result, why, [no_harm, unable]} · writes interrupt_result,
        execution_result. ``auction.settle`` · – · reads site {proceeds, reference} · writes auction.
    ``duty.check`` · – · reads performance {duty, checked_on, performed yes|no, findings} · writes performance.done.
    ``own.urge`` · ``own.decide`` · ``own.urge_again`` · ``own.perform`` · – · read demand, enforce, site.

challenge (:mod:`engine.cases.handlers.enforcement.challenge`)
    ``challenge.receive`` · – · reads recon {kind, applied_on, received_on, authority, number, simplified, [here]} ·
        writes recon {no, due, due_at}, remedy_id; ``here``, handed in at the town: deadline reconsideration_forward.
        Of what was forwarded and never taken up: reads recon {reply, result_on}, writes recon {result}.
    ``challenge.forward`` · – · reads recon {view, forwarded_on, standpoint, fine} · writes recon {here |
        result}. ``challenge.answer`` · – · writes answer_late.
    ``challenge.close`` · – · reads recon {result, result_on, fine, anew} · writes challenge_result, undone, published,
        refund, withdraw_by, anew, restore_needed, archived. A change is told to who collects.
    ``fine.refund`` · – · reads refund {reference} · writes refund. ``challenge.restore`` · – · reads restore {what,
        done_on, compensation, received_by} · writes restore.
    ``penalty.publish`` · – · reads publish {public, reason}, publicity_rule {months} · writes publicity_id, publish.
    ``penalty.unpublish`` · – · reads withdraw {reason} · writes publicity_withdrawn_at.

publicity (:mod:`engine.cases.handlers.enforcement.publicity`)
    ``early_end.apply`` · – · reads early {applied_on, applied_by, [grounds]}, reason · writes early {id, known}. Only a
        penalty under 45号令 ends early. ``early_end.fill`` · – · reads filled {months, days, origin} · writes early.
    ``early_end.begin`` · – · writes early {penalty, published_on, until_on, open_on, never, unpaid, again}, deadline.
    ``early_end.check`` · – · reads early {performed, remedied, not_again, not_listed, severe (yes|no), findings} · –
    ``early_end.decide`` · – · reads early {result granted|refused, reason} · writes early {paper, variant, message},
        reason, archived. Granted where every condition holds only; the public page shows it no more.
    ``publicity.ask_correction`` · – · reads record {asked_by}, reason · writes record {id, why, what is public,
        ended_on where it is public no more}.
    ``publicity.correct`` · – · reads record {id, result corrected|right, reason, the right words} · writes record
        {paper, variant, message}, archived.

papers by what happened (:mod:`engine.cases.handlers.enforcement.sheets`)
    ``answer.papers`` · – · reads answer · writes documents: the record of a plea, the waiver.
    ``push.papers`` · – · writes documents: a sheet of each push of the penalty.
    ``service.papers`` · – · reads service, item, decision_result · writes documents: the receipt, the confirmed
        address, that it will be public.
    ``own.papers`` · – · reads demand · writes documents: the demand, the public notice of demolition.
    ``recording.papers`` · – · reads av · writes documents: the record of what was decided on the spot, the note on its
        recording.

A task's property ``rehearses`` names one of them: what it would refuse is refused to the person who completes the task
(:mod:`engine.handling.rehearsals`); ``keeps_out`` = ``investigators`` refuses the task to whoever has investigated.
"""

from engine.cases.handlers.enforcement import (
    challenge,
    evidence,
    execution,
    judging,
    lead,
    measures,
    police,
    publicity,
    sheets,
    spot,
)

__all__ = ["challenge", "evidence", "execution", "judging", "lead", "measures", "police", "publicity", "sheets", "spot"]
