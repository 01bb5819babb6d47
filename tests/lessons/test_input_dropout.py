"""The field `keep_inputs` of a lesson file: dropout of the inputs."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops.dropout import Dropped
from nnviz.engine.ref import Ref
from nnviz.engine.settings import Edit
from nnviz.lessons.catalogue import from_text
from nnviz.lessons.errors import LessonError
from nnviz.lessons.snapshot import parameters_of, snapshot
from nnviz.lessons.walkthrough import Form, walkthrough
from nnviz.lessons.writer import to_text

LESSON = """
format = 1
title = "Small"
[network]
{network}
[network.initial]
method = "uniform"
[[network.layers]]
name = "Hidden"
units = 3
{layer}
[[network.layers]]
name = "Output"
units = 1
{data}
[training]
loss = "squared_error"
learning_rate = 0.1
seed = 5
"""
COLUMNS = """
[data]
columns = ["one", "two", "target"]
rows = [[10, 1, 1], [12, 0, 0], [14, 1, 0]]
normalize = { method = "range" }
"""
IMAGES = """
[data]
images = [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
labels = ["a", "b"]
"""


def lesson(keep="keep_inputs = 0.5", layer="", network='inputs = ["one", "two"]', data=COLUMNS):
    return from_text(LESSON.format(network=f"{network}\n{keep}", layer=layer, data=data), "small")


def test_the_inputs_are_dropped_with_this_probability():
    graph = lesson().timeline.graph
    assert isinstance(graph.inputs.op, Dropped) and graph.inputs.op.keep == 0.5
    assert graph.data is not graph.inputs and graph.layers[0].x is graph.inputs
    assert len(lesson(layer="keep = 0.5").timeline.graph.masks) == 2
    assert not lesson(keep="").timeline.graph.masks


def test_it_is_a_convention_beside_that_of_the_units():
    rows = {row.name: row for row in lesson("keep_inputs = 0.8", "keep = 0.5").conventions}
    assert "ρ = 0.8" in rows["dropout of inputs"].choice and "ρ = 0.5" in rows["dropout"].choice
    assert "dropout" not in {row.name for row in lesson().conventions}
    assert "dropout of inputs" not in {row.name for row in lesson("").conventions}


def test_it_is_written_and_read_again():
    first = lesson()
    again = from_text(to_text(first.file))
    assert again.file == first.file and "keep_inputs = 0.5" in to_text(first.file)
    for run in (first.timeline, again.timeline):
        run.extend(20)
    assert np.array_equal(first.timeline.state(20).parameters, again.timeline.state(20).parameters)


def test_a_run_is_saved_with_the_data_and_not_with_what_was_left_of_it():
    made = lesson()
    edited = made.timeline.edited(Edit(0, ((Ref("data", cell=(0,), example=1), 0.25),)))
    edited.extend(2)
    again = from_text(to_text(snapshot(made, edited, 1))).timeline
    assert np.array_equal(again.settings(0).inputs, edited.settings(1).inputs)
    assert again.settings(0).inputs[1, 0] == 0.25
    for scope, values in parameters_of(edited, 1).items():
        assert np.array_equal(parameters_of(again, 0)[scope], values)


def test_the_printed_walk_begins_with_what_is_left_of_the_inputs():
    lines = list(walkthrough(lesson(), Form(), 1))
    assert lines.index("Inputs") < lines.index("Forward")
    assert any(line.strip().startswith("x₁ = m₁ / 0.5 × x₁^data") for line in lines)
    assert "Inputs" not in list(walkthrough(lesson(""), Form(), 1))


def test_published_numbers_may_be_those_before_and_behind_it():
    text = LESSON.format(network='inputs = ["one", "two"]\nkeep_inputs = 0.5', layer="", data=COLUMNS)
    expect = "".join(
        f'[[expect]]\nat = "{at}"\nvalue = 0.5\nexample = 2\ntolerance = 0.01\n'
        for at in ("data[1]", "mask[1]")
    )
    found = from_text(text + expect).expectations
    assert [one.ref for one in found] == [Ref("data", cell=(0,)), Ref("mask", cell=(0,))]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"keep": "keep_inputs = 0"}, "network.keep_inputs"),
        ({"keep": "keep_inputs = 1.5"}, "network.keep_inputs"),
        ({"keep": 'keep_inputs = "half"'}, "network.keep_inputs"),
        (
            {"network": "image = { rows = 2, columns = 2 }", "data": IMAGES},
            "network.keep_inputs: found dropout of an image, wanted inputs in one row",
        ),
    ],
)
def test_what_does_not_fit_is_told(parts, words):
    with pytest.raises(LessonError, match=words):
        lesson(**parts)
