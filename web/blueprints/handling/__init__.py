"""The pages on which people do with a task what is not completing it: hand over, return, ask, remind, show."""
