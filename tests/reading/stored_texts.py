"""Texts that are stored beside their tests, one compressed file for each name."""

from __future__ import annotations

import difflib
import lzma
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".txt.xz"
MOST_LINES = 60  # of a difference that a test shows


@dataclass(frozen=True, slots=True)
class Store:
    """What was said under each of some names, and how to find out what is said now."""

    folder: Path
    names: Sequence[str]
    text_of: Callable[[str], str]

    def stored(self) -> list[str]:
        """The names that have a text."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))

    def difference(self, name: str) -> list[str]:
        """What is said otherwise than before, as a unified diff; nothing where it is the same."""
        path = self._path(name)
        before = lzma.decompress(path.read_bytes()).decode() if path.exists() else ""
        now = self.text_of(name)
        if now == before:
            return []
        lines = (text.splitlines() for text in (before, now))
        return list(difflib.unified_diff(*lines, f"{name} before", f"{name} now", lineterm="", n=2))

    def differences(self) -> list[str]:
        """Those of all names."""
        return [line for name in self.names for line in self.difference(name)]

    def told(self, name: str) -> str:
        """The first lines of a difference."""
        lines = self.difference(name)
        more = [f"… and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
        return "\n".join([*lines[:MOST_LINES], *more])

    def write(self) -> None:
        """Store what is said now; leave a file whose text is the same alone."""
        self.folder.mkdir(exist_ok=True)
        for name in set(self.stored()) - set(self.names):
            self._path(name).unlink()
        for name in self.names:
            if self.difference(name):
                self._path(name).write_bytes(lzma.compress(self.text_of(name).encode(), preset=9))

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"
