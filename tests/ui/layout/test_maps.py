"""Where the panels of a network of maps stand: inside their room, in order, and never on each other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import (
    CAP,
    CURRENT_CAP,
    GridShape,
    PanelShape,
    arrange_panels,
    overview_height,
)
from nnviz.ui.layout.maps_work import WorkShape, arrange_work

ROOM = Box(28, 12, 810, 448)
side = st.integers(1, 32)


@st.composite
def panels(draw):
    """Maps, vectors in a column, a curve, or nothing but a title."""
    kind = draw(st.sampled_from(["maps", "maps", "vector", "curve", "title"]))
    lines, sheets = draw(st.integers(0, 2)), draw(st.integers(0, 5))
    cap = draw(st.sampled_from([CAP, CURRENT_CAP]))
    if kind == "maps":
        grid = GridShape(draw(side), draw(side), has_label=draw(st.booleans()))
        count = draw(st.sampled_from([1, 1, 2, 3, 6, 7, 16]))
        return PanelShape((grid,) * count, lines, sheets, has_title=True, cap=cap)
    if kind == "vector":
        grid = GridShape(
            draw(st.integers(1, 16)), 1, is_wide=True, has_label=True, name=draw(st.integers(0, 3))
        )
        return PanelShape((grid,) * draw(st.integers(1, 2)), lines, 0, has_title=True, cap=cap)
    return PanelShape((), lines, 0, has_curve=kind == "curve", has_title=True)


three = st.tuples(panels(), panels(), panels())
rooms = st.builds(Box, st.just(28.0), st.just(12.0), st.floats(504, 1600), st.floats(320, 900))


@given(three, rooms)
def test_panels_stand_in_order_without_touching(shapes, room):
    places = arrange_panels(shapes, room)
    shown = [place.block for place, shape in zip(places, shapes, strict=True) if not shape.is_empty]
    for left, right in pairwise(shown):
        assert left.right < right.x


@given(three, rooms)
def test_everything_is_inside_of_the_room(shapes, room):
    for place in arrange_panels(shapes, room):
        assert place.block.x >= room.x - 1 and place.block.right <= room.right + 1
        assert place.title.y >= room.y - 1
        assert all(line.bottom <= room.bottom + 1 for line in place.lines)
        for grid in place.grids:
            assert place.block.grown(0.01).overlap(grid.box) == pytest.approx(
                grid.box.width * grid.box.height
            )


@given(three, rooms)
def test_the_grids_of_a_panel_have_cells_of_one_size_and_do_not_overlap(shapes, room):
    for place, shape in zip(arrange_panels(shapes, room), shapes, strict=True):
        assert len({grid.cell for grid in place.grids}) <= 1
        boxes = [grid.box for grid in place.grids]
        assert all(a.overlap(b) == 0 for i, a in enumerate(boxes) for b in boxes[:i])
        for grid, one in zip(place.grids, shape.grids, strict=True):
            assert grid.box.width == pytest.approx(one.columns * grid.cell[0])
            assert grid.box.height == pytest.approx(one.rows * grid.cell[1])
            assert grid.cell[1] <= shape.cap


def _sizes(*shapes):
    return [place.grids[0].cell[1] for place in arrange_panels(shapes, ROOM)]


def test_the_cells_of_a_sequence_are_higher_than_wide():
    """They use the room that one row leaves."""
    rows = (GridShape(1, 9),), (GridShape(1, 3),), (GridShape(1, 7),)
    places = arrange_panels(tuple(PanelShape(grids) for grids in rows), ROOM)
    assert all(place.grids[0].cell[1] > place.grids[0].cell[0] >= 30 for place in (places[0], places[2]))


def test_a_small_network_gets_cells_for_numbers():
    image, kernel, made = GridShape(6, 6), GridShape(3, 3), GridShape(4, 4)
    cells = _sizes(
        PanelShape((image,), 1),
        PanelShape((kernel,), sheets=2),
        PanelShape((made,), sheets=2, cap=CURRENT_CAP),
    )
    assert min(cells) >= 44


def test_what_keeps_its_numbers_anyway_gives_way_first():
    """Three channels beside each other: the filter shrinks before the image loses its numbers."""
    image, kernel = (GridShape(3, 3, has_label=True),) * 3, (GridShape(2, 2, has_label=True),) * 3
    room = ROOM._replace(height=280)
    places = arrange_panels((PanelShape(image), PanelShape(kernel), PanelShape((GridShape(2, 2),))), room)
    assert places[0].grids[0].cell[1] >= 30
    assert len({grid.box.y for grid in places[0].grids}) == 1


def test_planes_fill_their_rows_where_they_can():
    (place, *_) = arrange_panels((PanelShape((GridShape(14, 14),) * 6),) * 3, ROOM)
    rows = [grid.box.y for grid in place.grids]
    assert len({rows.count(y) for y in rows}) == 1


@pytest.mark.parametrize(
    ("height", "expected"), [(572, 104), (470, 104), (469.9, 68), (430, 68), (429.9, 0), (360, 0)]
)
def test_a_low_view_has_no_overview(height, expected):
    assert overview_height(height) == expected


GRID, SIGN = WorkShape("grid", 3, 3), WorkShape("sign")
CHAIN = (GRID, SIGN, GRID, SIGN, GRID, WorkShape("arrow"), WorkShape("number"))


@given(st.floats(300, 1600), st.floats(60, 140), st.lists(st.sampled_from(CHAIN), min_size=1, max_size=9))
def test_the_row_of_products_keeps_its_order_and_its_room(width, height, parts):
    room = Box(28, 300, width, height)
    found = arrange_work(tuple(parts), room, 9.0)
    if found is None:
        return
    boxes = [place.box for place in found.boxes]
    assert all(left.right <= right.x for left, right in pairwise(boxes))
    assert boxes[0].x >= room.x - 1 and boxes[-1].right <= room.right + 1


def test_cells_of_the_row_are_wide_enough_for_decimals():
    grid = WorkShape("grid", 3, 3, 58.0)
    found = arrange_work((grid, SIGN, grid, SIGN, grid), Box(28, 300, 798, 134), 30.0)
    assert found is not None and found.boxes[0].cell == (58.0, 38.0)


def test_a_row_that_would_be_too_small_is_left_away():
    large = (WorkShape("grid", 28, 28), SIGN, WorkShape("grid", 28, 28))
    assert arrange_work(large, Box(0, 0, 800, 120), 9.0) is None
