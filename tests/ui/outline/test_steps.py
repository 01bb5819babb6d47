"""The outline of networks that read sequences: steps of time, ranges of them, gates and units."""

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.lessons import catalogue
from nnviz.ui import style
from nnviz.ui.main_window import MainWindow
from nnviz.ui.outline.model import OutlineModel
from nnviz.ui.outline.place import Level, State
from tests.ui.sequences import Sequences


@pytest.fixture(scope="module", params=("820-three-steps", "810-lstm-unit", "832-remember-lstm"))
def any_lesson(request):
    return Sequences(request.param)


def shown(lesson, kind, scope, unit, depth=Depth.NEURON):
    model = OutlineModel()
    model.show(lesson.after(kind, scope, unit), depth, 4)
    return model


def way(model):
    return [place.title for place in (*model.current.around()[1:], model.current)]


@pytest.mark.parametrize(
    ("name", "kind", "scope", "unit", "depth", "wanted"),
    (
        (
            "820-three-steps",
            Kind.SUM,
            "rnn",
            7,
            Depth.NEURON,
            ["Forward", "Hidden", "Step 2", "h state", "unit 2"],
        ),
        ("820-three-steps", Kind.SUM, "output", 2, Depth.NEURON, ["Forward", "Output", "Step 3", "unit 1"]),
        (
            "820-three-steps",
            Kind.DELTA,
            "rnn",
            0,
            Depth.NEURON,
            ["Backward", "Hidden", "Step 3", "∂E/∂h and δ", "unit 1"],
        ),
        ("820-three-steps", Kind.DELTA, "rnn", 9, Depth.MAP, ["Backward", "Hidden", "Step 1"]),
        (
            "810-lstm-unit",
            Kind.SUM,
            "lstm",
            5,
            Depth.NEURON,
            ["Forward", "LSTM", "f forget gate", "unit 2"],
        ),
        (
            "810-lstm-unit",
            Kind.GRADIENT,
            "lstm",
            3,
            Depth.NEURON,
            ["Backward", "Weights ∂E/∂w", "LSTM", "Input gate σ", "unit 2"],
        ),
        (
            "832-remember-lstm",
            Kind.SUM,
            "memory",
            -1,
            Depth.MAP,
            ["Forward", "Memory", "Steps 51 – 60", "Step 60"],
        ),
        ("832-remember-lstm", Kind.SUM, "memory", -1, Depth.LAYER, ["Forward", "Memory"]),
    ),
)
def test_the_way_to_a_place_is_that_of_the_cell(name, kind, scope, unit, depth, wanted):
    lesson = Sequences(name)
    unit = unit if unit >= 0 else lesson.stage(kind, scope).units - 1
    assert way(shown(lesson, kind, scope, unit, depth)) == wanted


def test_backward_the_last_step_comes_first():
    lesson = Sequences("832-remember-lstm")
    model = shown(lesson, Kind.DELTA, "memory", 0)
    stage = next(place for place in model.current.around() if place.level is Level.STAGE)
    titles = [place.title for place in model.children_of(stage)]
    assert titles[0] == "Steps 60 – 51"
    assert titles[-1] == "Steps 10 – 1"


