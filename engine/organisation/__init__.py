"""The organisation: units, posts, persons who hold them, who stands in for whom, and who may sign in."""
