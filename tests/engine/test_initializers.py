"""Start values have the size that their method promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.initializers import constant, fans, he, normal, uniform, xavier


@pytest.mark.parametrize(
    ("shape", "n_in", "n_out"),
    [((10, 40), 40, 10), ((6, 1, 5, 5), 25, 150), ((16, 6, 5, 5), 150, 400), ((2, 3, 1, 4), 12, 8)],
)
def test_fans_count_the_weights_into_a_unit_and_out_of_one(shape, n_in, n_out):
    assert fans(shape) == (n_in, n_out)


@pytest.mark.parametrize(
    ("draw", "shape", "deviation"),
    [
        (he(), (400, 100), math.sqrt(2 / 100)),
        (he(), (200, 8, 5, 5), math.sqrt(2 / 200)),
        (xavier(), (400, 100), math.sqrt(2 / 500)),
        (xavier(), (200, 8, 5, 5), math.sqrt(2 / (200 + 5000))),
        (normal(0.0, 0.3), (400, 100), 0.3),
        (uniform(-0.5, 0.5), (400, 100), 1 / math.sqrt(12)),
        (constant(0.0), (4, 4), 0.0),
    ],
)
def test_the_spread_is_the_promised_one(draw, shape, deviation):
    values = draw(np.random.default_rng(0), shape)
    assert values.shape == shape
    assert values.std() == pytest.approx(deviation, rel=0.02)
    assert values.mean() == pytest.approx(0.0, abs=0.02 * deviation + 1e-15)
