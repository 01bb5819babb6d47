"""All graphics items of a recurrent network: it unrolled in time, and one of its steps opened."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsScene

from nnviz.engine.cursor import Cursor
from nnviz.engine.graph import Graph
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.ui.items.grid import GridItem
from nnviz.ui.items.map_scenery import Extent
from nnviz.ui.items.step_columns import ColumnsItem
from nnviz.ui.items.vector import VectorItem
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import GridPlace
from nnviz.ui.layout.steps import (
    SIZES,
    RowShape,
    arrange_columns,
    columns_across,
    size_for,
    window_around,
)
from nnviz.ui.picture.maps_planes import vector_shape
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.steps import rows_of, steps_picture_of
from nnviz.ui.picture.steps_parts import StepsPicture, Vector
from nnviz.ui.picture.steps_subject import current_subject, step_of, steps_in

BASE = (866.0, 540.0)  # a view of this size is drawn at full measure
LARGEST_SCALE = 2.0

Place = tuple[Vector, Box, tuple[float, float]]


class StepScenery:
    """The items on a scene; which step is open follows the lesson, the selection and clicks on columns."""

    shrunk = 1.0

    def __init__(self, scene: QGraphicsScene, graph: Graph, textbook: Textbook) -> None:
        self._scene, self._graph = scene, graph
        self._size = BASE
        self._numbers: dict[str, VectorItem] = {}
        self._grids: dict[str, GridItem] = {}
        self._columns = ColumnsItem()
        scene.addItem(self._columns)
        self._opened: int | None = None
        self._before: tuple[Cursor | None, Ref | None] = (None, None)
        self._shapes = tuple(_shape(row.units, row.is_written) for row in rows_of(graph))

    def arrange(self, width: float, height: float, digits: int) -> Extent:
        """Lay everything out for a view of this size; in a large one everything grows."""
        scale = min(max(min(width / BASE[0], height / BASE[1]), 1.0), LARGEST_SCALE)
        self._size = (width / scale, height / scale)
        return Extent(*self._size, scale)

    def show(self, reader: Reader) -> tuple[str, Pass | None]:
        """Show a moment; gives what the legend says, and the pass it belongs to."""
        opened = self._step_to_open(reader)
        steps, width = steps_in(self._graph), self._size[0]
        window = window_around(opened, steps, columns_across(self._shapes, width))
        picture = steps_picture_of(reader, window, opened)
        self._show_columns(picture, len(window) < steps)
        return "", None

    def click(self, point: QPointF) -> bool:
        """Open the step whose column is at a point of the scene."""
        step = self._columns.step_at(point)
        if step is None:
            return False
        self._opened = step
        return True

    def _step_to_open(self, reader: Reader) -> int:
        """The step that was clicked or selected, until the lesson goes on; then that of the lesson."""
        cursor, selection = reader.moment.cursor, reader.selection
        if cursor != self._before[0]:
            self._opened = None
        elif selection != self._before[1] and selection is not None:
            found = step_of(self._graph, selection)
            self._opened = self._opened if found is None else found
        self._before = (cursor, selection)
        if self._opened is not None:
            return self._opened
        step = current_subject(reader.moment).step
        return steps_in(self._graph) - 1 if step is None else step

    def _show_columns(self, picture: StepsPicture, has_strip: bool) -> None:
        width, height = self._size
        size = size_for(self._shapes, height, has_strip) or SIZES[-1]
        place = arrange_columns(self._shapes, len(picture.columns), width, 0.0, size, has_strip)
        self._columns.show_columns(picture, place, width)
        shown: dict[str, Place] = {}
        for index, (column, boxes) in enumerate(zip(picture.columns, place.boxes, strict=True)):
            for row, (vector, box) in enumerate(zip(column.vectors, boxes, strict=True)):
                if vector is not None:
                    shown[f"{index} {row}"] = vector, box, place.cells[row]
        self._show_vectors(shown)

    def _show_vectors(self, shown: dict[str, Place]) -> None:
        written = {key for key, (vector, _, _) in shown.items() if vector.numbers}
        for key, item in self._numbers.items():
            item.setVisible(key in written)
        for key, grid in self._grids.items():
            grid.setVisible(key in shown and key not in written)
        for key, (vector, box, cell) in shown.items():
            if key in written:
                self._item_of(key).show_part(vector, box, cell[1])
            else:
                self._grid_of(key).show_part(vector.grid, GridPlace(box, cell), None)

    def _item_of(self, key: str) -> VectorItem:
        if key not in self._numbers:
            self._numbers[key] = VectorItem()
            self._scene.addItem(self._numbers[key])
        return self._numbers[key]

    def _grid_of(self, key: str) -> GridItem:
        if key not in self._grids:
            self._grids[key] = GridItem()
            self._scene.addItem(self._grids[key])
        return self._grids[key]


def _shape(units: int, is_written: bool) -> RowShape:
    return RowShape(*vector_shape(units), is_written)
