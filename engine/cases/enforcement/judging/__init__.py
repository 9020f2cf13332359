"""Judging: discretion, the draft and its review, the notice, plea and hearing, the discussion and the decision."""
