"""The system libraries that Qt loads on Linux, and the Debian packages that hold them.

Standard library only, and readable for Python 3.8: nnviz.bootstrap needs it before anything is installed.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

OLDEST_GLIBC = (2, 34)

if TYPE_CHECKING:
    Needs = tuple[tuple[str, ...], ...]
    """Rows of one file on this machine, and the names of the package that holds it, newest first."""

QT: Needs = (
    ("libEGL.so.1", "libegl1"),
    ("libGL.so.1", "libgl1"),
    ("libX11.so.6", "libx11-6"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libglib-2.0.so.0", "libglib2.0-0t64", "libglib2.0-0"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
)
"""What Qt loads even without a screen."""

WINDOW: Needs = (
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-render.so.0", "libxcb-render0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-util.so.1", "libxcb-util1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
)
"""What a window on an X screen needs in addition."""

VIRTUAL_SCREEN: Needs = (("Xvfb", "xvfb"), ("xauth", "xauth"))
"""Programs that stand in for a screen."""


class SetupError(RuntimeError):
    """This machine lacks something; the text says what and which command mends it."""

    def __init__(self, text: str, code: int = 1) -> None:
        super().__init__(text)
        self.code = code


def is_present(name: str) -> bool:
    """Whether the loader finds a library (``libGL.so.1``), or the shell a program (``Xvfb``)."""
    if ".so" not in name:
        return shutil.which(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing(needs: Needs) -> list[tuple[str, ...]]:
    """The entries of a table such as QT whose file is not on this machine; none outside Linux."""
    return [need for need in needs if not is_present(need[0])] if sys.platform == "linux" else []


def require(needs: Needs) -> None:
    """Make sure that all entries of a table such as QT are there: install them, or raise SetupError."""
    check_glibc()
    lacking = missing(needs)
    if lacking:
        install([need[1:] for need in lacking], ", ".join(need[0] for need in lacking))


def check_glibc(libc: tuple[str, str] | None = None) -> None:
    """Raise SetupError on a Linux too old for Qt's packages."""
    name, version = libc or platform.libc_ver()
    if sys.platform != "linux" or not version:
        return
    if name != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < OLDEST_GLIBC:
        raise SetupError(f"Qt needs glibc 2.34 (Debian 12, Ubuntu 22.04) or newer; this is {name} {version}")


def install(choices: Sequence[tuple[str, ...]], what: str) -> None:
    """Install one package of each choice of names through apt-get, or raise SetupError with the command."""
    if shutil.which("apt-get") is None:
        raise SetupError(f"please install, with this system's package manager: {what}")
    root = root_prefix()
    if root is None:
        names = " ".join(known_name(choice) for choice in choices)
        command = f"sudo apt-get install --no-install-recommends {names}"
        raise SetupError(f"missing here: {what}. Please type:\n\n    {command}\n")
    print(f"Installing system packages for: {what}", flush=True)
    apt_get(root, "update")
    apt_get(root, "install", "-y", "--no-install-recommends", *[known_name(choice) for choice in choices])


def root_prefix() -> list[str] | None:
    """What to put before a command so that root runs it: nothing, sudo without a question, or None."""
    if os.name == "posix" and os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True).returncode == 0:
        return sudo
    return None


def known_name(choice: tuple[str, ...]) -> str:
    """The first of several names of one package that apt knows here; the last when it knows none."""
    for name in choice:
        if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0:
            return name
    return choice[-1]


def apt_get(root: list[str], *arguments: str) -> None:
    """Run apt-get without questions; raise SetupError with the command when it fails."""
    quiet = ["-qq"] if arguments[0] == "update" else ["-q"]
    command = [*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *quiet, *arguments]
    code = subprocess.call(command, stdout=subprocess.DEVNULL)
    if code:
        raise SetupError("failed with exit code {}: {}".format(code, " ".join(command)), code)
