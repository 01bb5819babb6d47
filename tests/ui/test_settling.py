"""A lesson that is open is left out of searches for garbage until the next one is opened."""

import gc

import pytest

from nnviz.lessons import catalogue
from nnviz.startup import set_aside
from nnviz.ui.application import SETTLES_AFTER, settle_lessons
from nnviz.ui.main_window import MainWindow


@pytest.fixture(autouse=True)
def nothing_set_aside():
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_is_there_is_set_aside_and_garbage_is_not(qtbot):
    ring = []
    ring.append(ring)
    del ring
    before = len(gc.get_objects())
    set_aside()
    assert gc.get_freeze_count() > 0.9 * before
    assert gc.collect() == 0


def test_a_lesson_settles_once_it_is_open(look, qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    settle_lessons(window)
    assert gc.get_freeze_count() == 0
    window.open_lesson(catalogue.load("and"))
    assert gc.get_freeze_count() == 0  # not before it is painted
    qtbot.waitUntil(lambda: gc.get_freeze_count() > 0, timeout=10 * SETTLES_AFTER)
