"""What the town offers: the versioned catalogue of items, its figures, its registers."""
