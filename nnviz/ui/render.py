"""Pictures of a lesson without a screen: the window, or one of its views, as PNG or SVG."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.engine.cursor import Cursor
from nnviz.engine.outline import Depth
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.placing import place
from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and how: `view` is ``window``, ``network``, ``equation``, ``matrices`` or ``loss``."""

    view: str = "window"
    size: tuple[int, int] = (1440, 900)
    scale: int = 1
    dark: bool = False
    depth: Depth = Depth.NEURON
    digits: int = 4


def render(lesson: Lesson, cursor: Cursor, picture: Picture, path: Path) -> None:
    """Draw a moment of a lesson into a file. Raises OSError where it cannot be written.

    What goes wrong in a slot or while something is painted is raised, too, and nothing is written.
    """
    for iteration in (lesson.start.iteration, cursor.iteration):
        lesson.timeline.ensure(iteration)  # the window would go there by and by
    with errors_of_qt():
        drawn = _drawn_moment(lesson, cursor, picture, path.suffix)
    place(path, bytes(drawn.data()))


@contextmanager
def errors_of_qt() -> Iterator[None]:
    """Raise the first exception that Qt has met: it reports those of slots and paint events, and goes on."""
    found: list[BaseException] = []
    before, sys.excepthook = sys.excepthook, lambda kind, error, where: found.append(error)
    try:
        yield
    finally:
        sys.excepthook = before
    if found:
        raise found[0]


def _drawn_moment(lesson: Lesson, cursor: Cursor, picture: Picture, ending: str) -> QByteArray:
    make_application(picture.dark)
    window = MainWindow()
    try:
        _show(window, lesson, cursor, picture)
        return drawn(_in_front(window, picture.view), ending, picture.scale)
    finally:
        window.close_now()
        window.deleteLater()


def _show(window: MainWindow, lesson: Lesson, cursor: Cursor, picture: Picture) -> None:
    window.resize(*picture.size)
    window.open_lesson(lesson)
    player = window.player
    player.set_depth(picture.depth)
    player.set_digits(picture.digits)
    player.set_example(cursor.example)
    player.seek(cursor.iteration, cursor.position)
    window.show()
    window.loss.make_plot()
    for _ in range(3):
        QApplication.processEvents()


def _in_front(window: MainWindow, view: str) -> QWidget:
    """The window, or one of its views, which is made visible."""
    parts = {"window": window, "network": window.canvas, "equation": window.strip, "loss": window.loss}
    if view not in parts:
        window.tabs.open(view)
    widget = parts.get(view) or window.tabs[view]
    if window.right.isAncestorOf(widget):
        window.right.show()  # which a narrow window folds away
    QApplication.processEvents()
    return widget


def drawn(widget: QWidget, ending: str, scale: int) -> QByteArray:
    """A widget as the bytes of a file."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if ending.lower() == ".svg":
        _draw_svg(widget, buffer)
    else:
        _draw_image(widget, buffer, scale)
    buffer.close()
    return data


def _draw_image(widget: QWidget, buffer: QBuffer, scale: int) -> None:
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32)
    if image.isNull():
        size = widget.size() * scale
        raise OSError(f"a picture of {size.width():,} × {size.height():,} pixels has no room in memory")
    image.setDevicePixelRatio(scale)
    with QPainter(image) as painter:  # which must end before its image does, whatever happens
        widget.render(painter, QPoint())
    image.save(buffer, "PNG")  # type: ignore[call-overload]


def _draw_svg(widget: QWidget, buffer: QBuffer) -> None:
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(widget.size()))
    generator.setViewBox(QRect(QPoint(), widget.size()))
    with QPainter(generator) as painter:
        widget.render(painter, QPoint())
