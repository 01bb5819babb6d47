"""The tab of the violins: what it measures at which moment, and what the mouse does to it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.ops import ReLU
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.catalogue import load
from nnviz.ui.tabs.spread.picture import Choice, Measured, Scale, decades_of, nearest, picture_of
from nnviz.ui.tabs.spread.view import SpreadView
from tests.ui.stand import network

W, Z, A, DELTA = range(4)


def moment_of(lesson, position, example=0):
    walk = Walk(lesson.timeline)
    return resolve(walk, Cursor(0, position, example), lesson.textbook)


def after(lesson, ref):
    return moment_of(lesson, Walk(lesson.timeline).outline(0).completed_at(ref))


def picture(moment, **choice):
    return picture_of(moment, Choice(**choice), Measured())


def opened(qtbot, lesson, moment, size=(364, 640)):
    view = SpreadView()
    qtbot.addWidget(view)
    view.resize(*size)
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    view.show()
    qtbot.waitExposed(view)
    view.show_moment(moment, Depth.NEURON, 4)
    return view


# What is measured


def test_only_what_is_computed_is_shown(lesson):
    output = lesson.timeline.graph.output
    start = picture(moment_of(lesson, 0))
    assert [any(row.violins) for row in start.rows] == [True, False, False, False]
    assert all(g.mean is None and g.is_trained for g in start.gradients)
    backward = picture(after(lesson, Ref(output.z.scope, Part.DELTA, (0,))))
    assert [v is not None for v in backward.rows[DELTA].violins] == [False, False, True]
    assert backward.rows[DELTA].awaits == "comes with the backward pass"


def test_a_layer_half_computed_shows_the_half(lesson):
    first = picture(after(lesson, Ref("hidden1/a", cell=(0,))))
    violin = first.rows[Z].violins[0]
    assert violin.spread.count == len(lesson.timeline.rows(0))  # one neuron, every example
    assert violin.spread.odd == 0


def test_statistics_are_over_all_examples_of_the_batch(lesson):
    moment = moment_of(lesson, Walk(lesson.timeline).outline(0).length)
    rows = picture(moment).rows
    for row, part in ((Z, Part.VALUE), (DELTA, Part.DELTA)):
        for violin, layer in zip(rows[row].violins, lesson.timeline.graph.dense, strict=True):
            numbers = moment.array(layer.z.scope, part).array
            assert violin.spread.count == numbers.size
            assert violin.spread.deviation == pytest.approx(numbers.std())
            assert violin.spread.mean == pytest.approx(numbers.mean())


def test_weights_are_the_new_ones_once_they_are_updated(lesson):
    end = Walk(lesson.timeline).outline(0).length
    before, later = (picture(moment_of(lesson, at)).rows[W].violins[0] for at in (0, end))
    assert (before.part, later.part) == (Part.VALUE, Part.NEW)
    assert before.spread.mean != later.spread.mean


def test_the_mean_gradient_of_a_layer(lesson):
    moment = moment_of(lesson, Walk(lesson.timeline).outline(0).length)
    shown = picture(moment).gradients
    for gradient, layer in zip(shown, lesson.timeline.graph.dense, strict=True):
        numbers = moment.array(layer.w.scope, Part.GRADIENT).array
        assert gradient.mean == pytest.approx(np.abs(numbers).mean())
    first, last = decades_of(shown)
    assert all(10.0**first <= g.mean <= 10.0**last for g in shown)


def test_a_network_that_does_not_learn_says_so():
    made = network((2, 3, 1), loss=None)
    shown = picture(moment_of(made, 0))
    assert not shown.trains
    assert shown.rows[DELTA].awaits == "nothing is learned here"


@pytest.mark.parametrize(("factor", "is_log"), [(1.0, False), (1e-4, True)])
def test_layers_far_apart_bring_a_logarithmic_axis(factor, is_log):
    draw = np.random.default_rng(0)
    weights = {"l1/w": draw.normal(0, factor, (4, 3)), "l2/w": draw.normal(0, 1, (2, 4))}
    moment = moment_of(network((3, 4, 2), weights=weights), 0)
    assert picture(moment).rows[W].axis.is_logarithmic is is_log
    assert not picture(moment, scale=Scale.LINEAR).rows[W].axis.is_logarithmic
    own = picture(moment, is_common=False).rows[W]
    assert own.axis is None
    assert own.violins[0].axis.high < own.violins[1].axis.high or not is_log


def test_a_step_measures_only_what_it_computes(lesson):
    measured = Measured()
    first, second = (
        picture_of(moment_of(lesson, at), Choice(), measured).rows[W].violins[0] for at in (0, 3)
    )
    assert first is second


# The nearest number


@pytest.mark.parametrize("row", [W, Z, A, DELTA])
def test_the_nearest_number_is_the_one_at_that_place(lesson, row):
    moment = moment_of(lesson, Walk(lesson.timeline).outline(0).length, example=2)
    for violin in picture(moment).rows[row].violins:
        for wanted in (violin.spread.low, violin.spread.high):
            ref = nearest(violin, float(violin.axis.place(wanted)), moment)
            assert moment.value(ref) == pytest.approx(wanted)


def test_of_equal_numbers_the_one_in_focus_is_nearest():
    made = network((2, 3, 1), activation=ReLU, weights={"l1/w": -np.ones((3, 2)), "l1/b": np.zeros(3)})
    moment = moment_of(made, 20, example=1)
    violin = picture(moment).rows[A].violins[0]
    assert nearest(violin, 0.0, moment).example is None  # all are 0: example 2 is in focus


# The view


def test_it_measures_nothing_while_it_cannot_be_seen(qtbot, lesson):
    view = SpreadView()
    qtbot.addWidget(view)
    view.set_graph(lesson.timeline.graph, lesson.textbook)
    view.show_moment(moment_of(lesson, 5), Depth.NEURON, 4)
    assert not view.board.picture.rows
    view.show()
    qtbot.waitExposed(view)
    assert len(view.board.picture.rows) == 4


def test_a_click_picks_a_number_and_marks_it(qtbot, lesson):
    moment = moment_of(lesson, Walk(lesson.timeline).outline(0).length)
    view = opened(qtbot, lesson, moment)
    picked = []
    view.picked.connect(picked.append)
    board = view.board
    violin = board.picture.rows[Z].violins[1]
    top = float(violin.axis.place(violin.spread.high))
    QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=board.place_of(Z, 1, top))
    place = float(violin.axis.place(moment.value(picked[0])))
    assert abs(place - top) * board.plan.plot(Z, 1).height <= 1
    plain = board.viewport().grab().toImage()
    view.show_selection(picked[0])
    assert board.viewport().grab().toImage() != plain


def test_a_click_where_nothing_is_computed_picks_nothing(qtbot, lesson):
    view = opened(qtbot, lesson, moment_of(lesson, 0))
    picked = []
    view.picked.connect(picked.append)
    for at in (view.board.place_of(DELTA, 0), QPoint(5, 60), QPoint(100, 5)):
        QTest.mouseClick(view.board.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert picked == []


def test_the_tool_tip_tells_layer_count_and_statistics(qtbot, lesson):
    view = opened(qtbot, lesson, moment_of(lesson, Walk(lesson.timeline).outline(0).length))
    tip = view.board.tip_at(view.board.place_of(Z, 0))
    assert tip.startswith("Weighted sums z, Hidden 1\nn: 12\nmean: ")
    for word in ("deviation σ: ", "min: ", "max: "):
        assert word in tip
    bars = view.board.plan.bar(2).center
    view.board.verticalScrollBar().setValue(view.board.verticalScrollBar().maximum())
    at = QPoint(round(bars.x), round(bars.y) - view.board.verticalScrollBar().value())
    assert view.board.tip_at(at).startswith("Output\nmean |∂E/∂w| of 2 weights: ")


def test_the_tool_tip_of_an_empty_place_says_when_it_comes(qtbot, lesson):
    view = opened(qtbot, lesson, moment_of(lesson, 0))
    assert view.board.tip_at(view.board.place_of(DELTA, 0)).endswith("comes with the backward pass")


def test_the_buttons_change_axis_and_shape(qtbot, lesson):
    view = opened(qtbot, lesson, moment_of(lesson, Walk(lesson.timeline).outline(0).length))
    for segments, place, check in (
        (view.scales, 2, lambda row: row.axis.is_logarithmic),
        (view.axes, 1, lambda row: row.axis is None),
        (view.shapes, 1, lambda row: not row.violins[0].dots),
    ):
        assert not check(view.board.picture.rows[Z])
        QTest.mouseClick(segments.buttons[place], Qt.MouseButton.LeftButton)
        assert check(view.board.picture.rows[Z])


def test_many_layers_are_scrolled_and_the_last_can_be_picked(qtbot):
    made = network((2, *[3] * 10, 1))
    moment = moment_of(made, Walk(made.timeline).outline(0).length)
    view = opened(qtbot, made, moment)
    bar = view.board.horizontalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    picked = []
    view.picked.connect(picked.append)
    at = view.board.place_of(W, 10)
    assert view.board.viewport().rect().contains(at)
    QTest.mouseClick(view.board.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert picked[0].scope == "l11/w"


def test_numbers_that_are_none_do_not_stop_it(qtbot):
    made = network((2, 3, 1), weights={"l1/w": np.full((3, 2), math.inf)})
    moment = moment_of(made, Walk(made.timeline).outline(0).length)
    view = opened(qtbot, made, moment)
    view.board.viewport().grab()
    assert view.board.picture.rows[W].violins[0] is None


def test_layers_of_maps_have_violins_too():
    lesson = load("cnn-by-hand")
    moment = moment_of(lesson, Walk(lesson.timeline).outline(0).length)
    shown = picture(moment)
    assert len(shown.titles) == sum(hasattr(layer, "w") for layer in lesson.timeline.graph.layers)
    for row in shown.rows:
        for violin in row.violins:
            ref = nearest(violin, float(violin.axis.place(violin.spread.high)), moment)
            assert moment.value(ref) == pytest.approx(violin.spread.high)


def test_it_is_a_tab_of_the_window(qtbot, lesson):
    from nnviz.ui.main_window import MainWindow

    window = MainWindow()
    qtbot.addWidget(window)
    window.show()
    window.open_lesson(lesson)
    window.tabs.open("spread")
    QApplication.processEvents()
    assert window.tabs["spread"].board.picture.titles == ("Hidden 1", "Hidden 2", "Output")
    for row in range(4):  # whatever is picked explains itself
        window.player.seek(0, window.player.moment.outline.length)
        board = window.tabs["spread"].board
        QTest.mouseClick(board.viewport(), Qt.MouseButton.LeftButton, pos=board.place_of(row, 0, 0.9))
        assert window.player.explanation is not None
