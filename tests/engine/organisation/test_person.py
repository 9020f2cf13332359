"""Posts, appointments, absences and what a person may do because of them."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.engine import Connection

from engine import audit, errors
from engine.organisation import absence, appointment, person, post, role, separation, trail, unit

ADMIN = audit.Actor("P095")
TODAY = date(2026, 3, 2)


def last_event(connection: Connection) -> tuple[str, dict[str, object]]:
    event = audit.trail(connection, trail.STREAM)[-1]
    return event.action, event.details


def test_a_window_clerk_acts_for_the_post_and_for_the_window(town: Connection) -> None:
    assert person.groups(town, "P029", TODAY) == {"hall.window", "hall.window@W03"}
    assert role.granted(town, "P029", TODAY) == {"clerk"}


def test_a_person_with_several_posts_has_the_groups_of_all(town: Connection) -> None:
    assert {"approval.decider", "bureau.approval.head"} <= person.groups(town, "P014", TODAY)


def test_an_alliance_is_a_group_of_everybody_in_its_units(town: Connection) -> None:
    assert "alliance-office" in person.groups(town, "P014", TODAY)
    assert "alliance-office" not in person.groups(town, "P029", TODAY)


def test_a_post_ends_with_its_last_day(town: Connection) -> None:
    row = appointment.appoint(town, ADMIN, "P029", "archive.keeper", since=TODAY, until=date(2026, 3, 31))
    assert "archive.keeper" in person.groups(town, "P029", date(2026, 3, 31))
    assert "archive.keeper" not in person.groups(town, "P029", date(2026, 4, 1))
    assert last_event(town)[0] == "person.appointed"
    appointment.dismiss(town, ADMIN, row.id, "轮岗", until=date(2026, 3, 10))
    assert "archive.keeper" not in person.groups(town, "P029", date(2026, 3, 11))
    assert last_event(town)[1]["reason"] == "轮岗"


def test_an_appointment_ended_on_its_first_day_leaves_only_the_trail(town: Connection) -> None:
    row = appointment.appoint(town, ADMIN, "P029", "archive.keeper")
    appointment.dismiss(town, ADMIN, row.id, "误任")
    assert "archive.keeper" not in person.groups(town, "P029")
    with pytest.raises(errors.AppointmentUnknown):
        appointment.dismiss(town, ADMIN, row.id, "误任")


@pytest.mark.parametrize("code", ["approval.decider", "approval.reviewer.land", "admin.system", "audit.inspector"])
def test_who_takes_in_may_not_be_given_what_excludes_it(town: Connection, code: str) -> None:
    before = len(audit.trail(town, trail.STREAM))
    with pytest.raises(errors.PostsExclude) as refused:
        appointment.appoint(town, ADMIN, "P029", code)
    assert refused.value.facts["basis"]
    assert len(audit.trail(town, trail.STREAM)) == before


def test_posts_that_exclude_each_other_may_follow_one_another(town: Connection) -> None:
    held = person.appointments(town, "P029")[0]
    appointment.dismiss(town, ADMIN, held.id, "调入审查科", until=date(2026, 3, 31))
    appointment.appoint(town, ADMIN, "P029", "approval.reviewer.land", since=date(2026, 4, 1))
    assert person.groups(town, "P029", date(2026, 4, 1)) == {"approval.reviewer.land"}


def test_an_enforcement_post_demands_a_licence(town: Connection) -> None:
    with pytest.raises(errors.QualificationMissing):
        appointment.appoint(town, ADMIN, "P018", "enforcement.team1.officer")


def test_a_full_post_takes_nobody_more(town: Connection) -> None:
    with pytest.raises(errors.PostFull):
        appointment.appoint(town, ADMIN, "P003", "town.mayor")


@pytest.mark.parametrize(("code", "scope"), [("hall.window", "W99"), ("hall.window", ""), ("hall.lead", "W01")])
def test_a_place_must_be_of_the_posts_kind(town: Connection, code: str, scope: str) -> None:
    with pytest.raises(errors.PostScopeWrong):
        appointment.appoint(town, ADMIN, "P043", code, scope=scope)


def test_nobody_is_appointed_twice_or_after_leaving(town: Connection) -> None:
    with pytest.raises(errors.AppointmentTwice):
        appointment.appoint(town, ADMIN, "P029", "hall.window", scope="W03")
    with pytest.raises(errors.PersonOffDuty):
        appointment.appoint(town, ADMIN, "P196", "hall.lead")


def test_the_named_substitute_acts_for_the_absent_and_the_trail_can_say_so(town: Connection) -> None:
    absence.report(town, ADMIN, "P029", TODAY, TODAY, "病假", substitute_id="P031")
    who, acting_for = person.candidate(town, "P031")
    assert "hall.window@W03" in who.groups
    assert (acting_for["hall.window@W03"], acting_for["hall.window@W05"]) == ("P029", None)
    assert "hall.window@W03" not in person.groups(town, "P031", date(2026, 3, 3))
    assert last_event(town)[0] == "person.absent"


def test_the_standing_order_decides_when_nobody_is_named(town: Connection) -> None:
    absence.set_order(town, ADMIN, "P029", ["P030", "P031"])
    absence.report(town, ADMIN, "P029", TODAY, TODAY, "病假")
    assert "hall.window@W03" in person.groups(town, "P030", TODAY)
    absence.report(town, ADMIN, "P030", TODAY, TODAY, "病假")
    assert "hall.window@W03" in person.groups(town, "P031", TODAY)


def test_a_cancelled_absence_gives_the_work_back(town: Connection) -> None:
    row = absence.report(town, ADMIN, "P029", TODAY, TODAY, "病假")
    absence.cancel(town, ADMIN, row.id)
    assert "hall.window@W03" not in person.groups(town, "P030", TODAY)
    with pytest.raises(errors.AbsenceUnknown):
        absence.cancel(town, ADMIN, row.id)


def test_standing_in_never_joins_what_must_stay_apart(town: Connection) -> None:
    with pytest.raises(errors.SubstituteImpossible):
        absence.report(town, ADMIN, "P045", TODAY, TODAY, "病假", substitute_id="P029")
    appointment.appoint(town, ADMIN, "P045", "bureau.approval.handler")
    absence.report(town, ADMIN, "P045", TODAY, TODAY, "病假", substitute_id="P029")
    gained = person.groups(town, "P029", TODAY)
    assert "bureau.approval.handler" in gained
    assert "approval.reviewer.food" not in gained


def test_same_case_rules_are_offered_to_whoever_knows_the_case(town: Connection) -> None:
    rules = separation.rules(town, "same_case")
    found = separation.conflict(rules, {"approval.reviewer.land"}, "approval.decider")
    assert found is not None
    assert found[0].id == "SOD-02"
    assert separation.conflict(rules, {"approval.reviewer.land"}, "hall.issue") is None


def test_every_group_that_a_process_may_name_is_known(town: Connection) -> None:
    known = post.groups(town)
    assert {"hall.window", "hall.window@W14", "village.window@V15", "external.department@fire"} <= known
    assert "hall.window@W15" not in known


def test_the_tree_leads_from_a_window_to_the_town(town: Connection) -> None:
    line = [row.code for row in unit.path(town, "hall-W03")]
    assert line == ["GL", "gov", "b-approval", "hall", "hall-W03"]
    assert {"hall-W01", "village-V15"} <= unit.below(town, "b-approval")
