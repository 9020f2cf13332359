"""What designers are shown of packages, their differences and their migrations."""
