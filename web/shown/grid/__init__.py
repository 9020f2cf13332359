"""What the pages of the grid and of the command centre show."""
