"""The grid: what is seen in the town's grids, from the report of an event to the score of the month."""
