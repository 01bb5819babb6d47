"""The binding to Qt keeps count of None.

PySide6 6.12.0 drops one reference to None on nearly every call that returns nothing. Under Python 3.11,
where None can run out of references, the process dies after some seconds of painting.
"""

import sys

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

CALLS = 500
NOISE = 50


def paint(painter):
    painter.save()
    painter.translate(1, 1)
    painter.restore()


def draw_path(painter):
    path = QPainterPath(QPointF(0, 0))
    path.lineTo(4, 4)
    painter.drawPath(path)


def fill(painter):
    painter.fillRect(0, 0, 4, 4, QColor("white"))


def lost_references(call) -> int:
    """How many references to None went missing over many calls."""
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    return before - sys.getrefcount(None)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal since Python 3.12")
@pytest.mark.parametrize("draw", [paint, draw_path, fill], ids=lambda draw: draw.__name__)
def test_painting_loses_no_reference_to_none(qapp, draw):
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    lost = lost_references(lambda: draw(painter))
    painter.end()
    assert lost < NOISE
