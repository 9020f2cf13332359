"""Pages for process designers and publishers."""
