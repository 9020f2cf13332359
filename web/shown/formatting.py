"""How days, moments, amounts and time left are written, in the reader's language and the town's zone."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from flask import Flask

from engine import clock
from web import language
from web.catalogues import gettext as _
from web.catalogues import ngettext as _n


def init_app(app: Flask) -> None:
    """Offer the formats to templates as filters."""
    filters = (
        day,
        weekday,
        moment,
        due_moment,
        moment_exact,
        short_moment,
        time_of_day,
        iso,
        amount,
        size,
        percent,
        time_left,
        due_state,
    )
    for each in filters:
        app.add_template_filter(each)


def _chinese() -> bool:
    return language.locale_name() == "zh_CN"


def _in_town(value: date | datetime | str | None) -> date | datetime | None:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return value.astimezone(clock.TOWN) if isinstance(value, datetime) else value


def day(value: date | datetime | str | None) -> str:
    """Write a day in full: 2026年3月5日, 5 March 2026."""
    value = _in_town(value)
    if value is None:
        return ""
    if _chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {value:%B %Y}"


def weekday(value: date | str) -> str:
    """Write a day with its day of the week, for sheets that count: 2026-03-05 周四, 2026-03-05 Thu."""
    local = _in_town(value)
    if local is None:
        return ""
    name = "周" + "一二三四五六日"[local.weekday()] if _chinese() else f"{local:%a}"
    return f"{local:%Y-%m-%d} {name}"


def moment(value: datetime | str | None) -> str:
    """Write a moment in full: 2026年3月5日 17:00."""
    local = _in_town(value)
    return f"{day(local)} {local:%H:%M}" if isinstance(local, datetime) else day(local)


def due_moment(value: datetime | None) -> str:
    """Write until when something runs: 2026年3月5日 24:00, where midnight belongs to the day that ends."""
    return "" if value is None else f"{day(_last_day(value))} {_closing(value)}"


def moment_exact(value: datetime | str | None) -> str:
    """Write a moment to the second, for those who compare traces: 2026-03-05 17:00:12."""
    local = _in_town(value)
    return f"{local:%Y-%m-%d %H:%M:%S}" if isinstance(local, datetime) else day(local)


def short_moment(value: datetime | date | str | None) -> str:
    """Write a moment for a table: 03-05 17:00, with the year when it is another one."""
    value = _in_town(value)
    if value is None:
        return ""
    written = value.isoformat(" ", "minutes")[:16] if isinstance(value, datetime) else value.isoformat()
    return written.removeprefix(f"{clock.today().year}-")


def time_of_day(value: datetime) -> str:
    """Write when something is, on a day that is known: 17:00."""
    return f"{value.astimezone(clock.TOWN):%H:%M}"


def iso(value: datetime | date | str | None) -> str:
    """Write a moment for machines, in the town's zone."""
    value = _in_town(value)
    return value.isoformat() if value else ""


def amount(value: Decimal | int | None) -> str:
    """Write an amount of money: 12,000 元, CNY 12,000."""
    if value is None:
        return ""
    written = format_decimal(value, format="#,##0.##", locale=language.locale_name())
    return f"{written} 元" if _chinese() else f"CNY {written}"


def percent(value: float | Decimal) -> str:
    """Write a share: 71.0 %."""
    return f"{value * 100:.1f} %"


def size(count: int) -> str:
    """Write the size of a file."""
    return f"{count / 1024:.0f} KB" if count < 1 << 20 else f"{count / (1 << 20):.1f} MB"


def time_left(due: datetime | None, working_days: Any = None) -> str:
    """Say how long is left until ``due``, or by how much it was missed.

    Parameters
    ----------
    working_days
        Counts the working days in ``(day, day]``; without it, calendar days are said.
    """
    if due is None:
        return ""
    left = due - clock.now()
    today, last = clock.today(), _last_day(due)
    if left.total_seconds() < 0:
        return _overdue((today - last).days, int(-left.total_seconds() // 3600))
    if today == last:
        return str(_("due today, %(time)s", time=_closing(due)))
    if working_days is None:
        return str(_n("%(num)d day left", "%(num)d days left", (last - today).days))
    return str(_n("%(num)d working day left", "%(num)d working days left", working_days(today, last)))


def due_state(due: datetime | None) -> str:
    """Return the badge that a due moment wears: ``overdue``, ``today`` or none."""
    if due is None:
        return ""
    return "overdue" if due < clock.now() else "today" if _last_day(due) == clock.today() else ""


def _last_day(due: datetime) -> date:
    """The day a period runs out on: 24:00 belongs to the day that ends."""
    local = due.astimezone(clock.TOWN)
    return date.fromordinal(local.toordinal() - 1) if _midnight(local) else local.date()


def _midnight(local: datetime) -> bool:
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def _closing(due: datetime) -> str:
    local = due.astimezone(clock.TOWN)
    return "24:00" if _midnight(local) else f"{local:%H:%M}"


def _overdue(days: int, hours: int) -> str:
    if days < 1:
        return str(_n("overdue by %(num)d hour", "overdue by %(num)d hours", max(hours, 1)))
    return str(_n("overdue by %(num)d day", "overdue by %(num)d days", days))
