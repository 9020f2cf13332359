"""The handling of an administrative penalty from the lead to the archive, under 行政处罚法 and 行政强制法."""
