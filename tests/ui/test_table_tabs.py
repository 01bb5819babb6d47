"""The tables beside the canvas: their tabs and the menu that names them all."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons.catalogue import load
from nnviz.lessons.schema import StartTable
from nnviz.ui import tabs
from nnviz.ui.main_window import MainWindow
from nnviz.ui.tabs import TABS

LESSONS = ("power-plant-logistic", "image-of-a-4", "three-steps")
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
    assert window.tabs.front == "conventions"
    bar = window.tabs.tabBar()
    place = bar.tabRect(window.tabs.currentIndex())
    assert bar.rect().adjusted(-2, 0, 2, 0).contains(place)


# The registry


def test_each_folder_is_a_tab_and_lesson_files_name_only_tabs():
    folders = {one.name for one in Path(tabs.__file__).parent.iterdir() if (one / "__init__.py").exists()}
    keys = [tab.key for tab in TABS]
    names = get_args(get_args(StartTable.model_fields["views"].annotation)[0])
    assert len(keys) == len({*keys}) and {*keys} == folders >= {*names}
    assert [tab.title.lower() for tab in TABS] == keys


@pytest.mark.parametrize("name", ["power-plant-logistic", "image-of-a-4", "three-steps"])
def test_a_tab_is_built_when_it_is_first_shown(window, name):
    window.open_lesson(load(name))
    assert [type(view) for view in window.tabs.built()] == [type(window.tabs[window.tabs.front])]
    for count, key in enumerate(window.tabs.offered, 1):
        window.tabs.open(key)
        assert count <= len([*window.tabs.built()]) <= count + 1 and window.tabs[key].isVisible()


@pytest.mark.parametrize("key", [tab.key for tab in TABS])
def test_a_tab_that_is_built_late_has_missed_nothing(qtbot, window, key):
    """Beside one that was there from the beginning it shows the same."""
    early = MainWindow()
    qtbot.addWidget(early)
    early.tabs[key]
    for one in (window, early):
        name = next(name for name in LESSONS if offers(name, key))
        one.open_lesson(load(name))
        one.open_lesson(load("xor"))
        one.open_lesson(load(name))
        one.show()
        one.player.over(Depth.PASS)
        one.player.set_digits(3)
        one.player.select(Ref(one.player.timeline.graph.parameters[0].scope, cell=first(one)))
        one.tabs.open(key)
    late, early = window.tabs[key], early.tabs[key]
    qtbot.waitUntil(lambda: late.grab().toImage() == early.grab().toImage())  # some work in slices


def offers(name, key):
    return next(tab for tab in TABS if tab.key == key).is_offered(load(name).timeline.graph)


def first(window):
    return (0,) * len(window.player.timeline.graph.parameters[0].shape)


def test_a_tab_behind_folded_tables_is_built_when_they_are_shown(window):
    window.fold_tables()
    window.open_lesson(load("power-plant-logistic"))
    assert [*window.tabs.built()] == []
    window.fold_tables()
    assert [type(view) for view in window.tabs.built()] == [type(window.tabs["matrices"])]


def test_the_keys_go_through_a_late_tab_where_it_stands(window):
    """Tab leads from the tabs into the view in front, and from there to what stands below."""
    window.open_lesson(load("power-plant-logistic"))
    window.tabs.open("error")
    inside = [one for one in chain_of(window) if window.tabs["error"].isAncestorOf(one)]
    chain = chain_of(window)
    places = [chain.index(one) for one in inside]
    assert places == list(range(places[0], places[0] + len(places)))
    assert chain.index(window.tabs.tabBar()) < places[0] and places[-1] < chain.index(window.tabs.menu_button)


def chain_of(window):
    """All that Tab leads to, from the toolbar on."""
    chain, one = [], window.nextInFocusChain()
    while one is not window:
        if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(one)
        one = one.nextInFocusChain()
    return chain
