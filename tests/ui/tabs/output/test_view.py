"""The tab that shows what the network says, in the window, with a real mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from nnviz.lessons.catalogue import load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.picture.surface import Choice
from nnviz.ui.style import DARK, LIGHT, theme
from nnviz.ui.tabs.output.outputs import Look
from tests.ui.output_lessons import planar

LEFT = Qt.MouseButton.LeftButton


def opened(qtbot, lesson, front=True):
    """The window on a lesson, with its answer in front."""
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(lesson)
    window.show()
    qtbot.waitExposed(window)
    if front:
        window.tabs.open("output")
        answered(qtbot, window)
    return window


def answered(qtbot, window):
    """Wait until all is asked and drawn."""
    qtbot.waitUntil(lambda: window.tabs["output"].is_up_to_date)
    QApplication.processEvents()


def click_look(window, look):
    view = window.tabs["output"]
    QTest.mouseClick(view.segments.buttons[view.looks.index(look)], LEFT)
    QApplication.processEvents()


def click_point(plot, cloud, place):
    QTest.mouseClick(plot, LEFT, pos=plot.place_of(plot.clouds[cloud], place).toPoint())


def lonely(plot, cloud):
    """A point of a cloud that no other is near."""
    others = np.concatenate([plot.points(one.x, one.y) for one in plot.clouds])
    for place, at in enumerate(plot.points(plot.clouds[cloud].x, plot.clouds[cloud].y)):
        if (np.hypot(*(others - at).T) < 20).sum() == 1:
            return place
    raise AssertionError("all points are close to another")


def tip_at(widget, at):
    QApplication.sendEvent(widget, QHelpEvent(QHelpEvent.Type.ToolTip, at, widget.mapToGlobal(at)))
    return QToolTip.text()


def is_shown(window):
    return "output" in window.tabs.offered


@pytest.mark.parametrize(
    ("name", "look"), [("moons", Look.SURFACE), ("gaussians", Look.SURFACE), ("sine", Look.CURVE)]
)
def test_it_is_in_front_where_the_whole_input_can_be_drawn(qtbot, name, look, tmp_path):
    window = opened(qtbot, planar(name, tmp_path), front=False)
    assert window.tabs.front == "output"
    assert window.tabs["output"].page is window.tabs["output"].pages[look]


@pytest.mark.parametrize(
    ("name", "shown", "front"),
    [
        ("power-plant-logistic", True, "matrices"),
        ("xor", True, "matrices"),
        ("cnn-digits", True, "image"),
        ("max-pooling", False, "image"),
        ("image-of-a-4", False, "image"),
    ],
)
def test_where_it_is_and_what_is_in_front(qtbot, name, shown, front):
    window = opened(qtbot, load(name), front=False)
    assert is_shown(window) is shown
    assert window.tabs.front == front


def test_a_click_on_a_point_makes_it_the_focus_example(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    plot = window.tabs["output"].page.plot
    place = lonely(plot, 0)
    click_point(plot, 0, place)
    assert window.player.cursor.example == place and plot.in_focus == place


def test_a_click_on_what_is_not_trained_on_does_nothing(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    plot, before = window.tabs["output"].page.plot, window.player.cursor
    assert not plot.clouds[1].source.is_training
    click_point(plot, 1, lonely(plot, 1))
    QTest.mouseClick(plot, LEFT, pos=plot.area.topLeft().toPoint() + QPoint(2, 2))
    assert window.player.cursor == before


def test_a_point_and_the_plane_tell_what_they_are(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    plot = window.tabs["output"].page.plot
    place = lonely(plot, 0)
    text = tip_at(plot, plot.place_of(plot.clouds[0], place).toPoint())
    assert "x₁ = " in text and "target" in text and "output" in text
    corner = tip_at(plot, plot.area.topLeft().toPoint() + QPoint(3, 3))
    value = plot.surface.values[1, 1]
    assert corner.splitlines()[1].startswith("a₆ = ") and f"{value:.1f}" in corner
    tip_at(plot, QPoint(1, 1))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_the_surface_is_that_of_the_parameters_of_the_iteration(qtbot, tmp_path):
    lesson = planar("moons", tmp_path)
    window = opened(qtbot, lesson)
    first = window.tabs["output"].page.plot.surface
    window.player.seek(0, 5)
    assert window.tabs["output"].page.plot.surface is first  # nothing that it depends on has changed
    lesson.timeline.ensure(40)
    window.player.seek(40, 0)
    answered(qtbot, window)
    later = window.tabs["output"].page.plot.surface
    assert not np.allclose(later.values, first.values)
    window.player.seek(0, 0)
    answered(qtbot, window)
    assert window.tabs["output"].page.plot.surface.values == pytest.approx(first.values)


def test_an_edited_weight_shows_at_once(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    before = window.tabs["output"].page.plot.surface.values
    window.player.edit(window.player.notation.parse("w[6,3]"), 5.0)
    answered(qtbot, window)
    assert not np.allclose(window.tabs["output"].page.plot.surface.values, before)


def test_it_asks_nothing_while_another_tab_is_in_front(qtbot, tmp_path):
    lesson = planar("moons", tmp_path)
    window = opened(qtbot, lesson)
    shown = window.tabs["output"]._shown
    window.tabs.open("data")
    lesson.timeline.ensure(10)
    window.player.seek(10, 0)
    QApplication.processEvents()
    assert window.tabs["output"]._inquiry is shown
    window.tabs.open("output")
    answered(qtbot, window)
    assert window.tabs["output"]._shown.moment.iteration == 10


def test_the_neurons_of_a_layer_and_one_of_them_enlarged(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    page = window.tabs["output"].page
    page.chooser.setCurrentIndex(page.choices.index(Choice(0, None)))
    page.chooser.activated.emit(page.chooser.currentIndex())
    QApplication.processEvents()
    assert page.stack.currentWidget() is page.grid and page.grid.titles == ("a₃", "a₄", "a₅")
    QTest.mouseClick(page.grid, LEFT, pos=page.grid.rect_of(1).center().toPoint())
    QApplication.processEvents()
    assert page.choice == Choice(0, 1) and page.stack.currentWidget() is page.plot
    assert page.plot.symbol == "a₄" and page.plot.surface.scale.line == "z₄ = 0"


def test_curve_and_predicted_against_true(qtbot, tmp_path):
    lesson = planar("sine", tmp_path)
    window = opened(qtbot, lesson)
    plot = window.tabs["output"].page.plot
    wanted = window.player.moment.evaluate(plot.across[:, None], None)
    assert plot.curves[0] == pytest.approx(wanted.cells[lesson.timeline.graph.output.a.index][:, 0])
    click_look(window, Look.PREDICTED)
    answered(qtbot, window)
    plot = window.tabs["output"].page.plot
    assert plot.clouds[0].x == pytest.approx(lesson.timeline.settings(0).targets[:, 0])
    place = lonely(plot, 0)
    click_point(plot, 0, place)
    assert window.player.cursor.example == place


def test_axes_of_a_fit_are_those_of_the_lesson(qtbot, lesson):
    window = opened(qtbot, lesson)
    click_look(window, Look.PREDICTED)
    answered(qtbot, window)
    plot = window.tabs["output"].page.plot
    assert plot.horizontal.name == "true: electrical output MW"
    assert {tick.text for tick in plot.vertical.ticks(4)} <= {"420", "440", "460", "480", "500"}


def test_a_cell_of_the_confusion_matrix_lists_its_examples(qtbot):
    window = opened(qtbot, load("cnn-digits"))
    page = window.tabs["output"].page
    table = page.table
    assert int(table.confusion.counts.sum()) == 500
    row, column = (int(i) for i in np.argwhere(table.confusion.counts > 2)[0])
    QTest.mouseClick(table, LEFT, pos=table.rect_of(row, column).center().toPoint())
    QApplication.processEvents()
    rows = table.confusion.examples(row, column)
    assert page.list.count() == len(rows) and not page.list.item(0).icon().isNull()
    at = page.list.visualItemRect(page.list.item(1)).center()
    QTest.mouseClick(page.list.viewport(), LEFT, pos=at)
    assert window.player.cursor.example == rows[1]
    QTest.mouseClick(table, LEFT, pos=table.rect_of(row, column).center().toPoint())
    assert not page.list.isVisible()


def test_the_test_set_has_a_table_of_its_own(qtbot):
    window = opened(qtbot, load("cnn-digits"))
    page = window.tabs["output"].page
    QTest.mouseClick(page.segments.buttons[1], LEFT)
    answered(qtbot, window)
    assert int(page.table.confusion.counts.sum()) == 300
    before = window.player.cursor
    row, column = (int(i) for i in np.argwhere(page.table.confusion.counts > 0)[0])
    QTest.mouseClick(page.table, LEFT, pos=page.table.rect_of(row, column).center().toPoint())
    QApplication.processEvents()
    QTest.mouseClick(page.list.viewport(), LEFT, pos=page.list.visualItemRect(page.list.item(0)).center())
    assert window.player.cursor == before


def test_the_cell_under_the_mouse_is_the_one_that_is_drawn_there(qtbot):
    window = opened(qtbot, load("cnn-digits"))
    table = window.tabs["output"].page.table
    for row in range(10):
        for column in range(10):
            assert table.cell_at(table.rect_of(row, column).center()) == (row, column)
    assert table.cell_at(QPointF(1, 1)) is None
    count = table.confusion.counts[3, 4]
    assert table.tip(table.rect_of(3, 4).center()).startswith(f"{count} example")


def test_another_lesson_brings_other_pictures(qtbot, tmp_path):
    window = opened(qtbot, planar("moons", tmp_path))
    click_look(window, Look.CONFUSION)
    window.open_lesson(planar("sine", tmp_path))
    answered(qtbot, window)
    assert (
        window.tabs["output"].looks == (Look.CURVE, Look.PREDICTED)
        and window.tabs["output"].page.look is Look.CURVE
    )
    window.open_lesson(planar("gaussians", tmp_path))
    answered(qtbot, window)
    assert window.tabs["output"].page.plot.surface.values.ndim == 3


@pytest.mark.parametrize("name", ["moons", "signs", "gaussians", "sine"])
def test_every_choice_can_be_drawn_in_both_themes(qtbot, name, tmp_path):
    window = opened(qtbot, planar(name, tmp_path))
    for colors in (DARK, LIGHT):
        theme().use(colors)
        for look in window.tabs["output"].looks:
            click_look(window, look)
            answered(qtbot, window)
            page = window.tabs["output"].page
            for choice in getattr(page, "choices", ()):
                page.choose(choice)
                assert not page.grab().isNull()


def test_a_run_keeps_the_window_live_and_ends_up_to_date(qtbot, tmp_path):
    window = opened(qtbot, planar("gaussians", tmp_path))
    window.player.run_to_stop()
    qtbot.waitUntil(lambda: not window.player.is_running, timeout=60_000)
    answered(qtbot, window)
    assert window.tabs["output"]._shown.moment.iteration == window.player.cursor.iteration
