"""The investigation of a breach: acts, evidence and what is done with things and suspicions on the way."""
