"""The theme reaches every widget, and each of them no more often than it has to."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from nnviz.ui.application import make_application
from nnviz.ui.main_window import MainWindow
from nnviz.ui.style import DARK, LIGHT, styled_at_the_end, theme


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
        assert sum(restyled.values()) <= 2 * len(window.findChildren(QWidget))
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
