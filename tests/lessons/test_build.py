"""What the settings of a lesson file do to the engine."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.typeset import line
from nnviz.lessons import catalogue

LESSON = """\
format = 1
title = "t"
digits = 6

[network]
inputs = ["a", "b"]
{network}

[[network.layers]]
name = "Hidden"
units = 2
activation = "tanh"
weights = [[0.1, 0.2, 0.3], [0.1, -0.2, 0.5]]
{layer}

[[network.layers]]
name = "Output"
units = 1
activation = "identity"
weights = [[0.1, 0.2, 0.3]]

[data]
columns = ["a", "b", "t"]
rows = [[1, 2, 3], [4, 5, 6], [0, 1, 2]]
{data}

[training]
loss = "squared_error"
learning_rate = 0.01
{training}

[conventions]
{conventions}

[start]
{start}
"""


def lesson(**parts: str):
    names = ("network", "layer", "data", "training", "conventions", "start")
    return catalogue.from_text(LESSON.format(**{name: parts.get(name, "") for name in names}))


def at_end(one, iteration=0, example=0):
    walk = Walk(one.timeline)
    return resolve(walk, walk.at(iteration, walk.outline(iteration).length, example), one.textbook)


def value(one, address, iteration=0, example=0):
    return at_end(one, iteration, example).value(one.textbook.notation.parse(address))


def formula(one, address):
    moment = at_end(one)
    return line(explain(moment, one.textbook.notation.parse(address)).equations[0])


def named(one):
    return {convention.name: convention for convention in one.conventions}


def test_half_or_whole_squared_error():
    half, whole = lesson(), lesson(conventions='squared_error = "whole"')
    assert value(whole, "E") == pytest.approx(2 * value(half, "E"))
    assert value(whole, "da[5]") == pytest.approx(2 * value(half, "da[5]"))
    assert "½" in formula(half, "E") and "½" not in formula(whole, "E")
    assert "−2(t − a)" in named(whole)["squared error"].formula


def test_sum_or_mean_over_the_examples():
    total, mean = lesson(), lesson(conventions='reduction = "mean"')
    assert value(mean, "E") == pytest.approx(value(total, "E") / 3)
    assert value(mean, "dw[3,1]") == pytest.approx(value(total, "dw[3,1]") / 3)
    assert "1 / 3" in formula(mean, "E")


def test_the_sign_of_delta():
    plus, minus = lesson(), lesson(conventions='delta = "negative_gradient"')
    assert value(minus, "delta[3]") == -value(plus, "delta[3]")
    assert value(minus, "dw[3,1]") == value(plus, "dw[3,1]")
    assert value(minus, "w[3,1]", 1) == value(plus, "w[3,1]", 1)
    assert formula(minus, "delta[5]").startswith("δ₅ = −")


def test_a_shared_bias_is_one_parameter_of_its_layer():
    shared = lesson(conventions='bias = "shared"')
    single = lesson()
    assert value(shared, "dw[3,0]") == pytest.approx(value(single, "dw[3,0]") + value(single, "dw[4,0]"))
    assert value(shared, "w[3,0]", 1) == value(shared, "w[4,0]", 1)


def test_biases_that_are_not_trained_keep_their_values():
    frozen = lesson(conventions="bias_trained = false")
    assert value(frozen, "w[3,0]", 5) == 0.1
    assert value(frozen, "w[3,1]", 5) != 0.2
    assert named(frozen)["bias"].choice == "one for each neuron, not trained"


@pytest.mark.parametrize(
    ("layer", "weight_moves", "bias_moves"),
    [("", True, True), ("trainable = false", False, False), ("train_bias = false", True, False),
     ("trainable = false\ntrain_bias = true", False, True)],
)  # fmt: skip
def test_a_frozen_layer(layer, weight_moves, bias_moves):
    one = lesson(layer=layer)
    assert (value(one, "w[3,1]", 3) != 0.2) == weight_moves
    assert (value(one, "w[3,0]", 3) != 0.1) == bias_moves


def test_old_or_new_weights_in_the_backward_pass():
    old, new = lesson(), lesson(conventions='backward_weights = "new"')
    assert value(new, "w_new[5,3]") == value(old, "w_new[5,3]")
    by_hand = value(old, "delta[5]") * value(old, "w_new[5,3]") * value(old, "slope[3]")
    assert value(new, "delta[3]") == pytest.approx(by_hand)
    assert value(new, "delta[3]") != value(old, "delta[3]")


@pytest.mark.parametrize(
    ("training", "size", "words"),
    [("", 3, "batch"), ("batch = 1", 1, "online"), ("batch = 2", 2, "mini-batch"), ("batch = 9", 3, "batch")],
)
def test_batch_online_and_mini_batch(training, size, words):
    one = lesson(training=training)
    assert one.timeline.batch_size == size
    assert named(one)["update"].choice.startswith(words)


def test_weights_that_are_drawn_depend_on_the_seed_only():
    text = LESSON.replace("weights = [[0.1, 0.2, 0.3], [0.1, -0.2, 0.5]]\n", "").format(
        network='initial = { method = "uniform", seed = SEED }',
        layer="",
        data="",
        training="",
        conventions="",
        start="",
    )
    first, again, other = (catalogue.from_text(text.replace("SEED", seed)) for seed in ("1", "1", "2"))
    vectors = [one.timeline.state(0).parameters for one in (first, again, other)]
    assert np.array_equal(vectors[0], vectors[1]) and not np.array_equal(vectors[0], vectors[2])
    assert (abs(vectors[0]) <= 0.5).all()


def test_standardization_is_part_of_the_lesson():
    one = lesson(data='[data.normalize]\nmethod = "standard"\ntargets = false')
    inputs = one.timeline.settings(0).inputs
    assert inputs.mean(axis=0) == pytest.approx([0, 0]) and inputs.std(axis=0) == pytest.approx([1, 1])
    assert one.timeline.settings(0).targets[:, 0].tolist() == [3, 6, 2]
    assert formula(one, "x[1]").startswith("x₁ = (a − ")


def test_numbering_per_layer():
    one = lesson(network='numbering = "layer"')
    assert value(one, "w[output,1,2]") == 0.3
    assert formula(one, "z[hidden,2]").startswith("z₂⁽¹⁾ = w₂,₀⁽¹⁾ × 1 + w₂,₁⁽¹⁾ × x₁")


def test_layers_may_be_listed_in_any_order():
    text = LESSON.format(network="", layer='reads = "inputs"', data="", training="", conventions="", start="")
    first, second = text.index("[[network.layers]]"), text.rindex("[[network.layers]]")
    end = text.index("[data]")
    output = text[second:end].replace('name = "Output"', 'name = "Output"\nreads = "hidden"')
    swapped = text[:first] + output + text[first:second] + text[end:]
    a, b = catalogue.from_text(text), catalogue.from_text(swapped)
    assert value(a, "E") == value(b, "E")


def test_a_lesson_starts_where_its_file_says():
    one = lesson(start='iteration = 3\nexample = 2\nat = "delta[5]"\ndepth = "term"\nviews = ["data"]')
    assert (one.start.iteration, one.start.example, one.depth, one.views) == (2, 1, Depth.TERM, ("data",))
    walk = Walk(one.timeline)
    cursor = walk.at(one.start.iteration, one.start.position, one.start.example)
    assert resolve(walk, cursor, one.textbook).leaf.ref == one.textbook.notation.parse("delta[5]")
