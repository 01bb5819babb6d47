"""Numbers that cannot train are told when a lesson opens."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.walkthrough import Form, walkthrough

LESSON = """
format = 1
title = "Concern"
[network]
inputs = ["x"]
[network.initial]
method = "constant"
value = 0.5
{layers}
[data]
columns = ["x", {names}]
targets = {count}
rows = [{rows}]
[training]
loss = "{loss}"
learning_rate = 0.1
"""
SOFTMAX = '[[network.layers]]\nname = "Out"\nunits = {}\nactivation = "softmax"\n'
OUT = '[[network.layers]]\nname = "Out"\nunits = 1\nactivation = "{}"\n'
STEP = '[[network.layers]]\nname = "Hidden"\nunits = 2\nactivation = "threshold"\n'
CASES = {
    "huge inputs": (
        OUT.format("identity"),
        '"t"',
        "[1e200, 1]",
        "squared_error",
        "The inputs are as large as 1.0e200",
    ),
    "huge targets": (
        OUT.format("identity"),
        '"t"',
        "[1, -1e180]",
        "squared_error",
        "The targets are as large as",
    ),
    "target 2": (OUT.format("logistic"), '"t"', "[1, 2]", "binary_cross_entropy", "Found a target of 2,"),
    "target −1": (
        OUT.format("logistic"),
        '"t"',
        "[1, 1], [2, -1]",
        "binary_cross_entropy",
        "Found a target of −1,",
    ),
    "two of a kind": (SOFTMAX.format(2), '"t", "u"', "[1, 1, 1]", "cross_entropy", "targets with the sum 2,"),
    "nothing": (SOFTMAX.format(2), '"t", "u"', "[1, 0, 0]", "cross_entropy", "targets with the sum 0,"),
    "negative share": (SOFTMAX.format(2), '"t", "u"', "[1, 2, -1]", "cross_entropy", "Found a target of −1,"),
    "no probability": (
        OUT.format("identity"),
        '"t"',
        "[1, 1]",
        "binary_cross_entropy",
        "takes the outputs of Out for probabilities",
    ),
    "one neuron": (SOFTMAX.format(1), '"t"', "[1, 1]", "cross_entropy", "Out is a softmax of one neuron"),
    "threshold": (STEP + OUT.format("identity"), '"t"', "[1, 1]", "squared_error", "Hidden is a threshold"),
}
FINE = {
    "probabilities": (OUT.format("logistic"), '"t"', "[1, 0.25], [2, 1]", "binary_cross_entropy"),
    "shares": (SOFTMAX.format(3), '"t", "u", "v"', "[1, 0.3333333, 0.3333333, 0.3333333]", "cross_entropy"),
    "large": (OUT.format("identity"), '"t"', "[1e9, 1e6]", "squared_error"),
}


def written(tmp_path, layers, names, rows, loss):
    path = tmp_path / "concern.nnviz.toml"
    path.write_text(
        LESSON.format(layers=layers, names=names, count=names.count(",") + 1, rows=rows, loss=loss),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(("layers", "names", "rows", "loss", "said"), CASES.values(), ids=CASES.keys())
def test_numbers_that_cannot_train_are_told(tmp_path, layers, names, rows, loss, said):
    lesson = catalogue.load(str(written(tmp_path, layers, names, rows, loss)))
    (concern,) = lesson.concerns
    assert said in concern
    assert concern in list(walkthrough(lesson, Form(), 0))


@pytest.mark.parametrize(("layers", "names", "rows", "loss"), FINE.values(), ids=FINE.keys())
def test_others_are_not(tmp_path, layers, names, rows, loss):
    assert catalogue.load(str(written(tmp_path, layers, names, rows, loss))).concerns == ()


def test_no_lesson_of_ours_has_a_concern():
    assert {
        name: catalogue.load(name).concerns for name in catalogue.names() if catalogue.load(name).concerns
    } == {}


def test_no_learning_rate_helps_a_run_that_overflows_before_it_learns(tmp_path):
    lesson = catalogue.load(str(written(tmp_path, *CASES["huge inputs"][:4])))
    lesson.timeline.extend(3)
    assert "no learning rate" in why_no_further(lesson.timeline)


@pytest.mark.parametrize("case", ["huge inputs", "huge targets"])
@pytest.mark.parametrize("command", [["walk"], ["walk", "--iterations", "3"], ["check"]])
def test_nothing_of_numpy_reaches_the_terminal(tmp_path, case, command):
    path = written(tmp_path, *CASES[case][:4])
    environment = os.environ | {"PYTHONWARNINGS": "always::RuntimeWarning"}
    command = [sys.executable, "-m", "nnviz", command[0], str(path), *command[1:]]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    assert "as large as" in done.stdout
