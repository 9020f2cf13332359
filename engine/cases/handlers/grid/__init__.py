"""The service tasks of grid events, one file for each stretch of the way; they are used as those of the cases are.

All read ``event`` and most write it anew (:mod:`engine.cases.grid.context`).

intake (:mod:`engine.cases.handlers.grid.intake`)
    ``event.take`` · reads [said] {turn, refused, clear_breach, danger} · writes event.
    ``event.call`` · reads call {service, called_at, number, taken yes|no, note} · writes event.
    ``event.alike`` · writes alike {number (empty: none), distance_m, age_days, merge_m, merge_days}.
    ``event.merge`` · reads alike.number · the event is closed and follows that one.
    ``event.verify`` · reads verify {holds yes|no, note, photos} · writes event.
    ``event.not_filed`` · reads verify.note · –
    ``event.facts`` · writes item_class {level, lead, helpers, limit, evidence, team, …}, event.repeats, dispatch,
        units_offered.
    ``event.classify`` · reads classified {level, urgency, turn, reason} · writes event, turn. Starts the case clock.

handling (:mod:`engine.cases.handlers.grid.handling`)
    ``event.settle`` · reads settle, ``event.level2`` · reads level2 {result settled|up|return|hand_over|postpone, note,
        photos, signed, target, revisit_on} · writes event, turn, asked.
    ``event.settle_own`` · – · writes event. Settled by what the worker had done when it was reported.
    ``event.postpone`` · reads postpone {approved, revisit_on, reason}, asked · writes revisit_at. The case clock stops.
    ``event.refused`` · reads postpone.reason · – · ``event.resume`` · – · The case clock runs again.
    ``event.file`` · reads filing {decision file|not|hand_over, reason, target} · writes event, turn.
    ``event.dispatch`` · reads dispatch {lead, helpers, note} · writes departments (list of {id, unit, name, role,
        handlers, again}), event. ``event.again`` · writes departments: those that did it, for rework.
    ``event.receive`` · reads department, receipt {decision sign|return, reason} · –
    ``event.redispatch`` · reads department, again {unit, designated yes|no, note} · writes department.
    ``event.work`` · reads department, work {action done|refused|extension|postpone, measure, cost, photos,
        revisit_on} · writes department_result, asked.
    ``event.extend`` · reads extension {approved yes|no, reason} · – · Once.
    ``event.feed_back`` · reads feedback {result, photos} · writes event. The case clock is met.

ending (:mod:`engine.cases.handlers.grid.ending`)
    ``event.inspect`` · reads inspection {passed yes|no, note, photos} · writes event, handled_by grid|departments.
    ``event.rework`` · – · writes event. ``event.call_back`` · reads callback {satisfaction, send_back yes|no, note} ·
        writes callback.back.
    ``event.hand_over`` · reads turn {target, reason} · writes link {id, target, number, reason, groups}.
    ``event.receipt`` · reads link, handed {decision taken|returned, number, reason, settles yes|no} · –
    ``event.supervise`` · reads escalation, supervising {grade, next, push}, warned · writes next_at.
    ``event.overdue`` · reads warned · writes warned {overdue, still}.
    ``event.note`` · reads addition {text, photos} · writes additions. ``event.instruct`` · reads instruction {text,
        grade, limit_hours} · – · ``event.keep``, ``event.withdraw`` · read withdrawal.note · – · ``event.gone`` · – ·
    ``event.result`` · reads result · writes results. ``event.close`` · reads closing.note · writes outcome.

assessing (:mod:`engine.cases.handlers.grid.assessing`), for the month of workers, which is no event
    ``assessment.freeze`` · reads weights, redlines, [month] (else the last one) · writes month, assessment, asked.
    ``assessment.compute`` · writes scores (list of {worker, score, redline, failed}).
    ``assessment.grade`` · reads graded (list of {worker, grade}) · writes grades, within the quota.
    ``assessment.ask`` · writes answer_until, asked. ``assessment.close_answers`` · writes appeals.
    ``assessment.review`` · reads appeal, opinion {text} · – · ``assessment.collect`` · writes doubts, changed.
    ``assessment.decide`` · reads doubt, recheck {accepted yes|no, figure, value, reason} · –
    ``assessment.publish`` · writes publicity_until. ``assessment.publicity_over`` · – ·
    ``assessment.approve`` · reads approval {decision approved|back, worker, indicator, reason} · –
    ``assessment.reward`` · reads rewards (list of {worker, reward, reward_en}) · –
    ``assessment.archive`` · writes digest.
"""

from engine.cases.handlers.grid import assessing, ending, handling, intake

__all__ = ["assessing", "ending", "handling", "intake"]
