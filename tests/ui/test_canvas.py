"""The canvas: it shows what is computed and nothing later, and every number on it answers the pointer."""

from __future__ import annotations

import random
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import Textbook, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.numbers import show
from nnviz.engine.ops import Logistic, ReLU, Softmax, SoftmaxCrossEntropy, SquaredError, Threshold
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.timeline import Settings, Timeline, flat
from nnviz.lessons.catalogue import load, names
from nnviz.ui import style
from nnviz.ui.tags import factor_tags
from nnviz.ui.views.canvas import NetworkView

LEFT = Qt.MouseButton.LeftButton
CANVAS, SMALL = (866, 572), (706, 392)

WEIGHT = Ref("hidden2/w", cell=(0, 1))
BIAS = Ref("hidden2/b", cell=(0,))
INPUT = Ref("x", cell=(0,))
TARGET = Ref("t", cell=(0,))
SUM = Ref("hidden2/z", cell=(0,))
ACTIVATION = Ref("hidden2/a", cell=(0,))
DELTA = Ref("hidden2/z", Part.DELTA, (0,))
SLOPE = Ref("hidden2/a", Part.SLOPE, (0,))
ERROR = Ref("output/a", Part.ERROR, (0,))
LOSS = Ref("loss")
GRADIENT = WEIGHT.of(Part.GRADIENT)
NEW = WEIGHT.of(Part.NEW)


class Stand:
    """A canvas on a lesson, with a cursor of its own."""

    def __init__(self, qtbot, lesson, size=CANVAS):
        self.walk, self.textbook = Walk(lesson.timeline), lesson.textbook
        self.view = NetworkView()
        self.view.resize(*size)
        qtbot.addWidget(self.view)
        self.view.show()
        qtbot.waitExposed(self.view)
        self.view.set_graph(lesson.timeline.graph, lesson.textbook)
        self.heard = {name: [] for name in ("picked", "pointed", "edited")}
        self.view.picked.connect(self.heard["picked"].append)
        self.view.pointed.connect(self.heard["pointed"].append)
        self.view.edited.connect(lambda ref, value: self.heard["edited"].append((ref, value)))
        self.example = self.walk.timeline.batch_range(0)[-1]

    @property
    def outline(self):
        return self.walk.outline(0)

    @property
    def viewport(self):
        return self.view.board.viewport()

    def go(self, position, depth=Depth.NEURON, digits=4):
        self.moment = resolve(self.walk, Cursor(0, position, self.example), self.textbook)
        self.view.show_moment(self.moment, depth, digits)
        return self.moment

    def go_to(self, ref, depth=Depth.NEURON, digits=4):
        return self.go(self.outline.completed_at(ref), depth, digits)

    def at(self, ref) -> QPoint:
        rect = self.view.rect_of(ref)
        assert rect is not None, f"{ref} is not drawn"
        return rect.center().toPoint()

    def click(self, ref):
        QTest.mouseClick(self.viewport, LEFT, pos=self.at(ref))

    def double_click(self, ref):
        QTest.mouseDClick(self.viewport, LEFT, pos=self.at(ref))

    def number(self, ref):
        items = self.view.board.items_with_numbers()
        return next(p.number for i in items for p in i.placed if p.number.ref == ref and not p.number.is_echo)

    def placed(self):
        return [placed for item in self.view.board.items_with_numbers() for placed in item.placed]

    def color(self, point: QPoint) -> QColor:
        return self.viewport.grab().toImage().pixelColor(point)

    def colors(self) -> set[str]:
        """All colors in the picture."""
        image = self.viewport.grab().toImage()
        pixels = np.frombuffer(image.constBits(), np.uint32)
        return {QColor.fromRgb(int(pixel)).name() for pixel in np.unique(pixels)}


@pytest.fixture
def stand(qtbot, lesson):
    return Stand(qtbot, lesson)


