"""A process package: BPMN, DMN, forms, documents and ``package.toml``, read from a folder or a ZIP file."""

from __future__ import annotations

import hashlib
import io
import tomllib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from engine import bpmn, errors
from engine.errors import N_

SHIPPED = Path(__file__).parents[1] / "workflows"
"""The folder of the process packages that come with this installation, whose handlers it brings."""

MAX_BYTES = 50_000_000
MAX_FILES = 500
NOT_DEPLOYED = (".py", ".pyc")
"""Handlers come with the installed code: a package that somebody sends brings no program."""


@dataclass(frozen=True)
class Package:
    """``files`` maps a path inside the package, with slashes, to its bytes."""

    files: Mapping[str, bytes]

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
        except (KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise errors.PackageUnreadable(reason=f"package.toml: {error}") from error

    @property
    def name(self) -> str:
        """The package's name, the same in all its versions."""
        name = self.manifest.get("name")
        if not isinstance(name, str) or not name.isidentifier():
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
        return _bounded(
            {
                file.relative_to(source).as_posix(): file.read_bytes()
                for file in sorted(source.rglob("*"))
                if file.is_file() and "__pycache__" not in file.parts and file.suffix not in NOT_DEPLOYED
            }
        )
    return _bounded(_unzip(source if isinstance(source, bytes) else source.read_bytes()))


def write_zip(package: Package) -> bytes:
    """Return the package as a ZIP file; the same package gives the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.files):
            archive.writestr(zipfile.ZipInfo(path), package.files[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()


def check(package: Package, environment: bpmn.Environment) -> list[bpmn.Finding]:
    """Return everything that keeps the package from being put into force."""
    findings: list[bpmn.Finding] = []
    diagrams = package.under(".bpmn")
    if not diagrams:
        findings.append(bpmn.Finding(package.name, N_("The package holds no diagram.")))
    for path, source in diagrams.items():
        try:
            findings += bpmn.check(source, environment)[1]
        except errors.EngineError as error:
            findings.append(bpmn.Finding(path, error.template, "", error.facts))
    return findings


def _unzip(source: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > MAX_BYTES:
                raise errors.PackageUnreadable(reason=N_("it is larger than allowed when unpacked"))
            return {
                _safe(entry.filename): archive.read(entry)
                for entry in entries
                if not entry.filename.endswith(NOT_DEPLOYED)
            }
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise errors.PackageUnreadable(reason=str(error)) from error


def _safe(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise errors.PackageUnreadable(reason=f"{name!r} leads out of the package")
    return path.as_posix()


def _bounded(files: dict[str, bytes]) -> Package:
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise errors.PackageUnreadable(reason=N_("it holds too many or too large files"))
    return Package(files)
