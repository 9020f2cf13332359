"""What is printed of a picture: upright, opaque and no finer than paper needs, so that any camera's file can be a page.

The file itself stays as it was taken, under its hash; a page shows it.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageOps

KINDS = ("jpg", "png")
LONGEST = 2400
"""Pixels of the longer side: more than 200 to the inch on A4."""
_NOT_A_PICTURE = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)
"""What Pillow says to a file that is broken, cut off, or no picture at all."""


def printable(path: Path) -> bytes | None:
    """Return a JPEG to print in place of a picture; None if the file cannot be shown."""
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (LONGEST, LONGEST))
            picture = _opaque(ImageOps.exif_transpose(opened))
    except _NOT_A_PICTURE:
        return None
    picture.thumbnail((LONGEST, LONGEST))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=85)
    return written.getvalue()


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I"):  # sixteen bits of grey, which Pillow would cut off instead of scaling
        picture = picture.point(lambda shade: shade * (1 / 256)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    white = Image.new("RGBA", picture.size, "white")
    white.alpha_composite(picture.convert("RGBA"))
    return white.convert("RGB")
