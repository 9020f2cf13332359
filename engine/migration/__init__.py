"""Migration: a plan leads the running instances of one version of a package to another, and back if need be."""

from engine.bpmn.running.migration import holds, same_kind
from engine.migration.application import apply, check, entries, migration, obstacles, progress, undo
from engine.migration.course import knows_groups
from engine.migration.plan import discard, get, migration_plan, nodes, of, save, start, suggestions

__all__ = [
    "apply", "check", "discard", "entries", "get", "holds", "knows_groups", "migration", "migration_plan", "nodes",
    "obstacles", "of", "progress", "same_kind", "save", "start", "suggestions", "undo",
]  # fmt: skip