def test_places_follow_each_other_without_gaps(any_lesson):
    model = OutlineModel()
    model.show(any_lesson.moment(any_lesson.outline.length // 3), Depth.NEURON, 4)
    open_places = [model._root]
    while open_places:
        place = open_places.pop()
        if place.is_leaf:
            continue
        children = model.children_of(place)
        assert (children[0].start, children[-1].end) == (place.start, place.end)
        assert all(a.end == b.start for a, b in zip(children, children[1:], strict=False))
        open_places += children[:2] + children[-2:]


def test_every_moment_has_one_current_row(any_lesson):
    model = OutlineModel()
    for position in range(0, any_lesson.outline.length, max(1, any_lesson.outline.length // 50)):
        model.show(any_lesson.moment(position), Depth.NEURON, 4)
        assert model.state(model.current) is State.CURRENT
        assert position == 0 or model.current.start < position <= model.current.end


def test_many_units_of_a_gate_are_summed_up():
    model = shown(Sequences("840-names-simple"), Kind.SUM, "memory", 70)
    titles = [place.title for place in model.children_of(model.current.parent)]
    assert titles == ["6 units", "unit 7", "57 units"]


def loss_after(lesson, unit, depth=Depth.NEURON):
    """The moment at which E of a step, or behind them their sum, has just been computed."""
    stages = [stage for stage in lesson.outline.stages if stage.kind is Kind.LOSS]
    stage = stages[0] if unit < stages[0].units else stages[1]
    model = OutlineModel()
    model.show(lesson.moment(stage.starts[unit + 1] if stage is stages[0] else stage.end), depth, 4)
    return model


@pytest.mark.parametrize(
    ("unit", "depth", "wanted"),
    [
        (0, Depth.NEURON, ["Loss", "Every step", "step 1"]),
        (2, Depth.NEURON, ["Loss", "Every step", "step 3"]),
        (3, Depth.NEURON, ["Loss", "Sum"]),
        (1, Depth.LAYER, ["Loss", "Every step"]),
        (3, Depth.PASS, ["Loss"]),
    ],
)
def test_the_loss_opens_into_the_errors_of_the_steps(unit, depth, wanted):
    assert way(loss_after(Sequences("820-three-steps"), unit, depth)) == wanted


def test_the_row_of_a_step_is_its_error():
    lesson = Sequences("820-three-steps")
    model = loss_after(lesson, 1)
    ref = model.main_ref(model.current)
    assert (ref.scope, ref.cell) == ("loss/steps", (1,))
    assert model.data(model.index_of(model.current), Qt.ItemDataRole.ToolTipRole).startswith("E")
    steps, total = model.children_of(model.current.parent.parent)
    assert [model.is_done(place) for place in model.children_of(steps)] == [True, True, False]
    assert total.is_leaf and not model.is_done(total)


def test_the_errors_of_many_steps_are_summed_up():
    model = loss_after(Sequences("840-names-simple"), 6)
    rows = [place.title for place in model.children_of(model.current.parent)]
    assert rows == ["6 steps", "step 7", "13 steps"]


def test_an_error_at_the_end_only_has_nothing_inside():
    model = OutlineModel()
    lesson = Sequences("822-three-steps-at-the-end")
    model.show(lesson.moment(0), Depth.NEURON, 4)
    loss = next(place for place in model.children_of(model._root) if place.title == "Loss")
    assert loss.is_leaf


# Sequences of different length

ROLE = Qt.ItemDataRole.AccessibleTextRole
DIFFERENT = Path(__file__).parents[2] / "lessons" / "cases" / "len.nnviz.toml"  # 1, 3 and 2 steps


@pytest.fixture
def window(qtbot):
    style.theme().use(style.LIGHT)
    one = MainWindow()
    qtbot.addWidget(one)
    one.open_lesson(catalogue.load(str(DIFFERENT)))
    one.show()
    one.activateWindow()
    qtbot.waitUntil(one.isActiveWindow)
    one.canvas.setFocus()
    return one


def all_rows(model):
    """Every row, from the top."""
    places = [model._root]
    while places:
        place = places.pop()
        yield place
        if not place.is_leaf:
            places += reversed(model.children_of(place))


def over(model):
    """Which steps of which stage are not in the sequence, and which rows inside them."""
    rows = [place for place in all_rows(model) if model.state(place) is State.OVER]
    steps = [place for place in rows if place.parent.level is Level.STAGE]
    inside = [place for place in all_rows(model) if set(steps) & set(place.around())]
    assert set(rows) == {*steps, *inside}
    assert not any(map(model.is_done, rows))
    return {(place.parent.title, place.into, place.title) for place in steps}


def steps_over(*steps):
    passes = (Pass.FORWARD, Pass.BACKWARD)
    of_layers = {(layer, into, f"Step {t}") for t in steps for layer in ("R", "Out") for into in passes}
    return of_layers | {("Every step", Pass.LOSS, f"step {t}") for t in steps}


@pytest.mark.parametrize("place", ["start", "end"])
def test_steps_that_the_example_in_focus_does_not_have_are_faded(window, qtbot, place):
    model = window.outline.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    if place == "end":
        window.player.seek(0, window.player.walk.outline(0).length)
    states = {row: model.state(row) for row in all_rows(model)}
    told = set()  # rows, or from one row to another: then all is painted
    model.dataChanged.connect(lambda top, bottom: told.add(model.place(top) if top == bottom else "all"))
    for wanted in (steps_over(), steps_over(3), steps_over(2, 3)):  # of the examples 2, 3 and 1
        told.clear()
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_E)
        assert over(model) == wanted
        now = {row: model.state(row) for row in all_rows(model)}
        assert "all" in told or {row for row in now if now[row] is not states[row]} <= told
        states = now
    text = model.data(model.index_of(next(r for r in states if states[r] is State.OVER)), ROLE)
    assert text == "Step 2, not in this sequence"
    assert tester.model() is model


def hues(window, place):
    """The colors that a row is painted in."""
    tree, model = window.outline.tree, window.outline.model
    row = tree.visualRect(model.index_of(place))
    picture = tree.viewport().grab(QRect(0, row.top(), tree.viewport().width(), row.height())).toImage()
    return {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}


def test_a_faded_step_has_no_tick_and_no_color(window, qtbot):
    window.player.seek(0, window.player.walk.outline(0).length)
    model, tree = window.outline.model, window.outline.tree
    stage = next(row for row in all_rows(model) if row.level is Level.STAGE)
    tree.expand(model.index_of(stage))
    tree.scrollTo(model.index_of(stage))
    QApplication.processEvents()
    last = model.children_of(stage)[-1]
    tick = QColor(style.colors().phase(Pass.FORWARD)[0]).name()
    assert tick not in hues(window, last)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_E)
    QApplication.processEvents()
    assert tick in hues(window, last)
