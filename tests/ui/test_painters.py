"""Every painter ends, whatever happens while it paints.

One that an exception leaves active on a widget takes the whole program down at the next paint.
"""

import ast
import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

import nnviz.ui

PAINTERS = {"QPainter", "QStylePainter"}


def left_open(source: str) -> list[int]:
    """The lines on which a painter is made that no `with` ends."""
    tree = ast.parse(source)
    found = [call.lineno for call in ast.walk(tree) if _makes_painter(call)]
    return [line for line in found if line not in set(_ended(tree))]


def _ended(tree: ast.AST) -> Iterator[int]:
    """The lines of painters that a `with` opens, or that it is given by name in the next statement."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With):
            yield from (item.context_expr.lineno for item in node.items)
        body = getattr(node, "body", ())
        for before, after in pairwise(body if isinstance(body, list) else ()):
            is_pair = isinstance(before, ast.Assign) and isinstance(after, ast.With)
            if is_pair and ast.unparse(before.targets[0]) == ast.unparse(after.items[0].context_expr):
                yield before.lineno


def _makes_painter(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PAINTERS


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("with QPainter(self) as painter:\n    painter.drawLine(line)", []),
        ("painter = QPainter(self)\npainter.end()", [1]),
        ("size = 3\nicon.paint(QPainter(self), place)", [2]),
        ("painter = QStylePainter(self)\nwith painter:\n    painter.drawLine(line)", []),
        ("painter = QStylePainter(self)\npainter.drawLine(line)\nwith painter:\n    pass", [1]),
        ("painter, option = QStylePainter(self), Option()", [1]),
    ],
)
def test_a_painter_that_is_left_open_is_found(source, lines):
    assert left_open(source) == lines


def test_every_painter_of_the_window_ends():
    root = Path(nnviz.ui.__file__).parent
    written = {path: path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}
    assert [f"{path.name}:{line}" for path, text in written.items() for line in left_open(text)] == []


class Broken(QWidget):
    """Fails while it paints, out of C, below another call of Python."""

    def paintEvent(self, event):
        with QPainter(self) as painter:
            painter.drawLine(0, 0, math.floor(math.inf), 0)

    def event(self, event: QEvent) -> bool:
        return super().event(event)


def test_a_widget_that_fails_while_it_paints_does_not_take_the_window_down(qtbot):
    broken = Broken()
    qtbot.addWidget(broken)
    broken.resize(200, 100)
    broken.show()
    for _ in range(3):
        with pytest.raises(OverflowError):
            broken.grab()
