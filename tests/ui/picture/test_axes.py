"""Axes: ticks are round numbers of the original scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nnviz.ui.picture.axes import Axis, digits_for, input_axis, spanned
from tests.ui.output_lessons import moment_of


@pytest.mark.parametrize(
    ("low", "high", "most", "texts"),
    [
        (0.0, 1.0, 5, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (-1.2, 1.2, 4, ("−1", "0", "1")),
        (420.0, 500.0, 4, ("420", "440", "460", "480", "500")),
        (0.0, 0.004, 4, ("0.000", "0.001", "0.002", "0.003", "0.004")),
    ],
)
def test_ticks(low, high, most, texts):
    assert tuple(tick.text for tick in Axis("", low, high).ticks(most)) == texts


@given(
    st.floats(-1e3, 1e3),
    st.floats(1e-3, 1e3),
    st.floats(-50, 50).filter(lambda gain: abs(gain) > 0.01),
    st.floats(-100, 100),
    st.integers(2, 8),
)
def test_ticks_stand_where_their_text_says(low, width, gain, offset, most):
    axis = Axis("", low, low + width, gain, offset)
    assume(axis.high > axis.low)
    ticks = axis.ticks(most)
    assert len(ticks) <= most + 1
    for tick in ticks:
        written = float(tick.text.replace("−", "-").replace(",", "")) if "⋅" not in tick.text else None
        assert -1e-6 <= float(axis.share(tick.at)) <= 1 + 1e-6
        if written is not None and "·" not in tick.text:
            assert axis.original(tick.at) == pytest.approx(written, abs=1e-3 * abs(gain) * width)


def test_an_axis_has_room_around_all_finite_numbers():
    axis = spanned("x", np.array([1.0, np.nan, 3.0, np.inf]))
    assert axis.low < 1 and 3 < axis.high < 3.5
    assert float(axis.share(axis.at(0.25))) == pytest.approx(0.25)


@pytest.mark.parametrize("values", [[], [2.0], [0.0, 0.0]])
def test_an_axis_is_never_empty(values):
    axis = spanned("x", np.array(values))
    assert axis.low < axis.high and axis.ticks()


def test_inputs_are_written_as_the_lesson_lists_them(lesson):
    moment = moment_of(lesson)
    axis = input_axis(moment, 0, moment.settings.inputs[:, 0])
    assert axis.name == "temperature °C"
    assert axis.original(0.0) == pytest.approx(1.81) and axis.original(1.0) == pytest.approx(37.11)
    assert [tick.text for tick in axis.ticks(4)] == ["10", "20", "30"]


@pytest.mark.parametrize(("width", "digits"), [(1000.0, 0), (60.0, 1), (1.0, 2), (0.02, 4), (0.0, 2)])
def test_digits(width, digits):
    assert digits_for(width) == digits


@pytest.mark.parametrize(
    "values",
    [
        (),
        (np.nan,),
        (1e308,),
        (1e308, -1e308),
        (np.inf, 0.5),
        (0.0, 5e-324),
        (1e300, 1e300 * (1 + 1e-15)),
        (3.0, 3.0),
    ],
)
def test_an_axis_over_any_numbers_has_ends_that_differ_and_a_few_ticks(values):
    axis = spanned("", np.array(values))
    assert -np.inf < axis.low < axis.high < np.inf
    assert np.isfinite(axis.share(np.array([axis.low, axis.high]))).all()
    assert 1 <= len(axis.ticks(6)) <= 7
