"""Mistakes in lessons on sequences: the message names the sequence and the position."""

from __future__ import annotations

import pytest

from nnviz.lessons.catalogue import from_text
from nnviz.lessons.errors import LessonError

NUMBERS = """\
format = 1
title = "t"
[network]
inputs = ["a", "b"]
initial = {{ method = "uniform" }}
[[network.layers]]
name = "Memory"
kind = "{kind}"
units = 2
{layer}
[[network.layers]]
name = "Output"
units = 1
activation = "identity"
{output}
[data]
{data}
[training]
loss = "squared_error"
learning_rate = 0.1
{training}
"""
TEXT = """\
format = 1
title = "t"
[network]
initial = {{ method = "uniform" }}
[[network.layers]]
name = "Memory"
kind = "{kind}"
units = 2
{layer}
[[network.layers]]
name = "Output"
units = {units}
activation = "softmax"
{output}
[data]
{data}
[training]
loss = "cross_entropy"
learning_rate = 0.1
{training}
"""
GOOD = "sequences = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]\ntargets = [[[1], [2]], [[3], [4]]]"
LONG = "x" * 300


def message(template, **parts):
    fields = {"kind": "recurrent", "layer": "", "output": "", "training": "", "units": 2} | parts
    with pytest.raises(LessonError) as error:
        from_text(template.format(**fields))
    return error.value.one_line.removeprefix("lesson:")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ("sequences = [[[1, 2]], []]", "data.sequences: sequence 2: found no steps, wanted 1 … 256"),
        (
            "sequences = [[[1, 2], [1]]]",
            "data.sequences: sequence 1, step 2: found 1 number, wanted 2",
        ),
        (
            f"sequences = [{[[1, 2]] * 300}]",
            "data.sequences: sequence 1: found 300 steps, wanted at most 256",
        ),
        (
            "sequences = [[[1, 2], [3, 4]]]\ntargets = [[[1], [2], [3]]]",
            "data.targets: sequence 1, step 3: found 3 rows of targets for 2 steps, wanted one for each step",
        ),
        (
            "sequences = [[[1, 2], [3, 4]], [[1, 2], [3, 4]]]\ntargets = [[[1], [2]], [[1]]]",
            "data.targets: sequence 2, step 2: found 1 row of targets for 2 steps",
        ),
        (
            "sequences = [[[1, 2], [3, 4]], [[1, 2], [3, 4], [5, 6]]]\ntargets = [[[1]], [[2], [3]]]",
            "data.targets: sequence 2, step 2: found 2 rows of targets for 3 steps",
        ),
        (
            "sequences = [[[1, 2], [3, 4]], [[1, 2], [3, 4]]]\ntargets = [[[1], [2]], [[1], [2, 3]]]",
            "data.targets: sequence 2, row 2: found 2 numbers, wanted 1",
        ),
        (
            "sequences = [[[1, 2], [3, 4]], [[1, 2], [3, 4]]]\ntargets = [[[1], [2]]]",
            "data.targets: found targets of 1 sequence, wanted 2",
        ),
        (
            "sequences = [[[1, 2], [3, 4]]]\ntargets = [[[1, 2], [3, 4]]]",
            "training.loss: the output layer has 1 unit, and the target 2 columns",
        ),
        (f'{GOOD}\nnormalize = {{ method = "range" }}', "data.normalize: found for sequences"),
        (
            'sequences = [[[1, 2], [3, "a"]]]',
            "data.sequences: sequence 1, step 2: found “a”, wanted a number",
        ),
        (
            "sequences = [[[1, 2], [nan, 4]]]",
            "data.sequences: sequence 1, step 2: found nan, wanted a finite number",
        ),
        (
            "sequences = [[[1, 2], [3, 4]], [1, 2]]",
            "data.sequences: sequence 2, step 1: found 1, wanted a list in brackets",
        ),
        (
            "sequences = [[[1, 2], [3, 4]]]\ntargets = [[[1], [true]]]",
            "data.targets: sequence 1, row 2: found true, wanted a number",
        ),
        ("sequences = []", "data.sequences: found a list of 0, wanted at least 1"),
    ],
)
def test_sequences_of_numbers(data, says):
    assert says in message(NUMBERS, data=data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            'text = ["ab", "abc"]\nalphabet = "ab"',
            "data.text: sequence 2, position 3: found “c”, wanted one of ab",
        ),
        ('text = ["ab", ""]', "data.text: sequence 2: found no symbols, wanted 1 … 256"),
        ('text = ["ab", "a"]', "data.text: sequence 2: found 0 steps, wanted 1 … 256"),
        (
            f'text = ["ab", "a{LONG}"]',
            "data.text: sequence 2: found 300 steps, wanted at most 256, or data.st",
        ),
        ('text = ["ab"]\nalphabet = "aba"', "data.alphabet: found “a” twice"),
        ('text = ["aa"]', "data.text: found fewer than two different symbols"),
        ('text = "names"', "data.text: found “names”, wanted a list of lines, or one of first_names"),
        (
            'text = ["abab"]\nsteps = 4',
            "data.steps: found 4 symbols, wanted at least 5 for 1 stre",
        ),
        ('text = ["abab"]\nsteps = 2\npredict = "first"', "data.predict: found “first” for one text"),
        ('text = "first_names"\nexamples = 9999', "data.examples: found 9,999, wanted at most 5,163"),
        ('text = ["abc"]', "training.loss: the output layer has 2 units, and the target 3 columns"),
    ],
)
def test_text(data, says):
    assert says in message(TEXT, data=data)


