"""The lessons that are shipped, and how any lesson is opened by name or by path."""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from nnviz.lessons.build import build
from nnviz.lessons.errors import BuildError, LessonError, OutsideError, Problem
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.lines import line_of
from nnviz.lessons.reader import parse, read
from nnviz.lessons.schema import LessonFile
from nnviz.lessons.sources import OutsideFolderError, located
from nnviz.resources import resource

SUFFIX = ".nnviz.toml"
DEFAULT = "power-plant-logistic"


@dataclass(frozen=True, slots=True)
class Entry:
    """A shipped lesson as the list shows it."""

    name: str
    title: str
    summary: str
    topic: str = ""


def names() -> list[str]:
    """The names of all shipped lessons, in teaching order: that of their file names."""
    files = sorted(resource("lessons").glob(f"*{SUFFIX}"))
    return [_name(path) for path in files]


def entries() -> list[Entry]:
    """The shipped lessons with title and summary."""
    result = []
    for name in names():
        file, _ = read(_shipped(name))
        result.append(Entry(name, file.title, file.summary.strip().split("\n")[0], file.topic or ""))
    return result


def load(name_or_path: str, allow_outside: bool = False) -> Lesson:
    """A lesson by the name of a shipped one, or by the path of a file.

    Raises LessonError for a name that does not exist, and for a file that cannot be read or taught, and
    OutsideError for one that reads a file outside of its folder, unless that is allowed.
    """
    path = Path(name_or_path)
    if name_or_path in names():
        path = _shipped(name_or_path)
    elif not os.path.exists(path) and not _looks_like_a_path(name_or_path):
        raise LessonError(name_or_path, [Problem("", _unknown(name_or_path))])
    file, text = read(path)
    return _built(_name(path), file, text, str(path), path.parent, allow_outside)


def from_text(text: str, name: str = "lesson", folder: Path | None = None) -> Lesson:
    """A lesson from text that need not be in a file; its CSV file lies in `folder`. Raises LessonError."""
    return _built(name, parse(text, name), text, name, folder or Path())


def _built(
    name: str, file: LessonFile, text: str, path: str, folder: Path, allow_outside: bool = False
) -> Lesson:
    try:
        return build(name, located(file, folder, allow_outside))
    except BuildError as error:
        line = line_of(text, _place(error.problem.field))
        problem = Problem(error.problem.field, error.problem.message, line)
        if isinstance(error, OutsideFolderError):
            raise OutsideError(path, problem, error.path) from None
        raise LessonError(path, [problem]) from None


def _place(field: str) -> list[str | int]:
    """``network.layers[2].weights`` as the path of its keys, counted from zero."""
    table, _, key = field.partition(".")
    if table == "narration":  # its keys are free text
        return [table, key]
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", field)
    return [int(part[1:-1]) - 1 if part[0] == "[" else part for part in parts]


def _name(path: Path) -> str:
    """The name of a lesson: its file name without the number that sorts it and without the suffix."""
    plain = path.name.removesuffix(SUFFIX).removesuffix(".toml")
    number, _, rest = plain.partition("-")
    return rest if number.isdecimal() and rest else plain


def _shipped(name: str) -> Path:
    return next(path for path in resource("lessons").glob(f"*{SUFFIX}") if _name(path) == name)


def _looks_like_a_path(text: str) -> bool:
    return text.endswith(".toml") or "/" in text or "\\" in text


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, names(), 1)
    hint = f"did you mean {close[0]}? " if close else ""
    return f"there is no lesson of this name; {hint}`nnviz list` shows all"
