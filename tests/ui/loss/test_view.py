"""The loss curve: its points, its number, and what a click on it means."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.loss.curves import Curve, Drawing, Lines
from nnviz.ui.loss.view import LossView

LOSS_DONE = 37


@pytest.fixture
def view(qtbot, lesson):
    one = LossView()
    qtbot.addWidget(one)
    one.resize(350, 262)
    one.set_graph(lesson.timeline.graph, lesson.textbook)
    one.show()
    qtbot.waitUntil(lambda: one.plot is not None)
    return one


def show(view, lesson, iteration, position=LOSS_DONE, digits=4):
    lesson.timeline.ensure(iteration)
    moment = resolve(Walk(lesson.timeline), Cursor(iteration, position, 1), lesson.textbook)
    view.show_moment(moment, Depth.NEURON, digits)
    QApplication.processEvents()


def choose_scale(view, is_log):
    button = view.controls.scale.buttons[0 if is_log else 1]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def draw(view, losses):
    lines = Lines(Curve(np.arange(len(losses)), np.array(losses)))
    view.plot.show(Drawing(lines, choice=view.controls.choice))


def points(view):
    return view.plot._curve.getOriginalDataset()


def test_the_window_paints_before_the_plot_is_made(qtbot, lesson):
    view = LossView()
    qtbot.addWidget(view)
    view.show()
    assert view.plot is None
    qtbot.waitUntil(lambda: view.plot is not None)


def test_the_view_can_be_imported_without_pyqtgraph():
    code = "import sys; import nnviz.ui.loss.view; sys.exit('pyqtgraph' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_before_the_first_loss_there_is_no_curve_and_it_says_why(lesson, view):
    show(view, lesson, 0, LOSS_DONE - 1)
    assert view.message.isVisible() and "starts after Loss" in view.message.text()
    assert not view.readout.isVisible()
    assert points(view)[0] is None or len(points(view)[0]) == 0


@pytest.mark.parametrize(("digits", "text"), [(2, "E = 0.18"), (4, "E = 0.1792"), (6, "E = 0.179220")])
def test_the_number_has_the_digits_of_the_window(lesson, view, digits, text):
    show(view, lesson, 0, digits=digits)
    assert view.readout.lines[0].text == text
    assert view.readout.lines[1].text == "½ Σ (t − a)² over d₁…d₄"
    assert not view.message.isVisible()


def test_the_curve_ends_with_the_iteration_of_the_moment(lesson, view):
    lesson.timeline.extend(30)
    for iteration, position in ((12, LOSS_DONE), (12, LOSS_DONE - 1), (3, 170)):
        show(view, lesson, iteration, position)
        x, y = points(view)
        count = iteration + (position >= LOSS_DONE)
        assert x.tolist() == list(range(count))
        assert y.tolist() == lesson.timeline.losses_until(count)[:count]


def test_a_click_on_the_curve_goes_to_the_end_of_the_loss_there(qtbot, lesson, view):
    show(view, lesson, 40)
    with qtbot.waitSignal(view.sought) as sought:
        where = view.plot.point_of(17).toPoint() + QPoint(0, 4)
        qtbot.mouseClick(view.plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert sought.args == [17, LOSS_DONE]


@pytest.mark.parametrize("beside", [20, 80])
def test_a_click_below_the_curve_goes_to_the_iteration_there(qtbot, lesson, view, beside):
    show(view, lesson, 40)
    with qtbot.waitSignal(view.sought) as sought:
        where = view.plot.point_of(17).toPoint() + QPoint(0, beside)
        qtbot.mouseClick(view.plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert sought.args == [17, LOSS_DONE]


def test_a_click_on_the_axes_does_nothing(qtbot, lesson, view):
    show(view, lesson, 40)
    with qtbot.assertNotEmitted(view.sought, wait=50):
        where = view.plot.area().bottomLeft().toPoint() + QPoint(-8, 12)
        qtbot.mouseClick(view.plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=where)


def test_the_number_can_be_picked_and_pointed_at(qtbot, lesson, view):
    show(view, lesson, 40)
    with qtbot.waitSignal(view.picked) as picked:
        qtbot.mouseClick(view.readout, Qt.MouseButton.LeftButton)
    assert picked.args == [Ref("loss")]
    before = view.readout.grab().toImage()
    view.show_selection(Ref("loss"))
    assert view.readout.grab().toImage() != before


def test_the_wheel_and_the_right_button_change_nothing(qtbot, lesson, view):
    show(view, lesson, 40)
    before = view.plot._plot.getViewBox().viewRange()
    target = view.plot.widget.viewport()
    at = QPointF(150, 100)
    wheel = QWheelEvent(
        at, target.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(target, wheel)
    qtbot.mouseClick(target, Qt.MouseButton.RightButton, pos=at.toPoint())
    assert view.plot._plot.getViewBox().viewRange() == before
    assert QApplication.activePopupWidget() is None


@pytest.mark.parametrize("iteration", [0, 3, 60, 7608])
@pytest.mark.parametrize("is_log", [False, True])
def test_the_number_stands_inside_and_off_the_curve(lesson, view, iteration, is_log):
    choose_scale(view, is_log)
    show(view, lesson, iteration)
    rect = QRectF(view.readout.geometry())
    assert QRectF(view.rect()).contains(rect)
    drawn = view.plot._pixels(np.arange(iteration + 1))
    assert not any(rect.contains(QPointF(x, y)) for x, y in drawn)
    assert view.plot.area().contains(QPointF(*drawn[-1]))


def test_a_loss_of_zero_or_infinity_has_no_place_and_no_warning(view):
    choose_scale(view, True)
    draw(view, [0.5, 0.0, np.inf, 0.1, 0.0])
    view.plot.room_for(QSizeF(100, 40))
    draw(view, [0.0])
    view.grab()
    choose_scale(view, False)
    draw(view, [0.5, np.nan, np.inf])
    view.grab()


def test_logarithmic_and_back(lesson, view):
    show(view, lesson, 7608)
    linear = view.grab().toImage()
    choose_scale(view, True)
    assert view.plot._plot.getViewBox().viewRange()[1][0] == pytest.approx(-4, abs=1.2)
    choose_scale(view, False)
    QApplication.processEvents()
    assert view.plot._plot.getViewBox().viewRange()[1][1] == pytest.approx(0.2, abs=0.02)
    assert linear.size() == view.grab().toImage().size()


def test_a_theme_switch_recolors_the_plot(lesson, view):
    show(view, lesson, 3)
    try:
        style.theme().use(style.DARK)
        image = view.plot.widget.grab().toImage()
        assert image.pixelColor(image.width() - 4, 4).name().upper() == style.DARK.panel
        assert view.plot._curve.opts["pen"].color().name().upper() == style.DARK.training
    finally:
        style.theme().use(style.LIGHT)
