"""What is said of the errors that come back to cells of maps."""

from __future__ import annotations

import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain
from nnviz.engine.moment import resolve
from nnviz.engine.ref import Part, Ref
from nnviz.lessons import catalogue

STRIDE_THAT_LEAVES_CELLS_OUT = """
format = 1
title = "A stride that leaves cells out"
[network.image]
columns = 7
[[network.layers]]
name = "One"
kind = "convolution"
activation = "relu"
kernels = [[[1, 1]]]
[[network.layers]]
name = "Two"
kind = "convolution"
kernels = [[[1, 1]], [[1, 2]]]
stride = 3
[[network.layers]]
name = "Pool"
kind = "max_pool"
size = 1
stride = 2
[[network.layers]]
name = "Out"
units = 1
activation = "identity"
weights = [[0, 1, 1]]
[data]
images = [[[1, 0, 1, 1, 1, 0, 1]]]
targets = [[1]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""


@pytest.mark.parametrize(
    ("scope", "cell", "says"),
    [
        ("one", (0, 0, 0),
         "The errors of 2 cells come back along their weights, and the slope of φ is 1: all of them pass."),
        ("one", (0, 0, 2), "No filter of Two reads this cell, so no error comes back to it: its error is 0."),
        ("two", (0, 0, 1), "No window reads this cell, so no error comes back to it: its error is 0."),
    ],
)  # fmt: skip
def test_an_error_comes_from_the_cells_that_read_this_one(scope, cell, says):
    lesson = catalogue.from_text(STRIDE_THAT_LEAVES_CELLS_OUT)
    walk = Walk(lesson.timeline)
    moment = resolve(walk, walk.at(0, 10**6, 0), lesson.textbook)
    assert explain(moment, Ref(f"{scope}/z", Part.DELTA, cell)).narration == says
