"""Every kind of job there is: whoever dispatches jobs imports this, so that none is met whose runner is not loaded.

Timers and messages carry processes on; the outbox delivers pushes; the alarms of deadlines and the receipts of pushes
are looked at when one of them falls due; what has been public for its time is taken down.
"""

from __future__ import annotations

from engine import jobs, messages, outbox
from engine.cases.clocks import alarm
from engine.cases.papers import publicity, push

DUTIES = (jobs, messages, outbox, alarm, push, publicity)
