"""The service tasks every case process may use: the table a designer draws against.

A service task names one of these types in ``zeebe:taskDefinition type="…"`` and gives the parameters below as
``zeebe:taskHeaders`` (static texts). They run inside the transaction of the step (local handlers). What a handler
*reads* are variables visible at the element: give them by input mappings where the names differ. What it *writes* is
its result: it leaves the element by the usual rules (output mappings, else all of it). A header in [brackets] may be
left out. Moments are ISO texts with zone (``2026-03-02T09:00:00+08:00``), days ISO dates. A missing or wrong required
value raises a named error, which becomes an incident of the element: nothing is half-done.

====================  =========================  ============================================  =======================================
type                  headers                    reads                                         writes
====================  =========================  ============================================  =======================================
material.register     –                          ``materials`` (list of {code, name, received  ``materials_missing`` (list of names
                                                 bool, source, form, copies, valid_until,      required and not received),
                                                 file | files: file ids, required, lacking_ok,  ``materials_complete`` (bool),
                                                 note}); same code again = next version        ``minor_missing`` (bool: only materials
                                                                                               that may follow are missing)
case.accept           [deemed] true|false        [``accepted_at``]; deemed: ``received_at``    ``accepted_at``, ``deemed`` (bool).
                                                                                               许可法32: deemed = from the day of receipt
case.refuse           outcome: not_needed|       ``reason``; [``competent_organ``],            ``outcome``, ``closed_on``. Not accepted:
                      not_competent|barred|      [``last_barred_on``]                          state ``not_accepted`` (the short file
                      not_accepted                                                             still goes to archive)
case.state            state: received|           –                                             –. Any other state word is refused at
                      correcting|accepted|                                                     run time; ``accepted``, ``decided``, …
                      reviewing|special|                                                       keep their moment only through case.accept,
                      deciding|delivering|                                                     case.decide
                      publishing|archiving
case.decide           [result] granted|refused|  ``decision`` ({result, reasons, basis,        ``decided_at``, ``outcome``, ``decision_id``.
                      withdrawn|revoked|changed  remedies, conditions, valid_until,            Refused without reasons and remedies is
                                                 decided_by}); [``drafted_by``]                not possible (许可法38). One effective decision
                                                                                               per case; a new one supersedes the old
case.withdraw         –                          ``withdrawal`` ({reason, by, at})             ``outcome`` = withdrawn; open deadlines end
case.close            [outcome]                  –                                             ``closed_at``; open deadlines and
                                                                                               supervisions end
case.archive          –                          [``archive``] ({shelf, pages, volumes,        ``archive_no``, ``archived_at``,
                                                 keep_years})                                  ``archive_catalogue`` (list of {no, title,
                                                                                               pages, sha256}). Refused while a document,
                                                                                               push receipt or deadline is open
deadline.start        period (key below),        start moment by the period's start event:     ``deadline`` = what it was, with
                      [from] name of a variable  ``received_at``, ``accepted_at``,             ``deadline.<period>`` = {due_on, due_at,
                      with the start moment,     ``decided_at`` or header ``from``;            provisional, half_at, eighty_at, article}.
                      [days], [unit]             period ``decision``/``promise``: ``item``     due_at = last moment (24:00) for timers
                      working|calendar
deadline.stop         [kind] one of the eight    [``special``] ({kind, started_on,             ``stop_id``, ``stopped`` (bool: false when
                      (听证 招标 拍卖 检验 检测  days_needed, notice_on, notice_document})      told not in writing, setting
                      检疫 鉴定 专家评审),       – header kind wins over special.kind          stop_unwritten). Stops decision,
                      [procedure] free text                                                    decision_joint, pre_review, promise
deadline.resume       –                          ``stop_id``; [``special.ended_on``]           ``deadline`` with the new due days
deadline.extend       [period] decision|         ``extension`` ({reason, approved_by,          ``deadline`` with the new due day. Once, before
                      decision_joint             notice_document})                             expiry, with approval and reason (许可法42)
deadline.meet         period                     –                                             ``deadline.<period>.met_at``, ``overdue`` (bool)
document.issue        kind (file documents/      all variables (the template reads them);      ``document`` ({id, kind, number, title, file,
                      <kind>.typ of the          header ``variant`` lets one kind be issued    sha256, url}); also ``documents.<kind>``.
                      package), [title],         more than once for different addressees       Issued twice with the same kind and variant:
                      [title_en], [variant]                                                    the stored one
document.serve        kind, [variant], mode      [``delivery``] ({mode, recipient, served_at,  ``served_at``
                      (direct|mail|electronic|   proof_file})
                      window|left|public)
publicity.publish     [kind] granted|refused|    ``decision``; applicant from the case         ``publicity_id`` (null where setting
                      notice, [days] shown,                                                    publish_refusal forbids), personal data
                      [until] variable                                                         masked
publicity.withdraw    –                          ``publicity_id``, ``reason``                  ``publicity_withdrawn_at``
push.send             [kind] grant|refusal|      [``push_targets``] (list of receivers:        ``pushes`` (list of {receiver, id}). One outbox
                      promise_check|rating|      strings or {receiver, purpose}) – header      row each, same transaction; receipt within
                      notice, [receivers] CSV,   receivers wins; [``push_note``]               1 working day, else supervision
                      [purpose]
notify.applicant      message (key below),       ``applicant`` or the case's party;            ``notified_at``. A notice row shown on the
                      [document] kind            message facts from the variables              tracking page and an outbox row "applicant"
rating.invite         –                          –                                             ``rating_open`` (true)
rating.record         –                          ``rating`` ({stars 1-5, text, named bool})    ``rating_bad`` (stars <= 2), ``rating_id``
rating.rectify        –                          ``rating_id``                                 ``rectification_id``; starts rating_contact
                                                                                               and rating_fix
rating.resolve        –                          ``rectification`` ({facts, measure,           ``rectified`` (bool = resolved), else a
                                                 called_back bool, resolved bool})             supervision is opened
supervision.open      level: remind|supervise|   ``reason``; [``supervise``] ({post})          ``supervision_id``
                      listed|summon
supervision.close     –                          ``supervision_id``, [``answer``]              –
remedy.record         kind: reconsideration|     ``remedy`` ({received_on, authority, filed_by,  ``remedy_id``; starts remedy_answer
                      litigation                 number, standpoint})                           (复议 10 WD, 诉讼 15 d)
remedy.close          –                          ``remedy_id``, ``remedy_result`` (upheld|     ``remedy_result``
                                                 changed|annulled|unlawful|void|ordered)
visit.count           –                          [``visit_reason``]                            ``visits`` (int), ``visit_over`` (bool: more
                                                                                               visits than the item promises)
====================  =========================  ============================================  =======================================

Period keys of ``deadline.start`` (engine/cases/period.py holds article, length, unit, start event, stops):
``correction_notice`` 32(1)(四) 5 WD from receipt · ``supplement`` 15 WD [g] · ``decision`` 42(1) 20 WD or the item's
statutory limit, from acceptance · ``decision_joint`` 42(2) 45 WD · ``pre_review`` 43 20 WD · ``promise`` the item's
promised limit, never later than the statutory one · ``inspection_appointment`` 55(2) 5 WD from acceptance ·
``hearing_request`` 47 5 (setting xk47_unit) · ``hearing_held`` 47 20 WD · ``delivery`` 44 10 WD from the decision ·
``publicity`` 7 WD [p] · ``push_receipt`` 1 WD [g] · ``archive`` 10 WD [g] · ``rating_contact`` 1 WD [g] ·
``rating_fix`` 5 WD [g] · ``remedy_reconsideration`` 复议法48 10 WD · ``remedy_reconsideration_simple`` 复议法54 5 WD ·
``remedy_litigation`` 行诉法67 15 d.

Message keys of ``notify.applicant``: ``received`` · ``correction`` · ``supplement_reminder`` · ``accepted`` ·
``not_accepted`` · ``special_procedure`` · ``hearing_right`` · ``extended`` · ``decided`` · ``ready_for_collection`` ·
``renewal_reminder`` · ``rating_invited`` · ``rectified`` · ``withdrawn``.

Variables a case starts with (root): ``item`` (context: code, name, kind, handling, decided_by, safety_class,
commitment_allowed, lacking_allowed, statutory_limit, promised_limit, special_procedures, reviewing_units,
reviewer_post, village_enabled, result, materials, visits), ``case_number``, ``channel``, ``window``, ``applicant``
({kind person|organisation, name, phone, id_masked, address}), ``agent`` (or null), ``received_at`` and whatever the
start form gave. FEEL host functions in every process: ``working days after(from, days)``,
``calendar days after(from, days)``, ``period(key, from)``.
"""