@pytest.mark.parametrize(
    ("kind", "layer", "says"),
    [
        ("recurrent", "weights = [[0, 1, 2, 3, 4]]", "weights: found 1 row, wanted 2, one for each unit"),
        (
            "recurrent",
            "weights = [[0, 1], [0, 1, 2, 3, 4]]",
            "weights: row 1: found 2 numbers, wanted 5: the bias, 2 from the state and 2 from the input",
        ),
        (
            "recurrent",
            "gates = { f = [[1]] }",
            "gates: found in a layer that does not have it",
        ),
        ("lstm", "weights = [[1]]", "weights: found in a layer that does not have it, wanted gates"),
        (
            "lstm",
            "gates = { f = [[1]], g = [[1]] }",
            "gates.g: found “g”, wanted a table for each",
        ),
        ("gru", "gates = { r = [[1]] }", "gates.u: missing, wanted a table for each of r, u, n"),
        ("lstm", 'activation = "relu"', "activation: found “relu”, wanted none"),
        (
            "recurrent",
            'activation = "softmax"',
            "activation: found “softmax”, wanted one of",
        ),
        ("gru", "forget_bias = 1.0", "forget_bias: found in a layer that has no forget gate"),
        ("lstm", "start = { h = [1] }", "start.h: found 1 number, wanted 2, one for each unit"),
        ("recurrent", "start = { c = [1, 2] }", "start.c: found a cell state for Memory, which has none"),
        ("recurrent", "keep = 0", "keep: found 0, wanted more than 0"),
        ("recurrent", "kernels = []", "found a field that does not belong here"),
    ],
)
def test_layers(kind, layer, says):
    assert says in message(NUMBERS, kind=kind, layer=layer, data=GOOD)


def test_conventions_and_plans_that_do_not_fit():
    shared = NUMBERS + '[conventions]\nbias = "shared"\n'
    assert "conventions.bias: found “shared”" in message(shared, data=GOOD)
    late = NUMBERS + '[conventions]\nbackward_weights = "new"\n'
    assert "late weights: found a recurrent layer" in message(late, data=GOOD)
    mistakes = 'only = "mistakes"'
    assert "training on mistakes only" in message(TEXT, data='text = ["ab"]', training=mistakes)
    pieces = 'text = ["ababababab"]\nsteps = 2\nstreams = 2'
    assert "training.batch: found 3, wanted 2" in message(TEXT, data=pieces, training="batch = 3")
    order = 'order = "shuffled"'
    assert "training.order: found “shuffled” with carried states" in message(
        TEXT, data=pieces, training=order
    )
    step = NUMBERS.replace('kind = "{kind}"', "") + '[start]\ndepth = "step"\n'
    columns = 'columns = ["a", "b", "t"]\nrows = [[1, 2, 3]]'
    assert "start.depth: found “step” in a network without sequences" in message(step, data=columns)


def test_a_recurrent_layer_reads_sequences():
    columns = 'columns = ["a", "b", "t"]\nrows = [[1, 2, 3]]'
    assert "Memory: found x in front of it, wanted data.sequences" in message(NUMBERS, data=columns)


def test_names_of_inputs_are_one_for_each_symbol():
    named = TEXT.replace("[network]", '[network]\ninputs = ["a"]')
    assert "network.inputs: found 1, wanted 2, one for each symbol" in message(named, data='text = ["abab"]')
