"""What process designers make: packages, drafts, their check, their decisions, and how two versions differ."""
