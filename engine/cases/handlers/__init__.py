"""The service tasks every case process may use: the table a designer draws against.

A service task names one of these types in ``zeebe:taskDefinition type="…"`` and gives the headers below as
``zeebe:taskHeaders`` (static texts). They run inside the transaction of the step. What a handler *reads* are variables
visible at the element: give them by input mappings where the names differ. What it *writes* is its result: it leaves
the element by the usual rules (output mappings, else all of it). What stands in [brackets] may be left out. Moments
are ISO texts with zone (``2026-03-02T09:00:00+08:00``), days ISO dates. A missing or wrong value raises a named error,
which becomes an incident of the element: nothing is half-done. The case is the one of ``case_number``, else of the
business key.

case.* (:mod:`engine.cases.handlers.matter`)
    ``case.accept`` · headers [deemed] true|false · reads [accepted_at] · writes accepted_at, deemed.
        Deemed acceptance counts from the receipt (行政许可法32(1)(四)); accepting twice changes nothing.
    ``case.refuse`` · outcome not_needed|not_competent|barred|not_accepted · reads reason, [competent_organ],
        [last_barred_on] · writes outcome, closed_on. The short file still goes to the archive.
    ``case.state`` · state received|correcting|reviewing|special|deciding|delivering|publishing|archiving · –
    ``case.decide`` · [result] granted|refused|revoked|changed|withdrawn · reads decision {result, reasons, basis,
        remedies, conditions, valid_until, decided_by}, [drafted_by] · writes decided_at, outcome, decision_id. A
        refusal without reasons and remedies is not possible (行政许可法38); a new decision supersedes the old one.
    ``case.withdraw`` · – · reads withdrawal {reason, by} · writes outcome.
    ``case.close`` · [outcome] · – · writes closed_at. Ends what still runs but archive, delivery, publicity, rating
        and remedy periods.
    ``closing.ground`` · – · reads close {ground, …} · writes close; what was annulled meanwhile closes as annulled.
    ``archive.add`` · – · reads archive {shelf, pages, volumes} · writes archive_catalogue: added to an archived file.
    ``case.archive`` · – · reads [archive] {shelf, pages, volumes, keep_years} · writes archive_no, archived_at,
        archive_catalogue. Refused while the case or a period is open.
    ``visit.count`` · – · reads [visit_reason] (none: nobody came) · writes visits, visit_over (more than promised).

deadline.* (:mod:`engine.cases.handlers.clocks`)
    ``deadline.start`` · period (below), [from] name of the variable with the start moment, [days], [unit]
        working|calendar · reads what ``from`` names · writes deadline (what it was, and under the period's key
        {due_on, due_at, half_at, eighty_at, ended_at, provisional, article}; moments are null while the clock stands).
    ``deadline.resume`` · – · reads stop_id, [special.ended_on] · writes deadline.
    ``deadline.extend`` · [period] decision|decision_joint · reads extension {reason, approved_by} · writes deadline.
        Once, before expiry (行政许可法42).
    ``deadline.meet`` · period · – · writes deadline, overdue. A period that does not run is left alone.

papers (:mod:`engine.cases.handlers.papers`)
    ``material.register`` · – · reads materials (list of {code, name, received, source, form, copies, valid_until,
        file | files, required, lacking_ok, note}); the same code again is its next version · writes
        materials_missing (names), materials_complete, minor_missing (only what may follow is missing).
    ``document.issue`` · kind (template documents/<kind>.typ), [title], [title_en], [variant] · reads all variables ·
        writes document {id, kind, number, title, title_en, file, sha256, issued_on}, documents.<kind>. Issued again
        with the same kind and variant: the stored one.
    ``document.serve`` · kind, mode direct|mail|electronic|window|left|public, [variant], [with] kinds separated by
        commas that are handed over in the same moment if they have been issued · reads [delivery] {mode, recipient,
        served_at, proof_file} · writes served_at, served_documents (list as ``document``).
    ``publicity.publish`` · [kind] granted|refused|notice, [days] · reads – · writes publicity_id (null where setting
        publish_refusal forbids it).
    ``push.send`` · [kind], [receivers] separated by commas, [purpose] · reads [push_targets] (list of receivers or
        {receiver, purpose}), [push_note] · writes pushes (list of {receiver, id}). Receipt within 1 working day.
    ``push.confirm`` · – · reads push_id · –. The work that a push asks for is done, so it was received and read.
    ``notify.applicant`` · message (below), [document] kind · reads the message's facts · writes notified_at.

people (:mod:`engine.cases.handlers.people`)
    ``rating.invite`` · – · – · writes rating_open.
    ``rating.record`` · – · reads rating {stars 1-5, text, named} · writes rating_id, rating_bad (two stars or one).
    ``rating.rectify`` · – · reads rating_id · writes rectification_id, deadline (rating_contact, rating_fix).
    ``rating.resolve`` · – · reads rating_id, rectification {facts, measure, called_back, resolved} · writes rectified.
    ``supervision.open`` · level remind|supervise|listed|summon · reads reason, [supervise] {post} · writes
        supervision_id.
    ``supervision.close`` · – · reads supervision_id, [answer] · –
    ``remedy.record`` · kind reconsideration|litigation · reads remedy {received_on, authority, filed_by, number,
        standpoint, simplified} · writes remedy_id, remedy_due_at, deadline.
    ``remedy.close`` · – · reads remedy_id, remedy_result upheld|changed|annulled|unlawful|void|ordered|withdrawn ·
        writes remedy_result.

experts (:mod:`engine.cases.handlers.experts`)
    ``experts.draw`` · – · reads draw {field, [also], count, [grid], [fee], [question], [files], [named]} · writes
        expert_draw {id, number, fields, algorithm, seed, pool, kept_out}, experts (list of {id, name, title,
        employer}). The seed is the system's own; ``named`` lets the experts read the case.
    ``experts.replace`` · – · reads expert_draw, expert, expert_opinion.reason · writes expert (the next in rank).
    ``experts.settle`` · – · reads expert_draw, expert, [seat] {choice wait|next|anew|without, reason, [field]}, else
        expert_opinion.reason for the next in rank · writes seated yes|nobody|without, expert, expert_draw.
    ``experts.answer`` · – · reads expert_draw, expert, expert_opinion {vote, text} · writes expert_opinion.

Header ``refused=back`` right behind a user task: what the service refuses goes back to whoever entered it, with its
reason; nothing of the step is kept. Everywhere else a refusal is an incident.

``together`` (:mod:`engine.cases.handlers.together`) · 1, 2 …: a type and its headers each, as ``document.issue
    kind=receipt`` · runs them in one step, what one writes the next reads.

Enforcement: :mod:`engine.cases.handlers.enforcement`. Grid events: :mod:`engine.cases.handlers.grid`.

Period keys (engine/cases/data/periods.json): ``correction_notice`` 32(1)(四) 5 WD from receipt · ``supplement`` [g] ·
``decision`` 42(1) 20 WD or the item's own limit, from acceptance · ``decision_joint`` 42(2) 45 WD · ``pre_review`` 43 ·
``promise`` the item's, never beyond the law's · ``inspection_appointment`` 55(2) · ``hearing_request`` 47 ·
``hearing_held`` 47 · ``delivery`` 44 · ``publicity`` · ``archive`` · ``rating_contact`` · ``rating_fix`` ·
``remedy_reconsideration`` 复议法48 · ``remedy_reconsideration_simple`` 复议法54 · ``remedy_litigation`` 行诉法67.

Messages of ``notify.applicant``: :data:`engine.cases.papers.notice.MESSAGES`.

Variables a case starts with: :func:`engine.cases.opening.variables_of`. FEEL functions in every process:
``working days after(from, days)``, ``calendar days after(from, days)``, ``period(name, from)``.
"""

from engine.cases.clocks import alarm
from engine.cases.handlers import clocks, enforcement, experts, grid, matter, papers, people, together

__all__ = ["alarm", "clocks", "enforcement", "experts", "grid", "matter", "papers", "people", "together"]
