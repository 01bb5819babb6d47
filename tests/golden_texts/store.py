"""The stored texts of the shipped lessons, one compressed file for each."""

from __future__ import annotations

import difflib
import lzma
from pathlib import Path

from nnviz.lessons.catalogue import load, names
from tests.golden_texts.texts import text_of

FOLDER = Path(__file__).parent / "stored"
SUFFIX = ".txt.xz"


def stored() -> list[str]:
    """The names of the lessons that have a text."""
    return sorted(path.name.removesuffix(SUFFIX) for path in FOLDER.glob(f"*{SUFFIX}"))


def difference(name: str) -> list[str]:
    """What a lesson says otherwise than before, as a unified diff; nothing where it says the same."""
    path = FOLDER / f"{name}{SUFFIX}"
    before = lzma.decompress(path.read_bytes()).decode() if path.exists() else ""
    lines = (text.splitlines() for text in (before, text_of(load(name))))
    return list(difflib.unified_diff(*lines, f"{name} before", f"{name} now", lineterm="", n=2))


def write() -> None:
    """Store what the lessons say now; leave a file whose text is the same alone."""
    FOLDER.mkdir(exist_ok=True)
    for name in set(stored()) - set(names()):
        (FOLDER / f"{name}{SUFFIX}").unlink()
    for name in names():
        if difference(name):
            (FOLDER / f"{name}{SUFFIX}").write_bytes(lzma.compress(text_of(load(name)).encode(), preset=9))
