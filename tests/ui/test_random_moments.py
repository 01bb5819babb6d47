"""Every lesson in one window, one after the other as in a lecture."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QCoreApplication, QEvent

from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.ui.main_window import MainWindow

MOMENTS = 18


@pytest.fixture(scope="module")
def window(qapp):
    one = MainWindow()
    one.show()
    yield one
    one.close_now()
    one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("name", catalogue.names())
def test_every_view_draws_random_moments_without_a_warning(window, name):
    """Moments of every lesson, each seen in another way than the one before.

    A Qt warning, a stray log line or an exception fails the test.
    """
    chance = random.Random(name)
    window.try_to_open(name)
    player = window.player
    for number in range(MOMENTS):
        match number % 3:
            case 0:
                player.set_depth(chance.choice(list(Depth)))
            case 1:
                player.set_digits(chance.randint(2, 10))
            case _:
                player.set_example(chance.randrange(player.timeline.examples))
        iteration = chance.choice((0, 0, 1, 3)) if player.timeline.graph.trains else 0
        player.seek(iteration, chance.randint(0, player.walk.outline(0).length))
        known = [r for r in window.canvas.refs() if player.moment.value(r) is not None]
        if known and number % 4 == 0:
            player.select(chance.choice(known))
        for view in window.views:
            if view.isVisible():
                view.grab()
