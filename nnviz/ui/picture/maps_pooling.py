"""Pictures of pooling: a map with its window, the window by itself, and the pooled map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnviz.engine.graph import PoolingLayer
from nnviz.engine.ops.base import Cell, Pooling
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.ops.rounding import place_of_largest
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps_fields import field_of
from nnviz.ui.picture.maps_framing import framed_whole, lit, place_words, target_panel
from nnviz.ui.picture.maps_parts import Frame, Grid, Look, MapPicture, Panel, Region, one_cell
from nnviz.ui.picture.maps_planes import TIMES, Planes, plane_size, size_of
from nnviz.ui.picture.maps_subject import Subject


def pooling(planes: Planes, subject: Subject) -> MapPicture:
    """A map with its window, the window by itself, and the pooled map."""
    layer = subject.stage.layer
    assert isinstance(layer, PoolingLayer)
    cell = subject.cell
    window = field_of(planes.graph, layer, cell) if cell is not None else None
    return MapPicture(
        _pooled_panel(planes, layer, subject, window),
        _window_panel(planes, layer, subject, window),
        target_panel(planes, layer, layer.a, "p", subject),
        Pass.FORWARD,
        has_rays=window is not None,
        joins=layer,
    )


def _pooled_panel(planes: Planes, layer: PoolingLayer, subject: Subject, window: Region | None) -> Panel:
    title = planes.input_title(layer, subject.group)
    if layer.x.inputs:
        title += ", a"
    if subject.group is None:
        return Panel(title, size_of(layer.x), planes.all_of(layer.x))
    grids: tuple[Grid, ...] = (planes.plane(layer.x, Part.VALUE, subject.group),)
    caption = ""
    if window is not None:
        grids = lit(grids, window, Pass.FORWARD, Look.WINDOW)
        grids = with_winners(planes, layer, grids, subject)
        caption = "window: " + place_words(planes, window)
    size = plane_size(*layer.x.shape[1:])
    return Panel(title, size, grids, caption, sheets=layer.x.shape[0] - 1)


def with_winners(
    planes: Planes, layer: PoolingLayer, grids: tuple[Grid, ...], subject: Subject
) -> tuple[Grid, ...]:
    """The winner of the current window framed, where a window has one."""
    cell = subject.cell
    winner = winner_of(planes, layer, cell) if cell is not None else None
    if winner is None:
        return grids
    ref = Ref(layer.x.scope, cell=winner)
    return tuple(
        replace(grid, frames=(*grid.frames, Frame(one_cell(*place), Look.WINNER)))
        if (place := grid.address.place(ref))
        else grid
        for grid in grids
    )


def winner_of(planes: Planes, layer: PoolingLayer, cell: Cell) -> Cell | None:
    """The cell that a window hands on, once that is computed; the first one in row order of equals."""
    if not isinstance(layer.a.op, MaxPool) or not planes.is_known(layer.a, cell):
        return None
    x = planes.array(layer.x)
    window = layer.a.op.window(cell, layer.x.shape)
    return window[place_of_largest(np.array([x[one] for one in window]))]


def _window_panel(planes: Planes, layer: PoolingLayer, subject: Subject, window: Region | None) -> Panel:
    op = layer.a.op
    assert isinstance(op, Pooling)
    title = f"{op.symbol} of {plane_size(*op.size)}"
    if window is None or subject.group is None:
        return Panel(title[:1].upper() + title[1:])
    corner = (subject.group, window.top, window.left)
    grid = planes.grid(layer.x, Part.VALUE, corner, (1, 2), (window.rows, window.columns))
    grids = framed_whole((replace(grid, is_echo=True),), Pass.FORWARD)
    return Panel(
        title[:1].upper() + title[1:],
        f"stride {TIMES.join(map(str, op.stride))}",
        with_winners(planes, layer, grids, subject),
    )
