"""The tables beside the canvas: their tabs and the menu that names them all."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from nnviz.lessons.catalogue import load
from nnviz.ui.main_window import MainWindow

ALWAYS = ["Layers", "Matrices", "Data"]


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    return window


def names(menu):
    return [action.text() for action in menu.actions()]


def test_the_menu_names_what_the_network_has(window):
    window.open_lesson(load("power-plant-logistic"))
    planar = names(window.tabs.menu())
    assert "Image" not in planar and {*ALWAYS, "Output", "Error", "Spread", "Conventions"} <= {*planar}
    window.open_lesson(load("image-of-a-4"))
    maps = names(window.tabs.menu())
    assert {*ALWAYS, "Image", "Filters"} <= {*maps} and "Error" not in maps


def test_a_click_opens_the_menu_and_a_choice_brings_a_table_to_the_front(qtbot, window):
    window.open_lesson(load("power-plant-logistic"))
    QTest.mouseClick(window.tabs.menu_button, Qt.MouseButton.LeftButton)
    menu = next(one for one in QApplication.topLevelWidgets() if isinstance(one, QMenu) and one.isVisible())
    assert [action.text() for action in menu.actions() if action.isChecked()] == ["Matrices"]
    chosen = next(action for action in menu.actions() if action.text() == "Conventions")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(chosen).center())
    assert window.tabs.currentWidget() is window.conventions
    bar = window.tabs.tabBar()
    place = bar.tabRect(window.tabs.indexOf(window.conventions))
    assert bar.rect().adjusted(-2, 0, 2, 0).contains(place)
