"""The sheet of matrices as a widget: what is painted, and what the mouse is on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import MINUS
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import (
    Cell,
    State,
    label_width,
    number_width,
    paint_cell,
    paint_frame,
    paint_label,
    paint_marks,
    paint_number,
    text_width,
)
from nnviz.ui.layout.matrix_equation import Block, Entry, with_example
from nnviz.ui.layout.names import subscripted
from nnviz.ui.number_board import NumberBoard
from nnviz.ui.number_field import Way
from nnviz.ui.tabs.matrices.pages import page_at
from nnviz.ui.tabs.matrices.parts import whole
from nnviz.ui.tabs.matrices.sheet import HEADER, LABEL, ROW, Measures, PlacedBlock, Sheet, lay_out

PADDING = 15
WIDEST_NAME = 76
MOST_MEASURED = 400  # cells whose numbers are measured to find the width of a matrix
SIGN = 17


class MatrixCanvas(NumberBoard):
    """The sheet of matrices: paints the cells in sight, and lets numbers be typed row by row."""

    focused = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.sheet: Sheet | None = None
        self._clicked = 0  # which matrix of the sheet
        self._pressed: Ref | None = None
        self._largest: dict[str, float] = {}
        self.setAccessibleName("Numbers of the matrices")

    def show_page(
        self, moment: Moment, depth: Depth, digits: int, selection: Ref | None, available: float
    ) -> None:
        """Lay out the matrices of a moment in a width."""
        self.show_numbers(moment, digits)
        self.selection = self.plain(selection)
        measures = Measures(self._number_width, self._label_width, self._sign_width, self._name_width)
        self.sheet = lay_out(page_at(moment, depth, selection), available, measures)
        self._largest = {}
        self.setMinimumSize(round(self.sheet.width) + PADDING + 4, round(self.sheet.height) + PADDING)
        self._follow_field()
        self.update()

    def _follow_field(self) -> None:
        """Keep the field over its number on a sheet that is laid out anew."""
        rect = self.rect_of(self.at)
        if self.field is None:
            return
        if rect is None:
            self.abandon()
        else:
            self.field.setGeometry(self._field_place(rect, self.field.text()))

    def show_pointed(self, ref: Ref | None) -> None:
        self.show_marks(self.selection, ref)

    def plain(self, ref: Ref | None) -> Ref | None:
        """An address as the cells have it: with its example, where it is of one."""
        if ref is None or self.moment is None:
            return ref
        return with_example(self.moment.graph, ref, self.moment.focus)

    # Where things are

    @property
    def title(self) -> str:
        return self.sheet.page.title if self.sheet else ""

    def current_rect(self) -> QRectF | None:
        """Where the first number that the last step worked on stands."""
        if self.sheet is None:
            return None
        wanted = self.sheet.page.highlighted | self.sheet.page.pending
        quantities = {(ref.scope, ref.part) for ref in wanted}
        for placed in self.sheet.blocks:
            if quantities.isdisjoint(placed.block.quantities):
                continue
            for i, j, entry in _cells(placed.block):
                if entry in wanted:
                    return _on_widget(_cell_rect(placed, i, j))
        return None

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        for placed in self.sheet.blocks if self.sheet else ():
            for i, j, entry in _cells(placed.block):
                if isinstance(entry, Ref):
                    yield entry, _on_widget(_cell_rect(placed, i, j))

    def rect_of(self, ref: Ref | None) -> QRectF | None:
        """Where a number stands, if it is on the sheet."""
        found = self._found(ref)
        return _on_widget(_cell_rect(*found)) if found is not None else None

    def _found(self, ref: Ref | None) -> tuple[PlacedBlock, int, int] | None:
        """The matrix, row and column of a number; if several have it, the one that was clicked."""
        wanted, blocks = self.plain(ref), self.sheet.blocks if self.sheet else ()
        if wanted is None:
            return None
        for placed in (*blocks[self._clicked : self._clicked + 1], *blocks):
            if placed.block.holds(wanted):
                for i, j, entry in _cells(placed.block):
                    if entry == wanted:
                        return placed, i, j
        return None

    def beside(self, ref: Ref, way: Way) -> Ref | None:
        """Row by row and matrix by matrix, or down the column, through what is not shown of it as well."""
        found = self._found(ref)
        if found is None:
            return None
        block, i, j = whole(found[0].block, *found[1:])
        here, end = i * block.columns + j, block.rows * block.columns
        ways = {
            Way.NEXT: range(here + 1, end),
            Way.BACK: range(here - 1, -1, -1),
            Way.DOWN: range(here + block.columns, end, block.columns),
        }
        entries = (block.entry(*divmod(place, block.columns)) for place in ways[way])
        inside = (one for one in entries if isinstance(one, Ref) and self.can_edit(one))
        return next(chain(inside, () if way is Way.DOWN else self._beyond(found[0], way)), None)

    def _beyond(self, placed: PlacedBlock, way: Way) -> Iterator[Ref]:
        """What can be typed over in the matrices behind one, or backwards before it; each number once."""
        step = 1 if way is Way.NEXT else -1
        blocks = (self.sheet.blocks if self.sheet else ())[::step]
        for other in blocks[blocks.index(placed) + 1 :]:
            for i, j, entry in list(_cells(other.block))[::step]:
                if isinstance(entry, Ref) and self.can_edit(entry) and self._found(entry) == (other, i, j):
                    yield entry

    def header_rect(self, example: int) -> QRectF | None:
        """The header of an example's column, of the last matrix that has one: the batch."""
        if self.sheet is None:
            return None
        for placed in reversed(self.sheet.blocks):
            if example in placed.block.examples:
                return _header_rect(placed, placed.block.examples.index(example))
        return None

    def ref_at(self, point: QPointF) -> Ref | None:
        x, y = point.x() - PADDING, point.y()
        for placed in self.sheet.blocks if self.sheet else ():
            place = placed.cell_at(x, y)
            if place is not None:
                entry = placed.block.entry(*place)
                return entry if isinstance(entry, Ref) else None
        return None

    def _block_at(self, point: QPointF) -> int:
        """The place of the matrix under a point on the sheet; 0 beside them all."""
        blocks, x, y = self.sheet.blocks if self.sheet else (), point.x() - PADDING, point.y()
        return next((i for i, placed in enumerate(blocks) if placed.cell_at(x, y) is not None), 0)

    def _example_at(self, point: QPointF) -> int | None:
        for placed in self.sheet.blocks if self.sheet else ():
            for j, example in enumerate(placed.block.examples):
                if _header_rect(placed, j).contains(point):
                    return example
        return None

    # Measuring

    def _number_width(self, block: Block) -> float:
        """The width that the numbers of a matrix need, the same before and after they are computed."""
        widest = max((self._example_width(example) for example in block.examples), default=0.0)
        widest = max(number_width("0.00"), min(widest, WIDEST_NAME))
        for _, _, entry in islice(_cells(block), MOST_MEASURED):
            if isinstance(entry, Ref):
                widest = max(widest, number_width(self.text_of(entry) or self._usual()))
        return float(np.ceil(widest))

    def _example_width(self, example: int) -> float:
        return text_width(self._example_name(example), style.CAPTION, 700)

    def _example_name(self, example: int) -> str:
        assert self.moment is not None
        return subscripted(self.moment.textbook.example(example))

    def _usual(self) -> str:
        """What a number that is not computed yet will probably look like."""
        return f"{MINUS}0.{'0' * self.digits}"

    def _label_width(self, label: str) -> float:
        return label_width(label)

    def _sign_width(self, sign: str) -> float:
        return label_width(sign, SIGN)

    def _name_width(self, name: str) -> float:
        return text_width(name, style.CONTROL) + 4

    # Painting

    def _paint_block(self, painter: QPainter, placed: PlacedBlock, clip: QRectF) -> None:
        self._paint_label(painter, placed)
        self._paint_examples(painter, placed, clip)
        marked = []
        for i, j in _cells_in(placed, clip):
            entry = placed.block.entry(i, j)
            if entry is None:
                continue
            rect = _cell_rect(placed, i, j)
            cell = self._cell(placed.block, entry)
            if placed.block.is_table:
                paint_number(painter, rect, cell, self._is_in_focus(placed.block, j))
            else:
                paint_cell(painter, rect, cell)
            if cell.is_selected or cell.is_pointed:
                marked.append((rect, cell))
        self._paint_used(painter, placed)
        for rect, cell in marked:
            paint_marks(painter, rect, cell)

    def _cell(self, block: Block, entry: Ref | float) -> Cell:
        assert self.moment is not None and self.sheet is not None
        if not isinstance(entry, Ref):
            return Cell(f"{entry:g}")
        page, value = self.sheet.page, self.moment.value(entry)
        selected, pointed = entry == self.selection, entry == self.pointed_at
        if value is None:
            state = State.PENDING if entry in page.pending else State.EMPTY
            return Cell("", state, block.tone, into=page.into, is_selected=selected, is_pointed=pointed)
        text = self.text_of(entry)
        state = State.HIGHLIGHTED if entry in page.highlighted else State.COMPUTED
        largest = self._largest_of(block) if block.tone == "signed" else 0.0
        return Cell(text, state, block.tone, value, largest, page.into, selected, pointed)

    def _largest_of(self, block: Block) -> float:
        """The largest magnitude in a matrix, the end of its color map."""
        if block.label not in self._largest:
            assert self.moment is not None
            largest = 0.0
            for scope, part in block.quantities:
                known = self.moment.array(scope, part)
                values = np.abs(known.array)[np.isfinite(known.array)] if known is not None else ()
                largest = max(largest, float(np.max(values, initial=0.0)))
            self._largest[block.label] = largest
        return self._largest[block.label]

    def _paint_label(self, painter: QPainter, placed: PlacedBlock) -> None:
        c = style.colors()
        if not placed.block.is_table:
            painter.setPen(QColor(c.muted))
            x = placed.x + (placed.width - label_width(placed.block.label)) / 2
            paint_label(painter, x, placed.top + LABEL - 8, placed.block.label)
            return
        painter.setFont(style.font(style.CONTROL))
        painter.setPen(QColor(c.muted))
        for row, name in enumerate(placed.block.row_names):
            rect = QRectF(placed.left, placed.y + row * ROW, placed.x - placed.left, ROW)
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)

    def _paint_examples(self, painter: QPainter, placed: PlacedBlock, clip: QRectF) -> None:
        """The names of the examples over their columns that are seen, the one in focus with its ground."""
        assert self.sheet is not None
        c = style.colors()
        hue, tint = c.phase(self.sheet.page.into)
        right = Qt.AlignmentFlag.AlignRight if placed.block.is_table else Qt.AlignmentFlag.AlignHCenter
        for j, example in enumerate(placed.block.examples):
            rect = _header_rect(placed, j).translated(-PADDING, 0)
            if rect.right() < clip.left() or rect.left() > clip.right():
                continue
            in_focus = self._is_in_focus(placed.block, j)
            if in_focus and placed.block.is_table:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tint))
                painter.drawRoundedRect(rect.adjusted(2, -4, 2, placed.height + 2), 7, 7)
            painter.setFont(style.font(style.CAPTION, 700 if in_focus else 400))
            painter.setPen(QColor(hue if in_focus else c.muted))
            metrics, most = painter.fontMetrics(), round(rect.width()) - 2
            name = metrics.elidedText(self._example_name(example), Qt.TextElideMode.ElideRight, most)
            inside = rect.adjusted(0, 0, -4 if placed.block.is_table else 0, 0)
            painter.drawText(inside, right | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_used(self, painter: QPainter, placed: PlacedBlock) -> None:
        """A frame around what goes into the current number, in the hue of the matrix."""
        used = placed.block.used
        if used is None or self.sheet is None:
            return
        c = style.colors()
        hues = {"plain": c.outline, "signed": c.positive}
        hue = hues.get(placed.block.tone) or c.role(placed.block.tone)[0]
        first = _cell_rect(placed, used.row, used.column)
        last = _cell_rect(placed, used.row + used.rows - 1, used.column + used.columns - 1)
        paint_frame(painter, first.united(last), hue)

    def _is_in_focus(self, block: Block, column: int) -> bool:
        assert self.sheet is not None
        return bool(block.examples) and block.examples[column] == self.sheet.page.focus

    def _paint_texts(self, painter: QPainter) -> None:
        assert self.sheet is not None
        c = style.colors()
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(style.CONTROL, 600))
        for heading in self.sheet.headings:
            rect = QRectF(heading.x, heading.y, heading.width, heading.height)
            painter.drawText(rect, left, heading.text)
        painter.setFont(style.font(style.CAPTION))
        painter.setPen(QColor(c.muted))
        for note in self.sheet.notes:
            painter.drawText(QRectF(note.x, note.y, note.width, note.height), left, note.text)
        painter.setPen(QColor(c.outline))
        for sign in self.sheet.signs:
            x = sign.x + (sign.width - label_width(sign.text, SIGN)) / 2
            paint_label(painter, x, sign.y + sign.height / 2 + 5, sign.text, SIGN)

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(event.rect(), QColor(style.colors().panel))
            if self.sheet is None:
                return
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(PADDING, 0)
            clip = QRectF(event.rect()).translated(-PADDING, 0)
            self._paint_texts(painter)
            for placed in self.sheet.blocks:
                self._paint_block(painter, placed, clip)
            painter.translate(-PADDING, 0)
            self.paint_keys(painter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if self._example_at(event.position()) is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        example = self._example_at(point)
        self._pressed, self._clicked = self.ref_at(point), self._block_at(point)
        super().mousePressEvent(event)
        if example is not None and event.button() is Qt.MouseButton.LeftButton:
            self.focused.emit(example)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click may have brought other matrices: what counts is the number that it met.
        if event.button() is Qt.MouseButton.LeftButton and self._pressed is not None:
            self.open_field(self._pressed)
        else:
            event.ignore()


def _cells(block: Block) -> Iterator[tuple[int, int, Entry]]:
    for i in range(block.rows):
        for j in range(block.columns):
            yield i, j, block.entry(i, j)


def _cells_in(placed: PlacedBlock, clip: QRectF) -> Iterator[tuple[int, int]]:
    """The cells that a rectangle touches."""
    top, bottom = int((clip.top() - placed.y) // ROW), int((clip.bottom() - placed.y) // ROW)
    left = int((clip.left() - placed.x) // placed.cell_width)
    right = int((clip.right() - placed.x) // placed.cell_width)
    for i in range(max(0, top), min(placed.block.rows, bottom + 1)):
        for j in range(max(0, left), min(placed.block.columns, right + 1)):
            yield i, j


def _on_widget(rect: QRectF) -> QRectF:
    """A rectangle of the sheet in the coordinates of the canvas."""
    return rect.translated(PADDING, 0)


def _cell_rect(placed: PlacedBlock, i: int, j: int) -> QRectF:
    """A cell in the coordinates of the sheet."""
    return QRectF(placed.x + j * placed.cell_width, placed.y + i * ROW, placed.cell_width, ROW)


def _header_rect(placed: PlacedBlock, j: int) -> QRectF:
    """The name of an example over its column, in the coordinates of the canvas."""
    return QRectF(PADDING + placed.x + j * placed.cell_width, placed.y - HEADER, placed.cell_width, HEADER)
