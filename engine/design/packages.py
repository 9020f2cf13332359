"""A process package: BPMN, DMN, forms, documents and ``package.toml``, read from a folder or a ZIP file."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from engine import errors
from engine.errors import N_

SHIPPED = Path(__file__).parents[2] / "workflows"
"""The folder of the process packages that come with this installation, whose handlers it brings."""

MAX_BYTES = 50_000_000
MAX_FILES = 500
MAX_PATH = 200
"""What a package may have at most: bytes unpacked, files, and characters of a path."""
ALLOWED = (".bpmn", ".dmn", ".form", ".typ", ".toml", ".yaml", ".json", ".md", ".txt", ".png", ".svg")
"""What a package is made of; a file of any other kind is refused, since nothing would ever read it."""
NOT_DEPLOYED = (".py", ".pyc")
"""Handlers come with the installed code: a package that somebody sends brings no program."""


@dataclass(frozen=True)
class Package:
    """``files`` maps a path inside the package, with slashes, to its bytes; ``left_out`` are files not taken over."""

    files: Mapping[str, bytes]
    left_out: tuple[str, ...] = ()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What ``package.toml`` says.

        Raises
        ------
        PackageUnreadable
            If it is missing or no TOML.
        """
        try:
            return tomllib.loads(self.files["package.toml"].decode())
        except KeyError:
            raise errors.PackageUnreadable(reason=N_("it has no package.toml")) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise errors.PackageUnreadable(reason=f"package.toml: {error}") from error

    @property
    def name(self) -> str:
        """The package's name, the same in all its versions.

        Raises
        ------
        PackageUnreadable
            If ``package.toml`` names none, or not as an identifier of at most 80 characters.
        """
        name = self.manifest.get("name")
        if not isinstance(name, str) or not name.isidentifier() or len(name) > 80:
            raise errors.PackageUnreadable(reason=N_("package.toml names no package"))
        return name

    @cached_property
    def hash(self) -> str:
        """SHA-256 over the sorted paths and contents: the same content has the same hash."""
        digest = hashlib.sha256()
        for path in sorted(self.files):
            digest.update(f"{path}\0{len(self.files[path])}\0".encode())
            digest.update(self.files[path])
        return digest.hexdigest()

    def under(self, suffix: str) -> dict[str, bytes]:
        """Return the files whose path ends in ``suffix``, by path."""
        return {path: content for path, content in sorted(self.files.items()) if path.endswith(suffix)}


def read(source: Path | bytes) -> Package:
    """Read a folder, a ZIP file or a ZIP file's bytes.

    Raises
    ------
    PackageUnreadable
        If it is no package, has unsafe paths, or is over a bound.
    """
    if isinstance(source, Path) and source.is_dir():
        return of(
            {
                file.relative_to(source).as_posix(): file.read_bytes()
                for file in sorted(source.rglob("*"))
                if file.is_file() and "__pycache__" not in file.parts and file.suffix not in NOT_DEPLOYED
            }
        )
    return _unzip(source if isinstance(source, bytes) else source.read_bytes())


def read_one(name: str, content: bytes) -> Package:
    """Return the package of a file that somebody sends: a ZIP file, or a diagram, which becomes a package of its own.

    Raises
    ------
    PackageUnreadable
        As :func:`read`.
    """
    stem, ending = Path(name).stem, Path(name).suffix.lower()
    if ending not in (".bpmn", ".xml"):
        return read(content)
    own = re.sub(r"\W+", "_", stem).strip("_").lower()[:80]
    own = own if own.isidentifier() else f"p_{own}"[:80]
    manifest = f'name = "{own}"\ntitle = {json.dumps(stem, ensure_ascii=False)}\n'
    return of({"package.toml": manifest.encode(), f"{own}.bpmn": content})


def of(files: Mapping[str, bytes], left_out: tuple[str, ...] = ()) -> Package:
    """Return the package of these files.

    Raises
    ------
    PackageUnreadable
        If a path is unsafe, or a bound is passed.
    PackageFileUnknown
        If a file is of a kind that no package has.
    """
    for path in files:
        _check_path(path)
        if PurePosixPath(path).suffix not in ALLOWED:
            raise errors.PackageFileUnknown(path=path, allowed=", ".join(ALLOWED))
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise errors.PackageUnreadable(reason=N_("it holds too many or too large files"))
    return Package(files, left_out)


def write_zip(package: Package) -> bytes:
    """Return the package as a ZIP file; the same package gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.files):
            archive.writestr(zipfile.ZipInfo(path), package.files[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _unzip(source: bytes) -> Package:
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise errors.PackageUnreadable(reason=N_("it is larger than allowed when unpacked"))
            for entry in entries:
                _check_path(entry.filename)
            taken = [entry for entry in entries if _belongs(entry.filename)]
            if len({entry.filename for entry in taken}) < len(taken):
                raise errors.PackageUnreadable(reason=N_("it holds two files of the same name"))
            left_out = tuple(entry.filename for entry in entries if entry not in taken)
            return of(_without_folder({entry.filename: archive.read(entry) for entry in taken}), left_out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise errors.PackageUnreadable(reason=N_("it is no ZIP file that can be unpacked")) from error


def _belongs(name: str) -> bool:
    """Tell whether an entry is more than a program or what a computer adds to its folders by itself."""
    parts = PurePosixPath(name).parts
    return not name.endswith(NOT_DEPLOYED) and parts[0] != "__MACOSX" and not parts[-1].startswith(".")


def _without_folder(files: dict[str, bytes]) -> dict[str, bytes]:
    """Take the folder away that stands around the whole package when somebody has zipped the folder itself."""
    tops = {path.partition("/")[0] for path in files}
    if "package.toml" in files or len(tops) != 1:
        return files
    return {path.partition("/")[2] or path: content for path, content in files.items()}


def _check_path(name: str) -> None:
    path = PurePosixPath(name)
    if (
        not path.parts
        or path.is_absolute()
        or ".." in path.parts
        or any(sign in name for sign in "\\:\0")
        or path.as_posix() != name
    ):
        raise errors.PackageUnreadable(reason=N_("a path leads out of it"))
    if len(name) > MAX_PATH or not name.isprintable():
        raise errors.PackageUnreadable(reason=N_("a path is too long or holds signs that cannot be read"))
