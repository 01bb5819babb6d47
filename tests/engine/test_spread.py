"""How numbers are spread: statistics against numpy, densities, and axes on which all layers can be read."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.spread import (
    BINS,
    Axis,
    are_far_apart,
    axis_of,
    density_of,
    histogram_of,
    rounded_up,
    spread_of,
)

FLOATS = st.floats(-1e6, 1e6).map(lambda x: round(x, 9))
NUMBERS = arrays(np.float64, st.integers(1, 60), elements=FLOATS)


def spread(*values):
    found = spread_of(np.array(values))
    assert found is not None
    return found


@given(NUMBERS)
def test_statistics_are_those_of_numpy(values):
    found = spread_of(values)
    assert found.count == values.size and found.odd == 0
    size = max(np.abs(values).max(), 1e-300)
    for mine, theirs in (
        (found.mean, values.mean()),
        (found.median, np.median(values)),
        (found.deviation, values.std()),
    ):
        assert mine == pytest.approx(theirs, abs=1e-12 * size)
    assert (found.low, found.high) == (values.min(), values.max())


@pytest.mark.parametrize(
    ("values", "count", "odd"),
    [
        ((1.0, math.nan, 3.0), 2, 1),
        ((math.inf, -math.inf, 2.0, math.nan), 1, 3),
        ((1e300, -1e300), 2, 0),
        ((0.0, 5e-324), 2, 0),
    ],
)
def test_numbers_that_are_none_are_counted_apart(values, count, odd):
    found = spread(*values)
    assert (found.count, found.odd) == (count, odd)
    assert math.isfinite(found.mean) and math.isfinite(found.deviation)
    assert np.isfinite(density_of(np.array(values), found).heights).all()


@pytest.mark.parametrize("values", [np.empty(0), np.full(3, np.nan), np.array([np.inf])])
def test_nothing_can_be_said_of_no_numbers(values):
    assert spread_of(values) is None


# Densities


@given(NUMBERS)
def test_a_density_ends_where_the_numbers_end(values):
    found = spread_of(values)
    density = density_of(values, found)
    assert density.heights.max() == 1.0 and density.heights.min() >= 0.0
    assert density.values.min() >= found.low and density.values.max() <= found.high


@given(NUMBERS, st.integers(1, 40))
def test_a_histogram_counts_every_number_once(values, bins):
    edges, counts = histogram_of(values, spread_of(values), bins)
    assert counts.sum() == values.size
    assert len(edges) == len(counts) + 1


def test_a_histogram_leaves_out_what_is_no_number():
    values = np.array([0.0, np.nan, 1.0, 1.0, np.inf])
    _, counts = histogram_of(values, spread_of(values), 2)
    assert counts.tolist() == [1.0, 2.0]


def test_the_density_of_a_normal_sample_is_highest_in_its_middle():
    values = np.random.default_rng(3).normal(2.0, 0.5, 20_000)
    density = density_of(values, spread_of(values))
    assert len(density.heights) == BINS
    assert density.values[density.heights.argmax()] == pytest.approx(2.0, abs=0.12)
    for distance in (0.5, 1.0):
        height = np.interp(2.0 + distance, density.values, density.heights)
        assert height == pytest.approx(math.exp(-0.5 * (distance / 0.5) ** 2), abs=0.06)


def test_two_heaps_stay_apart():
    draw = np.random.default_rng(4)
    values = np.concatenate([draw.normal(-3, 0.3, 500), draw.normal(3, 0.3, 500)])
    density = density_of(values, spread_of(values))
    assert np.interp(0.0, density.values, density.heights) < 0.05


# Axes


@given(st.floats(1e-12, 1e12))
def test_an_axis_ends_a_little_above_the_largest_number(value):
    assert value * (1 - 1e-9) <= rounded_up(value) <= 1.34 * value


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [((0.0, 0.73), 0.0, 0.8), ((-0.3, 0.73), -0.8, 0.8), ((-7.4, -1.0), -8.0, 0.0), ((0.0, 0.0), -1.0, 1.0)],
)
def test_an_axis_begins_at_zero_or_is_symmetric(values, low, high):
    axis = axis_of([spread(*values)])
    assert (axis.low, axis.high) == (low, high)
    assert not axis.is_logarithmic


@given(NUMBERS, st.booleans())
def test_every_number_has_a_place_on_its_axis(values, logarithmic):
    places = axis_of([spread_of(values)], logarithmic).place(np.sort(values))
    assert places.min() >= 0 and places.max() <= 1
    assert (np.diff(places) >= 0).all()


def test_a_logarithmic_axis_is_symmetric_and_marks_the_powers_of_ten():
    layers = [spread(*np.random.default_rng(0).normal(0, 10.0**-k, 100)) for k in range(5)]
    axis = axis_of(layers, logarithmic=True)
    assert axis.place(0.0) == pytest.approx(0.5)
    assert axis.place(-0.3) + axis.place(0.3) == pytest.approx(1.0)
    ticks = axis.ticks()
    assert 0.0 in ticks and 0.001 in ticks and -1.0 in ticks
    # The smallest layer, five orders below the largest, still has a tenth of the axis.
    assert axis.place(layers[-1].high) - axis.place(layers[-1].low) > 0.1


@pytest.mark.parametrize(
    ("sizes", "are_apart"), [((1.0, 2.0), False), ((1.0, 1e-3), True), ((0.0, 1.0), False), ((), False)]
)
def test_when_layers_are_far_apart(sizes, are_apart):
    assert are_far_apart([spread(-d, d) for d in sizes]) is are_apart


def test_the_largest_numbers_there_are_have_an_axis():
    axis = axis_of([spread(-1e308, 1e308)])
    assert np.isfinite(axis.place(np.array([-1e308, 0.0, 1e308]))).all()
    assert isinstance(axis, Axis)
