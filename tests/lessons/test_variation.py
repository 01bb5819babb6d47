"""Lessons with another stride, padding, pool or filter, built from the one that is open."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.errors import BuildError
from nnviz.lessons.filters import FILTERS, kernel, name_of
from nnviz.lessons.layer_edits import changed, with_removed
from nnviz.lessons.schema_layers import DenseTable
from nnviz.lessons.snapshot import parameters_of, snapshot
from nnviz.lessons.variation import varied, with_kernel, with_layers, with_other_weights, with_training


def array(lesson, scope):
    """All values of a node in the first iteration."""
    return lesson.timeline.record(0).cells[lesson.timeline.graph[scope].index]


def shapes(lesson):
    return {layer.scope: layer.a.shape for layer in lesson.timeline.graph.layers}


@pytest.mark.parametrize(
    ("name", "layer", "changes", "scope", "shape"),
    [
        ("image-of-a-4", "conv", {"stride": 2}, "conv", (3, 2, 2)),
        ("image-of-a-4", "conv", {"stride": [1, 3]}, "conv", (3, 4, 2)),
        ("image-of-a-4", "conv", {"padding": 1}, "conv", (3, 6, 6)),
        ("image-of-a-4", "conv", {"padding": (0, 2)}, "conv", (3, 4, 8)),
        ("image-of-a-4", "conv", {"size": 5, "padding": 1}, "conv", (3, 4, 4)),
        ("image-of-a-4", "conv", {"size": [2, 3]}, "conv", (3, 5, 4)),
        ("image-of-a-4", "conv", {"filters": 5}, "conv", (5, 4, 4)),
        ("image-of-a-4", "conv", {"filters": 1}, "conv", (1, 4, 4)),
        ("max-pooling", "pool", {"stride": 1}, "pool", (1, 3, 3)),
        ("max-pooling", "pool", {"size": 4, "stride": 4}, "pool", (1, 1, 1)),
        ("max-pooling-shift", "pool", {"size": 2}, "pool", (1, 1, 5)),
        ("true-convolution", "conv", {"padding": 0}, "conv", (1, 1, 2)),
        ("lenet-5", "c1", {"padding": 0, "filters": 4}, "s4", (16, 4, 4)),
        ("cnn-digits", "output", {"activation": "softmax", "units": 10}, "output", (10,)),
    ],
)
def test_the_maps_follow(name, layer, changes, scope, shape):
    lesson = varied(catalogue.load(name), layer, **changes)
    assert shapes(lesson)[scope] == shape
    assert np.isfinite(array(lesson, lesson.timeline.graph.output.a.scope)).all()
    assert lesson.expectations == () and lesson.start.position == 0


def test_parameters_stay_where_they_have_a_place():
    lesson = catalogue.load("lenet-5")
    wide = varied(lesson, "c1", filters=8)
    assert np.array_equal(array(wide, "c1/w")[:6], array(lesson, "c1/w"))
    assert np.array_equal(array(wide, "c3/w")[:, :6], array(lesson, "c3/w"))
    assert array(wide, "c3/w")[:, 6:].std() > 0
    assert np.array_equal(array(wide, "c5/w"), array(lesson, "c5/w"))
    shrunk = varied(lesson, "s4", size=5, stride=5)
    assert array(shrunk, "c5/w").shape == (120, 64)
    assert np.array_equal(array(shrunk, "f6/w"), array(lesson, "f6/w"))


def test_a_window_keeps_its_stride_until_another_is_asked_for():
    lesson = catalogue.load("lenet-5")
    assert varied(lesson, "s4", size=3).timeline.graph["s4/p"].op.stride == (2, 2)


def test_a_filter_that_grows_gets_a_border_of_zeros_and_loses_it_again():
    lesson = catalogue.load("image-of-a-4")
    large = varied(lesson, "conv", size=5, padding=1)
    assert np.array_equal(array(large, "conv/w")[1, 0, 1:4, 1:4], kernel("vertical"))
    assert np.array_equal(array(large, "conv/a"), array(lesson, "conv/a"))
    back = varied(large, "conv", size=3, padding=0)
    assert np.array_equal(array(back, "conv/w"), array(lesson, "conv/w"))


def test_edited_pixels_and_trained_weights_are_kept():
    lesson = catalogue.load("cnn-digits")
    pixel = Ref("x", cell=(0, 0, 0), example=3)
    timeline = lesson.timeline.edited(Edit(0, ((pixel, 0.7),)))
    timeline.extend(5)
    changed = varied(lesson, "pool", kind="average_pool", timeline=timeline, iteration=5)
    assert changed.timeline.settings(0).inputs[3, 0, 0, 0] == 0.7
    assert np.array_equal(changed.timeline.state(0).parameters, timeline.state(5).parameters)
    assert lesson.timeline.settings(0).inputs[3, 0, 0, 0] == 0.0


def test_a_variation_can_be_varied_and_trained():
    lesson = varied(varied(catalogue.load("cnn-by-hand"), "conv", padding=1), "pool", size=3)
    assert shapes(lesson) == {"conv": (1, 6, 6), "pool": (1, 2, 2), "output": (1,)}
    before = lesson.timeline.loss(0)
    lesson.timeline.extend(20)
    assert lesson.timeline.loss(20) < before


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_of_the_notes_is_chosen_by_name(name):
    lesson = catalogue.load("image-of-a-4")
    changed = with_kernel(lesson, "conv", name, 1)
    assert name_of(array(changed, "conv/w")[1, 0]) == name
    assert np.array_equal(array(changed, "conv/w")[[0, 2]], array(lesson, "conv/w")[[0, 2]])
    layer = changed.timeline.graph.layers[0]
    assert changed.textbook.notation.maps.filter_title(layer, 1) == f"Filter 2: {name.replace('_', ', ')}"
    assert name_of(array(lesson, "conv/w")[1, 0]) == "vertical"


@pytest.mark.parametrize(
    ("name", "layer", "changes", "message"),
    [
        (
            "image-of-a-4",
            "conv",
            {"stride": 0},
            "network.layers[1].stride: Convolution: found 0, wanted 1",
        ),
        ("image-of-a-4", "conv", {"size": 9}, "found a filter of 9 × 9, wanted at most 6 × 6: x is 6 × 6"),
        (
            "image-of-a-4",
            "conv",
            {"size": [7, 9], "padding": 1},
            "wanted at most 8 × 8: x is 6 × 6, 8 × 8 with its pad",
        ),
        (
            "image-of-a-4",
            "conv",
            {"padding": -1},
            "layers[1].padding: Convolution: found -1, wanted 0 or more",
        ),
        (
            "image-of-a-4",
            "conv",
            {"filters": 0},
            "layers[1].filters: Convolution: found 0, wanted 1 or more",
        ),
        (
            "image-of-a-4",
            "conv",
            {"size": [3]},
            "layers[1].size: Convolution: found a list of 1, wanted at least 2",
        ),
        (
            "image-of-a-4",
            "conv",
            {"stride": "2"},
            "layers[1].stride: Convolution: found “2”, wanted a whole number",
        ),
        (
            "image-of-a-4",
            "conv",
            {"activation": "x"},
            "layers[1].activation: found “x”, wanted one of tanh",
        ),
        (
            "image-of-a-4",
            "conv",
            {"units": 3},
            "Convolution: found units, wanted one of stride, padding, size",
        ),
        ("image-of-a-4", "pool", {"size": 3}, "network.layers: found layer “pool”, wanted one of conv"),
        (
            "max-pooling",
            "pool",
            {"size": 5},
            "layers[1].size: Max pooling: found a window of 5 × 5, wanted at most 4",
        ),
        ("lenet-5", "flatten", {"name": "x"}, "Flatten: found name, which cannot be changed"),
        (
            "lenet-5",
            "c1",
            {"size": 27},
            "layers[3].size: C3: found a filter of 5 × 5, wanted at most 3 × 3: s2/p",
        ),
    ],
)
def test_what_cannot_be_built_is_told(name, layer, changes, message):
    with pytest.raises(BuildError) as error:
        varied(catalogue.load(name), layer, **changes)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("name", "layer", "filter_name", "index", "message"),
    [
        ("image-of-a-4", "conv", "vertikal", 0, "found “vertikal”, wanted one of horizontal, vertical"),
        ("image-of-a-4", "conv", "vertical", 3, "Convolution: found filter 4, wanted 1 … 3"),
        ("rgb-image", "conv", "vertical", 0, "found filters of 2 × 2, wanted 3 × 3 for “vertical”"),
        ("max-pooling", "pool", "vertical", 0, "Max pooling: found a layer without filters"),
    ],
)
def test_filters_that_do_not_fit_are_told(name, layer, filter_name, index, message):
    with pytest.raises(BuildError) as error:
        with_kernel(catalogue.load(name), layer, filter_name, index)
    assert message in str(error.value)


# Other layers, another training, other weights

LAYERS = [
    [("Hidden 1", 3), ("Output", 1)],
    [("Hidden 1", 3), ("Hidden 2", 2), ("Hidden 3", 4), ("Output", 1)],
    [("Output", 1)],
]


@pytest.mark.parametrize("sizes", LAYERS)
def test_layers_come_and_go_and_what_still_fits_keeps_its_weights(sizes):
    lesson = catalogue.load("power-plant-logistic")
    lesson.timeline.extend(2)
    tables = [DenseTable(name=name, units=units) for name, units in sizes]
    made = with_layers(lesson, tables, iteration=1)
    assert [layer.units for layer in made.timeline.graph.layers] == [units for _, units in sizes]
    before, after = parameters_of(lesson.timeline, 1), parameters_of(made.timeline, 0)
    same = [scope for scope in after if scope in before and after[scope].shape == before[scope].shape]
    assert same or len(sizes) == 1
    for scope in same:
        assert np.array_equal(after[scope], before[scope])


def test_units_of_the_last_layer_that_do_not_fit_the_data_are_an_error():
    with pytest.raises(BuildError, match="output layer has 2 units"):
        with_layers(catalogue.load("power-plant-logistic"), [DenseTable(name="Output", units=2)])


@pytest.mark.parametrize(
    "fields",
    [
        {"learning_rate": 0.7},
        {"optimizer": "adam"},
        {"optimizer": {"method": "momentum", "momentum": 0.5}, "l2": 0.01},
        {"batch": 2, "order": "shuffled", "seed": 5, "schedule": {"method": "cosine", "every": 4}},
    ],
)
def test_another_training_goes_on_from_the_same_parameters(fields):
    lesson = catalogue.load("power-plant-logistic")
    lesson.timeline.extend(3)
    made = with_training(lesson, iteration=2, **fields)
    assert np.array_equal(made.timeline.state(0).parameters, lesson.timeline.state(2).parameters)
    assert made.timeline.settings(0).learning_rate == fields.get("learning_rate", 0.2)
    made.timeline.extend(1)
    assert not np.array_equal(made.timeline.state(1).parameters, lesson.timeline.state(3).parameters)
    assert made.expectations == ()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"learning_rate": 0.0}, "more than 0"),
        ({"batch": 0}, "1 or more"),
        ({"loss": "nothing"}, "wanted one"),
    ],
)
def test_a_training_that_cannot_be_says_why(fields, message):
    with pytest.raises(BuildError, match=message):
        with_training(catalogue.load("power-plant-logistic"), **fields)


def test_other_weights_are_drawn_by_their_seed():
    lesson = catalogue.load("power-plant-logistic")
    first, again, second = (with_other_weights(lesson, seed) for seed in (1, 1, 2))
    values = [one.timeline.state(0).parameters for one in (first, again, second)]
    assert np.array_equal(values[0], values[1]) and not np.array_equal(values[0], values[2])
    assert np.array_equal(first.timeline.settings(0).inputs, lesson.timeline.settings(0).inputs)


def test_a_lesson_that_was_varied_is_saved_with_the_numbers_that_it_goes_on_with():
    lesson = catalogue.load("power-plant-logistic")
    lesson.timeline.extend(3)
    made = with_training(lesson, iteration=2, optimizer="adam")
    again = build("again", snapshot(made, made.timeline, 0))
    assert np.array_equal(again.timeline.state(0).parameters, lesson.timeline.state(2).parameters)


def test_one_more_neuron_leaves_every_other_connection_as_it_is():
    lesson = catalogue.load("power-plant-logistic")
    before = parameters_of(lesson.timeline, 0)
    first, *others = lesson.file.network.layers
    made = with_layers(lesson, [changed(first, units=4), *others])
    after = parameters_of(made.timeline, 0)
    assert np.array_equal(after["hidden1/w"][:3], before["hidden1/w"])
    assert np.array_equal(after["hidden2/w"][:, :3], before["hidden2/w"])
    assert np.array_equal(after["output/w"], before["output/w"])
    fewer = with_layers(made, lesson.file.network.layers)
    assert all(np.array_equal(parameters_of(fewer.timeline, 0)[one], before[one]) for one in before)


def test_weights_that_read_another_layer_than_before_are_drawn_anew():
    lesson = catalogue.load("power-plant-logistic")
    before = parameters_of(lesson.timeline, 0)["hidden2/w"]
    without = with_removed(lesson.file.network.layers, 0)  # Hidden 2 reads the two inputs now
    after = parameters_of(with_layers(lesson, without).timeline, 0)["hidden2/w"]
    assert after.shape == (2, 2) and not np.array_equal(after, before[:, :2])


@pytest.mark.parametrize(
    "change",
    [
        lambda lesson, **now: with_training(lesson, optimizer="momentum", **now),
        lambda lesson, **now: with_training(with_training(lesson, l2=0.1, **now), learning_rate=0.3),
        lambda lesson, **now: with_layers(lesson, lesson.file.network.layers, **now),
        lambda lesson, **now: varied(lesson, "hidden1", activation="relu", **now),
    ],
)
def test_the_beginning_stays_whatever_is_changed_on_the_way(change):
    lesson = catalogue.load("power-plant-logistic")
    first = lesson.timeline.state(0).parameters.copy()
    lesson.timeline.extend(4)
    made = change(lesson, timeline=lesson.timeline, iteration=4)
    assert np.array_equal(made.beginning.state(0).parameters, first)
    assert made.beginning.length == 1 and not made.beginning.edits
    assert np.array_equal(made.timeline.state(0).parameters, lesson.timeline.state(4).parameters)
    assert made.beginning.settings(0).learning_rate == made.timeline.settings(0).learning_rate


def test_a_filter_that_is_chosen_is_there_from_the_beginning():
    lesson = catalogue.load("cnn-digits")
    lesson.timeline.extend(1)
    made = with_kernel(lesson, "conv", "horizontal", 1, timeline=lesson.timeline, iteration=1)
    start = made.beginning.state(0).parameters[
        made.timeline.graph.slices[made.timeline.graph.layers[0].w.index]
    ]
    assert np.array_equal(start.reshape(array(made, "conv/w").shape)[1], array(made, "conv/w")[1])
