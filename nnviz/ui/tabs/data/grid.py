"""The grid of the data table: cells that can be picked, typed into, copied and pasted."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.cells import Cell, State, number_width, paint_frame, paint_marks, paint_number, text_width
from nnviz.ui.number_board import STARTS_NUMBER
from nnviz.ui.number_edit import NumberEdit
from nnviz.ui.number_field import Way
from nnviz.ui.symbol_edit import SymbolEdit
from nnviz.ui.tabs.data.model import DataModel, PasteError

ROW = 30
HEADER = 52
RAW_SPACE, CELL_SPACE = 8, 14
MOST_MEASURED = 50  # rows whose numbers are measured to find the width of a column

Index = QModelIndex | QPersistentModelIndex
Key = Qt.Key
WAYS = {
    Key.Key_Tab: Way.NEXT,
    Key.Key_Backtab: Way.BACK,
    Key.Key_Return: Way.DOWN,
    Key.Key_Enter: Way.DOWN,
}


class DataGrid(QTableView):
    """The table. Arrows and letters belong to the window: cells are chosen by mouse or Tab."""

    picked = Signal(object)
    pointed = Signal(object)
    pasted = Signal(object)
    refused = Signal(str)
    fixed = Signal(str)  # why a cell cannot be typed over

    def __init__(self, model: DataModel) -> None:
        super().__init__()
        self.table = model
        self.setModel(model)
        self.marks: tuple[Ref | None, Ref | None] = (None, None)  # selected, pointed at
        self.setItemDelegate(CellDelegate(self))
        self.setHorizontalHeader(ColumnHeader(model, self))
        self.setVerticalHeader(RowHeader(model, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.pressed.connect(self._on_pressed)
        self.entered.connect(self._on_entered)
        self.doubleClicked.connect(self._explain)
        self.setAccessibleName("Data")

    def fit_columns(self) -> None:
        """Columns as wide as their numbers need; a title alone asks for a little more."""
        beside = Counter(one.source for one in self.table.columns)
        for column, about in enumerate(self.table.columns):
            texts = self.table.first_texts(column, MOST_MEASURED)
            widest = max(map(number_width, texts), default=30.0)
            width = round(widest) + (CELL_SPACE if about.is_editable else RAW_SPACE)
            symbol = round(text_width(about.symbol, style.CAPTION)) + 10
            self.setColumnWidth(column, max(width, symbol, 56 if beside[about.source] == 1 else 0))

    def paste(self) -> None:
        """Put the clipboard in from the current cell on; all of it, or none."""
        if not self.currentIndex().isValid():
            self.refused.emit("Click a cell first: the clipboard is pasted from there on.")
            return
        try:
            values = self.table.pasted(QGuiApplication.clipboard().text(), self.currentIndex())
        except PasteError as error:
            self.refused.emit(str(error))
            return
        self.pasted.emit(values)

    def copy(self) -> None:
        """The chosen cells, tab-separated with all their digits."""
        indexes = self.selectionModel().selectedIndexes()
        if not indexes:
            return
        rows = sorted({index.row() for index in indexes})
        columns = sorted({index.column() for index in indexes})
        chosen = {(index.row(), index.column()): self.table.copied(index) for index in indexes}
        lines = ["\t".join(chosen.get((row, column), "") for column in columns) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _on_pressed(self, index: QModelIndex) -> None:
        if self.table.is_there(index):
            self.picked.emit(self.table.ref_at(index))

    def _on_entered(self, index: QModelIndex) -> None:
        self.pointed.emit(self.table.ref_at(index) if self.table.is_there(index) else None)

    def type_on(self, way: Way) -> None:
        """To the cell that is typed next: Tab opens it, Enter waits for its first digit."""
        there = self._beside(way)
        if there is not None:
            self.setCurrentIndex(there)
            if way is not Way.DOWN:
                self.edit(there)

    def _beside(self, way: Way) -> QModelIndex | None:
        """The next cell that can be typed into, row by row or down a column, from nowhere the first."""
        columns, current = max(1, len(self.table.columns)), self.currentIndex()
        step = {Way.NEXT: 1, Way.BACK: -1, Way.DOWN: columns}[way]
        place = current.row() * columns + current.column() + step if current.isValid() else 0
        while 0 <= place < self.table.rowCount() * columns:
            there = self.table.index(*divmod(place, columns))
            if self._is_open(there):
                return there
            place += step
        return None

    def _is_open(self, index: Index) -> bool:
        """Whether a cell can be typed into."""
        return bool(self.table.flags(index) & Qt.ItemFlag.ItemIsEditable)

    def _explain(self, index: Index) -> None:
        """Say why a cell cannot be typed into."""
        if self.table.is_there(index) and not self._is_open(index):
            self.fixed.emit("Raw data cannot be changed: type into a column that the network reads.")

    def _types(self, event: QKeyEvent) -> bool:
        """Whether a key starts to type over the current cell, or tries to."""
        index = self.currentIndex()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or not index.isValid():
            return False
        is_typed = event.text() != "" and event.text() in STARTS_NUMBER
        return is_typed and not self.table.columns[index.column()].symbols

    def _open(self, typed: str) -> None:
        """Edit the current cell, beginning with what was typed."""
        if not self._is_open(self.currentIndex()):
            return
        self.edit(self.currentIndex())
        editor = self.indexWidget(self.currentIndex())
        if isinstance(editor, NumberEdit):
            editor.selectAll()
            editor.insert(typed)

    def _tab(self, event: QKeyEvent) -> None:
        """On to the next cell, and out of the table behind the last."""
        there = self._beside(WAYS[Key(event.key())])
        event.setAccepted(there is not None)
        if there is not None:
            self.setCurrentIndex(there)

    # Qt

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            event.setAccepted(self._types(event))
            if event.isAccepted():
                self._explain(self.currentIndex())
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._types(event):
            self._open(event.text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.key() in (Key.Key_Tab, Key.Key_Backtab):
            self._tab(event)
        elif event.key() == Key.Key_F2:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)


class CellDelegate(QStyledItemDelegate):
    """Paints a cell with the shared cell painter and lets a number be typed into it."""

    def __init__(self, grid: DataGrid) -> None:
        super().__init__(grid)
        self._grid = grid
        self.closeEditor.connect(self._on_editor_closed)

    def _on_editor_closed(self) -> None:
        """Why a number was refused is no longer of interest."""
        self._grid.refused.emit("")

    # Qt

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        is_key = isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress
        way = WAYS.get(Key(event.key())) if is_key else None  # type: ignore[attr-defined]
        if way is None or not isinstance(editor, QLineEdit):
            return super().eventFilter(editor, event)
        if editor.hasAcceptableInput():
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            self._grid.type_on(way)
        elif isinstance(editor, NumberEdit | SymbolEdit):
            editor.finish()
        return True

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        grid, c = self._grid, style.colors()
        table = grid.table
        ref, text = table.ref_at(index), table.text_at(index)
        rect = QRectF(option.rect)
        in_focus = table.moment is not None and table.moment.focus == index.row()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if in_focus:
            painter.fillRect(rect, QColor(_tint(table)))
        is_chosen = grid.selectionModel().isSelected(index)
        if is_chosen:
            painter.fillRect(rect, QColor(c.positive_tint))
        if table.columns[index.column()].is_editable:
            painter.setPen(QPen(QColor(c.control_border), 1))
            painter.setBrush(QColor(c.positive_tint if is_chosen else c.panel))
            painter.drawRoundedRect(rect.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4)
        selected, pointed = grid.marks
        state = State.COMPUTED if text else State.EMPTY
        cell = Cell(text, state, is_selected=ref == selected, is_pointed=ref == pointed)
        paint_number(painter, rect.adjusted(0, 0, -2, 0), cell, in_focus)
        paint_marks(painter, rect.adjusted(4, 4, -4, -4), cell)
        if grid.hasFocus() and index == grid.currentIndex():
            paint_frame(painter, rect.adjusted(2, 2, -2, -2), c.positive)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(56, ROW)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        symbols = self._grid.table.columns[index.column()].symbols
        editor = SymbolEdit(symbols, parent) if symbols else NumberEdit(parent)
        editor.setFont(style.font(style.CONTROL, 600))
        editor.refused.connect(self._grid.refused)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, NumberEdit):
            editor.type_over(self._grid.table.text_at(index))
        if isinstance(editor, QLineEdit) and not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        editor.setGeometry(QRect(rect.topLeft(), QSize(max(rect.width(), 84), rect.height())))


class ColumnHeader(QHeaderView):
    """The name of a quantity over its raw and its prepared column, and below it which is which."""

    def __init__(self, model: DataModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._table = model
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(24)

    def _span(self, section: int, rect: QRect) -> QRect:
        """The rectangle over all columns that come from the same source."""
        source = self._table.columns[section].source
        same = [i for i, column in enumerate(self._table.columns) if column.source == source]
        left = rect.left() - sum(self.sectionSize(i) for i in same if i < section)
        width = sum(self.sectionSize(i) for i in same)
        return QRect(left, rect.top(), width, rect.height() - 20)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), HEADER)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        c = style.colors()
        column = self._table.columns[section]
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, QColor(c.panel))
        painter.setPen(QColor(c.text))
        painter.setFont(style.font(style.CAPTION, 600))
        wrap = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight
        painter.drawText(self._span(section, rect).adjusted(4, 0, -6, 0), wrap, column.title)
        painter.setPen(QColor(c.muted))
        painter.setFont(style.font(style.CAPTION))
        low = QRect(rect.left(), rect.bottom() - 20, rect.width() - 6, 18)
        painter.drawText(low, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, column.symbol)
        painter.restore()


class RowHeader(QHeaderView):
    """The names of the examples, the one in focus with its ground. A click puts one into focus."""

    def __init__(self, model: DataModel, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._table = model
        self.setSectionsClickable(True)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setDefaultSectionSize(ROW)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    # Qt

    def sizeHint(self) -> QSize:
        rows = range(min(self._table.rowCount(), MOST_MEASURED))
        widest = max((text_width(self._table.row_name(row), style.CONTROL, 600) for row in rows), default=20)
        return QSize(round(widest) + 16, super().sizeHint().height())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        c = style.colors()
        moment = self._table.moment
        in_focus = moment is not None and moment.focus == section
        in_batch = moment is not None and section in moment.rows
        painter.save()
        painter.fillRect(rect, QColor(_tint(self._table) if in_focus else c.panel))
        painter.setFont(style.font(style.CONTROL, 600 if in_focus else 400))
        painter.setPen(QColor(c.text if in_batch else c.not_yet))
        inside = rect.adjusted(8, 0, -4, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, self._table.row_name(section))
        painter.restore()


def _tint(table: DataModel) -> str:
    """The ground of the example in focus: that of the pass the class is in."""
    stage = table.moment.stage if table.moment is not None else None
    return style.colors().phase(stage.into if stage is not None else None)[1]
