"""The theme reaches every widget, and each of them no more often than it has to."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QRawFont, QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow
from nnviz.ui.style import DARK, LIGHT, font, styled_at_the_end, theme


class Restyled(QObject):
    """Counts how often the style of each widget has been looked up anew."""

    def __init__(self):
        super().__init__()
        self.times = Counter()

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.StyleChange and isinstance(watched, QWidget):
            self.times[id(watched)] += 1
        return False


@pytest.fixture
def restyled(qapp):
    counted = Restyled()
    qapp.installEventFilter(counted)
    yield counted.times
    qapp.removeEventFilter(counted)


def test_a_window_is_put_together_before_it_is_styled(restyled):
    sheet = QApplication.instance().styleSheet()
    window = MainWindow()
    try:
        assert QApplication.instance().styleSheet() == sheet
        assert sum(restyled.values()) <= 3 * len(window.findChildren(QWidget))
    finally:
        window.close_now()
        window.deleteLater()


def test_a_window_that_cannot_be_made_leaves_the_style_sheet(qapp):
    sheet = qapp.styleSheet()
    with pytest.raises(ValueError, match="no window"), styled_at_the_end():
        raise ValueError("no window")
    assert qapp.styleSheet() == sheet != ""


def test_the_theme_in_use_is_not_applied_again(qtbot, restyled):
    label = QLabel("seen")
    qtbot.addWidget(label)
    label.show()
    restyled.clear()
    theme().use(LIGHT)
    make_application()
    assert not restyled
    theme().use(DARK)
    assert id(label) in restyled
    theme().use(LIGHT)


@pytest.mark.parametrize("typed", ["0x10", "1x1", "->", "3 x 4"])
def test_what_is_typed_is_drawn_sign_by_sign(qapp, typed):
    """The interface font would draw the x between figures as ×."""
    drawn = QTextLayout(typed, font(14))
    drawn.beginLayout()
    drawn.createLine()
    drawn.endLayout()
    glyphs = [glyph for run in drawn.glyphRuns() for glyph in run.glyphIndexes()]
    by_themselves = QRawFont.fromFont(font(14))
    for sign, glyph in zip(typed, glyphs, strict=True):
        if not sign.isdecimal():  # figures are those of equal width
            assert [glyph] == by_themselves.glyphIndexesForString(sign)
