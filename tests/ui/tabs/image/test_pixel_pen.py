"""Strokes and shifts of images, without a window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.ui.tabs.image.pixel_pen import Stroke, differences, shifted

SMALL, LARGE = np.zeros((1, 6, 6)), np.zeros((1, 28, 28))
IMAGES = arrays(np.float64, (2, 5, 7), elements=st.integers(0, 9).map(float))
WAYS = st.integers(-8, 8)


def drawn(image, *places, erases=False, ends=(0.0, 1.0)):
    stroke = Stroke(1, image, 0, ends, erases)
    for place in places:
        stroke.to(*place)
    return stroke


def test_small_images_are_drawn_pixel_by_pixel():
    assert drawn(SMALL, (2, 3)).values == (((0, 2, 3), 1.0),)


def test_large_images_have_a_soft_pen():
    image = drawn(LARGE, (10, 10)).image[0, 9:12, 9:12]
    assert image.tolist() == [[0.3, 0.6, 0.3], [0.6, 1.0, 0.6], [0.3, 0.6, 0.3]]


@pytest.mark.parametrize("ends", [(0.0, 255.0), (-1.0, 1.0), (0.1, 0.7)])
def test_the_ends_of_the_range_are_met_exactly(ends):
    low, high = ends
    image = drawn(np.full_like(LARGE, low), (10, 10), ends=ends).image
    assert image.max() == high and image.min() == low
    assert drawn(image, (10, 10), erases=True, ends=ends).image.max() == low


def test_a_fast_mouse_leaves_no_gaps():
    image = drawn(SMALL, (0, 0), (5, 5)).image[0]
    assert np.array_equal(image, np.eye(6))


def test_the_pen_only_adds_ink():
    before = np.full_like(LARGE, 0.8)
    after = drawn(before, (10, 10)).image
    assert (after >= before).all() and after.max() == 1


def test_drawing_outside_of_the_image_changes_nothing_there():
    assert drawn(SMALL, (-3, 2)).values == ()
    assert drawn(LARGE, (-1, 0)).values == (((0, 0, 0), 0.6), ((0, 0, 1), 0.3))


def test_a_stroke_says_whether_it_changed_anything_and_leaves_the_original_alone():
    stroke = Stroke(1, SMALL, 0, (0.0, 1.0), False)
    assert stroke.to(1, 1) and not stroke.to(1, 1)
    assert not SMALL.any()


@given(IMAGES, WAYS, WAYS)
def test_a_shift_moves_what_stays_and_fills_with_background(image, down, right):
    result = shifted(image, down, right, -1.0)
    for cell in np.ndindex(image.shape):
        k, r, c = cell[0], cell[1] - down, cell[2] - right
        inside = 0 <= r < 5 and 0 <= c < 7
        assert result[cell] == (image[k, r, c] if inside else -1.0)


@given(IMAGES, IMAGES)
def test_differences_turn_one_image_into_the_other(before, after):
    result = before.copy()
    for cell, value in differences(before, after):
        assert result[cell] != value
        result[cell] = value
    assert np.array_equal(result, after)
