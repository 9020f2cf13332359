"""Printing: a Typst file becomes a PDF/A-2b, with the house's font and nothing from the network, or plain HTML."""

from __future__ import annotations

from pathlib import Path

import typst

from engine import clock
from engine.cases.papers import fonts


def pdf(root: Path, path: str) -> bytes:
    """Return the PDF of a file below ``root``, which can read what lies there and nothing else.

    Raises
    ------
    typst.TypstError
        With what is wrong in it.
    DocumentFontMissing
        If no font with Chinese characters is there.
    """
    family, known = fonts.found()
    printed = typst.compile(
        str(root / path),
        root=str(root),
        font_paths=known,
        ignore_system_fonts=True,
        sys_inputs={"font": family},
        package_path=str(root),
        package_cache_path=str(root),
        pdf_standards="a-2b",
        timestamp=clock.now().replace(microsecond=0),  # typst refuses fractions
    )
    return bytes(printed)


def html(root: Path, path: str) -> bytes:
    """Return what a file below ``root`` says as HTML, for Word; it needs no font.

    Raises
    ------
    typst.TypstError
        With what is wrong in it.
    """
    told = typst.compile(
        str(root / path),
        root=str(root),
        format="html",
        sys_inputs={"word": "yes"},
        package_path=str(root),
        package_cache_path=str(root),
    )
    return bytes(told)
