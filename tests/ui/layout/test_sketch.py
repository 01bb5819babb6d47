"""The sketch of an activation function is the function."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.ops import Identity, LeakyReLU, Logistic, ReLU, Tanh, Threshold
from nnviz.ui.layout.sketch import REACH, sketch_of

INF, NAN = float("inf"), float("nan")
OPS = [Identity(), Logistic(), Tanh(), ReLU(), LeakyReLU(), Threshold()]
NAMES = [type(op).__name__ for op in OPS]


@pytest.mark.parametrize("op", OPS, ids=NAMES)
def test_every_point_is_a_value_of_the_op(op):
    sketch = sketch_of(op)
    for x, y in sketch.points:
        z = np.array([(2 * x - 1) * REACH])
        assert sketch.low + y * (sketch.high - sketch.low) == pytest.approx(float(op.forward(z)[0]), abs=1e-9)
        assert -1e-9 <= y <= 1 + 1e-9


@pytest.mark.parametrize(
    ("op", "saturates", "can_die"),
    list(
        zip(
            OPS,
            [False, True, True, False, False, False],
            [False, False, False, True, False, False],
            strict=True,
        )
    ),
    ids=NAMES,
)
def test_what_the_slope_says_about_a_function(op, saturates, can_die):
    sketch = sketch_of(op)
    assert (sketch.saturates, sketch.can_die) == (saturates, can_die)


@pytest.mark.parametrize(("z", "x"), [(0.0, 0.5), (2.0, 0.75), (99.0, 1.0), (-99.0, 0.0)])
def test_the_operating_point_stays_on_the_sketch(z, x):
    at = sketch_of(Logistic()).operating_point(z, float(Logistic().forward(np.array(z))))
    assert at[0] == pytest.approx(x) and 0 <= at[1] <= 1


@pytest.mark.parametrize(
    ("z", "a", "at"), [(INF, 1.0, (1.0, 1.0)), (-INF, 0.0, (0.0, 0.0)), (5e307, INF, (1.0, 1.0))]
)
def test_an_infinite_number_is_at_the_border(z, a, at):
    assert sketch_of(Logistic()).operating_point(z, a) == pytest.approx(at)


@pytest.mark.parametrize(("z", "a"), [(NAN, 0.5), (0.5, NAN), (NAN, NAN)])
def test_what_is_not_a_number_is_nowhere_on_the_sketch(z, a):
    assert sketch_of(Logistic()).operating_point(z, a) is None


@pytest.mark.parametrize(("slope", "is_flat"), [(0.25, False), (0.0026, False), (0.0024, True), (0.0, True)])
def test_where_a_logistic_neuron_counts_as_saturated(slope, is_flat):
    assert sketch_of(Logistic()).is_flat(slope) is is_flat


def test_a_tangent_in_the_square_has_the_slope_of_the_curve():
    op = Logistic()
    sketch = sketch_of(op)
    (x0, y0), (x1, y1) = sketch.points[48], sketch.points[49]
    slope = float(op.derivative(op.forward(np.array(0.0)), np.array(0.0)))
    assert (y1 - y0) / (x1 - x0) == pytest.approx(sketch.slope_in_square(slope), rel=0.01)
