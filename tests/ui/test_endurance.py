"""A lecture of many hours: lessons, themes and dialogs come and go, and nothing of them stays behind."""

import gc
import os

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from nnviz.lessons.catalogue import entries, load
from nnviz.ui import layer_menu, own_network
from nnviz.ui.leaving import close_now
from nnviz.ui.main_window import MainWindow
from nnviz.ui.style import theme

CHANGES = int(os.environ.get("NNVIZ_LESSON_CHANGES", "300"))
OPENINGS = int(os.environ.get("NNVIZ_DIALOG_OPENINGS", "100"))
OTHERS = ("power-plant-logistic", "three-steps")  # between those with maps
LARGE = {"cnn-digits", "lenet-5"}
PARTLY = 20  # dialogs of which one is painted: painting is most of the work, and keeps nothing

pytestmark = pytest.mark.timeout(900)

DIALOGS = {
    "help": lambda window: window.show_help(),
    "networks": lambda window: window.show_networks(),
    "new network": own_network.new_network,
    "restarts": own_network.try_restarts,
    "a bad lesson": lambda window: window.try_to_open("no-such-lesson"),
    "a bad image": lambda window: window.image._complain("This is no picture."),
    "menu of a layer": lambda window: layer_menu.open_menu(window, QPoint(300, 300)),
    "menu of tables": lambda window: window.tabs.menu_button.click(),
    "menu of lessons": lambda window: window.toolbar.open_menu(),
    "menu of speeds": lambda window: window.transport.speed_button.click(),
}


@pytest.fixture(scope="module")
def window(qapp):
    window = MainWindow()
    window.show()
    yield window
    close_now(window)  # what was typed in is asked about otherwise
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def settle() -> None:
    QApplication.processEvents()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def alive(window) -> tuple[int, int, int]:
    """Widgets, objects of the window, and the Python objects for them."""
    gc.collect()
    widgets, objects = len(QApplication.allWidgets()), len(window.findChildren(QObject))
    return widgets, objects, sum(isinstance(one, QObject) and is_kept(one) for one in gc.get_objects())


def is_kept(one: QObject) -> bool:
    """Whether it is there, or is one of the program's: what Qt has deleted and we have counted is a husk."""
    return shiboken6.isValid(one) or type(one).__module__.startswith("nnviz")


def close() -> None:
    """Close the dialog or menu that is open."""
    opened = QApplication.activePopupWidget() or QApplication.activeModalWidget()
    assert isinstance(opened, QDialog | QMenu)
    opened.close()


def test_lessons_with_maps_are_opened_hundreds_of_times_in_both_themes(window):
    names = [entry.name for entry in entries() if entry.topic == "Convolution" and entry.name not in LARGE]
    lessons = [load(name) for name in (*names, *OTHERS)]
    before = None
    for change in range(CHANGES):
        window.open_lesson(lessons[change % len(lessons)])
        window.player.step()
        if change % 10 == 0:
            theme().toggle()
        settle()
        if change == 2 * len(lessons):
            before = alive(window)
        if change > 2 * len(lessons) and (change - 2 * len(lessons)) % (8 * len(lessons)) == 0:
            assert alive(window) == before


@pytest.mark.parametrize("name", DIALOGS)
def test_what_is_opened_a_hundred_times_leaves_nothing(window, name):
    window.open_lesson(load("cnn-by-hand"))
    before = None
    for opening in range(OPENINGS):
        DIALOGS[name](window)
        if opening % PARTLY == 0:
            QApplication.processEvents()
        close()
        settle()
        if opening == 1:
            before = alive(window)
    assert alive(window) == before
