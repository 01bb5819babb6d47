"""The canvas: it shows what is computed and nothing later, and every number on it answers the pointer."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.numbers import show
from nnviz.engine.ops import ReLU, Softmax, SoftmaxCrossEntropy, Threshold
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.catalogue import load, names
from nnviz.ui import style
from nnviz.ui.picture.conditions import Condition
from nnviz.ui.tags import factor_tags
from tests.ui.stand import (
    ACTIVATION,
    BIAS,
    CANVAS,
    DELTA,
    ERROR,
    GRADIENT,
    INPUT,
    LOSS,
    NEW,
    SLOPE,
    SMALL,
    SUM,
    TARGET,
    WEIGHT,
    Stand,
    network,
)

WITHOUT_MAPS = [name for name in names() if not load(name).timeline.graph.has_maps]


@pytest.fixture
def stand(qtbot, lesson):
    return Stand(qtbot, lesson)


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
    assert [parts[0, unit].part.conditions for unit in (0, 1)] == [(Condition.DEAD,), ()]
    stand.go(0)
    assert not parts[0, 0].part.conditions


@pytest.mark.parametrize("name", WITHOUT_MAPS)
@pytest.mark.parametrize(("start", "size"), list(enumerate([CANVAS, SMALL, (1346, 752)])))
def test_no_two_numbers_meet(qtbot, name, start, size):
    """Step by neuron through every lesson; plates and frames may touch, figures may not.

    In a long iteration every size is seen at other stops.
    """
    stand = Stand(qtbot, load(name), size)
    stops = stand.outline.stops(Depth.NEURON)
    step = 1 + len(stops) // 24
    for position in stops[start % step :: step]:
        stand.go(position)
        placed = [one for one in stand.placed() if one.number.text]
        rooms = [one.rect.adjusted(2, 3.5, -2, -3.5) for one in placed]
        if not rooms:  # long vectors stand there in colors
            continue
        edges = np.array([(r.left(), r.top(), r.right(), r.bottom()) for r in rooms]).reshape(-1, 4)
        low = np.maximum(edges[:, None, :2], edges[None, :, :2])
        shared = (np.minimum(edges[:, None, 2:], edges[None, :, 2:]) - low).min(axis=2)
        np.fill_diagonal(shared, 0)
        one, other = np.unravel_index(int(shared.argmax()), shared.shape)
        assert shared[one, other] <= 2, (placed[one].number.ref, placed[other].number.ref)


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


def test_neurons_too_small_for_numbers_show_what_they_say_of_the_plane(qtbot):
    stand = Stand(qtbot, load("spirals"), CANVAS)
    stand.go(0)
    item = stand.view._scenery._neurons[0, 0]
    image = stand.view.board.grab().toImage()
    disc = stand.view.board.mapFromScene(item._disc()).boundingRect()
    tile = item._tiles.of(0, 0)
    colors = []
    for row, column in ((tile.shape[0] // 2, 6), (tile.shape[0] // 2, tile.shape[1] - 7)):
        x = disc.left() + (column + 0.5) / tile.shape[1] * disc.width()
        y = disc.top() + (row + 0.5) / tile.shape[0] * disc.height()
        color = image.pixelColor(round(x), round(y))
        colors.append((color.blue() - color.red(), tile[row, column]))
    assert all(np.sign(hue) == np.sign(value) for hue, value in colors if abs(value) > 0.05)
    assert colors[0][0] != colors[1][0]
