"""Patrols: what a worker walks past by plan, and the rounds that were made."""
