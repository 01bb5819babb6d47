"""What the tests of the window share: a lesson to show."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.lessons.catalogue import load
from nnviz.lessons.lesson import Lesson
from nnviz.ui.application import make_application
from nnviz.ui.style import LIGHT, theme


@pytest.fixture
def lesson() -> Lesson:
    """The power plant of the notes: 2-3-2-1 logistic units, four examples in one batch."""
    return load("power-plant-logistic")


@pytest.fixture(autouse=True)
def look(qapp):
    """Every test sees the widgets as the program shows them, in the light theme."""
    if theme().colors is not LIGHT or not qapp.styleSheet():
        make_application()


@pytest.fixture(autouse=True)
def nothing_left():
    """Windows that a test has closed are gone before the next one, and no button of the mouse is held down.

    A change of theme visits all windows that live; a button whose release went to a field that was gone makes
    every move of the mouse a drag.
    """
    release_the_mouse()
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    release_the_mouse()


@pytest.fixture(autouse=True, scope="module")
def no_window_stays(qapp):
    """No module leaves a window behind, which would lie above those of the next one and take their mouse."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    names = [f"{type(widget).__name__} {widget.windowTitle()}" for widget in left]
    for widget in left:
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not names


def release_the_mouse():
    if QApplication.mouseButtons():
        somewhere = QWidget()
        somewhere.show()
        QTest.mouseRelease(somewhere, Qt.MouseButton.LeftButton)
        somewhere.close()
