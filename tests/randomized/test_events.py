"""A short run of random events; the command sends any number (``python -m tests.randomized.events``)."""

import pytest

from nnviz.lessons.catalogue import load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.style import LIGHT, theme
from tests.randomized.events import Driver
from tests.ui.conftest import release_the_mouse

EVENTS = 300


@pytest.mark.timeout(600)
def test_random_events_find_nothing_wrong(qtbot, tmp_path):
    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_lesson(load("power-plant-logistic"))
    driver = Driver(window, seed=1, folder=tmp_path)
    try:
        driver.run(EVENTS)
    finally:
        theme().use(LIGHT)
        release_the_mouse()
    assert driver.sent.total() == EVENTS
