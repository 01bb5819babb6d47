"""The whole scene of a network of maps: panels and row of products, above the overview of all layers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nnviz.engine.outline import Pass
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import (
    CAP,
    CURRENT_CAP,
    MARGIN,
    TOP,
    GridPlace,
    GridShape,
    PanelPlace,
    PanelShape,
    arrange_panels,
    overview_height,
)
from nnviz.ui.layout.maps_figures import Figures, figures_for
from nnviz.ui.layout.maps_work import LEAST_CELL, NAME_LINE, NUMBER_HEIGHT, WorkShape, arrange_work
from nnviz.ui.picture.maps_parts import Grid, MapPicture, Note, Panel, Product, Sign, Tone, Values

ABOVE_WORK = 8.0
BOTTOM = 8.0
NUMBERS_FROM = 30.0  # cells of the row of products
WHOLE_FROM, DECIMALS_FROM, READ_FROM = 30.0, 34.0, 20.0  # cells of what is made, and of what is read
PICTURE_CAP = 30.0  # of an image in many grays, whose numbers would never fit
WORK_HEIGHTS = (114.0, 102.0, 92.0, 78.0)  # of three rows of cells with numbers
WORK_CELL = 40.0
FULL = 58.0  # the width of a cell of the row that holds “−0.1234”
KERNEL_SHARE = 0.74  # of the height, beside large maps

Parts = tuple[Product | Sign | Note, ...]


@dataclass(frozen=True, slots=True)
class SceneLayout:
    """The places of the panels, and the parts of the row of products that have room, with their places."""

    panels: tuple[PanelPlace, ...]
    parts: Parts
    work: tuple[GridPlace, ...]


def arrange_scene(picture: MapPicture, width: float, height: float) -> SceneLayout:
    """The row of products below the panels where there is room for both."""
    below = overview_height(height)
    room = Box(MARGIN, TOP, width - 2 * MARGIN, height - below - TOP - BOTTOM)
    shapes = _alike(tuple(panel_shape(panel) for panel in picture.panels))
    alone = arrange_panels(shapes, room)
    for high in WORK_HEIGHTS:
        parts, places, used = _work(picture, room, high)
        panels = arrange_panels(shapes, room._replace(height=room.height - used))
        if not used or not _is_cramped(picture, panels, alone):
            return SceneLayout(panels, parts, places)
    return SceneLayout(alone, (), ())


def _alike(shapes: tuple[PanelShape, ...]) -> tuple[PanelShape, ...]:
    """Panels of the same grids get cells of the same size; else the one in the middle stays smaller."""
    if len({shape.grids for shape in shapes}) == 1:
        return tuple(shape._replace(cap=CURRENT_CAP) for shape in shapes)
    left, middle, right = shapes
    has_maps = any(grid.rows > 12 for grid in (*left.grids, *right.grids))
    return left, middle._replace(share=KERNEL_SHARE if has_maps else 1.0), right


def _is_cramped(picture: MapPicture, panels: tuple[PanelPlace, ...], alone: tuple[PanelPlace, ...]) -> bool:
    """Whether numbers of what is made would be lost to the row of products, or nearly all of what is read.

    The row shows once more what is read.
    """
    made = picture.right.grids
    from_size = WHOLE_FROM if all(grid.decimals == 0 for grid in made) else DECIMALS_FROM
    cells = [
        (p.grids[0].cell[1], q.grids[0].cell[1], least)
        for p, q, least in zip(panels, alone, (READ_FROM, 0.0, from_size), strict=True)
        if p.grids
    ]
    return any(with_work < least <= without for with_work, without, least in cells)


def _work(picture: MapPicture, room: Box, most: float) -> tuple[Parts, tuple[GridPlace, ...], float]:
    """The row of products in full or in short, and the height it takes."""
    work = picture.work or picture.room_for
    if work is None:
        return (), (), 0.0
    has_grids = any(isinstance(part, Product) for part in work.parts)
    rows = max((part.grid.rows for part in work.parts if isinstance(part, Product)), default=1)
    high = min(most, rows * WORK_CELL if has_grids else NUMBER_HEIGHT, 0.3 * room.height)
    band = Box(room.x, room.bottom - NAME_LINE - high, room.width, high + NAME_LINE)
    for parts, least in ((work.parts, NUMBERS_FROM), (work.short, NUMBERS_FROM), (work.parts, LEAST_CELL)):
        found = arrange_work(tuple(_work_shape(part) for part in parts), band, least) if parts else None
        if found is not None:
            used = room.bottom - band.y + ABOVE_WORK
            return (parts, found.boxes, used) if picture.work else ((), (), used)
    return (), (), 0.0


def _work_shape(part: Product | Sign | Note) -> WorkShape:
    if isinstance(part, Product):
        return WorkShape("grid", part.grid.rows, part.grid.columns, 0.0 if part.grid.decimals == 0 else FULL)
    if isinstance(part, Note):
        return WorkShape("number")
    return WorkShape("arrow" if part.is_arrow else "sign")


def panel_shape(panel: Panel) -> PanelShape:
    """What the place of a panel depends on."""
    return PanelShape(
        tuple(grid_shape(grid) for grid in panel.grids),
        len(panel.notes) + bool(panel.caption),
        panel.sheets,
        panel.curve is not None,
        bool(panel.title),
        _cap(panel),
    )


def _cap(panel: Panel) -> float:
    is_picture = any(grid.tone is Tone.GRAY and (grid.decimals or 0) > 1 for grid in panel.grids)
    return PICTURE_CAP if is_picture else CURRENT_CAP if panel.is_current else CAP


def grid_shape(grid: Grid) -> GridShape:
    name = max((len(name) for name in grid.row_names), default=0)
    return GridShape(*grid.shape, grid.is_wide, bool(grid.label), name, grid.has_bars)


def figures_of(
    picture: MapPicture, layout: SceneLayout
) -> tuple[Figures | None, Figures | None, Figures | None]:
    """The figures of each panel, the same in all of its grids and for what is old and what is new."""
    of_panels = [
        _shared(panel.grids, place.grids[0]) if panel.grids else None
        for panel, place in zip(picture.panels, layout.panels, strict=True)
    ]
    left, middle, right = of_panels
    if picture.into is Pass.UPDATE and picture.left.grids and picture.right.grids:
        left = right = _shared((*picture.left.grids, *picture.right.grids), layout.panels[2].grids[0])
    return left, middle, right


def figures_in(grid: Grid, place: GridPlace) -> Figures | None:
    """The figures of a grid that stands by itself."""
    return _shared((grid,), place)


def _shared(grids: Sequence[Grid], place: GridPlace) -> Figures | None:
    known = [grid for grid in grids if np.isfinite(grid.values.array).any()] or grids
    decimals = [grid.decimals for grid in known]
    most = None if None in decimals else max(n for n in decimals if n is not None)
    return _figures(tuple(grid.values for grid in grids), place.cell, grids[0].digits, most)


@lru_cache(maxsize=256)
def _figures(
    values: tuple[Values, ...], cell: tuple[float, float], digits: int, decimals: int | None
) -> Figures | None:
    return figures_for(np.concatenate([one.array.ravel() for one in values]), cell, digits, decimals)
