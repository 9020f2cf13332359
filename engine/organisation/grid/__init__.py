"""The grid: the town cut into cells of three levels, who answers for each, and what belongs to it."""
