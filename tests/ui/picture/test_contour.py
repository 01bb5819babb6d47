"""Level lines of functions whose level lines are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.picture.contour import level_lines


def grid(rows, columns):
    return np.meshgrid(np.arange(float(columns)), np.arange(float(rows)))


@given(
    st.integers(2, 9),
    st.integers(2, 9),
    st.floats(-3, 3),
    st.floats(0.1, 3),
    st.floats(-5, 5),
)
def test_a_plane_is_met_exactly(rows, columns, right, down, level):
    across, below = grid(rows, columns)
    ends = level_lines(right * across + down * below, level).reshape(-1, 2)
    assert right * ends[:, 0] + down * ends[:, 1] == pytest.approx(np.full(len(ends), level), abs=1e-9)


def test_a_circle_has_its_length_and_is_closed():
    across, below = grid(61, 61)
    pieces = level_lines(np.hypot(across - 30, below - 30), 20.0)
    assert np.hypot(*(pieces[:, 0] - pieces[:, 1]).T).sum() == pytest.approx(2 * np.pi * 20, rel=0.01)
    ends, met = np.unique(np.round(pieces.reshape(-1, 2), 6), axis=0, return_counts=True)
    assert len(ends) and (met % 2 == 0).all()


@pytest.mark.parametrize("values", [np.zeros((4, 4)), np.ones((4, 4)), np.full((4, 4), np.nan)])
def test_no_line_where_nothing_crosses(values):
    assert level_lines(values, 0.5).shape == (0, 2, 2)


def test_no_line_beside_a_number_that_is_none():
    values = np.repeat([[0.0, 1.0]], 3, axis=0)
    whole = len(level_lines(values, 0.5))
    values[0, 0] = np.nan
    rest = level_lines(values, 0.5)
    assert 0 < len(rest) < whole and np.isfinite(rest).all()
