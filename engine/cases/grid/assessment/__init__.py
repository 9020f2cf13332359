"""The monthly assessment of grid workers from basis to approval; every figure can be counted again."""
