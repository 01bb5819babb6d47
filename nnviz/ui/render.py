"""Pictures of a lesson without a screen: the window, or one of its views, as PNG or SVG."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QPoint, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.engine.cursor import Cursor
from nnviz.engine.outline import Depth
from nnviz.lessons.lesson import Lesson
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
    """Draw a moment of a lesson into a file. Raises OSError where it cannot be written."""
    for iteration in (lesson.start.iteration, cursor.iteration):
        lesson.timeline.ensure(iteration)  # the window would go there by and by
    make_application(picture.dark)
    window = MainWindow()
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
    widget = {
        "window": window,
        "network": window.canvas,
        "equation": window.strip,
        "matrices": window.matrices,
        "loss": window.loss,
    }[picture.view]
    if window.right.isAncestorOf(widget):
        window.right.show()  # which a narrow window folds away
    if widget is window.matrices:
        window.tabs.setCurrentWidget(widget)
    QApplication.processEvents()
    draw(widget, path, picture.scale)
    window.close()
    window.deleteLater()


def draw(widget: QWidget, path: Path, scale: int = 1) -> None:
    """A widget as it stands, into a PNG or SVG file by its ending. Raises OSError."""
    if path.suffix.lower() == ".svg":
        _draw_svg(widget, path)
        return
    image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(scale)
    painter = QPainter(image)
    widget.render(painter, QPoint())
    painter.end()
    buffer = QBuffer()
    if image.isNull() or not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise OSError(f"a picture of {image.width():,} × {image.height():,} pixels has no room in memory")
    path.write_bytes(buffer.data().data())


def _draw_svg(widget: QWidget, path: Path) -> None:
    buffer, generator = QBuffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(widget.size()))
    generator.setViewBox(QRect(QPoint(), widget.size()))
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    painter.end()
    path.write_bytes(buffer.data().data())
