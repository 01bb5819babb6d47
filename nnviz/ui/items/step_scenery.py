"""All graphics items of a recurrent network: it unrolled in time, and one of its steps opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsScene

from nnviz.engine.cursor import Cursor
from nnviz.engine.graph import Graph, Layer
from nnviz.engine.lengths import length_of
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Pass
from nnviz.engine.ref import STEP_LOSSES, Ref
from nnviz.ui.items.grid import GridItem
from nnviz.ui.items.map_scenery import Extent
from nnviz.ui.items.step_cell import CellItem
from nnviz.ui.items.step_columns import ColumnsItem
from nnviz.ui.items.symbols import SymbolsItem
from nnviz.ui.items.vector import NoteItem, SlopesItem, VectorItem
from nnviz.ui.layout.geometry import Box
from nnviz.ui.layout.maps import GridPlace
from nnviz.ui.layout.steps import (
    ColumnsPlace,
    RowShape,
    arrange_columns,
    columns_across,
    lines_of,
    window_around,
)
from nnviz.ui.layout.steps_cell import CellPlace
from nnviz.ui.layout.steps_open import CellShape, Shares, folded, share_room
from nnviz.ui.picture.maps_planes import vector_shape
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.steps import open_cell, rows_of, steps_picture_of, weight_of
from nnviz.ui.picture.steps_cell import CellPicture
from nnviz.ui.picture.steps_parts import Row, StepsPicture, Vector
from nnviz.ui.picture.steps_subject import (
    current_subject,
    first_recurrent,
    layer_at,
    layer_shown_for,
    step_of,
    steps_in,
)
from nnviz.ui.picture.steps_text import Texts
from nnviz.ui.picture.steps_vectors import MOST_CHARACTERS, NARROW_CHARACTERS, Kept, Vectors

BASE = (866.0, 540.0)  # a view of this size is drawn at full measure
LEAST = (700.0, 390.0)  # a smaller one shows everything smaller
LARGEST_SCALE = 2.0
NARROW_VIEW = 780.0  # cells of numbers are narrow in it


class Place(NamedTuple):
    """Where a vector stands, with cells of which size, and whether they hold numbers."""

    vector: Vector
    box: Box
    cell: tuple[float, float]
    is_written: bool


class StepScenery:
    """The items on a scene; which step is open follows the lesson, the selection and clicks on columns."""

    shrunk = 1.0

    def __init__(self, scene: QGraphicsScene, graph: Graph, symbols: tuple[str, ...]) -> None:
        self._scene, self._graph, self._texts = scene, graph, Texts(graph, symbols)
        self._size = BASE
        self._numbers: dict[str, VectorItem] = {}
        self._grids: dict[str, GridItem] = {}
        self._symbols: dict[str, SymbolsItem] = {}
        self._columns, self._cell = ColumnsItem(), CellItem()
        self._note, self._slopes = NoteItem(), SlopesItem()
        for item in (self._columns, self._cell, self._note, self._slopes):
            scene.addItem(item)
        self._kept: Kept = {}
        self._opened: int | None = None
        self._layer: Layer | None = None
        self._before: tuple[Cursor | None, Ref | None] = (None, None)
        self._window, self.pitch = range(0), 1.0
        self._slid: float | None = None  # the first step that is shown, where somebody has chosen it
        self._shapes = tuple(_shape(row) for row in rows_of(graph, self._texts))

    @property
    def _needs_columns(self) -> bool:
        """Whether they show more than an opened step does: of one layer at one step they do not."""
        graph = self._graph
        return steps_in(graph) > 1 or len(graph.layers) > 1 or STEP_LOSSES in graph

    def arrange(self, width: float, height: float, digits: int) -> Extent:
        """Lay everything out for a view of this size; in a large one everything grows."""
        scale = min(max(min(width / BASE[0], height / BASE[1]), 1.0), LARGEST_SCALE)
        scale = min(scale, width / LEAST[0], height / LEAST[1])
        self._size = (width / scale, height / scale)
        return Extent(*self._size, scale)

    def show(self, reader: Reader) -> tuple[str, Pass | None]:
        """Show a moment; gives what the legend says, and the pass it belongs to."""
        opened, layer = self._to_open(reader)
        width, height = self._size
        self._window = self._window_for(opened, columns_across(self._shapes, width))
        vectors = Vectors(reader, self._kept, NARROW_CHARACTERS if width < NARROW_VIEW else MOST_CHARACTERS)
        picture = steps_picture_of(vectors, self._texts, self._window, opened)
        cell = open_cell(vectors, layer, opened)
        has_strip, needs_columns = self.can_slide, self._needs_columns
        shares = share_room(self._shapes, _cell_shape(cell), width, height, has_strip, needs_columns)
        in_columns, card = self._show_columns(picture, shares, opened)
        self._cell.show_cell(cell, shares.cell, card)
        number, name = weight_of(vectors)
        self._note.show_note(number, name, shares.cell.frame, cell.kind)
        self._slopes.show_slopes(_slopes_in(cell, shares.cell))
        self._show_vectors({**in_columns, **_in_cell(cell, shares)})
        return "", None

    def _show_columns(
        self, picture: StepsPicture, shares: Shares, opened: int
    ) -> tuple[dict[str, Place], Box | None]:
        """All but their vectors; gives these, and the card of the opened step if it is in sight."""
        rows = folded(self._shapes) if shares.is_folded else self._shapes
        count, width = len(self._window), self._size[0]
        place = arrange_columns(rows, count, width, 0.0, shares.size, self.can_slide)
        self.pitch = place.pitch
        self._columns.setVisible(shares.has_columns)
        self._columns.show_columns(picture, place, width)
        if not shares.has_columns:
            return {}, None
        self._show_symbols(picture, place, rows)
        card = place.cards[opened - self._window.start] if opened in self._window else None
        return _in_columns(picture, place, rows), card

    def click(self, point: QPointF) -> bool:
        """Open the step whose column is at a point of the scene, and the layer whose row is there."""
        step, row = self._columns.step_at(point), self._columns.row_at(point)
        if step is None:
            return False
        self._opened = step
        if row is not None and row <= len(self._graph.layers):  # above stands the error
            self._layer = self._graph.layers[row - 1] if row else first_recurrent(self._graph)
        self._slid = float(self._window.start) if step in self._window else None
        return True

    # Sideways

    @property
    def can_slide(self) -> bool:
        """Whether there are more steps than columns."""
        return len(self._window) < steps_in(self._graph)

    def slide(self, by: float) -> bool:
        """Move on by so many columns, until the lesson goes on; whether other ones are to be shown."""
        first = float(self._window.start) if self._slid is None else self._slid
        self._slid = min(max(first + by, 0.0), float(steps_in(self._graph) - len(self._window)))
        return round(self._slid) != self._window.start

    def _window_for(self, opened: int, across: int) -> range:
        """The steps that are shown: around the opened one, or where somebody has moved them."""
        window = window_around(opened, steps_in(self._graph), across)
        if self._slid is None:
            return window
        start = min(round(self._slid), steps_in(self._graph) - len(window))
        return range(start, start + len(window))

    def _to_open(self, reader: Reader) -> tuple[int, Layer]:
        """The step that was clicked or selected, until the lesson goes on; then that of the lesson."""
        cursor, selection = reader.moment.cursor, reader.selection
        if cursor != self._before[0]:
            self._opened, self._layer, self._slid = None, None, None
        elif selection != self._before[1] and selection is not None:
            self._open_for(reader.moment, selection)
        self._before = (cursor, selection)
        subject = current_subject(reader.moment)
        step = length_of(reader.moment) - 1 if subject.step is None else subject.step
        step = step if self._opened is None else self._opened
        return step, layer_at(reader.moment, self._layer or subject.layer, step)

    def _open_for(self, moment: Moment, ref: Ref) -> None:
        """Open the step and the layer that a number belongs to."""
        step, layer = step_of(moment, ref), layer_shown_for(self._graph, ref)
        if step is not None:
            self._opened = step
            self._slid = float(self._window.start) if step in self._window else None
        self._layer = self._layer if layer is None else layer

    def _show_vectors(self, shown: dict[str, Place]) -> None:
        """Written out where the cells are high enough for it, else in colors."""
        written = {key for key, place in shown.items() if place.is_written}
        for key, item in self._numbers.items():
            item.setVisible(key in written)
        for key, grid in self._grids.items():
            grid.setVisible(key in shown and key not in written)
        for key, (vector, box, cell, _) in shown.items():
            if key in written:
                self._item_of(key).show_part(vector, box, cell[1])
            else:
                self._grid_of(key).show_part(vector.grid, GridPlace(box, cell), None)

    def _show_symbols(self, picture: StepsPicture, place: ColumnsPlace, rows: Sequence[RowShape]) -> None:
        """The symbols of a text, in the rows that are made of them."""
        shown = {}
        for index, (column, boxes) in enumerate(zip(picture.columns, place.boxes, strict=True)):
            if rows[0].lines and column.read is not None:
                shown[f"{index} read"] = True
                self._symbols_of(f"{index} read").show_symbol(column.read, boxes[0])
            if column.answer is not None:
                row = next(row for row in range(len(rows) - 1, 0, -1) if rows[row].lines)
                shown[f"{index} answer"] = True
                lines = lines_of(boxes[row], place.cells[row][1])
                self._symbols_of(f"{index} answer").show_answer(column.answer, lines)
        for key, item in self._symbols.items():
            item.setVisible(key in shown)

    def _symbols_of(self, key: str) -> SymbolsItem:
        if key not in self._symbols:
            self._symbols[key] = SymbolsItem()
            self._scene.addItem(self._symbols[key])
        return self._symbols[key]

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


def _in_columns(picture: StepsPicture, place: ColumnsPlace, rows: Sequence[RowShape]) -> dict[str, Place]:
    shown = {}
    for index, (column, boxes) in enumerate(zip(picture.columns, place.boxes, strict=True)):
        for row, (vector, box) in enumerate(zip(column.vectors, boxes, strict=True)):
            if vector is not None and not rows[row].lines:
                shown[f"{index} {row}"] = Place(vector, box, place.cells[row], rows[row].is_written)
    return shown


def _in_cell(cell: CellPicture, shares: Shares) -> dict[str, Place]:
    shown = {}
    for slot in shares.cell.slots:
        site = cell.site(slot.name)
        if site is None:
            continue
        is_written = shares.is_written and bool(site.main.numbers)
        shown[slot.name] = Place(site.main, slot.box, slot.cell, is_written)
        if site.folded is not None:
            rows, columns = site.folded.grid.values.array.shape
            size = (slot.fold.width / columns, slot.fold.height / rows)
            shown[f"{slot.name} folded"] = Place(site.folded, slot.fold, size, False)
    return shown


def _slopes_in(cell: CellPicture, place: CellPlace) -> list[tuple[Number, str, Box]]:
    """The slopes that are shown, each with its function and the block of it."""
    blocks, phi = {block.site: block.box for block in place.blocks}, dict(cell.phi)
    return [(number, phi.get(name, "φ"), blocks[name]) for name, number in cell.slopes if name in blocks]


def _cell_shape(cell: CellPicture) -> CellShape:
    """What the place of an opened step depends on."""
    x = cell.site("x")
    unit = next(site for site in cell.sites if site.name != "x").main
    assert x is not None
    return CellShape(
        cell.kind,
        tuple(site.name for site in cell.sites),
        unit.grid.values.array.shape,
        x.main.grid.values.array.shape,
        bool(unit.numbers),
        bool(x.main.numbers),
    )


def _shape(row: Row) -> RowShape:
    if row.lines:
        return RowShape(row.lines, 1, False, row.lines)
    return RowShape(*vector_shape(row.units), row.is_written)
