"""The entry of nnviz in the desktop's own menu: ``nnviz --install-menu`` and ``nnviz --remove-menu``.

Linux takes the files of ``resources/desktop`` in the user's data folder, Windows a shortcut in the Start
menu, macOS a small bundle in the user's applications folder. Everything is for this user only. Standard
library only.
"""

import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from nnviz import __version__
from nnviz.resources import resource

APP_ID = "org.nnviz.Nnviz"
FOLDER = Path(__file__).resolve().parent.parent

FROM_FOLDER = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import nnviz.__main__ as nnviz; sys.exit(nnviz.main())"
)
"""Opens the window of the package in a folder, which is the first argument."""

FROM_ANYWHERE = """
import importlib.util, os, sys
spec, folder = importlib.util.find_spec("nnviz"), sys.argv[1]
found = os.path.dirname(spec.origin or "") if spec else ""
print(bool(found) and os.path.samefile(found, os.path.join(folder, "nnviz")))
sys.path.insert(0, folder)
import nnviz.ui.application
"""
"""Prints whether the package in a folder, the argument, is found without it; fails where the window would."""

LINUX_FILES = {
    ("desktop", f"{APP_ID}.metainfo.xml"): f"metainfo/{APP_ID}.metainfo.xml",
    ("desktop", f"{APP_ID}.xml"): f"mime/packages/{APP_ID}.xml",
    ("icons", "nnviz.svg"): f"icons/hicolor/scalable/apps/{APP_ID}.svg",
}
"""Shipped resource -> its place below the user's data folder; the desktop entry itself is written."""

LINUX_ENTRY = f"applications/{APP_ID}.desktop"

VALUE_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
"""How the values of a desktop entry are written: escaped once more after the quoting of a command."""

NOT_IN_VALUES = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
"""Control characters that have no such escape, and bytes that are no text."""

THROUGH_SHELL = ("/bin/sh", "-c", 'exec "$0" "$@"')

LINUX_CACHES = {
    "update-desktop-database": "applications",
    "update-mime-database": "mime",
    "gtk-update-icon-cache": "icons/hicolor",
}
"""Program that refreshes a cache -> the folder it is called with. Desktops do without, only later."""

WINDOWS_SHORTCUT = (
    "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:NNVIZ_LINK); "
    "$s.TargetPath = $env:NNVIZ_TARGET; $s.Arguments = $env:NNVIZ_ARGUMENTS; "
    "$s.IconLocation = $env:NNVIZ_ICON; $s.Description = 'nnviz'; $s.Save()"
)


class MenuError(RuntimeError):
    """The menu entry could not be made; the text says why."""


class Menu(NamedTuple):
    """How one system's menu is changed: both return the files concerned."""

    install: Callable[[], list[Path]]
    remove: Callable[[], list[Path]]


def install_menu() -> list[Path]:
    """Put nnviz into this user's menu and return the files written; raises MenuError."""
    return _change(lambda menu: menu.install())


def remove_menu() -> list[Path]:
    """Take nnviz out of this user's menu and return the files removed; raises MenuError."""
    return _change(lambda menu: menu.remove())


def _change(change: Callable[[Menu], list[Path]]) -> list[Path]:
    if sys.platform not in MENUS:
        raise MenuError(f"nnviz knows no menu on this system ({sys.platform})")
    try:
        return change(MENUS[sys.platform])
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise MenuError(f"the menu entry could not be changed: {where}{error.strerror or error}") from error


def launcher() -> list[str]:
    """The command, with absolute paths, that opens the window of this very installation from any folder.

    Raises MenuError where it would find no window there.
    """
    python = Path(sys.executable)
    if getattr(sys, "frozen", False):
        return [str(python)]
    is_found = _is_found_from_anywhere(python)
    script = python.parent / ("nnviz-window.exe" if os.name == "nt" else "nnviz-window")
    return (
        [str(script)] if is_found and script.exists() else [str(python), "-P", "-c", FROM_FOLDER, str(FOLDER)]
    )


def _is_found_from_anywhere(python: Path) -> bool:
    """Whether an interpreter knows this package by itself; MenuError where its window lacks another."""
    command = [str(python), "-E", "-P", "-c", FROM_ANYWHERE, str(FOLDER)]
    done = subprocess.run(command, cwd=python.anchor, capture_output=True, text=True, check=False)
    if done.returncode:
        why = done.stderr.strip().rpartition("\n")[2]
        raise MenuError(f"from the menu, {python} would not open the window of nnviz: {why}")
    return done.stdout.strip() == str(True)


# --- Linux: https://specifications.freedesktop.org/desktop-entry-spec


def data_home() -> Path:
    """The user's data folder."""
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if os.path.isabs(named) else _home() / ".local" / "share"


