"""Files of the user: only those that are files, and no more of them than is bearable."""

from __future__ import annotations

import os
import stat
from pathlib import Path

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
}
REASONS: dict[type[OSError], str] = {
    FileNotFoundError: "no such file",
    IsADirectoryError: "it is a folder",
    NotADirectoryError: "no such file",
}


class FileError(ValueError):
    """A file that is not read; says what was found or why."""


class TooLargeError(FileError):
    """A file with more bytes than are read."""


def state_of(path: Path, most: int) -> os.stat_result:
    """What is known about a file before it is read. Raises FileError where it is none, or too large."""
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        raise FileError(f"cannot be read: {reason(error)}") from None
    _check(state, most)
    return state


def read_bytes(path: Path, most: int) -> bytes:
    """A whole file. Raises FileError."""
    state_of(path, most)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:  # without waiting for somebody who writes into a pipe
            _check(os.fstat(handle), most)
            content = file.read(most + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"cannot be read: {reason(error)}") from None
    if len(content) > most:
        raise TooLargeError(_too_large(len(content), most))
    return content


def reason(error: Exception) -> str:
    """Why the system refuses a file, in few words."""
    if not isinstance(error, OSError):
        return "no file can have such a name"
    return REASONS.get(type(error), (error.strerror or str(error)).lower())


def _check(state: os.stat_result, most: int) -> None:
    kind = KINDS.get(stat.S_IFMT(state.st_mode))
    if kind is not None:
        raise FileError(f"found {kind}, wanted a file")
    if state.st_size > most:
        raise TooLargeError(_too_large(state.st_size, most))


def _too_large(size: int, most: int) -> str:
    return f"found a file of {size / 2**20:.1f} MiB, wanted at most {most // 2**20} MiB"
