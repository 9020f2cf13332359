"""The user task: offered to posts, claimed by a person, completed with a form, exactly once."""

import engine.tasks.opening  # noqa: F401  # registers what writes the kernel's tasks into rows
from engine.tasks.changing import ask_about, change, heard
from engine.tasks.claiming import claim, release, take_away
from engine.tasks.completing import complete, save_draft
from engine.tasks.due import dates, limit, move_due, show_due
from engine.tasks.guarding import DISTINCT, Excluded, ask_guards, excludes, guards, renew
from engine.tasks.handing_over import delegate, hand_back, offered_to, transfer
from engine.tasks.reading import context, form, get, groups_of, lock, of_case, own, read, require_mine
from engine.tasks.seeing import LISTED, free_to, held_by, inbox, inbox_query, may_see, open_of, open_to, seen
from engine.tasks.table import IS_OPEN, Candidate, require_open, task

__all__ = [
    "DISTINCT", "IS_OPEN", "LISTED", "Candidate", "Excluded",
    "ask_about", "ask_guards", "change", "claim", "complete", "context", "dates", "delegate", "excludes", "form",
    "free_to", "get", "groups_of", "guards", "hand_back", "heard", "held_by", "inbox", "inbox_query", "limit", "lock",
    "may_see", "move_due", "of_case", "offered_to", "open_of", "open_to", "own", "read", "release", "renew",
    "require_mine", "require_open", "save_draft", "seen", "show_due", "take_away", "task", "transfer",
]  # fmt: skip
