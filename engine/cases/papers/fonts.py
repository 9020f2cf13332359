"""The fonts of documents: Chinese must print as Chinese, never as empty boxes.

Looked for in the folders given to :func:`configure` (ONEWINDOW_FONT_DIR; the fonts that the setup brings from npm
``@expo-google-fonts/noto-serif-sc``) and among the system's. If none of :data:`FAMILIES` is found, nothing is printed
and the error says what to do.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import typst

from engine import errors

FAMILIES = (
    "FangSong",
    "FangSong_GB2312",
    "STFangsong",
    "Noto Serif SC",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "SimSun",
    "Songti SC",
    "STSong",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Zen Hei",
)
"""Families with the Chinese of the mainland, the face of official documents (仿宋) first."""

_folders: tuple[Path, ...] = ()


def configure(folders: Sequence[Path]) -> None:
    """Look for fonts in these folders, too, those that are there; every entry point calls this once."""
    global _folders  # noqa: PLW0603 - one set of fonts per process, chosen where the process starts
    wanted = tuple(folder for folder in folders if folder.is_dir())
    if wanted != _folders:
        _folders = wanted
        found.cache_clear()


@functools.cache
def found() -> tuple[str, typst.Fonts]:
    """Return the family to print with and all fonts; read once per process, as reading them costs 0.2 s.

    Raises
    ------
    DocumentFontMissing
        If no family with Chinese characters is there.
    """
    fonts = typst.Fonts(include_system_fonts=True, font_paths=[str(folder) for folder in _folders])
    there = set(fonts.families())
    for family in FAMILIES:
        if family in there:
            return family, fonts
    raise errors.DocumentFontMissing