def network(sizes, activation=Logistic, last=None, loss=SquaredError, weights=None):
    """A network of dense layers with data of its own."""
    builder = GraphBuilder()
    x, t = builder.given("x", (sizes[0],)), builder.given("t", (sizes[-1],)) if loss else None
    below = x
    for i, units in enumerate(sizes[1:], 1):
        op = (last or activation)() if i == len(sizes) - 1 else activation()
        layer = builder.dense(below, units, op, f"l{i}", f"Layer {i}")
        below = layer.a
    graph = builder.graph(x, t, builder.loss(loss(), layer, t)) if loss else builder.graph(x)
    draw = np.random.default_rng(5)
    arrays = {node.scope: np.round(draw.normal(0, 1, node.shape), 2) for node in graph.parameters}
    arrays |= weights or {}
    targets = np.eye(sizes[-1])[draw.integers(0, sizes[-1], 3)] if loss else None
    settings = Settings(np.round(draw.random((3, sizes[0])), 2), targets, 0.2)
    return SimpleNamespace(
        timeline=Timeline(graph, flat(graph, arrays.items()), settings), textbook=Textbook(Notation(graph))
    )


# What is shown


def test_no_number_is_shown_before_it_is_computed_and_every_one_as_the_moment_has_it(stand):
    for position in range(stand.outline.length + 1):
        moment = stand.go(position, Depth.TERM)
        for number in (placed.number for placed in stand.placed()):
            value = moment.value(number.ref)
            if number.is_echo:
                continue
            if value is None:
                assert (number.text, number.value) == ("", None), number.ref
            else:
                assert number.text == show(value, 4, moment.decimals(number.ref)), number.ref


@pytest.mark.parametrize(
    ("ref", "first"),
    [
        (INPUT, None), (TARGET, None), (WEIGHT, None), (BIAS, None),
        (SUM, SUM), (ACTIVATION, ACTIVATION), (ERROR, LOSS), (LOSS, LOSS), (DELTA, DELTA), (SLOPE, DELTA),
        (GRADIENT, GRADIENT), (BIAS.of(Part.GRADIENT), BIAS.of(Part.GRADIENT)),
        (NEW, NEW), (BIAS.of(Part.NEW), BIAS.of(Part.NEW)),
    ],
    ids=str,
)  # fmt: skip
def test_a_number_appears_with_the_step_that_computes_it(stand, ref, first):
    if first is None:
        stand.go(0)
        assert ref in stand.view.refs()
        return
    start, end = stand.outline.ends(Depth.NEURON, stand.outline.completed_at(first) - 1)
    stand.go(start)
    assert ref not in stand.view.refs()
    stand.go(end)
    assert ref in stand.view.refs()


def test_inputs_weights_and_biases_are_there_from_the_start_at_every_depth(stand):
    graph = stand.walk.timeline.graph
    wanted = {Ref(n.scope, cell=cell) for n in graph.parameters for cell in np.ndindex(n.shape)}
    for depth in Depth:
        stand.go(0, depth)
        assert wanted <= set(stand.view.refs())


@pytest.mark.parametrize("digits", [2, 4, 7, 10])
def test_numbers_have_the_chosen_digits(stand, digits):
    moment = stand.go_to(SUM, digits=digits)
    assert stand.number(SUM).text == show(moment.value(SUM), digits)
    assert stand.number(WEIGHT).text == "0.10"


def test_back_shows_exactly_what_was_shown_before(stand):
    stand.go_to(DELTA)
    before = stand.viewport.grab().toImage()
    stand.go(stand.outline.length)
    stand.go_to(DELTA)
    assert stand.viewport.grab().toImage() == before


def test_the_update_shows_old_and_new_for_one_step_and_then_the_new(stand):
    stand.go_to(Ref("hidden2/w", Part.NEW, (0, 2)))
    old = next(p for p in stand.placed() if p.number.ref == WEIGHT)
    assert old.is_struck and NEW in stand.view.refs()
    stand.go_to(Ref("hidden2/w", Part.NEW, (1, 2)))
    assert NEW in stand.view.refs() and WEIGHT not in stand.view.refs()
    assert not any(p.is_struck for p in stand.placed() if p.number.ref.cell == (0, 1))


