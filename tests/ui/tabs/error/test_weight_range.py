"""Ranges, contour levels and ticks of the error over weights."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.ui.tabs.error.weight_range import (
    BORDER,
    LONGEST,
    Range,
    decimals_of,
    enlarged,
    fitted,
    levels_of,
    nice_step,
    rounded,
    ticks,
    tones,
)

WEIGHTS = st.floats(-1e6, 1e6)
SHAPES = st.tuples(st.integers(1, 8), st.integers(1, 2))
PATHS = arrays(float, SHAPES, elements=WEIGHTS)
HEIGHTS = arrays(float, (5, 4), elements=st.floats(0.0, 1e9))


@given(PATHS, st.booleans())
def test_a_range_holds_the_whole_path_with_room_around_it(path, is_close):
    ranges = fitted(path, is_close)
    assert len(ranges) == path.shape[1]
    assert all(one.holds(path[:, place]) for place, one in enumerate(ranges))
    spans = [one.span for one in ranges]
    assert 0 < max(spans) <= LONGEST * min(spans) * (1 + 1e-9)


def test_a_first_range_reaches_from_the_place_to_zero_and_as_far_on():
    (one,) = fitted(np.array([[4.0]]))
    assert one.low < 0 and one.high > 8
    (small,) = fitted(np.array([[0.1]]))
    assert (small.low, small.high) == pytest.approx((-0.9, 1.1))


def test_a_close_range_shows_a_short_path_large():
    path = np.array([[4.0, 1.0], [4.01, 1.001]])
    assert fitted(path)[0].span > 8 and fitted(path, is_close=True)[0].span == pytest.approx(0.02)


def test_a_place_at_the_border_is_not_held():
    one = Range(0.0, 10.0)
    assert one.holds(np.array([5.0])) and not one.holds(np.array([10.0 * (1 - BORDER / 2)]))


@given(st.floats(-10, 10), st.floats(0.1, 10), st.floats(0.2, 5), st.floats(0, 1))
def test_zooming_keeps_what_is_below_the_mouse(low, span, factor, share):
    one = Range(low, low + span)
    about = low + share * span
    zoomed = one.zoomed(factor, about)
    assert zoomed.span == pytest.approx(factor * span)
    assert (about - zoomed.low) / zoomed.span == pytest.approx(share, abs=1e-6)
    assert sum((one.zoomed(factor).low, one.zoomed(factor).high)) == pytest.approx(2 * low + span, abs=1e-6)


@pytest.mark.parametrize("last", [1e308, -1e308, np.inf, np.nan])
@pytest.mark.parametrize("first", [0.5, 1e200, 1e308, np.inf, np.nan])
def test_the_range_of_a_path_that_overflows_can_be_drawn(first, last):
    ranges = fitted(np.array([[first, -0.5], [last, -first]]))
    assert len(ranges) == 2 and all(one.is_drawable for one in ranges)
    for one in ranges:
        assert np.isfinite(one.steps(5)).all() and len(ticks(one, 6)) <= 7


@pytest.mark.parametrize("factor", [1.25, 0.8])
def test_a_range_is_zoomed_until_its_pixels_are_no_numbers_of_their_own(factor):
    one = Range(-1.0, 3.0)
    while one.zoomed(factor, 0.5).is_drawable:
        one = one.zoomed(factor, 0.5)
    assert 0 < one.span < np.inf and 1 <= len(ticks(one, 6)) <= 7


@given(HEIGHTS)
def test_levels_lie_between_the_lowest_and_the_highest_place_and_rise(heights):
    levels = levels_of(heights)
    assert len(levels) <= 18 and (np.diff(levels) > 0).all()
    assert ((levels > heights.min()) & (levels < heights.max())).all()
    assert (heights.min() == heights.max()) <= (len(levels) == 0)


def test_levels_of_a_parabola_are_round_and_ever_closer_to_its_floor():
    w = np.linspace(-1, 1, 201)
    levels = levels_of(w**2)
    fine = [0.0002, 0.0004, 0.001, 0.002, 0.004, 0.01, 0.02, 0.04, 0.1]
    assert levels == pytest.approx([*fine, 0.2, 0.4, 0.6, 0.8])


def test_a_floor_above_zero_has_levels_close_above_it():
    w = np.linspace(-1, 1, 201)
    levels = levels_of(5.0 + w**2)
    assert 5.0 < levels[0] < 5.01 and len(levels[levels < 5.1]) >= 4


@given(HEIGHTS)
def test_tones_rise_with_the_height_from_zero_to_the_last_level(heights):
    levels = levels_of(heights)
    tone = tones(heights, levels)
    order = np.argsort(heights.ravel())
    assert (np.diff(tone.ravel()[order]) >= 0).all()
    assert tone.min() == 0
    if len(levels):
        assert tone.max() == len(levels) + 1
        assert tones(levels, levels).shape == levels.shape


def test_what_has_overflowed_is_as_high_as_the_highest():
    heights = np.array([0.0, 1.0, 2.0, np.inf, np.nan])
    tone = tones(heights, levels_of(heights))
    assert (tone[3:] == tone[2]).all() and tone[2] > tone[1]
    nothing = np.full(3, np.nan)
    assert len(levels_of(nothing)) == 0 and not tones(nothing, levels_of(nothing)).any()


@pytest.mark.parametrize(
    ("span", "count", "step"), [(10, 5, 2), (10, 10, 1), (1, 6, 0.2), (0.03, 4, 0.01), (700, 3, 500)]
)
def test_nice_steps(span, count, step):
    assert nice_step(span, count) == pytest.approx(step)


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.integers(2, 8))
@example(0.5, 0.25, 2)  # one tick alone
def test_ticks_are_few_and_inside(low, span, count):
    along = Range(low, low + span)
    numbers = ticks(along, count)
    assert len(numbers) <= count + 1
    assert ((numbers >= low - 1e-9) & (numbers <= low + span + 1e-9)).all()
    places = decimals_of(numbers)
    assert np.round(numbers, places) == pytest.approx(numbers, abs=1e-9 * span)


def test_a_grid_is_enlarged_along_straight_lines():
    grid = np.add.outer(3.0 * np.arange(4), np.arange(3))
    fine = enlarged(grid, 13, 9)
    assert fine.shape == (13, 9)
    assert fine == pytest.approx(np.add.outer(np.linspace(0, 9, 13), np.linspace(0, 2, 9)))


@given(st.floats(-100, 100), st.floats(1e-5, 0.9))
def test_a_value_is_rounded_to_less_than_a_pixel(value, pixel):
    assert abs(rounded(value, pixel) - value) <= 0.5 * pixel + 1e-12
    assert rounded(1.23456, 0.01) == 1.23
