"""Pages for residents and firms."""
