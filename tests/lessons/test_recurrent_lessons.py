"""The lessons on recurrent networks: their printed figures, and what a class is to see in them."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.making_up import made_up
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.places import place_of
from nnviz.lessons.catalogue import from_text, load
from nnviz.lessons.check import check
from nnviz.lessons.walkthrough import Form, walkthrough
from nnviz.resources import resource

FOLDER = resource("lessons")
FILES = sorted(FOLDER.glob("8*.nnviz.toml"))


def lesson(name):
    return load(str(next(path for path in FILES if path.name.endswith(f"-{name}.nnviz.toml"))))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_published_figure(path):
    for outcome in check(load(str(path))):
        assert outcome.holds, outcome


def test_the_figures_of_the_notes_are_all_there():
    counts = {name: len(lesson(name).expectations) for name in ("forget-gate", "lstm-unit")}
    assert counts == {"forget-gate": 9, "lstm-unit": 26}


def right_by_length(name):
    taught = lesson(name)
    timeline = taught.timeline
    timeline.extend(taught.stop.iterations)
    record = timeline.record(timeline.length - 1)
    outputs = record.cells[timeline.graph.output.a.index]
    right = outputs.argmax(axis=1) == record.batch.targets.argmax(axis=1)
    lengths = timeline.settings(0).given["going"].sum(axis=1)
    return {int(n): float(right[lengths == n].mean()) for n in np.unique(lengths)}


def test_one_network_forgets_and_the_other_remembers():
    simple, lstm = right_by_length("remember-simple"), right_by_length("remember-lstm")
    assert set(simple) == set(lstm) == {5, 10, 20, 40, 60}
    assert min(lstm.values()) == 1.0
    assert simple[5] > 0.9 and min(simple[40], simple[60]) < 0.8


def test_both_networks_read_the_same_lines():
    simple, lstm = (lesson(f"remember-{name}").timeline.settings(0) for name in ("simple", "lstm"))
    assert np.array_equal(simple.inputs, lstm.inputs) and np.array_equal(simple.targets, lstm.targets)


def test_pieces_that_are_too_short_leave_an_error():
    ends = []
    for name in ("truncated-3", "truncated-20"):
        taught = lesson(name)
        taught.timeline.extend(taught.stop.iterations)
        losses = taught.timeline.losses_until(taught.stop.iterations)
        ends.append(np.mean(losses[-100:]) / taught.timeline.graph.inputs.shape[0])
    assert ends[0] > 20 * ends[1]
    assert "truncated after 20 steps" in str(lesson("truncated-20").conventions)


def test_pieces_of_a_text_follow_each_other_stream_by_stream():
    taught = lesson("names-simple")
    inputs, targets = taught.timeline.settings(0).inputs, taught.timeline.settings(0).targets
    assert inputs.shape[1:] == (20, 27) and len(inputs) % 16 == 0 and taught.timeline.batch_size == 16
    assert np.array_equal(inputs[:, 1:], targets[:, :-1])  # the target is the next symbol
    assert np.array_equal(inputs[16:, 0], targets[:-16, -1])  # and a piece goes on where one has ended


def test_a_text_with_streams_is_cut_into_pieces_of_twenty():
    text = (FOLDER / "840-names-simple.nnviz.toml").read_text("utf-8")
    taught = from_text(text.replace("steps = 20\n", ""))
    assert taught.timeline.graph.inputs.shape == (20, 27) and taught.timeline.carried.size == 16 * 64


def test_a_network_makes_up_names():
    taught = lesson("names-simple")
    timeline, symbols = taught.timeline, taught.sequence.symbols
    timeline.extend(300)
    moments = [resolve(Walk(timeline), Cursor(k, 0, timeline.rows(k)[0]), taught.textbook) for k in (0, 300)]
    written = [[made_up(moment, symbols, ".", seed) for seed in range(30)] for moment in moments]
    vowels = [np.mean([letter in "aeiouy" for one in texts for letter in one.text]) for texts in written]
    assert vowels[0] < 0.3 < vowels[1]
    for one in written[1]:
        assert set(one.text) <= set(symbols) - {"."} and len(one.text) <= 20
        assert all(chance.sum() == pytest.approx(1.0) for chance in one.chances)
    assert made_up(moments[1], symbols, ".", 3).text == written[1][3].text
    with pytest.raises(ValueError, match="predicts no next symbol"):
        made_up(moments[1], symbols[:-1], ".", 0)


@pytest.mark.parametrize("name", ["forget-gate", "lstm-unit", "three-steps", "three-steps-at-the-end"])
@pytest.mark.parametrize("markdown", [False, True])
def test_lessons_can_be_printed(name, markdown):
    form = Form(Depth.NEURON, markdown=markdown)
    printed = "\n".join(walkthrough(lesson(name), form, 0))
    assert "t=1" in printed


def test_a_text_is_printed_in_its_symbols():
    printed = "\n".join(walkthrough(lesson("remember-simple"), Form(Depth.PASS, markdown=True), 0))
    assert "| d1 | ayyzz | a |" in printed
    printed = "\n".join(walkthrough(lesson("truncated-3"), Form(Depth.PASS, markdown=True), 0))
    assert "| d1 | abb | bbb |" in printed


@pytest.mark.parametrize("name", ["lstm-unit", "three-steps", "remember-lstm"])
@pytest.mark.parametrize("depth", [Depth.MAP, Depth.LAYER])
def test_what_is_left_away_of_a_time_step_is_counted(name, depth):
    taught = lesson(name)
    walk = Walk(taught.timeline)
    for position in list(walk.outline(0).stops(depth))[:3]:
        moment = resolve(walk, Cursor(0, position, 0), taught.textbook)
        stage = moment.stage
        unit = stage.unit_at(position)
        first = stage.group_at(position) * stage.places.group if depth is Depth.MAP else 0
        refs = [ref for one in range(first, unit + 1) for ref, _ in stage.results(one)]
        refs = [ref for ref in refs if not moment.is_over(ref)]
        wanted = sum(not ref.scope.endswith("_prev") for ref in refs)  # states that are handed on are no news
        if stage.into is Pass.FORWARD:
            assert place_of(moment, depth).total == wanted


RELU = """format = 1
title = "A state at the kink"

[network]
inputs = ["x"]
layers = [
    { name = "R", kind = "recurrent", units = 1, activation = "relu" },
    { name = "Output", units = 1, activation = "identity", steps = "every" },
]
initial = { method = "constant", value = 1.0 }

[data]
sequences = [[[0.0]]]
targets = [[[1.0]]]

[training]
loss = "squared_error"
learning_rate = 0.1

[conventions]
bias = "none"
relu_slope_at_zero = 0.5
"""


def test_the_slope_of_relu_at_0_holds_for_states_too():
    graph = from_text(RELU, "relu").timeline.graph
    assert graph["r/h"].op.slope_at_zero == 0.5
