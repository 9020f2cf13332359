"""The file (案卷) of a case: what belongs in it, what is missing, and the one bound document it becomes."""
