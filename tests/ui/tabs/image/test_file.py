"""Reading pictures: what becomes of their pixels, and what is refused with which words."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from nnviz.ui.tabs.image import file as image_file
from nnviz.ui.tabs.image.file import ImageFileError, read_image


def picture(path, colors, name="picture.png"):
    """A file with one color a pixel."""
    rows, columns = len(colors), len(colors[0])
    image = QImage(columns, rows, QImage.Format.Format_ARGB32)
    for r, line in enumerate(colors):
        for c, color in enumerate(line):
            image.setPixelColor(c, r, QColor(color))
    assert image.save(str(path / name))
    return path / name


def png_that_claims(path, width, height):
    """A PNG file of which only the header is there."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    file = path / "claims.png"
    file.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    return file


DOT = [["black"] * 3, ["black", "white", "black"], ["black"] * 3]
INK = [["white"] * 3, ["white", "black", "white"], ["white"] * 3]
CENTER = [[[0, 0, 0], [0, 1, 0], [0, 0, 0]]]


@pytest.mark.parametrize("name", ["a.png", "a.bmp"])
def test_a_light_dot_on_black(tmp_path, name):
    found = read_image(picture(tmp_path, DOT, name), 3, 3, 1, 0.0, 1.0)
    assert found.pixels.tolist() == CENTER and not found.was_inverted


def test_ink_on_light_paper_is_inverted_and_says_so(tmp_path):
    found = read_image(picture(tmp_path, INK), 3, 3, 1, 0.0, 1.0)
    assert found.pixels.tolist() == CENTER and found.was_inverted


def test_what_is_transparent_is_paper(tmp_path):
    clear = [[color.replace("white", "transparent") for color in row] for row in INK]
    found = read_image(picture(tmp_path, clear), 3, 3, 1, 0.0, 1.0)
    assert found.pixels.tolist() == CENTER and found.was_inverted


@pytest.mark.parametrize("ends", [(0.0, 255.0), (-1.0, 1.0), (-0.4, 2.8)])
def test_black_and_white_become_the_ends_of_the_range(tmp_path, ends):
    pixels = read_image(picture(tmp_path, DOT), 3, 3, 1, *ends).pixels
    assert (pixels.min(), pixels.max()) == ends


def test_colors_have_a_channel_each_and_are_not_inverted(tmp_path):
    colors = [["white", "#FF0000"], ["#00FF00", "#0000FF"]]
    found = read_image(picture(tmp_path, colors), 2, 2, 3, 0.0, 255.0)
    assert found.pixels.tolist() == [
        [[255, 255], [0, 0]],
        [[255, 0], [255, 0]],
        [[255, 0], [0, 255]],
    ]
    assert not found.was_inverted


@pytest.mark.parametrize(
    ("rows", "columns", "wanted", "inside"),
    [
        (40, 40, (28, 28), (28, 28)),
        (20, 40, (28, 28), (14, 28)),
        (300, 3, (28, 28), (28, 1)),
        (2, 2, (8, 6), (6, 6)),
    ],
)
def test_it_is_scaled_without_distortion_and_stands_in_the_middle(tmp_path, rows, columns, wanted, inside):
    path = picture(tmp_path, [["#606060"] * columns] * rows)
    pixels = read_image(path, *wanted, 1, 0.0, 1.0).pixels[0]
    assert pixels.shape == wanted
    filled = np.argwhere(pixels > 0.3)
    assert tuple(np.ptp(filled, axis=0) + 1) == inside
    assert np.abs(filled.mean(axis=0) - (np.array(wanted) - 1) / 2).max() <= 0.5


@pytest.mark.qt_no_exception_capture
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["no picture", "wanted a PNG, JPEG or BMP"]),
        (b"weights = [1, 2]", ["no picture"]),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", ["wanted a PNG, JPEG or BMP"]),
    ],
)
def test_what_is_no_picture_is_refused(tmp_path, content, words):
    path = tmp_path / "digit.png"
    path.write_bytes(content)
    with pytest.raises(ImageFileError) as caught:
        read_image(path, 28, 28, 1, 0.0, 1.0)
    assert all(word in str(caught.value) for word in ["digit.png", *words])


def test_a_damaged_picture_is_refused(tmp_path, qtlog):
    path = picture(tmp_path, [["#336699"] * 90] * 90)
    path.write_bytes(path.read_bytes()[:60])
    with qtlog.disabled(), pytest.raises(ImageFileError, match=r"picture\.png: found a damaged file"):
        read_image(path, 28, 28, 1, 0.0, 1.0)


@pytest.mark.parametrize("size", [(4097, 10), (10, 4097), (60000, 60000)])
def test_a_far_too_large_picture_is_refused_before_it_is_decoded(tmp_path, size, monkeypatch):
    monkeypatch.setattr(image_file.QImageReader, "read", lambda self: pytest.fail("it was decoded"))
    with pytest.raises(ImageFileError, match=rf"{size[0]} × {size[1]} pixels, wanted at most 4,096 × 4,096"):
        read_image(png_that_claims(tmp_path, *size), 28, 28, 1, 0.0, 1.0)


def test_a_picture_without_pixels_is_refused(tmp_path, qtlog):
    with qtlog.disabled(), pytest.raises(ImageFileError, match=r"claims\.png: found "):
        read_image(png_that_claims(tmp_path, 0, 5), 28, 28, 1, 0.0, 1.0)


def test_a_far_too_long_file_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "long.png"
    with path.open("wb") as file:
        file.truncate(image_file.MOST_BYTES + 1)
    with pytest.raises(ImageFileError, match=r"long\.png: found a file of 32\.0 MiB, wanted at most 32 MiB"):
        read_image(path, 28, 28, 1, 0.0, 1.0)


@pytest.mark.parametrize(
    ("name", "word"), [("nothing.png", "no such file"), (".", "a folder"), ("/dev/zero", "a device")]
)
def test_a_file_that_is_none(tmp_path, name, word):
    with pytest.raises(ImageFileError, match=word):
        read_image(tmp_path / name, 28, 28, 1, 0.0, 1.0)


@pytest.mark.parametrize(
    ("channels", "ends", "word"),
    [
        (2, (0.0, 1.0), "2 channels"),
        (1, (0.0, np.inf), "finite"),
        (1, (np.nan, 1.0), "finite"),
        (1, (-1e308, 1e308), "finite"),
    ],
)
def test_what_the_network_cannot_read_a_picture_into(tmp_path, channels, ends, word):
    with pytest.raises(ImageFileError, match=word), np.errstate(all="ignore"):
        read_image(picture(tmp_path, DOT), 3, 3, channels, *ends)
