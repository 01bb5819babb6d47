"""The error function beside that of Python, which knows single numbers only."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.ops.normal import FAR, MIDDLE, NEAR, cumulated, density, erfc

EDGES = [np.nextafter(edge, side) for edge in (NEAR, MIDDLE, FAR) for side in (0.0, 9.0)]
GRID = np.concatenate(
    [np.linspace(-6.0, 6.0, 12_001), np.linspace(-27.0, 26.5, 5_001), np.logspace(-300, 1, 600)]
)


@pytest.mark.parametrize("x", [GRID, -GRID, np.array([0.0, -0.0, NEAR, MIDDLE, FAR, *EDGES])])
def test_every_digit_but_the_last_is_that_of_python(x):
    wanted = np.array([math.erfc(one) for one in x])
    assert (np.abs(erfc(x) - wanted) <= 4 * np.spacing(wanted)).all()


def test_ends_and_what_is_no_number():
    assert erfc(np.array([40.0, -40.0, np.inf, -np.inf])) == pytest.approx([0.0, 2.0, 0.0, 2.0], abs=1e-300)
    assert np.isnan(erfc(np.array([np.nan]))).all()


def test_shape_and_input_stay():
    z = np.array([[-1.0, 0.0], [0.5, 3.0]])
    before = z.copy()
    assert cumulated(z).shape == z.shape and (z == before).all()
    assert cumulated(z.T)[0, 1] == cumulated(z)[1, 0]


def test_the_normal_distribution():
    z = np.linspace(-5.0, 5.0, 101)
    assert cumulated(z) + cumulated(-z) == pytest.approx(np.ones(101), abs=1e-15)
    assert (cumulated(z + 1e-5) - cumulated(z - 1e-5)) / 2e-5 == pytest.approx(density(z), abs=1e-9)
