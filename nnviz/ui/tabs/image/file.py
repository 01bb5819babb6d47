"""Reading a picture from a file into the numbers that a network reads."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDropEvent, QImage, QImageReader

from nnviz.engine.ops.base import Array
from nnviz.lessons import files

MOST_PIXELS_A_SIDE = 4096
MOST_BYTES = 32 * 1024 * 1024
FORMATS = ("png", "jpeg", "bmp")
WANTED = "wanted a PNG, JPEG or BMP picture"
GRAY = (0.299, 0.587, 0.114)  # how bright red, green and blue look, ITU-R BT.601
LIGHT = 0.5  # a border that is lighter than this on average is paper, not background


class ImageFileError(ValueError):
    """A file that cannot become the image: its name, what was found and what was wanted."""


class ReadImage(NamedTuple):
    """Pixels (channel, row, column), and whether dark ink on light paper was turned into light on dark."""

    pixels: Array
    was_inverted: bool


def read_image(path: Path, rows: int, columns: int, channels: int, low: float, high: float) -> ReadImage:
    """A PNG, JPEG or BMP file, scaled into `rows` × `columns` without distorting it.

    Black becomes `low` and white `high`, in gray for one channel and in red, green and blue for three. What
    the picture does not reach is filled with `low`. A gray picture with a light border is drawn in dark ink
    on paper; ink is `high`, so it is inverted. Raises ImageFileError.
    """
    if channels not in (1, 3):
        raise ImageFileError(
            f"{path.name}: the network reads {channels} channels, wanted 1 or 3 for a picture"
        )
    if not np.isfinite([low, high]).all():
        raise ImageFileError(f"{path.name}: found a range of {low:g} … {high:g}, wanted finite numbers")
    shares = _shares(_scaled(_decoded(path), rows, columns), channels)
    was_inverted = channels == 1 and bool(_border(shares[0]).mean() > LIGHT)
    ink = 1 - shares if was_inverted else shares
    pixels = low + (high - low) * _in_the_middle(ink, rows, columns)
    if not np.isfinite(pixels).all():
        raise ImageFileError(f"{path.name}: found values that are not finite, wanted finite ones")
    return ReadImage(pixels, was_inverted)


def _decoded(path: Path) -> QImage:
    """The picture in a file, once its size is known to be bearable."""
    reader = _checked(path)
    image = reader.read()
    if image.isNull():
        raise ImageFileError(f"{path.name}: found a damaged file ({reader.errorString()}), {WANTED}")
    return image


def _checked(path: Path) -> QImageReader:
    """A reader for a file whose kind, length and size are right; nothing is decoded yet."""
    try:
        files.state_of(path, MOST_BYTES)
    except files.TooLargeError as error:
        raise ImageFileError(f"{path.name}: {error}") from None
    except files.FileError as error:
        raise ImageFileError(f"{path.name}: {error}, {WANTED}") from None
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)
    kind = bytes(reader.format().data()).decode()
    if kind not in FORMATS or not reader.canRead():
        found = f"a {kind.upper()} file" if kind else "no picture"
        raise ImageFileError(f"{path.name}: found {found}, {WANTED}")
    _check_size(path, reader.size())
    return reader


def _check_size(path: Path, size: QSize) -> None:
    if not size.isValid():
        raise ImageFileError(f"{path.name}: found a damaged file without a size, {WANTED}")
    found = f"{size.width()} × {size.height()}"
    if size.isEmpty():
        raise ImageFileError(f"{path.name}: found no pixels ({found}), {WANTED}")
    if max(size.width(), size.height()) > MOST_PIXELS_A_SIDE:
        most = f"{MOST_PIXELS_A_SIDE:,} × {MOST_PIXELS_A_SIDE:,}"
        raise ImageFileError(f"{path.name}: found {found} pixels, wanted at most {most}")


def _shares(image: QImage, channels: int) -> Array:
    """(channel, row, column) from 0 black to 1 white; what is transparent is paper."""
    premultiplied = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    lines = np.frombuffer(premultiplied.constBits(), np.uint8).reshape(image.height(), -1)
    rgba = lines[:, : 4 * image.width()].reshape(image.height(), image.width(), 4) / 255.0
    rgb = rgba[..., :3] + (1.0 - rgba[..., 3:])
    planes: Array = np.moveaxis(rgb, -1, 0)
    return planes if channels == 3 else np.rint(np.tensordot([GRAY], planes, axes=1) * 255) / 255


def _border(plane: Array) -> Array:
    """The outermost pixels."""
    edges: Array = np.concatenate([plane[0], plane[-1], plane[1:-1, 0], plane[1:-1, -1]])
    return edges


def _scaled(image: QImage, rows: int, columns: int) -> QImage:
    """The picture scaled smoothly as large as it fits into the rows and columns."""
    scale = min(rows / image.height(), columns / image.width())
    return image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied).scaled(
        max(1, round(image.width() * scale)),
        max(1, round(image.height() * scale)),
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _in_the_middle(shares: Array, rows: int, columns: int) -> Array:
    """The picture with 0 around it."""
    channels, height, width = shares.shape
    top, left = (rows - height) // 2, (columns - width) // 2
    result = np.zeros((channels, rows, columns))
    result[:, top : top + height, left : left + width] = shares
    return result


def dropped_file(event: QDropEvent) -> Path | None:
    """The file that is dragged in, where it is one file of this computer."""
    urls = event.mimeData().urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
