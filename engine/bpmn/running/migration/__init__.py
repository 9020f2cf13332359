"""The kernel's part of a migration: an instance goes on in another version of its process, or says why it cannot."""

from engine.bpmn.running.migration.moving import migrate
from engine.bpmn.running.migration.routes import Route, Target, holds, inverse, same_kind, suggestions

__all__ = ["Route", "Target", "holds", "inverse", "migrate", "same_kind", "suggestions"]
