"""Where violins and bars stand, and how their axes are labeled."""

from __future__ import annotations

import itertools

import pytest

from nnviz.engine.spread import Axis
from nnviz.ui.tabs.spread.layout import APART, Plan, labels_of, power, powers_between, range_text, shortened


@pytest.mark.parametrize(("width", "height"), [(350, 440), (350, 200), (900, 900), (200, 100)])
@pytest.mark.parametrize("columns", [1, 3, 11])
def test_places_do_not_overlap_and_all_of_them_can_be_scrolled_to(width, height, columns):
    plan = Plan(width, height, 4, columns, columns)
    wide, high = plan.size
    boxes = [plan.plot(r, c) for r in range(4) for c in range(columns)]
    boxes += [plan.figures(r, c) for r in range(4) for c in range(columns)]
    boxes += [plan.title(c) for c in range(columns)]
    for one, other in itertools.combinations(boxes, 2):
        assert one.overlap(other) == pytest.approx(0.0, abs=1e-6)
    assert max(box.right for box in boxes) <= wide
    assert plan.bar(columns - 1).bottom < high


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 4), (1, 2)])
def test_a_place_belongs_to_its_cell(row, column):
    plan = Plan(350, 440, 4, 5, 5)
    assert plan.cell_at(*plan.plot(row, column).center) == (row, column)
    assert plan.cell_at(2, 2) is None
    assert plan.bar_at(plan.bar(column).center.y) == column


@pytest.mark.parametrize(
    ("axis", "length", "wanted"),
    [
        (Axis(-0.05, 0.05), 50, ["−0.05", "0", "0.05"]),
        (Axis(0.0, 1.2), 50, ["0", "1.2"]),
        (Axis(-0.05, 0.05), 20, ["0"]),
        (Axis(-1.0, 1.0, 0.01), 60, ["−10⁰", "0", "10⁰"]),
        (Axis(-1.0, 1.0, 0.01), 300, ["−10⁰", "−10⁻¹", "−10⁻²", "0", "10⁻²", "10⁻¹", "10⁰"]),
    ],
)
def test_labels_of_an_axis_keep_apart(axis, length, wanted):
    labels = labels_of(axis, length)
    assert [text for _, text in labels] == wanted
    gaps = [b - a for (a, _), (b, _) in itertools.pairwise(labels)]
    assert all(gap * length >= APART for gap in gaps)


@pytest.mark.parametrize(
    ("title", "short"), [("Hidden 10", "H 10"), ("Output", "Out"), ("Hidden layer 2", "H 2"), ("C1", "C1")]
)
def test_a_title_where_there_is_little_room(title, short):
    assert shortened(title) == short


def test_powers_and_ranges():
    assert power(-12) == "10⁻¹²"
    assert list(powers_between(-6, 0, 7)) == [-6, -5, -4, -3, -2, -1, 0]
    assert len(powers_between(-30, 0, 5)) <= 5
    assert range_text(Axis(-0.5, 0.5)) == "± 0.5"
    assert range_text(Axis(0.0, 2.0)) == "0 … 2"
