"""The sources: the systems that report events to the town, by call or by file."""
