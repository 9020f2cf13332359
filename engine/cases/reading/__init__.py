"""How cases are found and told: lists, search, story, and why one waits."""
