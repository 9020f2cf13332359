"""The case domain: what a process does for the people of the town, under the law."""
