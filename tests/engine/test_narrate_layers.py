"""The sentence of a whole layer says what its equations calculate."""

from __future__ import annotations

import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Kind
from nnviz.lessons import catalogue

TEXT = """
format = 1
title = "One output layer"
[network]
inputs = ["x"]
initial = {{ method = "glorot_uniform", seed = 1 }}
[[network.layers]]
name = "Hidden"
units = 2
activation = "relu"
[[network.layers]]
name = "Output"
units = {units}
activation = "{activation}"
[data]
columns = ["x", {columns}]
targets = {units}
rows = [[1, {targets}]]
[training]
loss = "{loss}"
learning_rate = 0.1
"""
TWO = {"units": 2, "columns": '"y", "z"', "targets": "1, 0"}
ONE = {"units": 1, "columns": '"y"', "targets": "1"}
STARTS = "The error starts here: every neuron of Output gets its δ, its own error times the slope of its φ."
JOINED = (
    "Softmax and cross-entropy together leave activation minus target as the δ of every neuron of Output."
)
ALL = "Every activation of a softmax depends on every z"
WHOLE = "what φ makes of the sum"
OUTPUTS = [
    ("softmax", "cross_entropy", TWO, JOINED),
    ("softmax", "squared_error", TWO, ALL),
    ("identity", "squared_error", TWO, STARTS),
    ("logistic", "squared_error", ONE, STARTS),
    ("logistic", "binary_cross_entropy", ONE, STARTS),
]


def told(lesson):
    """Every stage with its whole layer as one step: the stage, the sentence, what the equations give."""
    walk = Walk(lesson.timeline)
    for stage in walk.outline(0).stages:
        moment = resolve(walk, Cursor(0, stage.end, lesson.timeline.rows(0)[0]), lesson.textbook)
        yield stage, explain_place(moment, Depth.LAYER)


@pytest.mark.parametrize(("activation", "loss", "shape", "says"), OUTPUTS)
def test_the_sentence_of_a_layer_is_that_of_its_equations(activation, loss, shape, says):
    lesson = catalogue.from_text(TEXT.format(activation=activation, loss=loss, **shape))
    for stage, explanation in told(lesson):
        sentence, layer = explanation.narration, stage.layer
        if stage.kind is Kind.SUM:
            makes = any(equation.target.ref.scope == layer.a.scope for equation in explanation.equations)
            assert (WHOLE in sentence) is makes
        elif stage.kind is Kind.DELTA and layer.scope == "output":
            assert sentence.startswith(says)
        elif stage.kind is Kind.DELTA:
            assert "the error that comes back to it, times the slope" in sentence


@pytest.mark.parametrize(("start", "counts"), [("10", False), ("-10", True)])
def test_right_examples_are_told_from_wrong_ones(start, counts):
    text = TEXT.format(activation="logistic", loss="squared_error", **ONE) + 'only = "mistakes"\n'
    lesson = catalogue.from_text(text.replace("units = 1\n", f"units = 1\nweights = [[{start}, 0, 0]]\n"))
    said = next(one.narration for stage, one in told(lesson) if stage.kind is Kind.DELTA)
    assert said.startswith(STARTS if counts else "d1 is classified right and does not count")