@pytest.mark.parametrize(
    ("ref", "sum_of", "count"), [(SUM, SUM, 3), (DELTA, Ref("hidden2/a", Part.GRADIENT, (0,)), 1)]
)
def test_the_terms_of_a_sum_travel_on_the_edges_that_carry_them(stand, ref, sum_of, count):
    moment = stand.go(stand.outline.ends(Depth.NEURON, stand.outline.completed_at(ref) - 1)[1])
    echoes = [placed.number for placed in stand.placed() if placed.number.is_echo]
    assert len(echoes) == count and {echo.ref for echo in echoes} == {sum_of}
    bias = moment.value(BIAS) if ref is SUM else 0.0
    assert sum(echo.value for echo in echoes) + bias == pytest.approx(moment.value(sum_of))


def test_at_the_finest_depth_only_the_terms_that_are_reached(stand):
    end = stand.outline.completed_at(SUM)
    counts = []
    for position in range(end - 4, end):
        stand.go(position, Depth.TERM)
        counts.append(sum(placed.number.is_echo for placed in stand.placed()))
    assert counts == [0, 1, 2, 3]


@pytest.mark.parametrize("depth", [Depth.TERM, Depth.NEURON, Depth.LAYER])
def test_the_factors_of_the_formula_carry_its_tags(stand, depth):
    moment = stand.go_to(DELTA, depth)
    wanted = {
        ref: tag for ref, tag in factor_tags(explain_place(moment, depth)).items() if ref in stand.view.refs()
    }
    assert wanted
    assert {p.number.ref: p.number.tag for p in stand.placed() if p.number.tag} == wanted


def test_the_factors_of_a_selected_number_carry_the_tags(stand):
    stand.go(stand.outline.length)
    stand.view.show_selection(ACTIVATION)
    assert [placed.number.ref for placed in stand.placed() if placed.number.tag] == [SUM]


def test_a_dead_neuron_is_called_dead_only_when_all_examples_are(qtbot):
    weights = {"l1/w": np.array([[-1.0, -1.0], [1.0, 1.0]]), "l1/b": np.array([0.0, 0.0])}
    stand = Stand(qtbot, network((2, 2, 1), ReLU, weights=weights))
    stand.go_to(Ref("l1/a", cell=(1,)))
    parts = stand.view._scenery._neurons
    assert [parts[0, unit].part.is_dead for unit in (0, 1)] == [True, False]
    stand.go(0)
    assert not parts[0, 0].part.is_dead


@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("size", [CANVAS, SMALL, (1346, 752)])
def test_no_two_numbers_meet(qtbot, name, size):
    """Step by neuron through every lesson; plates and frames may touch, figures may not."""
    stand = Stand(qtbot, load(name), size)
    position = 0
    while position < stand.outline.length:
        position = stand.outline.ends(Depth.NEURON, position)[1]
        stand.go(position)
        figures = [(placed.number.ref, placed.rect.adjusted(2, 3.5, -2, -3.5)) for placed in stand.placed()]
        for i, (one, room) in enumerate(figures):
            for other, other_room in figures[:i]:
                shared = room.intersected(other_room)
                assert min(shared.width(), shared.height()) <= 2, (one, other)


# Colors


def test_phases_have_their_hues(stand):
    light = style.colors()
    for ref, hue in ((ACTIVATION, light.forward), (DELTA, light.backward), (NEW, light.update)):
        stand.go_to(ref)
        assert QColor(hue).name() in stand.colors()


def test_a_delta_that_was_just_computed_is_filled_and_later_tinted(stand):
    stand.go_to(DELTA)
    c = style.colors()
    inside = stand.view.rect_of(DELTA).topLeft().toPoint() + QPoint(12, 4)
    assert stand.color(inside).name() == QColor(c.backward).name()
    stand.go_to(Ref("hidden2/z", Part.DELTA, (1,)))
    assert stand.color(inside).name() == QColor(c.backward_tint).name()
    stand.go_to(ACTIVATION)
    assert stand.color(inside).name() == QColor(c.canvas).name()


