"""Numbers in cells: the same decimals for all, as many as fit, and never one that looks like zero."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.layout.maps_figures import SMALLEST_TYPE, TIGHT_TYPE, Figures, figures_for, text_for, width_of

numbers = st.floats(-2000, 2000).map(lambda x: round(x, 6))
cells = st.sampled_from([30.0, 34.0, 40.0, 44.0, 48.0, 60.0]).map(lambda size: (size, size))


@pytest.mark.parametrize(
    ("values", "cell", "decimals", "expected"),
    [
        ([0, 255, 0], 34, 0, ["0", "255", "0"]),
        ([510, -1020], 52, 0, ["510", "−1,020"]),
        ([0.23, 0.5], 38, 2, ["0.23", "0.50"]),
        ([-0.123456, 0.5], 44, None, ["−0.12", "0.50"]),
        ([-0.123456, 0.5], 60, None, ["−0.1235", "0.5000"]),
        ([-0.123456, 0.5], 32, None, ["−0.1", "0.5"]),
        ([0.3, -0.2, 1.8], 60, None, ["0.30", "−0.20", "1.80"]),  # no more than they need
        ([1.0, 1.0198, -0.5], 58, None, ["1.0000", "1.0198", "−0.5000"]),
        ([0.31, 0.32, 0.9], 38, None, ["0.31", "0.32", "0.90"]),  # told apart
        ([0.0031, -0.5, 0.7], 44, None, ["3e−3", "−0.50", "0.70"]),
        ([3e-7, 2e-12, 0.9999], 84, None, ["3e−7", "2e−12", "0.9999"]),
        ([0, 255, 7.5, 12, 13, 14, 15], 30, 1, ["0", "255", "7.5", "12", "13", "14", "15"]),
        ([0, 255, 1e9, 12, 13, 14, 15], 30, 0, ["0", "255", "1e9", "12", "13", "14", "15"]),
        ([0.004, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], 34, None, None),
    ],
)
def test_what_stands_in_cells(values, cell, decimals, expected):
    figures = figures_for(np.array(values, dtype=float), (cell, cell), 4, decimals)
    assert figures is not None
    texts = [text_for(value, figures, cell, 4)[0] for value in values]
    if expected is not None:
        assert texts == expected
    assert "0.0" not in texts


@given(st.lists(numbers, min_size=1, max_size=30), cells, st.sampled_from([None, 0, 2]))
def test_numbers_fit_and_none_that_is_not_zero_looks_like_zero(values, cell, decimals):
    if decimals is not None:
        values = [round(value, decimals) for value in values]
    array = np.array(values)
    figures = figures_for(array, cell, 4, decimals)
    if figures is None:
        return
    for value in values:
        text, pixels = text_for(value, figures, cell[0], 4)
        assert width_of(text) * pixels <= cell[0]
        assert (text == "0") == (value == 0)
        assert not text or any(c in "123456789" for c in text) or value == 0
        assert not text or pixels >= SMALLEST_TYPE


@given(st.lists(numbers, min_size=1, max_size=30), cells)
def test_computed_numbers_are_told_apart_and_can_be_read(values, cell):
    """One decimal is shown only where it is enough to tell the numbers apart."""
    figures = figures_for(np.array(values), cell, 4, None)
    if figures is None or not any(values):
        return
    assert figures.pixels >= TIGHT_TYPE and figures.decimals >= 1
    assert figures.decimals > 1 or len({round(v, 1) for v in values}) == len({round(v, 4) for v in values})


@pytest.mark.parametrize("cell", [2.0, 8.0, 12.0, 15.0])
def test_small_cells_have_no_numbers(cell):
    assert figures_for(np.array([1.0, 2.0]), (cell, cell), 4, 0) is None


def test_more_digits_are_never_shown_than_chosen():
    figures = figures_for(np.array([0.123456]), (84.0, 40.0), 2, None)
    assert figures is not None and figures.decimals == 2


def test_what_is_not_computed_does_not_matter():
    known, with_gaps = np.array([1.5, 2.5]), np.array([1.5, math.nan, 2.5])
    assert figures_for(known, (44, 44), 4, None) == figures_for(with_gaps, (44, 44), 4, None)


def test_a_number_that_is_too_long_gets_smaller_type_or_fewer_characters():
    figures = Figures(13.0, 0)
    assert text_for(-1020.0, figures, 44, 4) == ("−1,020", pytest.approx(42 / width_of("−1,020")))
    assert text_for(-1020304.0, figures, 44, 4)[0] == "−1.0e6"
    assert text_for(-1020304.0, figures, 30, 4)[0] == "−1e6"
    assert text_for(-1020304.0, figures, 18, 4) == ("", 0.0)


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_what_has_run_away_is_shown(value):
    assert text_for(value, Figures(12.0, 2), 30, 4)[0] == ("∞" if value > 0 else "−∞")
