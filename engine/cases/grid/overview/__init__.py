"""The overview: events as a list, on the map, as figures, over a grid and by party branch; it only reads."""
