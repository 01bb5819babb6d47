"""Units that learn nothing: when a unit counts as dead, saturated or dropped, and how the canvas says so."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.moment import resolve
from nnviz.engine.notation import Notation
from nnviz.engine.ops import ELU, Logistic, PReLU, ReLU, SquaredError, Tanh
from nnviz.engine.ref import Part, Ref
from nnviz.engine.settings import flat
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline
from nnviz.ui.layout.sketch import sketch_of
from nnviz.ui.picture.conditions import Condition, conditions_of, words_of
from tests.ui.stand import Stand, network

DROPPED, DEAD, SATURATED = Condition


def with_dropout(units=6, keep=0.5, activation=Tanh, examples=4):
    """2 inputs, a hidden layer whose units are dropped, 1 output."""
    build = GraphBuilder()
    x, t = build.given("x", (2,)), build.given("t", (1,))
    hidden = build.dense(x, units, activation(), "hidden", "Hidden", keep=keep)
    output = build.dense(hidden.a, 1, Logistic(), "output", "Output")
    graph = build.graph(x, t, build.loss(SquaredError(), output, t))
    draw = np.random.default_rng(2)
    arrays = {n.scope: draw.normal(0, 0.5, n.shape) for n in graph.parameters}
    settings = Settings(draw.random((examples, 2)), draw.random((examples, 1)), 0.1)
    timeline = Timeline(graph, flat(graph, arrays.items()), settings, seed=4)
    return SimpleNamespace(timeline=timeline, textbook=Textbook(Notation(graph)))


def one_layer(activation, sums):
    """A network whose first layer has these sums for all of its three examples."""
    weights = {"l1/w": np.zeros((len(sums), 2)), "l1/b": np.array(sums)}
    return network((2, len(sums), 1), activation, weights=weights)


def end_of(lesson, example=0, position=None):
    walk = Walk(lesson.timeline)
    at = walk.outline(0).length if position is None else position
    return resolve(walk, Cursor(0, at, example), lesson.textbook)


def found(moment, layer=0):
    conditions = conditions_of(moment, moment.graph.dense[layer])
    return [conditions.of(unit) for unit in range(moment.graph.dense[layer].units)]


@pytest.mark.parametrize(
    ("activation", "sums", "wanted"),
    [
        (ReLU, (-1.0, 0.5), [(DEAD,), ()]),
        (Logistic, (-6.5, -4.0, 0.0, 6.5), [(SATURATED,), (), (), (SATURATED,)]),
        (Tanh, (-3.2, 0.0), [(SATURATED,), ()]),
        (PReLU, (-1.0, 1.0), [(), ()]),
        (ELU, (-40.0, 1.0), [(), ()]),
    ],
)
def test_when_a_unit_is_dead_or_saturated(activation, sums, wanted):
    assert found(end_of(one_layer(activation, sums))) == wanted


def test_saturated_is_below_one_percent_of_the_steepest_slope():
    z = np.arctanh(np.sqrt(1 - np.array([0.0101, 0.0099])))
    assert found(end_of(one_layer(Tanh, z))) == [(), (SATURATED,)]


def test_a_unit_that_one_example_wakes_is_not_dead():
    weights = {"l1/w": np.ones((1, 2)), "l1/b": np.array([-1.0])}
    made = network((2, 1, 1), ReLU, weights=weights)
    moment = end_of(made)
    is_awake = (moment.array("l1/z").array > 0).any()
    assert found(moment) == [() if is_awake else (DEAD,)]
    assert is_awake


def test_one_example_of_many_does_not_make_a_unit_dead():
    made = one_layer(ReLU, (-1.0,))
    graph, settings = made.timeline.graph, made.timeline.settings(0)
    online = Timeline(graph, made.timeline.state(0).parameters, settings, batch_size=1)
    assert found(end_of(SimpleNamespace(timeline=online, textbook=made.textbook))) == [()]


@pytest.mark.parametrize("example", range(4))
def test_dropped_units_are_those_whose_mask_is_zero(example):
    moment = end_of(with_dropout(), example)
    mask = moment.array("hidden/mask").array[example]
    assert [DROPPED in one for one in found(moment)] == (mask == 0).tolist()
    assert 0 < mask.sum() < 6


def test_dropping_a_unit_does_not_make_it_dead():
    made = with_dropout(activation=ReLU)
    moment = end_of(made)
    z = moment.array("hidden/z").array
    assert [DEAD in one for one in found(moment)] == (z <= 0).all(axis=0).tolist()


def test_nothing_is_said_before_it_is_computed():
    made = with_dropout()
    assert found(end_of(made, position=0)) == [()] * 6
    walk = Walk(made.timeline)
    first = walk.outline(0).completed_at(Ref("hidden/a", cell=(0,)))
    assert not any(found(end_of(made, position=first))[1:])


def test_words_belong_to_the_numbers_of_a_unit():
    moment = end_of(one_layer(ReLU, (-1.0, 1.0)))
    for ref in (Ref("l1/z", cell=(0,)), Ref("l1/a", cell=(0,)), Ref("l1/z", Part.DELTA, (0,))):
        assert words_of(moment, ref).startswith("Dead: φ′ = 0 and so δ = 0 for all 3 examples")
    for ref in (Ref("l1/a", cell=(1,)), Ref("l1/w", cell=(0, 0)), Ref("loss"), Ref("learning_rate")):
        assert words_of(moment, ref) == ""


def test_dead_means_that_no_error_passes_for_any_example():
    moment = end_of(one_layer(ReLU, (-1.0, 1.0)))
    delta = moment.array("l1/z", Part.DELTA).array
    assert not delta[:, 0].any() and delta[:, 1].any()


def test_the_sketch_of_a_layer_with_dropout_is_that_of_its_function():
    op = with_dropout().timeline.graph.dense[0].a.op
    assert sketch_of(op) is sketch_of(op.function)


# On the canvas


@pytest.fixture
def dropping(qtbot):
    stand = Stand(qtbot, with_dropout(units=4))
    stand.go(stand.outline.length)
    return stand


def dropped_units(stand):
    mask = stand.moment.array("hidden/mask").array[stand.moment.row]
    return np.flatnonzero(mask == 0).tolist()


def test_edges_of_dropped_units_are_faded(dropping):
    dropped = dropped_units(dropping)
    assert dropped
    for (layer, unit, source), (line, _) in dropping.view._scenery._edges.items():
        is_dropped = (unit if layer == 0 else source) in dropped
        assert line.part.is_faded is is_dropped
        assert (line.opacity() < 1) is is_dropped


def test_the_canvas_says_it_in_words(dropping):
    unit = dropped_units(dropping)[0]
    number = dropping.number(Ref("hidden/a", cell=(unit,)))
    assert "Dropped: its mask is 0 for this example" in dropping.view._tip(number)
    assert dropping.view.legend.conditions == (DROPPED,)
    dropping.go(0)
    assert dropping.view.legend.conditions == ()


def test_a_kept_unit_has_its_point_on_the_curve(dropping):
    unit = next(u for u in range(4) if u not in dropped_units(dropping))
    part = dropping.view._scenery._neurons[0, unit].part
    assert part.level == pytest.approx(np.tanh(part.z.value))
    assert part.a.value == pytest.approx(2 * part.level)


def test_cells_of_large_layers_carry_signs(qtbot):
    stand = Stand(qtbot, with_dropout(units=60))
    stand.go(stand.outline.length)
    shown = stand.view._scenery._strips[1].part.conditions
    assert sorted(shown) == dropped_units(stand)
    stand.viewport.grab()


# Learned slopes


def learning_slopes():
    return one_layer(PReLU, (-1.0, 1.0))


def test_learned_slopes_stand_in_their_neurons_and_can_be_changed(qtbot):
    stand = Stand(qtbot, learning_slopes())
    stand.go(0)
    slope = stand.walk.timeline.graph.dense[0].slopes
    ref = Ref(slope.scope, cell=(1,))
    stand.click(ref)
    assert stand.heard["picked"] == [ref]
    stand.double_click(ref)
    QTest.keyClicks(stand.view.field, "0.5")
    QTest.keyClick(stand.view.field, Qt.Key.Key_Return)
    assert stand.heard["edited"] == [(ref, 0.5)]
    stand.go(stand.outline.length)
    part = stand.view._scenery._neurons[0, 0].part
    assert part.learned_slope.ref.part is Part.NEW
