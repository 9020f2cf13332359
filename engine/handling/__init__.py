"""What people do with a task besides completing it: return it, take it back, ask others, remind."""
