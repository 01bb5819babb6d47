"""Run, test or measure nnviz from a source tree on a machine that has nothing but Python.

    python3 -m nnviz.bootstrap run|test|random|bench|setup|clean [arguments]

Needs only the standard library. Puts the packages pinned in ``constraints.txt`` into ``.venv``, once, and
on Debian and Ubuntu the system libraries that Qt loads. ``NNVIZ_EXTRAS=torch`` adds optional parts of nnviz.
Must stay readable for Python 3.8, so that an old interpreter can be told that it is too old.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nnviz import system_packages
from nnviz.system_packages import SetupError

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "nnviz-installed.txt"
PICTURES = ROOT / "build" / "pictures"
RANDOM = ("networks", "events", "mutants")
OLDEST_PYTHON = (3, 11)

EXTRAS: dict[str, set[str]] = {
    "run": set(),
    "setup": {"test"},
    "test": {"test"},
    "random": {"test"},
    "bench": {"bench", "test"},
}
"""The optional parts of nnviz that each command needs."""

SHOWN_WITHOUT_SCREEN = {"power-plant-logistic": ("a[6]", "E", "delta[6]", "w_new[7,5]")}
"""Lesson -> the moments drawn into files by ``run`` on a machine without a screen."""

IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_logo=True))"

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("style", ("-m", "ruff", "check", ".")),
    ("format", ("-m", "ruff", "format", "--check", ".")),
    ("types", ("-m", "mypy", "nnviz")),
    ("imports", ("-c", IMPORTS)),
)
"""Heading -> arguments of the interpreter, for what ``test`` does before pytest."""

LEFTOVERS = (
    *("build", "dist", ".venv", ".hypothesis"),
    *(".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache"),
)
"""What ``clean`` removes, beside every ``__pycache__``."""


def venv_python() -> Path:
    """The interpreter inside ``.venv``."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def has_screen(platform: str = sys.platform, environ: Mapping[str, str] | None = None) -> bool:
    """Whether a window can be opened here."""
    env = os.environ if environ is None else environ
    if env.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    return platform in ("win32", "darwin") or bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY"))


def check_python(version: tuple[int, ...] = sys.version_info[:3]) -> None:
    """Raise SetupError when this interpreter is too old."""
    if tuple(version[:2]) < OLDEST_PYTHON:
        oldest, this = (".".join(map(str, numbers[:2])) for numbers in (OLDEST_PYTHON, version))
        raise SetupError(
            f"nnviz needs Python {oldest} or newer, and this is {this} ({sys.executable}). "
            "Name a newer one, as in: make run PYTHON=python3.12"
        )


def run_command(command: Sequence[object], env: Mapping[str, str] | None = None) -> None:
    """Run a command in the source tree; raise SetupError with its words when it fails."""
    words = [str(word) for word in command]
    code = subprocess.call(words, cwd=str(ROOT), env=env)
    if code:
        raise SetupError("failed with exit code {}: {}".format(code, " ".join(map(shlex.quote, words))), code)


def heading(text: str) -> None:
    """Print one clearly visible line above what a step prints."""
    print(f"\n=== {text} ===", flush=True)


# --- the virtual environment


def wanted_extras(command: str, environ: Mapping[str, str] | None = None) -> set[str]:
    """The extras that a command needs, with those of the variable NNVIZ_EXTRAS (comma or space between)."""
    asked = (os.environ if environ is None else environ).get("NNVIZ_EXTRAS", "")
    return EXTRAS[command] | set(asked.replace(",", " ").split())


def digest() -> str:
    """A hash of everything that decides which packages belong into ``.venv``."""
    files = (ROOT / "pyproject.toml", ROOT / "constraints.txt")
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def installed_extras() -> set[str] | None:
    """The extras that are installed and current; None when nothing is, or it is out of date."""
    if not (STAMP.exists() and venv_python().exists()):
        return None
    first, *extras = STAMP.read_text(encoding="utf-8").split()
    return set(extras) if first == digest() else None


def make_venv() -> None:
    """Create an empty ``.venv``, unless a working one is there."""
    if venv_python().exists() and subprocess.call([str(venv_python()), "-c", "import pip"]) == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        own = "python{}.{}-venv".format(*sys.version_info[:2])
        system_packages.install([(own, "python3-venv")], "Python's venv module")
    heading("Creating .venv")
    run_command([sys.executable, "-m", "venv", "--clear", VENV])