def test_the_left_half_is_tinted_once_the_sum_is_computed(stand):
    c = style.colors()
    stand.go_to(SUM, Depth.TERM)
    corner = stand.view.rect_of(SUM).bottomLeft().toPoint() + QPoint(10, 8)
    assert stand.color(corner).name() == QColor(c.forward_tint).name()
    stand.go(stand.outline.completed_at(SUM) - 1, Depth.TERM)
    assert stand.color(corner).name() == QColor(c.canvas).name()


def test_the_theme_switches_what_is_shown(stand):
    stand.go_to(DELTA)
    try:
        style.theme().use(style.DARK)
        assert stand.color(QPoint(3, 3)).name() == QColor(style.DARK.canvas).name()
        assert QColor(style.DARK.backward).name() in stand.colors()
    finally:
        style.theme().use(style.LIGHT)


@pytest.mark.parametrize("ref", [WEIGHT, BIAS, INPUT, SUM, TARGET], ids=str)
def test_the_twin_of_what_is_pointed_at_elsewhere_lights_up(stand, ref):
    stand.go(stand.outline.completed_at(LOSS))
    before = stand.viewport.grab().toImage()
    stand.view.show_pointed(replace(ref, example=stand.example) if ref in (INPUT, TARGET) else ref)
    assert stand.number(ref).is_pointed
    assert stand.viewport.grab().toImage() != before
    stand.view.show_pointed(None)
    assert stand.viewport.grab().toImage() == before


def test_the_selected_number_has_a_neutral_frame_that_stays(stand):
    stand.go(stand.outline.completed_at(LOSS))
    stand.view.show_selection(INPUT)
    frame = stand.view.rect_of(INPUT).center().toPoint()
    frame.setY(stand.view.rect_of(INPUT).toRect().top() - 4)
    assert stand.color(frame).name() == QColor(style.colors().selection).name()
    stand.go_to(DELTA)
    assert stand.number(INPUT).is_selected


# The pointer


def test_every_number_can_be_clicked(stand):
    for position in (
        0,
        stand.outline.completed_at(DELTA),
        stand.outline.completed_at(GRADIENT),
        stand.outline.length,
    ):
        stand.go(position)
        for ref in stand.view.refs():
            stand.heard["picked"].clear()
            stand.click(ref)
            assert stand.heard["picked"] == [ref]


@pytest.mark.parametrize("ref", [SUM, ACTIVATION, DELTA], ids=str)
def test_an_empty_place_can_be_clicked_too(stand, ref):
    stand.go(0)
    assert ref not in stand.view.refs()
    stand.click(ref)
    assert stand.heard["picked"] == [ref]


def test_an_edge_is_its_weight(stand):
    stand.go(0)
    line = stand.view._scenery.layout.edge(1, 0, 0)
    at = stand.view.board.mapFromScene(QPointF(*line.start.toward(line.end, 0.08)))
    QTest.mouseClick(stand.viewport, LEFT, pos=at)
    assert stand.heard["picked"] == [Ref("hidden2/w", cell=(0, 0))]


def test_hovering_points_and_leaving_points_at_nothing(stand):
    stand.go(stand.outline.completed_at(LOSS))
    for ref in (SUM, WEIGHT, INPUT):
        QTest.mouseMove(stand.viewport, stand.at(ref))
    QTest.mouseMove(stand.viewport, QPoint(4, 4))
    assert stand.heard["pointed"] == [SUM, WEIGHT, INPUT, None]


def test_nothing_is_picked_beside_the_numbers(stand):
    stand.go(0)
    QTest.mouseClick(stand.viewport, LEFT, pos=QPoint(4, 4))
    assert stand.heard["picked"] == []


