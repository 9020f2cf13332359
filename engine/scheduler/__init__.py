"""Wakes the jobs that are due; the rows are the truth, a scheduler only knows when to look at them again."""