def install(extras: set[str]) -> None:
    """Bring ``.venv`` up to date with the pinned packages; do nothing when it is."""
    present = installed_extras()
    if present is not None and extras <= present:
        return
    make_venv()
    extras = extras | (present or set())
    target = ".[{}]".format(",".join(sorted(extras))) if extras else "."
    heading(f"Installing nnviz as {target} into .venv")
    pip = [venv_python(), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run_command([*pip, "-c", "constraints.txt", "-e", target])
    STAMP.write_text("\n".join([digest(), *sorted(extras)]) + "\n", encoding="utf-8")


def nnviz(*arguments: object) -> None:
    """Run the installed ``nnviz`` with these arguments."""
    run_command([venv_python(), "-m", "nnviz", *arguments])


# --- the commands


def setup(arguments: list[str]) -> None:
    """Install everything that the tests need; ``--window`` adds a screen without a monitor (Xvfb)."""
    if "--window" in arguments:
        system_packages.require(system_packages.WINDOW + system_packages.VIRTUAL_SCREEN)
    print(f"nnviz is set up in {VENV}", flush=True)


def run(arguments: list[str]) -> None:
    """Open the window; without a screen, print a lesson and draw its pictures. Arguments go to nnviz."""
    if arguments:
        nnviz(*arguments)
    elif has_screen():
        if os.environ.get("DISPLAY"):
            system_packages.require(system_packages.WINDOW)
        nnviz()
    else:
        run_without_screen()


def run_without_screen() -> None:
    """Do the main job without a window: the table of every step on the terminal, pictures as files."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    PICTURES.mkdir(parents=True, exist_ok=True)
    for lesson, moments in SHOWN_WITHOUT_SCREEN.items():
        heading(f"No screen here, so lesson {lesson} is printed and drawn into files")
        nnviz("walk", lesson)
        for moment in moments:
            name = moment.replace("[", "-").replace(",", "-").strip("]")
            nnviz("render", lesson, "--at", moment, "-o", PICTURES / f"{lesson}-{name}.png")


def test(arguments: list[str]) -> None:
    """All checks, ending at the first that fails; given arguments go to pytest, which then runs alone."""
    if arguments:
        check("tests", "-m", "pytest", *arguments)
        return
    for name, words in CHECKS:
        check(name, *words)
    check("tests", "-m", "pytest", "-n", str(min(4, os.cpu_count() or 1)))
    check("lessons", "-m", "nnviz", "check", "--all")


def check(name: str, *words: str) -> None:
    """Run the interpreter of ``.venv`` with these arguments under a heading."""
    heading(name)
    run_command([venv_python(), *words], offscreen())


def random(arguments: list[str]) -> None:
    """Look for faults at random, as long as is wanted: the first argument says where."""
    name, *options = arguments or [""]
    if name not in RANDOM:
        raise SetupError(f"random: found {name!r}, wanted {', '.join(RANDOM)}")
    run_command([venv_python(), "-m", f"tests.randomized.{name}", *options], offscreen())


def bench(arguments: list[str]) -> None:
    """Measure; arguments go to the benchmarks."""
    run_command([venv_python(), "-m", "benchmarks", *arguments], offscreen())


def clean(arguments: list[str]) -> None:
    """Remove what the other commands made."""
    caches = [cache for top in ("nnviz", "tests") for cache in (ROOT / top).rglob("__pycache__")]
    for folder in [ROOT / name for name in LEFTOVERS] + caches:
        shutil.rmtree(folder, ignore_errors=True)


def offscreen() -> dict[str, str]:
    """Environment of a run without a window, whose processes share the cores instead of fighting for them."""
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


COMMANDS = {"run": run, "test": test, "random": random, "bench": bench, "setup": setup, "clean": clean}


def prepare(command: str) -> None:
    """Everything that must be there before a command: Python, Qt's libraries, packages."""
    check_python()
    if not (ROOT / "pyproject.toml").exists():
        raise SetupError(f"{ROOT} is no source tree of nnviz. An installed nnviz is started by: nnviz")
    if command != "clean":
        system_packages.require(system_packages.QT)
        install(wanted_extras(command))


def main(argv: list[str] | None = None) -> int:
    """Carry out one command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m nnviz.bootstrap", description=__doc__.split("\n")[0])
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="handed on to what the command runs")
    given = parser.parse_args(argv)
    try:
        prepare(given.command)
        COMMANDS[given.command](given.arguments)
    except SetupError as error:
        print(f"nnviz: {error}", file=sys.stderr)
        return error.code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
