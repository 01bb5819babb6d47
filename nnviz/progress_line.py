"""A word to who waits for a command."""

from __future__ import annotations

import os
import sys
from time import monotonic
from types import TracebackType

from nnviz.terminal import warn

FIRST_SECONDS, NEXT_SECONDS = 0.5, 0.2
LOG_SECONDS = 5.0  # from one line to the next in a file, where all of them stay
CLEAR = "\r\x1b[K"


class ProgressLine:
    """A line on standard error that says how far a run has come, now and then, and nothing of a short one.

    On a terminal it is one line that is gone at the end, elsewhere a new one every few seconds.
    """

    def __init__(self) -> None:
        self._is_terminal = sys.stderr is not None and sys.stderr.isatty()
        self._due = monotonic() + (FIRST_SECONDS if self._is_terminal else LOG_SECONDS)
        self._is_written = False

    def __call__(self, iteration: int, goal: int) -> None:
        """A run has come to an iteration on its way to another."""
        if monotonic() < self._due:
            return
        text = f"iteration {iteration:,} of {goal:,}"
        if self._is_terminal:
            self._rewrite(f"{text} (Ctrl+C stops)")
        else:
            warn(f"nnviz: {text}")
        self._due = monotonic() + (NEXT_SECONDS if self._is_terminal else LOG_SECONDS)

    def _rewrite(self, text: str) -> None:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns
        self._write(f"{CLEAR}{text[: columns - 1] if columns > 1 else text}")
        self._is_written = True

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
