"""The pages of enforcement cases: how they begin, what proves them, how they are counted."""
