"""What an image and its channels are called."""

from __future__ import annotations

from nnviz.engine.numbers import own_decimals, show
from nnviz.engine.ops.base import Cell
from nnviz.lessons.lesson import ImageInfo
from nnviz.ui.tabs.image.pixel_grid import Scale


def channel_names(info: ImageInfo | None, count: int) -> tuple[str, ...]:
    """One for each channel; those without a name are numbered."""
    named = info.channels if info is not None else ()
    return tuple(name or f"channel {k + 1}" for k, name in enumerate((*named, *[""] * count)[:count]))


def channel_words(info: ImageInfo | None, count: int) -> tuple[str, ...]:
    """Names where the lesson gives them, else numbers, which are short."""
    is_named = info is not None and any(info.channels)
    return channel_names(info, count) if is_named else tuple(str(k + 1) for k in range(count))


def size_in_words(shape: Cell, scale: Scale | None, digits: int) -> str:
    """Rows and columns, and from which number to which the gray runs."""
    _, rows, columns = shape
    size = f"{columns} values" if rows == 1 else f"{rows} × {columns}"
    if scale is None or scale.is_signed:
        return size
    ends = [show(end, digits, own_decimals([end])) for end in (scale.low, scale.high)]
    return f"{size}, {ends[0]} … {ends[1]}"
