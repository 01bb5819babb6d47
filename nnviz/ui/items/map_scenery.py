"""All graphics items of a network of maps: what the step reads, weighs and makes, above all its layers."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtWidgets import QGraphicsScene

from nnviz.engine.graph import Graph
from nnviz.engine.outline import Pass
from nnviz.engine.textbook import Textbook
from nnviz.ui.items.grid import GridItem
from nnviz.ui.items.overview import OverviewItem
from nnviz.ui.items.panel import PanelItem, SheetsItem
from nnviz.ui.items.rays import Ray, RaysItem
from nnviz.ui.items.work import WorkItem
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import GridPlace, overview_height
from nnviz.ui.layout.maps_figures import Figures
from nnviz.ui.layout.maps_scene import SceneLayout, arrange_scene, figures_in, figures_of
from nnviz.ui.picture.maps import map_picture_of
from nnviz.ui.picture.maps_parts import Grid, MapPicture, Panel, Product, Region
from nnviz.ui.picture.reader import Reader

BASE = (866.0, 500.0)  # a view of this size is drawn at full measure
LARGEST_SCALE = 2.0

Shown = tuple[Grid, GridPlace, Figures | None]


class Extent(NamedTuple):
    """How large the scene is, and how much smaller than that it is shown."""

    width: float
    height: float
    scale: float


class MapScenery:
    """The items on a scene; what stands where follows the step."""

    shrunk = 1.0

    def __init__(self, scene: QGraphicsScene, graph: Graph, textbook: Textbook) -> None:
        self._scene = scene
        self._size = BASE
        self._grids: dict[tuple[str, int], GridItem] = {}
        self._panels = [PanelItem() for _ in range(3)]
        self._sheets = [SheetsItem() for _ in range(3)]
        self._rays, self._work = RaysItem(), WorkItem()
        self._overview = OverviewItem(graph, textbook)
        self._overview.setZValue(-5)
        scene.addItem(self._overview)
        for item in (*self._sheets, *self._panels, self._rays, self._work):
            scene.addItem(item)

    def arrange(self, width: float, height: float, digits: int) -> Extent:
        """Lay everything out for a view of this size; in a large one everything grows."""
        scale = min(max(min(width / BASE[0], height / BASE[1]) / 1.15, 1.0), LARGEST_SCALE)
        self._size = (width / scale, height / scale)
        high = overview_height(self._size[1])
        self._overview.setVisible(high > 0)
        if high > 0:
            self._overview.place(Box(0, self._size[1] - high, self._size[0], high))
        return Extent(*self._size, scale)

    def show(self, reader: Reader) -> tuple[str, Pass | None]:
        """Show a moment; gives what the legend says, and the pass it belongs to."""
        self.show_picture(map_picture_of(reader))
        if self._overview.isVisible():
            self._overview.show(reader)
        return "", None

    def show_picture(self, picture: MapPicture) -> None:
        """Change what differs from the picture shown before."""
        layout = arrange_scene(picture, *self._size)
        shown: dict[tuple[str, int], Shown] = {}
        figures = figures_of(picture, layout)
        for index, (panel, place, item) in enumerate(
            zip(picture.panels, layout.panels, self._panels, strict=True)
        ):
            item.show_part(panel, place, picture.into, self._size[0])
            self._sheets[index].show_sheets(place.block, panel.sheets)
            for k, (grid, at) in enumerate(zip(panel.grids, place.grids, strict=True)):
                shown[f"panel {index}", k] = grid, at, figures[index]
        for k, (part, at) in enumerate(zip(layout.parts, layout.work, strict=True)):
            if isinstance(part, Product):
                shown["work", k] = part.grid, at, figures_in(part.grid, at)
        self._work.show_parts(layout.parts, layout.work, picture.into)
        self._show_grids(shown)
        self._rays.show_rays(_rays(picture, layout), picture.into, picture.is_backward)

    def _show_grids(self, shown: dict[tuple[str, int], Shown]) -> None:
        for key, item in self._grids.items():
            item.setVisible(key in shown)
        for key, (grid, at, figures) in shown.items():
            if key not in self._grids:
                self._grids[key] = GridItem()
                self._scene.addItem(self._grids[key])
            self._grids[key].show_part(grid, at, figures)


def _rays(picture: MapPicture, layout: SceneLayout) -> tuple[Ray, ...]:
    """Between what is framed in neighboring panels; only arrows where nothing is."""
    if picture.into is Pass.LOSS:
        return ()  # output and target stand beside each other: neither is made from the other
    pairs = [(panel, place) for panel, place in zip(picture.panels, layout.panels, strict=True)]
    shown = [pair for pair in pairs if not pair[0].is_bare]
    hulls = [_hull(panel, place) for panel, place in shown]
    return tuple(
        Ray(
            start,
            end,
            max(one[1].block.right, start.right),
            min(other[1].block.x, end.x),
            not picture.has_rays,
        )
        for start, end, one, other in zip(hulls, hulls[1:], shown, shown[1:], strict=False)
    )


def _hull(panel: Panel, place) -> Box:
    """The box around everything in a panel that rays begin or end at."""
    boxes = [
        _box(grid, at, grid.anchor) for grid, at in zip(panel.grids, place.grids, strict=True) if grid.anchor
    ]
    if not boxes:
        return place.block
    left, top = min(b.x for b in boxes), min(b.y for b in boxes)
    return Box(left, top, max(b.right for b in boxes) - left, max(b.bottom for b in boxes) - top)


def _box(grid: Grid, at: GridPlace, region: Region) -> Box:
    (wide, high), (down, across) = at.cell, grid.padding
    x, y = at.box.x + across * wide, at.box.y + down * high
    return Box(x + region.left * wide, y + region.top * high, region.columns * wide, region.rows * high)
