"""The sheet of matrices as a widget: what is painted, and what the mouse is on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import MINUS, show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
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
from nnviz.ui.layout.matrix_pages import page_at
from nnviz.ui.layout.names import subscripted
from nnviz.ui.layout.sheet import HEADER, LABEL, ROW, Measures, PlacedBlock, Sheet, lay_out

PADDING = 15
WIDEST_NAME = 76
MOST_MEASURED = 400  # cells whose numbers are measured to find the width of a matrix
SIGN = 17


class MatrixCanvas(QWidget):
    """The sheet of matrices: paints the cells in sight and tells which one the mouse is on."""

    picked = Signal(object)
    pointed = Signal(object)
    focused = Signal(int)
    opened = Signal()  # the number that has just been picked is to be typed over

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.sheet: Sheet | None = None
        self._moment: Moment | None = None
        self._digits = 4
        self._selection: Ref | None = None
        self._pointed: Ref | None = None
        self._largest: dict[str, float] = {}

    def show_page(
        self, moment: Moment, depth: Depth, digits: int, selection: Ref | None, available: float
    ) -> None:
        """Lay out the matrices of a moment in a width."""
        self._moment, self._digits = moment, digits
        self._selection = None if selection is None else with_example(moment.graph, selection, moment.focus)
        measures = Measures(self._number_width, self._label_width, self._sign_width, self._name_width)
        self.sheet = lay_out(page_at(moment, depth, selection), available, measures)
        self._largest = {}
        self.setMinimumSize(round(self.sheet.width) + PADDING + 4, round(self.sheet.height) + PADDING)
        self.update()

    def show_pointed(self, ref: Ref | None) -> None:
        if self._moment is not None and ref is not None:
            ref = with_example(self._moment.graph, ref, self._moment.focus)
        if ref != self._pointed:
            self._pointed = ref
            self.update()

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
                    return _cell_rect(placed, i, j)
        return None

    def rect_of(self, ref: Ref) -> QRectF | None:
        """Where a number stands, if it is on the sheet; matrices are searched before the batch."""
        if self.sheet is None or self._moment is None:
            return None
        wanted = with_example(self._moment.graph, ref, self._moment.focus)
        for placed in self.sheet.blocks:
            if placed.block.holds(wanted):
                for i, j, entry in _cells(placed.block):
                    if entry == wanted:
                        return _cell_rect(placed, i, j)
        return None

    def header_rect(self, example: int) -> QRectF | None:
        """The header of an example's column, of the last matrix that has one: the batch."""
        if self.sheet is None:
            return None
        for placed in reversed(self.sheet.blocks):
            if example in placed.block.examples:
                return _header_rect(placed, placed.block.examples.index(example))
        return None

    def _ref_at(self, point: QPointF) -> Ref | None:
        x, y = point.x() - PADDING, point.y()
        for placed in self.sheet.blocks if self.sheet else ():
            place = placed.cell_at(x, y)
            if place is not None:
                entry = placed.block.entry(*place)
                return entry if isinstance(entry, Ref) else None
        return None

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
                widest = max(widest, number_width(self._shown(entry) or self._usual()))
        return float(np.ceil(widest))

    def _example_width(self, example: int) -> float:
        return text_width(self._example_name(example), style.CAPTION, 700)

    def _example_name(self, example: int) -> str:
        assert self._moment is not None
        return subscripted(self._moment.textbook.example(example))

    def _shown(self, ref: Ref) -> str:
        """A number as it is printed; empty where there is none."""
        assert self._moment is not None
        value = self._moment.value(ref)
        return "" if value is None else show(value, self._digits, self._moment.decimals(ref))

    def _usual(self) -> str:
        """What a number that is not computed yet will probably look like."""
        return f"{MINUS}0.{'0' * self._digits}"

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
        assert self._moment is not None and self.sheet is not None
        if not isinstance(entry, Ref):
            return Cell(f"{entry:g}")
        page, value = self.sheet.page, self._moment.value(entry)
        selected, pointed = entry == self._selection, entry == self._pointed
        if value is None:
            state = State.PENDING if entry in page.pending else State.EMPTY
            return Cell("", state, block.tone, into=page.into, is_selected=selected, is_pointed=pointed)
        text = self._shown(entry)
        state = State.HIGHLIGHTED if entry in page.highlighted else State.COMPUTED
        largest = self._largest_of(block) if block.tone == "signed" else 0.0
        return Cell(text, state, block.tone, value, largest, page.into, selected, pointed)

    def _largest_of(self, block: Block) -> float:
        """The largest magnitude in a matrix, the end of its color map."""
        if block.label not in self._largest:
            assert self._moment is not None
            largest = 0.0
            for scope, part in block.quantities:
                known = self._moment.array(scope, part)
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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        ref = self._ref_at(event.position())
        clickable = ref is not None or self._example_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if clickable else Qt.CursorShape.ArrowCursor)
        if ref != self._pointed:
            self.pointed.emit(ref)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        ref, example = self._ref_at(event.position()), self._example_at(event.position())
        if ref is not None:
            self.picked.emit(ref)
        elif example is not None:
            self.focused.emit(example)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self._ref_at(event.position()) is not None:
            self.opened.emit()
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def _tip(self, point: QPointF) -> str:
        ref, moment = self._ref_at(point), self._moment
        if ref is None or moment is None:
            return ""
        value = moment.value(ref)
        name = f"{name_text(moment.notation.name(ref))}, {moment.notation.caption(ref)}"
        return f"{name}: not computed yet" if value is None else name


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


def _cell_rect(placed: PlacedBlock, i: int, j: int) -> QRectF:
    return QRectF(placed.x + j * placed.cell_width, placed.y + i * ROW, placed.cell_width, ROW)


def _header_rect(placed: PlacedBlock, j: int) -> QRectF:
    """The name of an example over its column, in the coordinates of the canvas."""
    return QRectF(PADDING + placed.x + j * placed.cell_width, placed.y - HEADER, placed.cell_width, HEADER)
