"""Enforcement: powers, leads, officers, and what they do in the cases of administrative penalties (行政处罚法)."""
