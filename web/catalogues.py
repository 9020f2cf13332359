"""The catalogues: the texts of each locale, merged from every ``translations/*/*.po`` when they are first wanted."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages import mofile, pofile
from babel.support import NullTranslations, Translations
from flask_babel import Domain

from web.language import locale_name

FOLDER = Path(__file__).parent / "translations"


class Catalogues(Domain):  # type: ignore[misc]  # Flask-Babel publishes no types
    """The texts of each locale, all areas merged; a locale without files speaks English."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._texts: dict[str, NullTranslations] = {
            place.name: merged(sorted(place.glob("*.po"))) for place in folder.iterdir() if place.is_dir()
        }
        self._english = NullTranslations()

    def get_translations(self) -> NullTranslations:
        """Return the texts of the reader's locale."""
        return self.of(locale_name())

    def of(self, locale: str) -> NullTranslations:
        """Return the texts of a locale."""
        return self._texts.get(locale, self._english)


def merged(files: list[Path]) -> NullTranslations:
    """Return one catalogue out of several PO files; the first file to translate a text wins."""
    whole = None
    for file in files:
        with file.open("rb") as content:
            catalogue = pofile.read_po(content, locale=file.parent.name, abort_invalid=True)
        if whole is None:
            whole = catalogue
            continue
        for message in catalogue:
            if message.id and whole.get(message.id, message.context) is None:
                whole[message.id] = message
    if whole is None:
        return NullTranslations()
    compiled = io.BytesIO()
    mofile.write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


CATALOGUES = Catalogues(FOLDER)
gettext, ngettext = CATALOGUES.gettext, CATALOGUES.ngettext
"""What Flask-Babel's functions of these names say, without its search for the catalogue, which takes longer than the
text itself: for what a list says of each of its rows."""
