"""Another cell, another size and other pieces: what a run on sequences goes on with."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.lessons.build import build
from nnviz.lessons.catalogue import load
from nnviz.lessons.errors import BuildError
from nnviz.lessons.layer_edits import changed_cell, with_added, with_changed, with_removed
from nnviz.lessons.schema_sequences import RecurrentTable, StatesTable
from nnviz.lessons.snapshot import parameters_of, snapshot
from nnviz.lessons.variation import with_layers, with_pieces, with_training

LEARNING = ("three-steps", "three-steps-at-the-end", "remember-lstm", "names-simple", "truncated-3")
KINDS = ("recurrent", "lstm", "gru")


def trained(name, iterations=3):
    lesson = load(name)
    lesson.timeline.extend(iterations)
    return lesson, lesson.timeline.length - 1


def varied(name, **changes):
    lesson, iteration = trained(name)
    tables = lesson.file.network.layers
    layers = with_changed(tables, 0, changed_cell(tables[0], **changes))
    return lesson, with_layers(lesson, layers, timeline=lesson.timeline, iteration=iteration)


@pytest.mark.parametrize("name", LEARNING)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", [1, 9])
def test_every_cell_can_be_any_other(name, kind, units):
    before, after = varied(name, kind=kind, units=units)
    table, layer = after.file.network.layers[0], after.timeline.graph.layers[0]
    assert (table.kind, table.units, layer.width) == (kind, units, units)
    assert not after.timeline.extend(2) or after.timeline.length == 3
    old, new = before.timeline.settings(3), after.timeline.settings(0)
    assert np.array_equal(old.inputs, new.inputs) and old.learning_rate == new.learning_rate
    assert after.expectations == () and after.sequence == before.sequence


@pytest.mark.parametrize("name", ["remember-lstm", "names-simple"])
@pytest.mark.parametrize("more", [-2, 3])
def test_units_that_stay_keep_their_weights_gate_by_gate(name, more):
    lesson, iteration = trained(name)
    units = lesson.timeline.graph.layers[0].width
    _, after = varied(name, units=units + more)
    old, new = parameters_of(lesson.timeline, iteration), parameters_of(after.timeline, 0)
    kept, gates = min(units, units + more), len(old["memory/b"]) // units
    for scope, columns in (("memory/w_h", kept), ("memory/w_x", None), ("memory/b", None)):
        before, now = (one[scope].reshape(gates, -1, *one[scope].shape[1:]) for one in (old, new))
        assert now.shape[1] == units + more
        if before.ndim > 2:
            before, now = before[:, :, :columns], now[:, :, :columns]
        assert np.array_equal(before[:, :kept], now[:, :kept])
    output = "output/w" if "output/w" in old else "letter/w"
    assert np.array_equal(old[output][:, :kept], new[output][:, :kept])


@pytest.mark.parametrize("name", ["remember-lstm", "three-steps"])
def test_a_cell_of_another_kind_has_weights_of_its_own(name):
    lesson, iteration = trained(name)
    _, after = varied(name, kind="gru")
    old, new = parameters_of(lesson.timeline, iteration), parameters_of(after.timeline, 0)
    scope = lesson.timeline.graph.layers[0].w_h.scope
    width = old[scope].shape[1]
    assert not np.array_equal(new[scope][:width], old[scope][:width])
    assert np.array_equal(new["output/w"], old["output/w"])  # the units that it reads are still there


def test_a_restart_is_from_the_first_weights():
    lesson, after = varied("remember-lstm", units=5)
    first, begins = parameters_of(lesson.timeline, 0), parameters_of(after.beginning, 0)
    assert np.array_equal(begins["output/w"][:, :4], first["output/w"])
    assert not np.array_equal(begins["output/w"], parameters_of(after.timeline, 0)["output/w"])


@pytest.mark.parametrize("steps", [1, 7, 20])
def test_pieces_of_another_length(steps):
    lesson, iteration = trained("truncated-3")
    after = with_pieces(lesson, steps, timeline=lesson.timeline, iteration=iteration)
    whole = lesson.timeline.settings(0).inputs.reshape(-1, 3)
    found = after.timeline.settings(0).inputs
    assert found.shape[1:] == (steps, 3)
    assert np.array_equal(found.reshape(-1, 3)[:200], whole[:200])
    assert np.array_equal(after.timeline.state(0).parameters, lesson.timeline.state(iteration).parameters)
    assert (
        after.title
        == f"Backpropagation through time, cut after 3 steps → simple 6, {steps} step" + "s" * (steps > 1)
    )
    again = with_pieces(after, 3)
    assert np.array_equal(again.timeline.settings(0).inputs, lesson.timeline.settings(0).inputs)


def test_pieces_keep_the_share_that_is_kept_back():
    lesson = load("names-simple")
    after = with_pieces(lesson, 10)
    assert len(after.validation.inputs) == pytest.approx(2 * len(lesson.validation.inputs), abs=32)
    assert after.validation.inputs.shape[1] == 10


@pytest.mark.parametrize(
    ("name", "steps", "says"),
    [
        ("three-steps", 2, "found sequences that are not cut"),
        ("remember-lstm", 2, "found sequences that are not cut"),
        ("truncated-3", 0, "found 0, wanted 1 or more"),
        ("truncated-3", 257, "found 257, wanted at most 256"),
        ("truncated-3", 250, "wanted at least 251 for 1 stream of 250 steps"),
    ],
)
def test_pieces_that_cannot_be(name, steps, says):
    with pytest.raises(BuildError) as error:
        with_pieces(load(name), steps)
    assert error.value.problem.field == "data.steps" and says in error.value.problem.message


def test_clipping_is_a_field_of_the_training():
    lesson, iteration = trained("three-steps")
    after = with_training(lesson, timeline=lesson.timeline, iteration=iteration, clip=0.01)
    assert after.timeline.program.clip == 0.01
    assert np.array_equal(after.timeline.state(0).parameters, lesson.timeline.state(iteration).parameters)


def test_given_errors_belong_to_the_units_that_there_are():
    lesson = load("lstm-unit")
    tables = lesson.file.network.layers
    with pytest.raises(BuildError, match="an error for each unit and step"):
        with_layers(lesson, with_changed(tables, 0, changed_cell(tables[0], units=5)))
    simple = with_layers(load("lstm-unit"), with_changed(tables, 0, changed_cell(tables[0], kind="gru")))
    assert simple.file.network.layers[0].later.c is None and simple.timeline.extend(1) is False


def test_what_another_kind_does_not_have_goes_with_the_old_one():
    states = StatesTable(h=[1.0, 2.0], c=[3.0, 4.0])
    lstm = RecurrentTable(name="M", kind="lstm", units=2, forget_bias=1.0, start=states, later=states)
    gru = changed_cell(lstm, kind="gru", units=3)
    assert (gru.forget_bias, gru.later, gru.start.h, gru.start.c) == (
        None,
        StatesTable(h=[1, 2, 0]),
        [1, 2, 0],
        None,
    )
    assert changed_cell(lstm, units=1).start == StatesTable(h=[1.0], c=[3.0])
    relu = RecurrentTable(name="M", kind="recurrent", units=2, activation="relu")
    assert changed_cell(relu, kind="lstm").activation == "tanh"
    assert changed_cell(relu, kind="recurrent", units=2, keep=1.0) is relu


def test_a_layer_more_is_like_the_one_below_it():
    lesson = load("remember-lstm")
    tables = lesson.file.network.layers
    more = with_added(with_added(tables, 1), 2)
    assert [(one.name, one.kind, one.units) for one in more[:3]] == [
        ("Memory", "lstm", 4),
        ("Memory 2", "lstm", 4),
        ("Memory 3", "lstm", 4),
    ]
    after = with_layers(lesson, more)
    assert after.title == "Remember the first symbol: an LSTM → LSTM 4, LSTM 4, LSTM 4"
    assert after.timeline.extend(2) is False
    assert with_layers(after, with_removed(more, 2)).title.endswith("→ LSTM 4, LSTM 4")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_varied_can_be_saved_and_opened_again(kind):
    _, after = varied("remember-lstm", kind=kind, units=3, keep=0.7)
    after.timeline.extend(2)
    again = build("again", snapshot(after, after.timeline, 2))
    assert again.timeline.state(0).parameters == pytest.approx(after.timeline.state(2).parameters)
