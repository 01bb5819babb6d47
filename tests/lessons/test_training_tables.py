"""The table `training` of a lesson file."""

import pytest

from nnviz.engine.optimizers import Adam, GradientDescent, Momentum, Newton, RMSProp
from nnviz.engine.order import Order
from nnviz.engine.penalty import Penalty
from nnviz.engine.schedules import InSteps
from nnviz.lessons.catalogue import from_text
from nnviz.lessons.errors import LessonError

LESSON = """
format = 1
title = "Small"
[network]
inputs = ["one", "two"]
[network.initial]
method = "uniform"
[[network.layers]]
name = "Hidden"
units = 3
{layer}
[[network.layers]]
name = "Output"
units = 1
{output}
[data]
columns = ["one", "two", "target"]
rows = [[0, 1, 1], [1, 0, 0], [1, 1, 0]]
{data}
[training]
loss = "squared_error"
learning_rate = 0.1
{training}
"""


def lesson(training="", layer="", output="", data=""):
    return from_text(LESSON.format(training=training, layer=layer, output=output, data=data), "small")


@pytest.mark.parametrize(
    ("text", "optimizer"),
    [
        ("", GradientDescent()),
        ('optimizer = "adam"', Adam()),
        ('optimizer = "newton"', Newton()),
        ('optimizer = { method = "momentum", momentum = 0.5 }', Momentum(0.5)),
        ('optimizer = { method = "adam", beta1 = 0.8, epsilon = 1e-4 }', Adam(0.8, epsilon=1e-4)),
        ('optimizer = { method = "rmsprop", decay = 0.5 }', RMSProp(decay=0.5)),
    ],
)
def test_optimizers(text, optimizer):
    assert lesson(text).timeline.optimizer == optimizer


def test_everything_else():
    text = 'l2 = 0.1\nl1 = 0.2\norder = "shuffled"\nseed = 4\nbatch = 2\n'
    text += 'schedule = { method = "step", every = 3 }'
    run = lesson(text, "keep = 0.5").timeline
    assert run.penalty == Penalty(0.1, 0.2) and run.order == Order("shuffled", 4) and run.seed == 4
    assert run.schedule == InSteps(0.5, 3) and run.batch_size == 2
    assert [node.op.keep for node in run.graph.masks] == [0.5]


def test_early_stopping_and_its_validation_set():
    small = lesson("stop = { patience = 3, iterations = 50 }", data="split = { validation = 1, seed = 1 }")
    assert small.stop.patience == 3 and len(small.timeline.validation.inputs) == 1
    assert small.timeline.examples == 2


def test_what_differs_from_plain_descent_is_a_convention():
    text = 'optimizer = "adam"\nl2 = 0.1\norder = "batches"\nbatch = 2\nschedule = { method = "cosine" }'
    names = {row.name for row in lesson(text, "keep = 0.5").conventions}
    assert {"optimizer", "penalty", "learning rate", "order", "dropout"} <= names
    assert not {"optimizer", "penalty", "order", "dropout"} & {row.name for row in lesson().conventions}


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"training": 'optimizer = "adamm"'}, "training.optimizer"),
        ({"training": 'optimizer = { method = "adam", momentum = 0.5 }'}, "found momentum for adam"),
        ({"training": 'optimizer = { method = "gradient_descent", decay = 0.5 }'}, "has no settings"),
        ({"training": 'optimizer = { method = "momentum", momentum = 1.0 }'}, "momentum"),
        ({"training": "l2 = -1"}, "training.l2"),
        ({"training": "stop = { patience = 0 }"}, "patience"),
        ({"training": 'schedule = { method = "step", every = 0 }'}, "every"),
        ({"layer": "keep = 0"}, "keep"),
        ({"layer": "keep = 1.5"}, "keep"),
        ({"layer": 'keep = 0.5\nactivation = "prelu"'}, "dropout"),
    ],
)
def test_what_does_not_fit_is_told(parts, words):
    with pytest.raises(LessonError, match=words):
        lesson(**parts)
