"""Every published figure of the convolution examples is an expectation of a shipped lesson."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.ref import Part, Ref
from nnviz.lessons import catalogue
from nnviz.lessons.filters import FILTERS

PUBLISHED = json.loads((Path(__file__).parents[1] / "goldens" / "convolution.json").read_text("utf-8"))
THREE = ("horizontal_positive", "vertical", "horizontal")
RGB, POOL = PUBLISHED["rgb"], PUBLISHED["max_pool_2x2"]


def expected(lesson: str, scope: str, part: Part = Part.VALUE) -> dict[tuple[int, ...], float]:
    """What a lesson expects of a quantity, by cell."""
    wanted = catalogue.load(lesson).expectations
    return {e.ref.cell: e.value for e in wanted if (e.ref.scope, e.ref.part) == (scope, part)}


def cells(figure: list[list[float]], *before: int) -> dict[tuple[int, ...], float]:
    return {(*before, r, c): value for r, row in enumerate(figure) for c, value in enumerate(row)}


@pytest.mark.parametrize(
    ("lesson", "scope", "figures"),
    [
        ("image-of-a-4", "conv/a", {(0, 0, 0): PUBLISHED["neuron_top_left_with_horizontal_positive"]}),
        ("image-of-a-4", "conv/a", {(0, 2, 1): PUBLISHED["neuron_row2_col1_with_horizontal_positive"]}),
        ("image-of-a-4", "conv/a", cells(PUBLISHED["feature_map_vertical"], 1)),
        ("image-of-a-4", "conv/a", cells(PUBLISHED["feature_map_horizontal"], 2)),
        ("image-of-a-4-padded", "conv/a", cells(PUBLISHED["feature_map_vertical_padding_1"], 0)),
        ("image-of-a-4-padded", "conv/a", cells(PUBLISHED["feature_map_horizontal_padding_1"], 1)),
        ("rgb-image", "conv/z", {(0, 0, 0): RGB["top_left_z"]}),
        ("rgb-image", "conv/a", cells(RGB["feature_map"], 0)),
        ("rgb-image", "conv/b", {(0,): RGB["bias"]}),
        ("max-pooling", "pool/p", cells(POOL["output"], 0)),
    ],
)
def test_every_figure_is_expected(lesson, scope, figures):
    wanted = expected(lesson, scope)
    assert {cell: wanted.get(cell) for cell in figures} == figures


@pytest.mark.parametrize(
    ("lesson", "scope", "figure"),
    [
        ("image-of-a-4", "x", [PUBLISHED["image_of_a_4"]]),
        ("image-of-a-4-padded", "x", [PUBLISHED["image_of_a_4"]]),
        ("image-of-a-4", "conv/w", [[PUBLISHED["filters"][name]] for name in THREE]),
        ("rgb-image", "x", [RGB["red"], RGB["green"], RGB["blue"]]),
        ("rgb-image", "conv/w", [[RGB["filter_red"], RGB["filter_green"], RGB["filter_blue"]]]),
        ("max-pooling", "x", [POOL["input"]]),
    ],
)
def test_images_and_filters_are_the_published_ones(lesson, scope, figure):
    timeline = catalogue.load(lesson).timeline
    node = timeline.graph[scope]
    values = timeline.record(0).cells[node.index]
    assert np.array_equal(values if node.is_parameter else values[0], figure)


def test_the_filters_have_the_published_weights():
    assert {name: [list(row) for row in rows] for name, rows in FILTERS.items()} == PUBLISHED["filters"]


def test_a_shift_changes_every_input_and_half_of_the_pooled_values():
    timeline = catalogue.load("max-pooling-shift").timeline
    x, p = (timeline.record(0).cells[timeline.graph[scope].index] for scope in ("x", "pool/p"))
    assert (x[0] != x[1]).all() and np.array_equal(x[0, 0, 0, :-1], x[1, 0, 0, 1:])
    assert (p[0] != p[1]).mean() == 0.5


def test_the_error_goes_to_the_winners_only():
    lesson = catalogue.load("cnn-by-hand")
    graph, record = lesson.timeline.graph, lesson.timeline.record(0)
    a, p = (record.cells[graph[scope].index][0, 0] for scope in ("conv/a", "pool/p"))
    sent = record.cells[record.program.gradient(graph["conv/a"])][0, 0]
    winners = {(r, c) for r, c in np.argwhere(sent)}
    assert len(winners) == 4
    assert all(a[r, c] == p[r // 2, c // 2] for r, c in winners)
    assert Ref("conv/z", Part.DELTA, (0, 0, 1)) in {e.ref for e in lesson.expectations}
