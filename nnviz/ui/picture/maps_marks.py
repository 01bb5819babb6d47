"""What the pointer, the selection and the formula mark in a picture of maps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from nnviz.engine.graph import PoolingLayer
from nnviz.engine.ops.base import Cell
from nnviz.ui.picture.maps_fields import field_of, reach_of
from nnviz.ui.picture.maps_parts import Frame, Grid, Look, MapPicture, Panel, Region, one_cell
from nnviz.ui.picture.maps_planes import Planes


def with_marks(planes: Planes, picture: MapPicture) -> MapPicture:
    """The same picture with frames for what is selected and pointed at, and the tags of the factors."""
    echoes = [grid for panel in picture.panels for grid in panel.grids if grid.is_echo]
    left, middle, right = (_marked(planes, panel, echoes) for panel in picture.panels)
    marked = replace(picture, left=left, middle=middle, right=right)
    return marked if planes.reader.pointed is None else _with_related(planes, marked)


def _with_related(planes: Planes, picture: MapPicture) -> MapPicture:
    """The field framed that the number under the pointer comes from, or what is made of it."""
    left, right = picture.left, picture.right
    return replace(
        picture,
        left=_related(left, _pointed_cell(right), partial(_field, planes, picture)),
        right=_related(right, _pointed_cell(left), partial(_reach, planes, picture)),
    )


def _pointed_cell(panel: Panel) -> Cell | None:
    """The cell (map, row, column) under the pointer, if it is in the grids of a panel."""
    return next(
        (
            (grid.address.base[0], *grid.pointed)
            for grid in panel.grids
            if grid.pointed is not None and _is_map(grid)
        ),
        None,
    )


def _is_map(grid: Grid) -> bool:
    return grid.address.axes == (1, 2)


def _related(panel: Panel, cell: Cell | None, region_of: Callable[[Cell, int], Region | None]) -> Panel:
    """A panel in which everything is framed that belongs to a cell of another one."""
    if cell is None:
        return panel
    grids = []
    for grid in panel.grids:
        region = region_of(cell, grid.address.base[0]) if _is_map(grid) else None
        frames = grid.frames if region is None else (*grid.frames, Frame(region, Look.RELATED))
        grids.append(replace(grid, frames=frames))
    return replace(panel, grids=tuple(grids))


def _field(planes: Planes, picture: MapPicture, cell: Cell, channel: int) -> Region | None:
    if picture.joins is None or not _are_joined(picture, cell, channel):
        return one_cell(*cell[1:]) if picture.is_cellwise and cell[0] == channel else None
    return field_of(planes.graph, picture.joins, cell)


def _reach(planes: Planes, picture: MapPicture, cell: Cell, channel: int) -> Region | None:
    if picture.joins is None or not _are_joined(picture, cell, channel):
        return one_cell(*cell[1:]) if picture.is_cellwise and cell[0] == channel else None
    return reach_of(planes.graph, picture.joins, cell)


def _are_joined(picture: MapPicture, cell: Cell, channel: int) -> bool:
    """A filter reads all maps, a window only its own."""
    return not isinstance(picture.joins, PoolingLayer) or cell[0] == channel


def _marked(planes: Planes, panel: Panel, echoes: list[Grid]) -> Panel:
    return replace(panel, grids=tuple(_marked_grid(planes, grid, echoes) for grid in panel.grids))


def _marked_grid(planes: Planes, grid: Grid, echoes: list[Grid]) -> Grid:
    reader = planes.reader
    selected, pointed = grid.address.place(reader.selection), grid.address.place(reader.pointed)
    tags = tuple(
        (place, tag) for ref, tag in reader.tags.items() if (place := grid.address.place(ref)) is not None
    )
    if tags and not grid.is_echo and any(_holds(echo, planes) for echo in echoes):
        tags = ()  # the window is shown once more, larger, and there they stand
    if (selected, pointed, tags) == (None, None, ()):
        return grid
    return replace(grid, selected=selected, pointed=pointed, tags=tags)


def _holds(grid: Grid, planes: Planes) -> bool:
    return any(grid.address.place(ref) is not None for ref in planes.reader.tags)
