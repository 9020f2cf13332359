"""Brings a browser of the project's own: no root, no system package, a Chinese font included.

``ONEWINDOW_TEST_BROWSER`` names another Chromium to drive instead.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import brotli

HERE = Path(__file__).parent
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--renderer-process-limit=1", "--process-per-site", "--disable-site-isolation-trials",
]  # fmt: skip


@dataclass(frozen=True)
class Browser:
    """A Chromium to start: its executable and what its process must find in the environment."""

    executable: str
    environment: dict[str, str]


def bring(target: Path) -> Browser:
    """Unpack the locked browser into ``target`` once and return it.

    Raises
    ------
    subprocess.CalledProcessError
        If the package registry cannot be reached.
    """
    own = os.environ.get("ONEWINDOW_TEST_BROWSER")
    target.mkdir(parents=True, exist_ok=True)
    _install()
    fonts = {"FONTCONFIG_FILE": str(_font_configuration(target))}
    if own:
        return Browser(own, fonts)
    packed = HERE / "node_modules/@sparticuz/chromium/bin"
    executable = target / "chromium"
    if not executable.exists():
        _unpack_libraries(packed / "al2023.tar.br", target)
        part = target / "chromium.part"
        part.write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
        part.chmod(0o755)
        part.rename(executable)
    return Browser(str(executable), fonts | {"LD_LIBRARY_PATH": str(target / "lib")})


@functools.cache
def axe_source() -> bytes:
    """Return the accessibility checker's script."""
    return (HERE / "node_modules/axe-core/axe.min.js").read_bytes()


def _install() -> None:
    """Bring the locked packages unless they are there; test processes that start at once wait for the first."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    done = HERE / "node_modules" / ".brought"
    with (Path(tempfile.gettempdir()) / f"onewindow-browser-{wanted[:12]}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == wanted:
            return
        _npm_ci()
        done.write_text(wanted)


def _npm_ci() -> None:
    npm = shutil.which("npm", path=f"{HERE.parents[2] / '.venv/bin'}{os.pathsep}{os.environ['PATH']}")
    if npm is None:
        raise FileNotFoundError("npm is missing: install the distribution with its dev extra")
    environment = os.environ | {"PATH": f"{Path(npm).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=HERE, env=environment, check=True)


def _unpack_libraries(archive: Path, target: Path) -> None:
    unpacked = target / "libraries.tar"
    unpacked.write_bytes(brotli.decompress(archive.read_bytes()))
    with tarfile.open(unpacked) as tar:
        if hasattr(tarfile, "data_filter"):  # a Python before 3.11.4 has none; the archive is locked by its hash
            tar.extraction_filter = tarfile.data_filter
        tar.extractall(target)  # noqa: S202
    unpacked.unlink()


def _font_configuration(target: Path) -> Path:
    folder = HERE / "node_modules/@expo-google-fonts/noto-sans-sc"
    configuration = target / "fonts.conf"
    if configuration.exists():  # a browser may be reading it
        return configuration
    configuration.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}/400Regular</dir><dir>{folder}/700Bold</dir><cachedir>{target}/fontcache</cachedir>"
        "</fontconfig>"
    )
    return configuration
