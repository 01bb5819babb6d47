"""Lessons on sequences that are saved in the middle of their run begin with the same numbers."""

import numpy as np
import pytest

from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons import catalogue
from nnviz.lessons.snapshot import snapshot
from nnviz.lessons.writer import write
from tests.lessons.test_recurrent_lessons import FOLDER

GRU = """
format = 1
title = "A GRU"
[network]
inputs = ["x"]
initial = { method = "glorot_uniform", seed = 4 }
[[network.layers]]
name = "Memory"
kind = "gru"
units = 3
[[network.layers]]
name = "Output"
units = 2
steps = "last"
[data]
sequences = [[[1.0], [0.5]], [[-1.0], [0.25], [2.0]]]
targets = [[[0.5, 1.0]], [[0.0, 0.5]]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""


@pytest.mark.parametrize("name", ("820-three-steps", "832-remember-lstm", "850-truncated-3", "gru"))
def test_what_is_saved_goes_on_where_it_was(name, tmp_path):
    path = FOLDER / f"{name}.nnviz.toml"
    if name == "gru":
        path = tmp_path / "gru.nnviz.toml"
        path.write_text(GRU)
    lesson = catalogue.load(str(path))
    timeline = lesson.timeline
    timeline.ensure(3)
    write(snapshot(lesson, timeline, 3), tmp_path / "saved.nnviz.toml")
    again = catalogue.load(str(tmp_path / "saved.nnviz.toml"))
    found, wanted = again.timeline.state(0).parameters, timeline.state(3).parameters
    np.testing.assert_array_equal(found, wanted)
    np.testing.assert_array_equal(again.timeline.settings(0).inputs, timeline.settings(0).inputs)


def test_edited_sequences_and_texts_are_saved(tmp_path):
    numbers = catalogue.load(str(FOLDER / "820-three-steps.nnviz.toml"))
    edited = numbers.timeline.edited(Edit(0, ((Ref("x", cell=(1, 0), example=0), 7.0),)))
    write(snapshot(numbers, edited, 0), tmp_path / "saved.nnviz.toml")
    again = catalogue.load(str(tmp_path / "saved.nnviz.toml"))
    assert again.timeline.settings(0).inputs[0].ravel().tolist() == [1.0, 7.0, -1.0]
    text = catalogue.load(str(FOLDER / "850-truncated-3.nnviz.toml"))
    edited = text.timeline.edited(Edit(0, ((Ref("x", cell=(1, 0), example=0), 7.0),)))
    write(snapshot(text, edited, 0), tmp_path / "saved.nnviz.toml")
    again = catalogue.load(str(tmp_path / "saved.nnviz.toml"))
    assert again.timeline.settings(0).inputs[0, 1, 0] == 7.0 and again.sequence == text.sequence
