"""The menu of lessons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.lessons import catalogue
from nnviz.ui.main_window import MainWindow

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(catalogue.load("xor"))
    window.show()
    QApplication.processEvents()
    return window


def below(menu, text):
    return next(action.menu() for action in menu.actions() if action.text() == text)


def click(menu, action):
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    QApplication.processEvents()


def test_every_lesson_has_its_place_under_a_topic(window):
    menu = window.toolbar._menu
    menu.fill()
    topics = [action.menu() for action in menu.actions() if action.menu() is not None]
    found = [action.data() for topic in topics for action in topic.actions()]
    assert found == catalogue.names()
    assert all(3 <= len(topic.actions()) <= 16 for topic in topics)


def test_the_open_lesson_and_its_topic_are_marked(window):
    menu = window.toolbar._menu
    menu.fill()
    assert [one.text() for one in menu.actions() if one.isChecked()] == ["Backpropagation by hand"]
    marked = [one.data() for one in below(menu, "Backpropagation by hand").actions() if one.isChecked()]
    assert marked == ["xor"]


def test_two_clicks_open_a_lesson(window, qtbot):
    QTest.keyClick(window.canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    menu = window.toolbar._menu
    qtbot.waitUntil(menu.isVisible)
    topic = below(menu, "Overfitting")
    click(menu, topic.menuAction())
    qtbot.waitUntil(topic.isVisible)
    click(topic, next(action for action in topic.actions() if action.data() == "overfitting-l2"))
    assert window.player.lesson.name == "overfitting-l2"
    assert not menu.isVisible()
