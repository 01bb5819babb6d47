"""Lessons on the perceptron, on training with mistakes only, and on slopes that are learned."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops import ELU, PReLU
from nnviz.lessons import catalogue
from nnviz.lessons.errors import LessonError

LESSON = """\
format = 1
title = "t"

[network]
inputs = ["a", "b"]
initial = {{ method = "constant", value = 0 }}

[[network.layers]]
name = "Output"
units = 1
{layer}

[data]
columns = ["a", "b", "t"]
rows = [[1, 2, {low}], [2, -1, 1], [-1, -1, {low}]]

[training]
learning_rate = 1
batch = 1
{training}
"""


def lesson(layer, training, low=-1):
    return catalogue.from_text(LESSON.format(layer=layer, training=training, low=low))


def test_a_perceptron_lesson_follows_the_rule():
    one = lesson('activation = "identity"', 'loss = "perceptron"')
    one.timeline.ensure(2)
    states = [one.timeline.state(i).parameters.tolist() for i in range(3)]
    assert states == [[0, 0, 0], [-1, -1, -2], [0, 1, -3]]
    assert "mistake where t·a ≤ 0" in next(c.choice for c in one.conventions if "perceptron" in c.name)


@pytest.mark.parametrize(
    ("layer", "training", "low", "says"),
    [
        ("identity", 'loss = "perceptron"', 0, "training.loss: found a target of 0, wanted targets −1 and 1"),
        ("tanh", 'loss = "perceptron"', -1, "training.loss: perceptron needs an output layer"),
        ("logistic", 'loss = "squared_error"\nonly = "mistakes"', -1, "training.only: found a target of -1"),
        ("logistic", 'loss = "squared_error"\nonly = "some"', 0, "training.only: found “some”"),
    ],
)
def test_targets_that_are_no_classes_are_refused(layer, training, low, says):
    with pytest.raises(LessonError) as error:
        lesson(f'activation = "{layer}"', training, low)
    assert says in error.value.one_line


def test_a_lesson_may_train_on_its_mistakes():
    one = lesson('activation = "logistic"', 'loss = "binary_cross_entropy"\nonly = "mistakes"', 0)
    assert one.timeline.graph.loss.op.only_mistakes


def test_the_slope_of_a_prelu_is_where_it_starts_and_learns():
    one = lesson('activation = "prelu"\nslope = -0.5', 'loss = "squared_error"', 0)
    graph, flat = one.timeline.graph, one.timeline.state(0).parameters
    assert isinstance(graph.output.a.op, PReLU)
    assert np.array_equal(flat[graph.slices[graph["output/lambda"].index]], [-0.5])


def test_alpha_belongs_to_elu():
    op = lesson('activation = "elu"\nalpha = 0.5', 'loss = "squared_error"').timeline.graph.output.a.op
    assert isinstance(op, ELU) and op.alpha == 0.5
    with pytest.raises(LessonError, match="only elu has the field alpha"):
        lesson('activation = "relu"\nalpha = 0.5', 'loss = "squared_error"')
