"""Files that are put in place at once: whole, or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove a file that is open
    fcntl = None  # type: ignore[assignment]

UNFINISHED = ".nnviz-unfinished-"  # short, so that every name of a file can be saved under


def place(path: Path, content: bytes) -> None:
    """Write a file, behind the link where its name is one. Raises OSError, and then leaves what was there.

    What others left unfinished in the same folder, as they were killed, is removed.
    """
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if target.exists() and not target.is_file():
        raise OSError(errno.EEXIST, "what is there is no file")
    _remove_unfinished(target.parent)
    with _unfinished(target.parent) as (handle, name):
        with os.fdopen(os.dup(handle), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_mask())
        os.replace(name, target)


@contextmanager
def _unfinished(folder: Path) -> Iterator[tuple[int, str]]:
    """A new file in a folder, locked as long as somebody writes it, and gone if that fails."""
    handle, name = _locked(folder)
    try:
        yield handle, name
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _locked(folder: Path) -> tuple[int, str]:
    """A new file that nobody else takes for one that was left: they may, before it is locked."""
    while True:
        handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=folder)
        if _lock(handle) and os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)


def _remove_unfinished(folder: Path) -> None:
    """Remove what nobody is writing any more."""
    for left in folder.glob(f"{UNFINISHED}*"):
        try:
            handle = os.open(left, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            continue
        try:
            if _lock(handle):
                left.unlink()
        except OSError:
            pass  # it is another's, and will be removed by them
        finally:
            os.close(handle)


def _lock(handle: int) -> bool:
    """Lock a file, which its end or that of its writer unlocks; False where another has locked it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _mask() -> int:
    """The rights that new files do not get; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
