"""Carrying a penalty out: service, payment, late fee, court and own execution, challenge."""
