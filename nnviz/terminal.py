"""Standard output and standard error, wherever they lead: to a terminal, a pipe, a full disk, or nowhere."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from io import TextIOWrapper
from typing import TYPE_CHECKING, NoReturn, TextIO

from nnviz.printable import printable

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

BAD_INPUT = 2
LONGEST = 2000  # characters of a message


class OutputError(Exception):
    """Standard output takes nothing; the text says why, and is empty where the reader has seen enough."""


class Parser(ArgumentParser):
    """A parser whose messages are one line, whatever was typed."""

    def error(self, message: str) -> NoReturn:
        super().error(_one_line(message))

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Help is output like any other, which argparse would lose in silence."""
        (warn if file is sys.stderr else say)(message.rstrip("\n"))


def say(text: str) -> None:
    """Print lines that may hold anything. Raises OutputError."""
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    try:
        for line in text.split("\n"):
            print(printable(line.expandtabs()))
    except OSError as error:
        raise _not_written(error) from None


def warn(text: str) -> None:
    """Print lines on standard error; where it takes nothing there is no other place for them."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _give_up(sys.stderr)


def complain(message: str) -> int:
    """One clear line, and the exit status of bad input."""
    warn(f"nnviz: {_one_line(message)}")
    return BAD_INPUT


def guarded(command: Callable[[], int]) -> int:
    """Run a command that may print, and return its exit status, also where nothing can be printed."""
    _prepare()
    try:
        try:
            return command()
        finally:
            _flush()
    except OutputError as error:
        if sys.stdout is not None:
            _give_up(sys.stdout)
        return complain(f"cannot write: {error}") if str(error) else 0


def _prepare() -> None:
    """No file that is opened later takes the place of a closed stream; δ and ∂ are in no small alphabet."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(encoding="utf-8")


def _give_up(stream: TextIO) -> None:
    """What is left in a stream that takes nothing must not fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _flush() -> None:
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        raise _not_written(error) from None


def _not_written(error: OSError) -> OutputError:
    return OutputError("" if isinstance(error, BrokenPipeError) else error.strerror or str(error))


def _one_line(message: str) -> str:
    """A message that can be printed; where it is too long, what was found and wanted stand at its ends."""
    line = printable(message)
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} … {line[-LONGEST // 2 :]}"
