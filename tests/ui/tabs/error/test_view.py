"""The error over weights, used with a real mouse: the surface, the path on it, and what a click does."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.measures import Examples
from nnviz.engine.measuring import is_mean, measured
from nnviz.engine.ref import Part, Ref
from nnviz.lessons import catalogue
from nnviz.ui.main_window import MainWindow
from nnviz.ui.tabs.error import view as error_surface
from nnviz.ui.tabs.error.picture import first_choice, words_of
from nnviz.ui.weight_chooser import WITHOUT
from tests.ui.stand import network

LEFT = Qt.MouseButton.LeftButton

LINEAR = """
format = 1
title = "{title}"
[network]
inputs = {inputs}
[[network.layers]]
name = "Output"
units = 1
activation = "identity"
weights = [{weights}]
[data]
columns = {columns}
rows = {rows}
[training]
loss = "squared_error"
learning_rate = {rate}
{training}
[conventions]
bias = "none"
[start]
views = ["error"]
"""
PARABOLA = LINEAR.format(
    title="Parabola",
    inputs='["x"]',
    weights="[4.0]",
    columns='["x", "y"]',
    rows="[[1, 1], [2, 3]]",
    rate=0.05,
    training="",
)


def valley(training="", rate=0.15):
    return LINEAR.format(
        title="Valley",
        inputs='["u", "v"]',
        weights="[-1.5, 2.0]",
        columns='["u", "v", "y"]',
        rows="[[1, 0.9, 1], [2, 2.2, 3], [-1, -0.8, 0.5]]",
        rate=rate,
        training=training,
    )


@pytest.fixture
def opened(qtbot, tmp_path):
    """Opens a lesson, from its text or by its name, with the error in front."""

    def open_(lesson):
        if lesson.startswith("\n"):
            file = tmp_path / "lesson.nnviz.toml"
            file.write_text(lesson, "utf-8")
            lesson = str(file)
        window = MainWindow()
        qtbot.addWidget(window)
        window.open_lesson(catalogue.load(lesson))
        window.show()
        window.tabs.open("error")
        qtbot.waitExposed(window)
        finish(qtbot, window)
        return window

    return open_


def finish(qtbot, window):
    """Wait for the finest grid; where examples are many, for the first."""

    def is_done():
        surface = window.tabs["error"].plane.surface
        is_current = surface is not None and surface.ranges == window.tabs["error"].ranges
        return is_current and (surface.landscape.work > 10_000 or not window.tabs["error"].work.is_busy)

    qtbot.waitUntil(is_done, timeout=20_000)


def refs(window, *addresses):
    return tuple(window.player.notation.parse(address) for address in addresses)


def go(window, iteration, share=1.0):
    window.player.seek(iteration, 0)
    window.player.seek(iteration, round(share * window.player.walk.outline(iteration).length))


def pixel(plane, x, y):
    return plane.axes().point(x, y).toPoint()


def texts(window):
    return [one.text for one in window.tabs["error"].numbers.entries]


def tab(window):
    return "error" in window.tabs.offered


def choose(chooser, row):
    """A row of the list; the offscreen screen has no keyboard for lists that open."""
    chooser.setCurrentIndex(row)
    chooser.activated.emit(row)


def colors_of(widget):
    image = widget.grab().toImage()
    return {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}


# What it shows


def test_a_lesson_may_open_with_it_and_one_without_learning_has_none(opened):
    window = opened(PARABOLA)
    assert tab(window) and window.tabs.front == "error"
    window.open_lesson(catalogue.load("image-of-a-4"))
    assert not tab(window)


def test_one_weight_is_a_parabola(opened):
    window = opened(PARABOLA)
    surface, plane = window.tabs["error"].plane.surface, window.tabs["error"].plane
    w = surface.ranges[0].steps(len(surface.heights))
    assert plane.is_curve and surface.heights == pytest.approx(0.5 * ((1 - w) ** 2 + (3 - 2 * w) ** 2))
    assert window.tabs["error"].refs == refs(window, "w[2,1]")
    assert window.tabs["error"].up.currentText() == WITHOUT
    assert window.tabs["error"].words.text() == "E summed over all 2 examples"


def test_two_weights_are_a_surface(opened):
    window = opened(valley())
    surface = window.tabs["error"].plane.surface
    u, v = (one.steps(len(surface.heights)) for one in surface.ranges)
    rows = [(1, 0.9, 1), (2, 2.2, 3), (-1, -0.8, 0.5)]
    wanted = sum(0.5 * (y - a * u[None, :] - b * v[:, None]) ** 2 for a, b, y in rows)
    assert surface.heights == pytest.approx(wanted)


@pytest.mark.parametrize("method", ["gradient_descent", "momentum", "newton"])
def test_the_path_is_that_of_the_run_until_the_cursor(opened, qtbot, method):
    window = opened(valley(f'optimizer = "{method}"'))
    window.player.timeline.extend(12)
    go(window, 5)
    path = window.tabs["error"].plane.on_plane.path
    assert path.iterations.tolist() == list(range(6))
    wanted = [window.player.timeline.state(k).parameters.tolist() for k in range(6)]
    assert path.values.tolist() == wanted
    assert (
        window.tabs["error"].plane.on_plane.ahead.tolist()
        == window.player.timeline.state(6).parameters.tolist()
    )
    assert all(one.holds(path.values[:, i]) for i, one in enumerate(window.tabs["error"].ranges))


def test_the_next_step_and_the_slope_come_when_they_are_computed(opened, qtbot):
    window = opened(PARABOLA)
    assert (
        window.tabs["error"].plane.on_plane.slope is None
        and window.tabs["error"].plane.on_plane.ahead is None
    )
    assert texts(window) == ["w₂,₁ = 4"]
    window.player.seek_ref(window.tabs["error"].refs[0].of(Part.GRADIENT))
    assert (
        window.tabs["error"].plane.on_plane.slope == 13.0
        and window.tabs["error"].plane.on_plane.ahead is None
    )
    assert texts(window)[1:] == ["E = 17", "∂E/∂w₂,₁ = 13"]
    before = colors_of(window.tabs["error"].plane)
    go(window, 0)
    assert window.tabs["error"].plane.on_plane.ahead.tolist() == pytest.approx([3.35])
    assert texts(window)[-1] == "w₂,₁ⁿᵉʷ = 3.3500"
    assert "#6d4ac0" in colors_of(window.tabs["error"].plane) and "#6d4ac0" not in before


def test_the_surface_is_not_computed_again_where_only_its_weights_move(opened, qtbot):
    window = opened(valley())
    surface = window.tabs["error"].plane.surface
    go(window, 1)
    assert window.tabs["error"].plane.surface is surface and not window.tabs["error"].work.is_busy


def test_with_more_weights_it_follows_the_others(opened, qtbot):
    window = opened("power-plant-logistic")
    before = window.tabs["error"].plane.surface
    go(window, 3)
    finish(qtbot, window)
    assert window.tabs["error"].plane.surface is not before
    assert "all else as in iteration 4" in window.tabs["error"].words.text()
    assert window.tabs["error"].refs == refs(window, "w[8,6]", "w[8,7]")


def test_nothing_is_computed_while_it_is_hidden(opened, qtbot, monkeypatch):
    window = opened("power-plant-logistic")
    window.tabs.open("conventions")
    asked = []
    monkeypatch.setattr(window.tabs["error"].work, "ask", lambda *args: asked.append(args))
    go(window, 3)
    assert not asked and not window.tabs["error"].work.is_busy
    window.tabs.open("error")
    assert len(asked) == 1 and window.tabs["error"].plane.on_plane.path.iterations[-1] == 3


def test_a_network_with_images_and_batches(opened, qtbot):
    window = opened("cnn-digits")
    assert "averaged over all 500 examples" in window.tabs["error"].words.text()
    assert "sees only its batch" in window.tabs["error"].words.text()
    go(window, 2)
    finish(qtbot, window)
    assert not any(text.startswith("E =") for text in texts(window))


@pytest.mark.parametrize("name", ["three-steps", "remember-lstm", "truncated-3"])
def test_the_error_of_sequences(opened, name):
    window = opened(name)
    surface, moment = window.tabs["error"].plane.surface, window.player.moment
    landscape = moment.landscape(window.tabs["error"].refs)
    here = landscape.losses(landscape.here[None])[0]
    is_batch = len(moment.rows) < len(moment.settings.inputs)
    total = _from_start(window.player.timeline) if is_batch else window.player.timeline.loss(0)
    assert here == pytest.approx(total, rel=1e-12)
    assert surface.heights.min() < here < surface.heights.max()


def _from_start(timeline):
    """E over all sequences, of which none goes on from another."""
    settings = timeline.settings(0)
    examples = Examples(settings.inputs, settings.targets, settings.given)
    one, _ = measured(timeline.program, timeline.state(0), examples, 0)
    return one.loss * (1 if is_mean(timeline.graph) else timeline.examples)


def test_a_weight_of_a_recurrent_layer_is_chosen_at_any_of_its_uses(opened, qtbot):
    window = opened("three-steps")
    weight = next(node for node in window.tabs["error"].graph.parameters if node.scope.endswith("/w_h"))
    window.player.select(Ref(weight.scope, Part.AT_STEP, (1, 1, 0)))
    assert window.tabs["error"].refs[0] == Ref(weight.scope, cell=(1, 0))
    finish(qtbot, window)
    assert window.tabs["error"].plane.surface.landscape.refs == window.tabs["error"].refs


def test_a_double_click_sets_weights_that_all_steps_share(opened, qtbot):
    window = opened("three-steps")
    first, second = Ref("rnn/w_h", cell=(0, 0)), Ref("rnn/w_h", cell=(0, 1))
    window.tabs["error"].choose(first, second)
    finish(qtbot, window)
    plane = window.tabs["error"].plane
    spot = QPointF(plane.places()[0][0] + 60, plane.places()[0][1] - 40).toPoint()
    wanted = plane.axes().value(QPointF(spot))
    QTest.mouseDClick(plane, LEFT, pos=spot)
    values = [window.player.moment.value(ref) for ref in (first, second)]
    assert values == pytest.approx(wanted, abs=0.05)
    finish(qtbot, window)
    go(window, 2)
    QTest.mouseClick(plane, LEFT, pos=QPointF(*plane.places()[0]).toPoint())
    assert window.player.cursor.iteration == 0


def test_what_is_carried_on_is_left_out_and_told(opened, qtbot):
    window = opened("truncated-3")
    assert "start state" not in window.tabs["error"].words.text()
    go(window, 2)
    assert "every sequence from its start state" in window.tabs["error"].words.text()


def test_the_words_say_what_is_left_out():
    net = network((2, 3, 1))
    refs_of = first_choice(net.timeline.graph)
    assert [ref.scope for ref in refs_of] == ["l2/w", "l2/w"]
    assert first_choice(network((1, 1)).timeline.graph) == (Ref("l1/w", cell=(0, 0)), Ref("l1/b", cell=(0,)))


def test_a_penalty_is_named(opened):
    window = opened(valley("l2 = 0.1"))
    assert "without the penalty" in window.tabs["error"].words.text()


# Choosing weights


def test_a_weight_that_is_picked_anywhere_becomes_the_first_with_shift_the_second(opened, qtbot):
    window = opened("power-plant-logistic")
    first, second = refs(window, "w[3,1]", "w[6,4]")
    spot = window.canvas.rect_of(first).center().toPoint()
    QTest.mouseClick(window.canvas.board.viewport(), LEFT, pos=spot)
    assert window.player.selection == first
    assert window.tabs["error"].refs == (first, *refs(window, "w[8,7]"))
    spot = window.canvas.rect_of(second).center().toPoint()
    shift = Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(window.canvas.board.viewport(), LEFT, shift, spot)
    if not QApplication.keyboardModifiers() & shift:  # offscreen, the test's keys are not the application's
        window.tabs["error"].choose(first, second)
    assert window.tabs["error"].refs == (first, second)
    finish(qtbot, window)
    assert window.tabs["error"].plane.surface.landscape.refs == (first, second)


def test_shift_is_asked_of_the_keyboard(opened, monkeypatch):
    window = opened("power-plant-logistic")
    keys = type("Keys", (), {"keyboardModifiers": staticmethod(lambda: Qt.KeyboardModifier.ShiftModifier)})
    monkeypatch.setattr(error_surface, "QGuiApplication", keys)
    window.player.select(refs(window, "w[3,0]")[0])
    assert window.tabs["error"].refs == refs(window, "w[8,6]", "w[3,0]")


def test_what_is_no_weight_changes_nothing(opened):
    window = opened("power-plant-logistic")
    before = window.tabs["error"].refs
    for address in ("x[1]", "t[8]", "alpha"):
        window.player.select(refs(window, address)[0])
        assert window.tabs["error"].refs == before


def test_the_lists_have_every_number_that_learns(opened, qtbot):
    window = opened("power-plant-logistic")
    view = window.tabs["error"]
    assert view.across.count() == 20 and view.up.count() == 21
    assert view.across.itemText(0).startswith("w₃,₀") and "bias" in view.across.itemText(0)
    choose(view.across, 0)
    assert view.refs == refs(window, "w[3,0]", "w[8,7]")
    choose(view.up, 0)
    assert view.refs == refs(window, "w[3,0]") and view.plane.is_curve
    choose(view.up, 2)
    assert view.refs == refs(window, "w[3,0]", "w[4,0]") and not view.plane.is_curve


def test_of_very_many_numbers_those_around_the_chosen_one_are_listed(opened):
    window = opened("lenet-5")
    model, dense = window.tabs["error"].across._weights, window.player.timeline.graph.dense
    assert model.rowCount() < 3_000 < window.player.timeline.graph.trainable_size
    for far in (Ref(dense[-1].w.scope, cell=(9, 83)), Ref(dense[0].w.scope, cell=(0, 0))):
        window.tabs["error"].across.choose(far)
        assert model.ref(window.tabs["error"].across.currentIndex()) == far
    assert model.row(Ref(dense[-1].w.scope, cell=(9, 83))) < 0
    assert [model.row(model.ref(row)) for row in (0, 5, model.rowCount() - 1)] == [0, 5, model.rowCount() - 1]


def test_choosing_the_second_as_the_first_swaps_them(opened):
    window = opened("power-plant-logistic")
    first, second = window.tabs["error"].refs
    window.tabs["error"].across.chosen.emit(second)
    assert window.tabs["error"].refs == (second, first)
    window.tabs["error"].up.chosen.emit(second)
    assert window.tabs["error"].refs == (first, second)


# Mouse


def test_a_click_on_the_path_goes_to_its_iteration(opened, qtbot):
    window = opened(valley())
    window.player.timeline.extend(6)
    go(window, 6)
    plane = window.tabs["error"].plane
    place = plane.places()[1]
    QTest.mouseClick(plane, LEFT, pos=QPointF(*place).toPoint())
    assert (window.player.cursor.iteration, window.player.cursor.position) == (1, 0)
    assert plane.on_plane.path.iterations.tolist() == [0, 1]


def test_a_click_elsewhere_goes_nowhere_and_a_double_click_sets_the_weights_there(opened, qtbot):
    window = opened(valley())
    go(window, 2)
    plane = window.tabs["error"].plane
    spot = pixel(plane, -3.0, 3.5)
    QTest.mouseClick(plane, LEFT, pos=spot)
    assert window.player.cursor.iteration == 2
    wanted = plane.axes().value(QPointF(spot))
    QTest.mouseDClick(plane, LEFT, pos=spot)
    values = [window.player.moment.value(ref) for ref in window.tabs["error"].refs]
    assert values == pytest.approx(wanted, abs=0.05) and values[0] == pytest.approx(-3.0, abs=0.05)
    window.player.undo()
    assert window.player.moment.value(window.tabs["error"].refs[0]) != pytest.approx(-3.0, abs=0.05)


def test_hovering_tells_the_weights_and_the_error_there(opened, qtbot):
    window = opened(valley())
    plane = window.tabs["error"].plane
    spot = pixel(plane, 0.5, 1.0)
    QTest.mouseMove(plane, spot)
    qtbot.waitUntil(lambda: len(texts(window)) == 3)
    u, v = (round(one, 2) for one in plane.axes().value(QPointF(spot)))  # for a pixel is nearly 0.02 wide
    error = window.tabs["error"].plane.surface.landscape.losses(np.array([[u, v]]))[0]
    assert [float(t.rpartition("= ")[2].replace("−", "-")) for t in texts(window)] == pytest.approx(
        [u, v, error], abs=1e-4
    )
    QTest.mouseMove(plane, QPointF(*plane.places()[0]).toPoint())
    qtbot.waitUntil(lambda: "iteration 1" in texts(window))


def test_a_number_below_the_picture_can_be_picked(opened, qtbot):
    window = opened(valley())
    go(window, 0)
    numbers = window.tabs["error"].numbers
    for entry in numbers.entries:
        QTest.mouseClick(numbers, LEFT, pos=numbers.rect_of(entry.ref).center().toPoint())
        assert window.player.selection == entry.ref


def wheel(plane, spot, turned):
    event = QWheelEvent(
        QPointF(spot),
        QPointF(plane.mapToGlobal(spot)),
        QPoint(),
        QPoint(0, turned),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(plane, event)


def test_the_wheel_zooms_about_the_mouse_and_fit_shows_the_path(opened, qtbot):
    window = opened(valley())
    plane, before = window.tabs["error"].plane, window.tabs["error"].ranges
    spot = pixel(plane, -1.0, 1.0)
    under = plane.axes().value(QPointF(spot))
    wheel(plane, spot, 240)
    assert window.tabs["error"].ranges[0].span < before[0].span
    assert plane.axes().value(QPointF(spot)) == pytest.approx(under)
    finish(qtbot, window)
    assert plane.surface.ranges == window.tabs["error"].ranges
    go(window, 3)
    kept = window.tabs["error"].ranges
    QTest.mouseClick(window.tabs["error"].wider, LEFT)
    assert window.tabs["error"].ranges[0].span == pytest.approx(1.5 * kept[0].span)
    QTest.mouseClick(window.tabs["error"].closer, LEFT)
    QTest.mouseClick(window.tabs["error"].fit, LEFT)
    path = plane.on_plane.path.values
    assert all(one.holds(path[:, i]) for i, one in enumerate(window.tabs["error"].ranges))


@pytest.mark.parametrize("turned", [1200, -1200])
def test_the_wheel_stops_where_pixels_are_no_numbers_of_their_own(opened, qtbot, turned):
    window = opened(valley())
    plane = window.tabs["error"].plane
    for _ in range(400):
        wheel(plane, plane.rect().center(), turned)
    assert all(one.is_drawable for one in plane.ranges)
    plane.grab()
    wheel(plane, plane.rect().center(), -turned)
    assert all(one.is_drawable for one in plane.ranges)


def test_the_range_is_the_same_until_the_path_leaves_it(opened, qtbot):
    window = opened(valley())
    window.player.timeline.extend(400)
    before = window.tabs["error"].ranges
    go(window, 3)
    assert window.tabs["error"].ranges == before
    go(window, 400)
    assert window.tabs["error"].ranges != before
    later = window.tabs["error"].ranges
    go(window, 0)
    assert window.tabs["error"].ranges == later


def test_both_themes_paint_it(opened, qtbot):
    from nnviz.ui.style import DARK, LIGHT, theme

    window = opened(valley())
    light = colors_of(window.tabs["error"].plane)
    theme().use(DARK)
    try:
        dark = colors_of(window.tabs["error"].plane)
    finally:
        theme().use(LIGHT)
    assert len(light) > 50 and len(dark) > 50 and light != dark


def test_running_goes_on_with_it_in_front(opened, qtbot):
    window = opened("power-plant-logistic")
    window.player.run_to_stop()
    qtbot.waitUntil(lambda: window.player.timeline.length > 600)
    window.player.stop_running()
    finish(qtbot, window)
    assert window.tabs["error"].plane.on_plane.path.iterations[-1] == window.player.cursor.iteration
    assert window.tabs["error"].plane.surface.landscape.is_same(
        window.player.moment.landscape(window.tabs["error"].refs)
    )
    assert words_of(window.player.moment, window.player.moment.landscape(window.tabs["error"].refs))
