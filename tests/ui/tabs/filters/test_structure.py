"""The size of a map worked out from filter or window, stride and padding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import Identity
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.ui.tabs.filters.structure import Structure, fit, follow, groups_of, structure_of
from tests.ui.image_stand import deep, maps_only


def square(size, stride=1, padding=0, kind=""):
    return Structure((size, size), (stride, stride), (padding, padding), kind)


@pytest.mark.parametrize(
    ("structure", "cells", "size", "formulas", "note"),
    [
        (square(5, padding=2), (28, 28), (28, 28), ("(28 + 2·2 − 5)/1 + 1 = 28",), ""),
        (square(3), (6, 6), (4, 4), ("(6 − 3)/1 + 1 = 4",), ""),
        (square(2, 2, kind="max"), (28, 28), (14, 14), ("(28 − 2)/2 + 1 = 14",), ""),
        (square(3, 2), (6, 6), (2, 2), ("⌊(6 − 3)/2⌋ + 1 = 2",), "1 row and 1 column at the edge left out"),
        (
            square(2, 3),
            (7, 8),
            (2, 3),
            ("rows ⌊(7 − 2)/3⌋ + 1 = 2", "columns (8 − 2)/3 + 1 = 3"),
            "2 rows at the edge left out",
        ),
        (Structure((1, 3), (1, 2)), (1, 9), (1, 4), ("(9 − 3)/2 + 1 = 4",), ""),
    ],
)
def test_the_size_is_worked_out_with_its_numbers(structure, cells, size, formulas, note):
    found = fit(structure, cells)
    assert (found.size, found.formulas, found.note, found.problem) == (size, formulas, note, "")


@pytest.mark.parametrize(
    ("structure", "cells", "words"),
    [
        (square(7), (6, 6), ["filter of 7 × 7", "6 × 6"]),
        (square(9, padding=1), (6, 6), ["filter of 9 × 9", "6 × 6", "8 × 8 with its padding"]),
        (square(3, kind="max"), (2, 9), ["window of 3 × 3", "2 × 9"]),
        (square(3, stride=0), (6, 6), ["stride of 0", "1 or more"]),
    ],
)
def test_what_does_not_fit_says_why(structure, cells, words):
    found = fit(structure, cells)
    assert not found.size and all(word in found.problem for word in words)


SIDES = st.integers(1, 12)


@given(SIDES, SIDES, st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3))
def test_it_agrees_with_what_the_network_is_built_with(rows, columns, m, n, stride, padding):
    structure = Structure((m, n), (stride, stride), (padding, padding))
    found = fit(structure, (rows, columns))
    builder = GraphBuilder()
    x = builder.given("x", (1, rows, columns))
    if found.problem:
        with pytest.raises(ValueError):
            builder.convolution(
                x, 1, (m, n), Identity(), "c", "C", stride=(stride,) * 2, padding=(padding,) * 2
            )
    else:
        layer = builder.convolution(
            x, 1, (m, n), Identity(), "c", "C", stride=(stride,) * 2, padding=(padding,) * 2
        )
        assert layer.a.shape[1:] == found.size and structure_of(layer) == structure


def test_a_map_that_becomes_too_small_for_a_later_layer_says_for_which():
    graph = deep().graph
    first = graph.layers[0]
    assert not follow(graph, first, structure_of(first)).problem
    found = follow(graph, first, square(7))
    assert found.problem.startswith("Fourth: A window of 3 × 3 does not fit: the input is 1 × 1")


def test_changes_are_what_differs():
    now = square(2, 2, kind="max")
    assert now.changes(now) == {}
    assert now.changes(square(2, 1, kind="average")) == {"stride": (1, 1), "kind": "average"}


def test_groups():
    first, second = groups_of(deep().graph)
    assert [layer.scope for layer in (*first.layers, *second.layers)] == ["c1", "s2", "c3", "s4"]
    builder = GraphBuilder()
    x = builder.given("x", (1, 4, 4))
    pool = builder.pooling(x, MaxPool(), "p", "P")
    builder.pooling(pool.a, AveragePool(), "q", "Q")
    groups = groups_of(builder.graph(x))
    assert [(group.convolution, group.pooling.scope) for group in groups] == [(None, "p"), (None, "q")]


@pytest.mark.parametrize(("average", "kind"), [(False, "max"), (True, "average")])
def test_the_kind_of_pooling(average, kind):
    assert structure_of(maps_only(average=average).graph.layers[1]) == square(2, 2, kind=kind)