def test_dragging_pans_a_network_that_is_larger_than_the_view(stand):
    stand.go(0)
    stand.view.zoom_in()
    stand.view.zoom_in()
    before = stand.at(WEIGHT)
    start = QPoint(300, 300)
    QTest.mousePress(stand.viewport, LEFT, pos=start)
    QTest.mouseMove(stand.viewport, start + QPoint(-30, -20))
    QTest.mouseMove(stand.viewport, start + QPoint(-60, -40))
    QTest.mouseRelease(stand.viewport, LEFT, pos=start + QPoint(-60, -40))
    assert stand.at(WEIGHT) - before == QPoint(-60, -40)
    assert stand.heard["picked"] == []


# Zoom


def turn_wheel(stand, steps, modifiers=Qt.KeyboardModifier.ControlModifier):
    at = QPointF(stand.at(WEIGHT))
    event = QWheelEvent(
        at, QPointF(stand.viewport.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton, modifiers, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(stand.viewport, event)


def test_zoom(stand):
    stand.go(0)
    assert stand.view.zoom_percent() == 100
    turn_wheel(stand, 1)
    assert stand.view.zoom_percent() == stand.view.legend.zoom == 120
    stand.view.zoom_out()
    stand.view.zoom_out()
    assert stand.view.zoom_percent() == pytest.approx(83, abs=1)
    turn_wheel(stand, 1, Qt.KeyboardModifier.NoModifier)
    assert stand.view.zoom_percent() == pytest.approx(83, abs=1)
    stand.view.fit()
    assert stand.view.zoom_percent() == 100


def test_the_network_follows_the_view_until_somebody_zooms(stand):
    stand.go(0)
    stand.view.resize(1346, 752)
    assert stand.view.zoom_percent() > 125
    stand.view.zoom_in()
    chosen = stand.view.zoom_percent()
    stand.view.resize(*CANVAS)
    assert stand.view.zoom_percent() == chosen


@pytest.mark.parametrize("size", [CANVAS, SMALL, (560, 360), (1346, 752)])
def test_all_of_it_is_in_sight(qtbot, lesson, size):
    stand = Stand(qtbot, lesson, size)
    stand.go(stand.outline.completed_at(LOSS))
    area = stand.viewport.rect()
    for ref in stand.view.refs():
        assert area.contains(stand.view.rect_of(ref).toRect()), ref


# Editing


@pytest.mark.parametrize("typed", ["0.5", ".5", "0,5", "1/2", "5e-1"])
@pytest.mark.parametrize("ref", [WEIGHT, BIAS, INPUT, TARGET], ids=str)
def test_a_number_is_edited_where_it_stands(stand, ref, typed):
    stand.go(0)
    stand.double_click(ref)
    QTest.keyClicks(stand.view.field, typed)
    QTest.keyClick(stand.view.field, Qt.Key.Key_Return)
    assert stand.heard["edited"] == [(ref, 0.5)]
    assert stand.view.field is None


@pytest.mark.parametrize("typed", ["", "half", "1/0", "inf", "0.5.5"])
def test_what_is_no_number_is_refused_where_it_is_typed(stand, typed):
    stand.go(0)
    stand.double_click(WEIGHT)
    stand.view.field.selectAll()
    QTest.keyClick(stand.view.field, Qt.Key.Key_Delete)
    QTest.keyClicks(stand.view.field, typed)
    QTest.keyClick(stand.view.field, Qt.Key.Key_Return)
    assert stand.heard["edited"] == []
    assert stand.view.field.isVisible() and stand.view.field.property("invalid")
    assert "wanted" in stand.view.field.toolTip()


def test_escape_leaves_a_number_as_it_is(stand):
    stand.go(0)
    stand.double_click(WEIGHT)
    QTest.keyClicks(stand.view.field, "7")
    QTest.keyClick(stand.view.field, Qt.Key.Key_Escape)
    assert stand.view.field is None and stand.heard["edited"] == []


@pytest.mark.parametrize("ref", [SUM, ACTIVATION, DELTA, LOSS, GRADIENT, NEW], ids=str)
def test_a_computed_number_cannot_be_edited(stand, ref):
    stand.go_to(GRADIENT if ref is GRADIENT else NEW)
    stand.double_click(ref)
    assert stand.view.field is None


@pytest.mark.parametrize(
    ("key", "text"), [(Qt.Key.Key_F2, "0.10"), (Qt.Key.Key_7, "7"), (Qt.Key.Key_Minus, "-")]
)
def test_keys_open_the_selected_number(stand, key, text):
    stand.go(0)
    stand.view.show_selection(WEIGHT)
    QTest.keyClick(stand.view.board, key)
    assert stand.view.field.text() == text


def test_a_step_closes_the_field(stand):
    stand.go(0)
    stand.double_click(WEIGHT)
    stand.go_to(SUM)
    assert stand.view.field is None and stand.heard["edited"] == []


# Keys


class Around(QWidget):
    """What is around the canvas and gets the keys that it leaves alone."""

    def __init__(self, view):
        super().__init__()
        self.keys = []
        QVBoxLayout(self).addWidget(view)

    def keyPressEvent(self, event):
        self.keys.append(event.key())


def test_keys_that_move_through_the_lesson_pass_by(qtbot, stand):
    around = Around(stand.view)
    qtbot.addWidget(around)
    around.show()
    stand.go(0)
    stand.view.show_selection(WEIGHT)
    names = ("Left", "Right", "Up", "Down", "Space", "Home", "End", "PageUp", "PageDown", "Return", "P", "E")
    keys = [getattr(Qt.Key, f"Key_{name}") for name in names]
    for key in keys:
        QTest.keyClick(stand.view.board, key)
    assert around.keys == keys
    stand.view.setParent(None)


def test_the_canvas_can_be_reached_with_tab_and_has_a_name(stand):
    assert stand.view.board.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert stand.view.board.accessibleName() == "Network"
    stand.go_to(DELTA)
    assert "neuron 6" in stand.view.board.accessibleDescription()


# Other networks


@pytest.mark.parametrize(
    "lesson",
    [
        network((2, 1)),
        network((1, 1, 1, 1)),
        network((4, 3), last=Softmax, loss=SoftmaxCrossEntropy),
        network((2, 8, 8, 1)),
        network((2, 2, 1), Threshold, loss=None),
        network((64, 32, 10), ReLU, Softmax, SoftmaxCrossEntropy),
        network((3, 20, 2)),
    ],
    ids=["one neuron", "chain", "softmax", "wide", "forward only", "digits", "one large layer"],
)
def test_any_network_at_any_moment(qtbot, lesson):
    stand = Stand(qtbot, lesson)
    draw = random.Random(3)
    for _ in range(30):
        depth = draw.choice(list(Depth))
        stand.go(draw.randint(0, stand.outline.length), depth)
        assert not stand.viewport.grab().isNull()
    for ref in stand.view.refs():
        assert stand.view.rect_of(ref) is not None


@pytest.mark.parametrize("sizes", [(64, 32, 10), (784, 30, 10)])
def test_a_large_network_opens_without_an_item_for_every_edge(qtbot, sizes):
    stand = Stand(qtbot, network(sizes, ReLU, Softmax, SoftmaxCrossEntropy))
    stand.go_to(Ref("l2/a", cell=(3,)))
    assert len(stand.view.board.scene().items()) < 200


def test_a_cell_of_a_large_layer_is_its_number(qtbot):
    stand = Stand(qtbot, network((64, 32, 10), ReLU, Softmax, SoftmaxCrossEntropy))
    stand.go_to(Ref("l1/a", cell=(31,)))
    ref = Ref("l1/a", cell=(7,))
    stand.click(ref)
    assert stand.heard["picked"] == [ref]


def test_another_network_takes_the_place_of_the_first(stand):
    other = network((4, 3), last=Softmax, loss=SoftmaxCrossEntropy)
    stand.go_to(DELTA)
    stand.view.set_graph(other.timeline.graph, other.textbook)
    stand.walk, stand.textbook, stand.example = Walk(other.timeline), other.textbook, 0
    stand.go(0)
    assert {ref.scope for ref in stand.view.refs()} == {"x", "t", "l1/w", "l1/b"}
