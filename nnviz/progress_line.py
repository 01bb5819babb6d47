"""A word to who waits at a terminal."""

from __future__ import annotations

import os
import sys
from time import monotonic
from types import TracebackType

FIRST_SECONDS, NEXT_SECONDS = 0.5, 0.2
CLEAR = "\r\x1b[K"


class ProgressLine:
    """One line on standard error that says how far a run has come, and is gone at the end.

    Nothing is said where standard error is no terminal, nor where it does not take long.
    """

    def __init__(self) -> None:
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()
        self._due = monotonic() + FIRST_SECONDS
        self._is_written = False

    def __call__(self, iteration: int, goal: int) -> None:
        """A run has come to an iteration on its way to another."""
        if not self._is_seen or monotonic() < self._due:
            return
        text = f"iteration {iteration:,} of {goal:,} (Ctrl+C stops)"
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
        self._write(f"{CLEAR}{text[: columns - 1] if columns > 1 else text}")
        self._due, self._is_written = monotonic() + NEXT_SECONDS, True

    def _write(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._is_written:
            self._write(CLEAR)
