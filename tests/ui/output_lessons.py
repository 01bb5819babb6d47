"""Small lessons whose whole input can be drawn, and moments of them."""

from __future__ import annotations

from pathlib import Path

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.lessons.catalogue import load

LAYER = '[[network.layers]]\nname = "{}"\nunits = {}\nactivation = "{}"\n'
TEXT = """format = 1
title = "Test"
[network]
inputs = [{inputs}]
[network.initial]
method = "glorot_uniform"
seed = 3
{layers}
[data]
{data}
[training]
loss = "{loss}"
learning_rate = 0.01
batch = "all"
stop = {{ iterations = 500 }}
"""
HIDDEN = LAYER.format("Hidden", 3, "tanh")
TWO, ONE = '"x1", "x2"', '"x"'
LESSONS = {
    "moons": (
        TWO,
        HIDDEN + LAYER.format("Output", 1, "logistic"),
        'generate = { kind = "moons", examples = 40, noise = 0.1 }\nencoding = "single"\n'
        "split = { validation = 0.25 }\nnormalize = { method = 'standard' }",
        "binary_cross_entropy",
    ),
    "signs": (
        TWO,
        HIDDEN + LAYER.format("Output", 1, "tanh"),
        'generate = { kind = "circle", examples = 30 }\nencoding = "signs"',
        "squared_error",
    ),
    "gaussians": (
        TWO,
        HIDDEN + LAYER.format("Output", 3, "softmax"),
        'generate = { kind = "gaussians", examples = 40, classes = 3 }\n'
        "split = { validation = 0.2, test = 0.2 }",
        "cross_entropy",
    ),
    "sine": (
        ONE,
        HIDDEN + LAYER.format("Output", 1, "identity"),
        'generate = { kind = "sine", examples = 30 }\nsplit = { validation = 0.2 }',
        "squared_error",
    ),
}


def planar(name: str, folder: Path):
    """One of the lessons, read from a file."""
    inputs, layers, data, loss = LESSONS[name]
    path = folder / f"{name}.nnviz.toml"
    path.write_text(TEXT.format(inputs=inputs, layers=layers, data=data, loss=loss), encoding="utf-8")
    return load(str(path))


def moment_of(lesson, iteration=0, position=0, example=0):
    """A moment of a lesson, run as far as that."""
    lesson.timeline.ensure(iteration)
    return resolve(Walk(lesson.timeline), Cursor(iteration, position, example), lesson.textbook)
