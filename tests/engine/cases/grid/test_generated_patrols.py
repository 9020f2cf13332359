"""The demo town's patrols: of the days before now, by several workers, past check points, each with its trail."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine import audit, clock
from engine.cases.grid.patrols import generated, patrol, patrol_plan, reached
from engine.organisation import person


def test_several_workers_have_passed_most_check_points_in_the_last_days(connection: Connection) -> None:
    count = generated.generate(connection, seed=1)
    kept = connection.execute(sa.select(patrol.patrol).order_by(patrol.patrol.c.id)).all()
    assert len(kept) == count
    assert len({row.person_id for row in kept}) == 13
    assert len({clock.day(row.started_at) for row in kept}) >= generated.DAYS - 1
    assert all(clock.now() - timedelta(days=7) < row.started_at < row.received_at <= clock.now() for row in kept)
    trail = sa.select(audit.audit_event).where(audit.audit_event.c.stream == patrol.STREAM)
    told = connection.execute(trail.order_by(audit.audit_event.c.id)).all()
    assert [(row.action, row.details["patrol"], row.actor, row.at) for row in told] == [
        ("patrol.kept", row.id, row.person_id, row.received_at) for row in kept
    ]
    rule, missed = patrol_plan.track_rule(connection), []
    for row in kept[:20]:
        (group,) = (one for one in person.groups(connection, row.person_id) if one.startswith("grid.worker@"))
        points = patrol_plan.of(connection, group.partition("@")[2], clock.today()).points
        missed.append(len(points) - len(reached.passed(points, row.points, rule)))
    assert set(missed) == {0, 1}, "now and then one point is left out"
    assert generated.generate(connection, seed=1) == count
    assert connection.scalar(sa.select(sa.func.count()).select_from(patrol.patrol)) == count, "each is kept once"
