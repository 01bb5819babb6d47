"""What makes the start, and every step after it, quick."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_collection() -> Iterator[None]:
    """No search for garbage meanwhile.

    Imports make many objects and no garbage: looking for it costs a tenth of the start.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def set_aside() -> None:
    """Look for garbage once, and no more in what is left: an open lesson stays until the next one.

    It is hundreds of thousands of objects, and each search through them would hold up a step by 0.1 s.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
