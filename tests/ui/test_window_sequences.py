"""What the window offers for networks that read sequences: what applies to them, and nothing impossible."""

from dataclasses import replace

import pytest

from nnviz.engine.outline import Depth
from nnviz.engine.timeline import Stop
from nnviz.lessons.catalogue import load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.own_network import restart_otherwise, stop_text
from nnviz.ui.progress import why_it_ended
from nnviz.ui.tabs.layers.picture import rows_of
from tests.lessons.test_recurrent_lessons import FOLDER
from tests.ui.sequences import Sequences

NAMES = ("820-three-steps", "810-lstm-unit", "832-remember-lstm", "850-truncated-3")


@pytest.fixture(params=NAMES)
def window(request, qtbot):
    window = MainWindow()
    qtbot.addWidget(window)
    window.try_to_open(str(FOLDER / f"{request.param}.nnviz.toml"))
    window.show()
    qtbot.waitExposed(window)
    return window


def offered(window):
    tabs = window.tabs
    return {tabs.tabText(place) for place in range(tabs.count()) if tabs.isTabVisible(place)}


def test_tables_that_do_not_apply_are_not_offered(window):
    assert offered(window).isdisjoint({"Image", "Filters", "Output"})
    assert ("Error" in offered(window)) is ("lstm-unit" not in window.player.lesson.name)
    assert {"Layers", "Matrices", "Data", "Learning", "Conventions"} <= offered(window)


def test_every_table_can_be_in_front_at_any_moment(window):
    player = window.player
    for place in range(window.tabs.count()):
        if window.tabs.isTabVisible(place):
            window.tabs.setCurrentIndex(place)
            for depth in (Depth.NEURON, Depth.MAP, Depth.PASS):
                player.set_depth(depth)
                player.step()
    for share in (0.3, 0.6, 0.9, 1.0):
        player.seek(0, int(share * player.moment.outline.length))
        for key in window.tabs.tabs:
            window.tabs[key].refresh()


def test_other_first_weights_are_drawn(window):
    before = window.player.timeline.state(0).parameters.copy()
    restart_otherwise(window.context)
    assert (window.player.timeline.state(0).parameters != before).any()


@pytest.mark.parametrize(
    ("name", "kinds"),
    (
        ("820-three-steps", ["Recurrent, 1 → 2 at each step", "Dense, 2 → 1 at each step"]),
        ("832-remember-lstm", ["LSTM, 5 → 4 at each step", "Dense, 4 → 5, at the last step"]),
    ),
)
def test_the_table_of_layers_says_what_a_layer_is(name, kinds):
    assert [row.kind for row in rows_of(Sequences(name).graph)[:-1]] == kinds


def test_the_end_of_a_run_is_told_in_epochs():
    lesson = load("names-simple")
    assert stop_text(lesson) == "epoch 20"
    short = replace(lesson, stop=Stop(iterations=202))
    lesson.timeline.extend(202, short.stop)
    assert why_it_ended(short, lesson.timeline).startswith(
        "Stopped after 2 epochs (202 iterations), the most"
    )
    part = replace(lesson, stop=Stop(iterations=250))
    assert stop_text(part) == "iteration 250" and stop_text(load("three-steps")) == "iteration 10,000"
