"""Training and validation curves, pins and early stopping, with real mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.outline import Depth
from nnviz.engine.ref import LEARNING_RATE, Ref
from nnviz.lessons.catalogue import load
from nnviz.ui import style
from nnviz.ui.main_window import MainWindow
from tests.ui.moons import moons

LEFT = Qt.MouseButton.LeftButton
SIZES = [(1440, 900), (1280, 720)]


@pytest.fixture
def open_window(qtbot):
    def opened(lesson, size=(1440, 900)):
        window = MainWindow()
        qtbot.addWidget(window)
        window.resize(*size)
        window.open_lesson(lesson)
        window.show()
        window.loss.make_plot()
        window.player.set_depth(Depth.EPOCH)
        settle()
        return window

    return opened


@pytest.fixture
def window(open_window, tmp_path):
    """Two moons with batches of 5: four iterations an epoch."""
    return open_window(moons(tmp_path, batch=5))


def settle():
    for _ in range(4):
        QApplication.processEvents()


def go(window, iteration):
    """To where E of an iteration is known."""
    walk = window.player.walk
    window.player.timeline.ensure(iteration)
    window.player.seek(iteration, walk.outline(iteration).completed_at(Ref("loss")))
    settle()


def click(widget, at=None):
    QTest.mouseClick(widget, LEFT, pos=at or widget.rect().center())
    settle()


def points(item):
    x, y = item.getOriginalDataset()
    return [] if x is None else list(zip(x.tolist(), y.tolist(), strict=True))


def measured(measures, count, per_epoch=4):
    return [(one.iteration / per_epoch, one.loss) for one in measures[:count]]


def test_both_errors_are_drawn_over_epochs(window):
    go(window, 30)
    plot, timeline = window.loss.plot, window.player.timeline
    assert points(plot._curve) == measured(timeline.training, 8)
    assert points(plot._validation) == measured(timeline.validated, 8)
    assert not window.loss.readout.isVisible()


def test_the_start_has_its_measures_before_the_first_update(window):
    assert window.loss.message.isVisible() and not window.loss.training_end.isVisible()
    go(window, 0)
    assert len(points(window.loss.plot._validation)) == 1 and not window.loss.message.isVisible()
    assert window.loss.training_end.isVisible() and not window.loss.best_text.isVisible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("quantity", [0, 1])
@pytest.mark.parametrize("iterations", [(0,), (3,), (40,), (399,), (399, 100)])
def test_the_ends_are_named_and_stand_inside_and_apart(open_window, tmp_path, size, quantity, iterations):
    window = open_window(moons(tmp_path, batch=5), size)
    for iteration in iterations:
        go(window, iteration)
    loss = window.loss
    click(loss.controls.quantity.buttons[quantity])
    ends = loss.training_end, loss.validation_end
    rects = [QRectF(end.geometry()) for end in ends]
    assert not rects[0].intersects(rects[1])
    assert all(QRectF(loss._area.rect()).contains(rect) for rect in rects)
    newest = window.player.moment.validation[-1]
    shown = f"{100 * newest.accuracy:.0f} %" if quantity else f"{newest.loss:.4f}"
    assert loss.validation_end.text == f"validation\n{shown}"
    if loss.best_text.isVisible():
        assert QRectF(loss._area.rect()).contains(QRectF(loss.best_text.geometry()))


def test_the_best_validation_is_said_ringed_and_gone_to(window):
    go(window, 399)
    best = window.player.timeline.best
    text = window.loss.best_text
    assert text.text == f"best validation {best.loss:.4f}, epoch {best.iteration // 4}"
    assert points(window.loss.plot._ring) == [(best.iteration / 4, best.loss)]
    click(text)
    assert window.player.cursor.iteration == best.iteration


def test_a_click_on_a_curve_goes_to_the_epoch_there(window):
    go(window, 200)
    where = window.loss.plot.point_of(17).toPoint() + QPoint(0, -3)
    click(window.loss.plot.widget.viewport(), where)
    assert window.player.cursor.iteration == 17 * 4
    assert window.loss.plot.drawing.tail.main.x.tolist() == [*range(17, 51)]


def test_over_iterations_the_same_curve_is_longer(window):
    go(window, 40)
    click(window.loss.controls.units.buttons[0])
    assert [x for x, _ in points(window.loss.plot._curve)] == [*range(0, 41, 4)]
    assert window.loss.axis_caption.text() == "updates"


def test_shares_in_percent_have_no_logarithmic_axis(window):
    go(window, 100)
    click(window.loss.controls.scale.buttons[0])
    click(window.loss.controls.quantity.buttons[1])
    shares = [100 * one.accuracy for one in window.player.timeline.validated[:26]]
    assert [y for _, y in points(window.loss.plot._validation)] == pytest.approx(shares)
    assert not window.loss.controls.scale.isEnabled()
    low, high = window.loss.plot._plot.getViewBox().viewRange()[1]
    assert low < min(shares) and 100 < high < 130


def test_the_figures_say_what_they_are(window):
    go(window, 40)
    moment, boxes = window.player.moment, window.loss.figures.boxes
    right = [round(one[-1].accuracy * 20) for one in (moment.training, moment.validation)]
    assert [box.figure.number for box in boxes] == ["10", *(f"{5 * n} %" for n in right)]
    assert f"{right[1]} of 20 examples classified right" in boxes[2].toolTip()
    assert boxes[0].toolTip() == "10 epochs done"


def test_of_sequences_every_step_is_right_or_wrong(open_window):
    window = open_window(load("names-simple"))
    go(window, 101)
    moment, boxes = window.player.moment, window.loss.figures.boxes
    assert [len(points(curve)) for curve in (window.loss.plot._curve, window.loss.plot._validation)] == [2, 2]
    right = [
        round(one[-1].accuracy * n) for one, n in ((moment.training, 32_320), (moment.validation, 3_520))
    ]
    assert f"{right[0]:,} of 32,320 steps classified right" in boxes[1].toolTip()
    assert f"{right[1]:,} of 3,520 steps classified right" in boxes[2].toolTip()


def test_after_a_restart_the_figures_are_empty_and_no_number_is_left(window):
    go(window, 40)
    window.player.restart()
    settle()
    assert [box.figure.number for box in window.loss.figures.boxes] == ["–", "–", "–"]
    assert not any(text.isVisible() for text in (*window.loss._ends(), window.loss.best_text))


def test_there_is_no_share_in_a_lesson_without_classes(window, lesson):
    window.open_lesson(lesson)
    settle()
    controls = window.loss.controls
    assert not any(one.isVisible() for one in (controls.quantity, controls.units, controls.mean))
    assert not window.loss.figures.isVisible() and window.loss.axis_caption.isVisible()


@pytest.mark.parametrize(("batch", "is_loss"), [('"all"', True), (5, False)])
def test_the_training_error_of_all_data_is_picked_as_e(open_window, tmp_path, batch, is_loss):
    window = open_window(moons(tmp_path, batch=batch))
    go(window, 8)
    click(window.loss.training_end)
    assert window.player.selection == (Ref("loss") if is_loss else None)
    assert "E per example over 20 examples" in window.loss.training_end.toolTip()


# Batches without a validation set


def test_a_mean_over_the_last_epoch_stands_beside_e(open_window, tmp_path):
    window = open_window(moons(tmp_path, validation=0, batch=10))
    go(window, 11)
    losses = window.player.timeline.losses_until(12)
    plot, loss = window.loss.plot, window.loss
    assert [y for _, y in points(plot._raw)] == losses[:12]
    assert points(plot._curve)[-1] == (11, pytest.approx(sum(losses[8:12]) / 4))
    assert loss.readout.lines[0].text == f"E = {losses[11]:.4f}"
    assert loss.readout.lines[2].text == f"mean of an epoch {sum(losses[8:12]) / 4:.4f}"
    click(loss.controls.mean)
    assert [y for _, y in points(plot._curve)] == losses[:12] and not points(plot._raw)
    assert len(loss.readout.lines) == 2


# Pins


def pin(window):
    click(window.loss.controls.pin)


def test_a_pin_stays_through_restart_edit_and_undo(qtbot, window):
    go(window, 100)
    kept = points(window.loss.plot._validation)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_K)
    for change in (
        window.player.restart,
        lambda: window.player.edit(LEARNING_RATE, 0.5),
        window.player.undo,
        lambda: go(window, 8),
    ):
        change()
        settle()
        assert points(window.loss.plot._pins[0][1]) == kept
        assert [chip.text for chip in window.loss.pin_row.chips] == ["① Adam, α = 0.05"]
        assert [place for place, _ in window.loss.pin_numbers.places] == [0]
        assert window.loss.plot._plot.getAxis("left").style["showValues"]
    assert len(points(window.loss.plot._validation)) == 3


def test_a_pin_is_all_that_has_been_seen_of_the_run(window):
    go(window, 100)
    kept = points(window.loss.plot._curve)
    go(window, 20)
    pin(window)
    assert points(window.loss.plot._pins[0][0]) == kept


def test_five_pins_at_most_and_a_free_place_is_taken_again(window):
    assert not window.loss.controls.pin.isEnabled()
    go(window, 20)
    for _ in range(5):
        pin(window)
    loss = window.loss
    assert not loss.controls.pin.isEnabled() and "remove one first" in loss.controls.pin.toolTip()
    window.loss.pin()
    assert [one.name for one in loss.pins][:2] == ["Adam, α = 0.05", "Adam, α = 0.05 (2)"]
    click(loss.pin_row.chips[1].close_button)
    assert [one.place for one in loss.pins] == [0, 2, 3, 4]
    assert points(loss.plot._pins[1][0]) == []
    pin(window)
    assert [one.place for one in loss.pins] == [0, 1, 2, 3, 4]
    assert len({one.name for one in loss.pins}) == 5


def test_another_training_keeps_the_pins_and_another_lesson_does_not(window, tmp_path, lesson):
    go(window, 20)
    pin(window)
    window.open_lesson(moons(tmp_path, batch=10, optimizer="momentum", rate=0.1))
    go(window, 10)
    pin(window)
    assert [one.name for one in window.loss.pins] == ["Adam, α = 0.05", "Momentum, α = 0.1"]
    assert [x for x, _ in points(window.loss.plot._pins[0][0])] == [*range(6)]
    window.open_lesson(lesson)
    settle()
    assert window.loss.pins == () and not window.loss.pin_row.isVisible()
    assert points(window.loss.plot._pins[0][0]) == []


def test_chips_stay_inside_and_apart(window):
    go(window, 20)
    for _ in range(5):
        pin(window)
    row = window.loss.pin_row
    rects = [QRectF(chip.geometry()) for chip in row.chips]
    assert all(QRectF(row.rect()).contains(rect) for rect in rects)
    assert not any(one.intersects(two) for i, one in enumerate(rects) for two in rects[:i])


@pytest.mark.parametrize("theme", [style.LIGHT, style.DARK])
def test_pinned_curves_have_five_colors_in_both_themes(window, theme):
    try:
        style.theme().use(theme)
        go(window, 4)
        names = {line.opts["pen"].color().name() for pair in window.loss.plot._pins for line in pair}
        own = {QApplication.palette().base().color().name(), theme.training.lower(), theme.validation.lower()}
        assert len(names) == 5 and not names & own
    finally:
        style.theme().use(style.LIGHT)


# Early stopping


def run(qtbot, window):
    window.player.run_to_stop()
    qtbot.waitUntil(lambda: not window.player.is_running)
    settle()


def test_early_stopping_says_why_and_shows_the_best(qtbot, open_window, tmp_path):
    window = open_window(moons(tmp_path, patience=15, rate=0.5, iterations=3_000))
    run(qtbot, window)
    timeline = window.player.timeline
    best = timeline.best
    assert timeline.length - 1 == best.iteration + 15 < 3_000
    assert window.player.cursor.iteration == best.iteration
    assert window.notice.text == (
        "Stopped early: the validation error has not improved for 15 epochs. "
        f"Best at epoch {best.iteration}: E = {best.loss:.4f} per example, shown here."
    )
    assert len(window.loss.plot.drawing.tail.validation) == 16
    assert points(window.loss.plot._ring) == [(best.iteration, best.loss)]
    run(qtbot, window)
    assert window.player.cursor.iteration == best.iteration and window.notice.isVisible()


def test_a_run_that_is_not_out_of_patience_ends_at_its_end(qtbot, open_window, tmp_path):
    window = open_window(moons(tmp_path, patience=300, iterations=30))
    run(qtbot, window)
    assert window.player.cursor.iteration == 30
    assert window.notice.text.startswith("Stopped after 30 iterations")


def test_the_timeline_marks_the_best(window):
    window.player.set_depth(Depth.ITERATION)
    go(window, 399)
    bar, best = window.transport.bar, window.player.timeline.best
    x = round(bar.line.x_of(best.iteration, 0)) + 11
    image = bar.grab().toImage()
    assert image.pixelColor(x, 30).name().upper() == style.LIGHT.validation
    window.player.set_depth(Depth.LAYER)
    settle()
    assert bar.grab().toImage().pixelColor(x, 30).name().upper() != style.LIGHT.validation


@pytest.mark.parametrize(
    ("iteration", "position", "example"), [(1, 0, "d₁"), (1, None, "d₂"), (0, None, "d₁")]
)
def test_the_newest_loss_is_that_of_the_example_it_was_computed_for(
    open_window, iteration, position, example
):
    window = open_window(load("truncated-3"))
    go(window, iteration)
    if position is not None:
        window.player.seek(iteration, position)
        settle()
    assert window.loss.readout.lines[1].text.endswith(f"of {example}")
