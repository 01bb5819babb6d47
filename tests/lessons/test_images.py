"""Lessons that read images: what their files may say and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.formula import Equation, Name, Quantity
from nnviz.engine.outline import Depth
from nnviz.engine.typeset import line
from nnviz.lessons import catalogue
from nnviz.lessons.datasets import DATASETS, select
from tests.lessons.small_images import GOOD

# What a good file says


def test_labels_become_classes():
    lesson = catalogue.from_text(GOOD)
    assert lesson.classes == ("rising", "falling")
    assert lesson.timeline.settings(0).targets.tolist() == [[1, 0], [0, 1]]
    numbers = catalogue.from_text(GOOD.replace('["rising", "falling"]', '[4, "3"]'))
    assert numbers.classes == ("3", "4")
    assert numbers.timeline.settings(0).targets.tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("normalize", "pixel", "ends", "formula"),
    [
        ("", 255.0, (0, 255), None),
        ('normalize = { method = "range" }', 1.0, (0, 1), "x₃,₃ = gray(3,3) / max = 255 / 255 = 1"),
        (
            'normalize = { method = "range", decimals = 1 }',
            1.0,
            (0, 1),
            "x₃,₃ = round(gray(3,3) / max, 1) = ",
        ),
        (
            'normalize = { method = "standard" }',
            5.06,
            (-0.3, 5.06),
            "x₃,₃ = (gray(3,3) − mean) / deviation = ",
        ),
    ],
)
def test_pixels_are_scaled_all_alike(normalize, pixel, ends, formula):
    lesson = catalogue.from_text(GOOD.replace("[training]", f"{normalize}\n[training]"))
    assert lesson.timeline.settings(0).inputs[0, 0, 3, 3] == pytest.approx(pixel, abs=0.5)
    assert (lesson.image.low, lesson.image.high) == pytest.approx(ends, abs=0.5)
    expression = lesson.textbook.preparation.expression(0, 15)
    assert (expression is None) == (formula is None)
    if formula:
        target = Quantity(Name("x", "3,3"), pixel, decimals=0)
        assert line(Equation(target, expression)).startswith(formula)


def test_a_range_that_does_not_begin_at_0_is_subtracted():
    text = GOOD.replace("range = [0, 255]", "range = [-1, 1]")
    lesson = catalogue.from_text(text.replace("[training]", 'normalize = { method = "range" }\n[training]'))
    assert lesson.timeline.settings(0).inputs[1, 0, 2, 0] == 1.0  # (1 − (−1)) / 2
    assert lesson.textbook.preparation.formula() == "(x − min) / (max − min)"


def test_one_number_for_a_size_means_columns_in_a_sequence():
    lesson = catalogue.load("true-convolution")
    (layer,) = lesson.timeline.graph.layers
    assert layer.w.shape == (1, 1, 1, 3) and layer.z.op.padding == (0, 2) and layer.a.shape == (1, 1, 6)


def test_true_convolution_is_that_of_numpy():
    rng = np.random.default_rng(5)
    for length, taps in ((4, 3), (7, 2), (5, 5), (3, 1)):
        x, w = rng.integers(-9, 9, length), rng.integers(-9, 9, taps)
        text = f"""
format = 1
title = "t"
[network.image]
columns = {length}
[[network.layers]]
name = "conv"
kind = "convolution"
flipped = true
padding = {taps - 1}
bias = false
kernels = [[{w.tolist()}]]
[data]
images = [[{x.tolist()}]]
"""
        lesson = catalogue.from_text(text)
        z = lesson.timeline.record(0).cells[lesson.timeline.graph["conv/z"].index]
        assert z[0, 0, 0].tolist() == np.convolve(x, w).tolist()


def test_a_flatten_layer_changes_nothing():
    without = GOOD.replace('[[network.layers]]\nname = "Flatten"\nkind = "flatten"\n\n', "")
    assert without != GOOD
    one, two = catalogue.from_text(GOOD).timeline, catalogue.from_text(without).timeline
    for timeline in (one, two):
        timeline.extend(3)
    assert np.array_equal(one.state(3).parameters, two.state(3).parameters)


def test_named_filters_are_the_same_in_every_channel():
    image = "[[[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1, 1, 1], [1, 1, 1], [1, 1, 1]]]"
    lesson = catalogue.from_text(f"""
format = 1
title = "t"
[network.image]
rows = 3
columns = 3
channels = ["left", "right"]
[[network.layers]]
name = "conv"
kind = "convolution"
kernels = ["vertical_positive"]
biases = [0.25]
[data]
images = [{image}]
""")
    assert lesson.timeline.record(0).cells[lesson.timeline.graph["conv/z"].index].tolist() == [
        [[[12 + 3 + 0.25]]]
    ]
    assert (
        lesson.textbook.notation.maps.filter_title(lesson.timeline.graph.layers[0], 0)
        == "Filter: vertical, positive"
    )
    assert [lesson.textbook.notation.map_title(None, k) for k in (0, 1)] == ["Left", "Right"]


def test_lessons_with_maps_open_at_the_depth_of_a_cell_or_a_map():
    for depth, wanted in (("cell", Depth.NEURON), ("map", Depth.MAP)):
        assert catalogue.from_text(GOOD + f'\n[start]\ndepth = "{depth}"').depth is wanted


def test_the_example_of_the_documentation_opens():
    docs = (Path(__file__).parents[2] / "docs" / "lesson-format.md").read_text("utf-8")
    blocks = [after.split("```")[0] for after in docs.split("```toml")[1:]]
    (example,) = [block for block in blocks if "[network.image]" in block]
    training = '[training]\nloss = "cross_entropy"\nlearning_rate = 0.1'
    lesson = catalogue.from_text(f'format = 1\ntitle = "t"\n{example}\n{training}')
    assert [layer.a.shape for layer in lesson.timeline.graph.layers] == [(4, 6, 6), (4, 3, 3), (10,)]


# Data sets


@pytest.mark.parametrize("name", DATASETS)
def test_a_data_set_is_stratified_and_keeps_its_test_images_apart(name):
    data = DATASETS[name]
    train, test = select(data, 50, 30)
    assert sorted(train.labels.tolist()) == sorted(list(range(10)) * 5)
    assert train.labels[:10].tolist() == test.labels[:10].tolist() == list(range(10))
    assert train.images.shape == (50, 1, *data.size) and test.images.shape == (30, 1, *data.size)
    low, high = data.range
    assert train.images.min() == low and train.images.max() == high
    every, tests = select(data, 1000, 300)
    trained = {image.tobytes() for image in every.images}
    assert not any(image.tobytes() in trained for image in tests.images)


def test_a_data_set_brings_its_classes_and_its_license():
    lesson = catalogue.load("cnn-digits")
    assert lesson.classes == tuple("0123456789")
    assert "CC BY 4.0" in lesson.source and "scikit-learn" in lesson.source
    assert lesson.test.inputs.shape == (300, 1, 8, 8) and lesson.test.targets.shape == (300, 10)
    assert lesson.timeline.settings(0).inputs.max() == 1.0
    assert lesson.textbook.notation.caption(lesson.textbook.notation.parse("t[output,4]")).endswith(
        "(class 3)"
    )