def exec_line(command: list[str]) -> str:
    """The Exec value of a desktop entry that runs a command and hands it the file that was opened.

    Raises MenuError for a command that no entry can run.
    """
    if any(map(NOT_IN_VALUES.search, command)):
        raise MenuError(f"found {ascii(command[0])}, which no menu can start: move nnviz to another folder")
    if set("=%") & set(command[0]):  # which the path of the program must not have, other words may
        command = [*THROUGH_SHELL, *command]
    return " ".join([*map(_exec_word, command), "%f"])


def _exec_word(word: str) -> str:
    for character in '\\"`$':
        word = word.replace(character, "\\" + character)
    for character, written in VALUE_ESCAPES.items():
        word = word.replace(character, written)
    return '"' + word.replace("%", "%%") + '"'


def desktop_entry(command: list[str]) -> str:
    """The shipped desktop entry with an Exec line that runs a command."""
    lines = resource("desktop", f"{APP_ID}.desktop").read_text(encoding="utf-8").splitlines()
    filled = [f"Exec={exec_line(command)}" if line.startswith("Exec=") else line for line in lines]
    return "\n".join(filled) + "\n"


def _install_linux() -> list[Path]:
    files = {data_home() / place: resource(*source).read_bytes() for source, place in LINUX_FILES.items()}
    files[data_home() / LINUX_ENTRY] = desktop_entry(launcher()).encode()
    _write_all(files)
    _refresh_caches()
    return [*files]


def _remove_linux() -> list[Path]:
    removed = _unlink([data_home() / place for place in (*LINUX_FILES.values(), LINUX_ENTRY)])
    _refresh_caches()
    return removed


def _refresh_caches() -> None:
    for program, folder in LINUX_CACHES.items():
        if shutil.which(program) and (data_home() / folder).is_dir():
            subprocess.run([program, str(data_home() / folder)], capture_output=True, check=False)


# --- Windows


def shortcut() -> Path:
    """The shortcut in the Start menu."""
    roaming = os.environ.get("APPDATA")
    if not roaming:
        raise MenuError("Windows names no folder for the Start menu: APPDATA is not set")
    return Path(roaming) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "nnviz.lnk"


def _install_windows() -> list[Path]:
    target, *arguments = launcher()
    values = {
        "NNVIZ_LINK": str(_ready(shortcut())),
        "NNVIZ_TARGET": target,
        "NNVIZ_ARGUMENTS": subprocess.list2cmdline(arguments),
        "NNVIZ_ICON": str(resource("icons", "nnviz.ico")),
    }
    shell = ["powershell", "-NoProfile", "-NonInteractive", "-Command", WINDOWS_SHORTCUT]
    done = subprocess.run(shell, env={**os.environ, **values}, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MenuError(f"Windows made no shortcut: {done.stderr.strip()}")
    return [shortcut()]


def _remove_windows() -> list[Path]:
    return _unlink([shortcut()])


# --- macOS


def bundle() -> Path:
    """The bundle in the user's applications folder."""
    return _home() / "Applications" / "nnviz.app"


def _install_macos() -> list[Path]:
    contents = bundle() / "Contents"
    program = contents / "MacOS" / "nnviz"
    files = {
        program: os.fsencode(f'#!/bin/sh\nexec {shlex.join(launcher())} "$@"\n'),
        contents / "Resources" / "nnviz.icns": resource("icons", "nnviz.icns").read_bytes(),
        contents / "Info.plist": plistlib.dumps(_bundle_properties()),
    }
    _write_all(files)
    program.chmod(0o755)
    return [*files]


def _bundle_properties() -> dict[str, str | bool]:
    return {
        "CFBundleExecutable": "nnviz",
        "CFBundleIconFile": "nnviz.icns",
        "CFBundleIdentifier": APP_ID,
        "CFBundleName": "nnviz",
        "CFBundlePackageType": "APPL",
        "CFBundleShortVersionString": __version__,
        "NSHighResolutionCapable": True,
    }


def _remove_macos() -> list[Path]:
    files = sorted(path for path in bundle().rglob("*") if path.is_file())
    if bundle().is_dir():
        shutil.rmtree(bundle())
    return files


# --- files


def _ready(path: Path) -> Path:
    """The same path, with the folders above it made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:
        raise MenuError("this user has no home folder: HOME is not set") from None


def _write_all(files: dict[Path, bytes]) -> None:
    """Write all of the files or, where one cannot be written, none that was not there before."""
    new = [path for path in files if not path.exists()]
    folders = {folder for path in files for folder in path.parents if not folder.exists()}
    try:
        for path, content in files.items():
            _ready(path).write_bytes(content)
    except OSError:
        _unlink(new)
        for folder in sorted(filter(Path.is_dir, folders), reverse=True):
            folder.rmdir()
        raise


def _unlink(paths: list[Path]) -> list[Path]:
    """Remove those of the files that exist; returns them. A folder in their place is not ours."""
    present = [path for path in paths if path.is_file() or path.is_symlink()]
    for path in present:
        path.unlink()
    return present


MENUS = {
    "linux": Menu(_install_linux, _remove_linux),
    "win32": Menu(_install_windows, _remove_windows),
    "darwin": Menu(_install_macos, _remove_macos),
}
