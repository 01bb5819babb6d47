"""Numbers as they are shown and as people type them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.numbers import MINUS, has_thousands, own_decimals, parse, parse_whole, show, shown_value

INF, NAN = math.inf, math.nan
finite = st.floats(allow_nan=False, allow_infinity=False)
sayable = st.floats(-1e307, 1e307)  # the largest are rounded up to infinity


@pytest.mark.parametrize(
    ("value", "digits", "decimals", "shown"),
    [
        (0.4718, 4, None, "0.4718"),
        (0.47175, 4, None, "0.4718"),
        (-0.00061, 4, None, "−0.0006"),
        (0.5, 4, None, "0.5000"),
        (0.5, 2, None, "0.50"),
        (0.5, 10, None, "0.5000000000"),
        (0.84, 4, 2, "0.84"),
        (-0.2, 4, 2, "−0.20"),
        (0.123456, 4, 6, "0.1235"),
        (1.0, 4, 0, "1"),
        (0.0, 4, None, "0.0000"),
        (-0.0, 4, None, "0.0000"),
        (0.0, 4, 0, "0"),
        (3.1e-6, 4, None, "3.1e−6"),
        (-3.1e-6, 4, None, "−3.1e−6"),
        (3.1e-6, 6, None, "0.000003"),
        (5e-5, 4, None, "0.0001"),
        (4.9e-5, 4, None, "4.9e−5"),
        (5e-7, 6, None, "5.0e−7"),
        (1e-300, 10, None, "1.0e−300"),
        (0.3, 4, 0, "3.0e−1"),
        (1234.5678, 2, None, "1,234.57"),
        (-1234567.0, 4, 0, "−1,234,567"),
        (999_999_999.0, 2, None, "999,999,999.00"),
        (1e9, 2, None, "1.00e9"),
        (-2.5e12, 4, 0, "−2.5000e12"),
        (INF, 4, None, "∞"),
        (-INF, 4, 2, "−∞"),
        (NAN, 4, None, "not a number"),
    ],
)
def test_show(value, digits, decimals, shown):
    assert show(value, digits, decimals) == shown


@given(value=finite, digits=st.integers(2, 10), decimals=st.none() | st.integers(0, 10))
def test_zero_and_nearly_zero_never_look_alike(value, digits, decimals):
    shown = show(value, digits, decimals)
    assert (shown.strip(f"{MINUS}0.") == "") == (value == 0)
    assert shown.startswith(MINUS) == (value < 0)
    assert "-" not in shown


@given(value=st.floats(-1e8, 1e8), digits=st.integers(2, 10))
def test_shown_value_is_what_is_shown(value, digits):
    taken = float(shown_value(value, digits))
    assert show(taken, digits) == show(value, digits)
    assert abs(taken - value) <= 0.5 * 10.0**-digits + 1e-15 * abs(value)


@pytest.mark.parametrize("value", [INF, -INF])
def test_shown_value_of_infinity(value):
    assert shown_value(value, 4) == value


def test_shown_value_of_not_a_number():
    assert math.isnan(shown_value(NAN, 4))


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([], 0),
        ([1.0, -2.0, 0.0], 0),
        ([0.1, 0.25, 1.0], 2),
        ([0.1, -0.2, 0.11], 2),
        ([0.1 + 0.2], None),
        ([1 / 3], None),
        ([0.5, 1 / 3], None),
        ([1e-5], 5),
        ([1e-11], None),
        ([INF], None),
        ([0.5, NAN], None),
        ([1e300], 0),
        (np.array([[0.94, 0.13], [0.5, 1.0]]), 2),
        (3.25, 2),
    ],
)
def test_own_decimals(values, decimals):
    assert own_decimals(values) == decimals


@given(whole=st.integers(-(10**6), 10**6), places=st.integers(0, 6))
def test_own_decimals_of_what_was_written(whole, places):
    written = f"{whole / 10**places:.{places}f}"
    assert own_decimals([float(written)]) == len(written.partition(".")[2].rstrip("0"))


@pytest.mark.parametrize(("most", "decimals"), [(2, 2), (1, None), (0, None)])
def test_more_decimals_than_asked_for(most, decimals):
    assert own_decimals([0.25], most) == decimals


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0.5", 0.5),
        (".5", 0.5),
        ("0,5", 0.5),
        (",5", 0.5),
        ("1/2", 0.5),
        ("5e-1", 0.5),
        ("5E-1", 0.5),
        ("+0.5", 0.5),
        ("  0.5  ", 0.5),
        ("0,25/0,5", 0.5),
        ("1 / 2", 0.5),
        ("5.", 5.0),
        ("-0.5", -0.5),
        ("−0.5", -0.5),
        ("–0.5", -0.5),
        ("-1/4", -0.25),
        ("1/-4", -0.25),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567.0),
        ("-1,234,567.25", -1234567.25),
        ("3.1e−6", 3.1e-6),
        ("1e3", 1000.0),
        ("007", 7.0),
        ("0", 0.0),
        ("\u00a01.5\u00a0", 1.5),
    ],
)
def test_parse(typed, value):
    assert parse(typed) == value


@pytest.mark.parametrize(
    "typed",
    ["1,650", "-1,650", "−12,345", "1,650e3", "1/2,104", "2,104 / 3"]
    + ["", " ", "abc", "1.2.3", "1,2,3", "12,34,567.0", "1.234,5", "1/0", "1/2/3", "/2", "1/", "--1", "1_000"]
    + ["e5", "0x10", "1 2", "5 %", "inf", "-inf", "+Infinity", "nan", "NaN", "∞", "1e999", "1/1e-320"],
)
def test_what_is_no_number_is_refused_with_what_was_found(typed):
    with pytest.raises(ValueError, match="wanted a") as refusal:
        parse(typed)
    assert f"“{typed.strip()}”" in str(refusal.value)


@given(value=sayable, digits=st.integers(2, 10), decimals=st.none() | st.integers(0, 10))
def test_what_is_shown_can_be_typed_where_it_is_shown(value, digits, decimals):
    shown = show(value, digits, decimals)
    for text in (shown, shown.replace(MINUS, "-"), f" {shown}\u00a0", shown.replace("e", "E")):
        assert parse(text, has_thousands(shown)) == float(shown_value(value, digits, decimals))


@given(value=sayable, digits=st.integers(2, 10), decimals=st.none() | st.integers(0, 10))
def test_what_is_shown_is_never_taken_for_another_number_elsewhere(value, digits, decimals):
    try:
        typed = parse(show(value, digits, decimals))
    except ValueError as refusal:
        assert "which may be" in str(refusal)
    else:
        assert typed == float(shown_value(value, digits, decimals))


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,650", 1650),
        ("−1,650", -1650),
        ("1650", 1650),
        ("1.650", 1.65),
        ("1,65", 1.65),
        ("0,650", 0.65),
        ("1,6500", 1.65),
        ("1,234,567", 1234567),
        ("1,650/2", 825),
        ("1,650e1", 16500),
    ],
)
def test_a_comma_where_thousands_are_shown_with_one(typed, value):
    assert parse(typed, has_thousands("2,104")) == value


def test_a_comma_that_may_be_either_is_refused_with_both_ways_to_write_it():
    with pytest.raises(ValueError, match=r"“1,650”, which may be 1650 or 1\.650; wanted a number such as"):
        parse("1,650")


@given(value=st.integers(-(10**12), 10**12))
def test_a_whole_number_is_read_as_it_is_counted(value):
    assert parse_whole(f"{value:,}") == parse_whole(str(value)) == value


@pytest.mark.parametrize("typed", ["1,5", "0,5", "2.5", "1/3", "1_000", "", "x"])
def test_what_is_no_whole_number_is_refused(typed):
    with pytest.raises(ValueError, match="wanted a"):
        parse_whole(typed)
