"""The data of a lesson as a table: raw columns beside the prepared ones that the network reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import has_thousands, parse, show
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.typeset import name_text
from nnviz.ui.layout.names import subscripted

REF = Qt.ItemDataRole.UserRole
GONE = "–"

Index = QModelIndex | QPersistentModelIndex
Values = tuple[tuple[Ref, float], ...]


class PasteError(ValueError):
    """A block of text that cannot be pasted; says where and why."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title` stands over all that come from the same `source`: raw, prepared, classes, a step.

    With `symbols` it stands for the numbers of all of them, of which one is 1.
    """

    title: str
    symbol: str
    source: int
    scope: str
    part: Part
    cell: Cell
    symbols: tuple[str, ...] = ()

    @property
    def is_editable(self) -> bool:
        """Whether another number or symbol can be typed."""
        return self.part is Part.VALUE

    @property
    def takes_numbers(self) -> bool:
        return self.is_editable and not self.symbols

    def ref(self, row: int) -> Ref:
        return Ref(self.scope, self.part, self.cell, row)


def columns_of(graph: Graph, textbook: Textbook) -> tuple[Column, ...]:
    """Inputs, then targets; where preprocessing changes them, after the raw column they come from."""
    columns: list[Column] = []
    nodes = (graph.data,) if graph.target is None else (graph.data, graph.target)
    cells = [(node, cell) for node in nodes for cell in range(node.shape[0])]
    for place, (node, cell) in enumerate(cells):
        symbol = name_text(
            textbook.notation.name(textbook.notation.after_dropout(Ref(node.scope, cell=(cell,))))
        )
        preparation = textbook.preparation
        if preparation is None:
            columns.append(Column("", symbol, place, node.scope, Part.VALUE, (cell,)))
            continue
        source, one = preparation.sources[place], preparation.bins[place]
        title = preparation.columns[source]
        is_new = not any(column.source == source for column in columns)
        if is_new and preparation.expression(0, place) is not None:
            columns.append(Column(title, "raw", source, node.scope, Part.RAW, (cell,)))
        columns.append(Column(title, one.name if one else symbol, source, node.scope, Part.VALUE, (cell,)))
    return tuple(columns)


class DataModel(QAbstractTableModel):
    """The table at one moment. Typing a number changes nothing here: it is told as `edited`."""

    edited = Signal(object, float)
    spelled = Signal(object)  # tuple of (Ref, value): the numbers of another symbol

    def __init__(self) -> None:
        super().__init__()
        self.columns: tuple[Column, ...] = ()
        self.moment: Moment | None = None
        self.digits = 4
        self._rows = 0

    def set_columns(self, columns: tuple[Column, ...]) -> None:
        self.beginResetModel()
        self.columns, self.moment, self._rows = columns, None, 0
        self.endResetModel()

    def show_moment(self, moment: Moment, digits: int) -> None:
        """Read from another moment from now on; the view repaints by itself."""
        rows = len(moment.settings.inputs)
        is_new = rows != self._rows
        if is_new:
            self.beginResetModel()
        self.moment, self.digits, self._rows = moment, digits, rows
        if is_new:
            self.endResetModel()

    def ref_at(self, index: Index) -> Ref:
        column, row = self.columns[index.column()], index.row()
        return (
            replace(column.ref(row), cell=(*column.cell, self._place(column, row)))
            if column.symbols
            else column.ref(row)
        )

    def _place(self, column: Column, row: int) -> int:
        """Which of the numbers of a symbol is 1."""
        return int(self._table(column)[(row, *column.cell)].argmax())

    def _table(self, column: Column) -> Array:
        """The numbers that a column shows one of, (rows, …)."""
        assert self.moment is not None
        settings = self.moment.settings
        table = settings.inputs if column.scope == self.moment.graph.data.scope else settings.targets
        assert table is not None
        return table

    def is_there(self, index: Index) -> bool:
        """Whether the sequence of a row is as long as that."""
        there = self._there(self.columns[index.column()])
        return there is None or bool(there[index.row()])

    def _there(self, column: Column) -> Array | None:
        """Which sequences are as long as a column asks for; None where all are."""
        graph = self.moment.graph if self.moment is not None else None
        if self.moment is None or graph is None or graph.going is None:
            return None
        step = graph.step_of(column.ref(0))
        going: Array = self.moment.settings.given[graph.going.scope]
        return None if step is None else going[:, step]

    def first_texts(self, place: int, most: int) -> list[str]:
        """What a column shows in its first rows; rows with the same number only once."""
        column, rows = self.columns[place], range(min(self._rows, most))
        telling: Iterable[int] = rows
        if self.moment is not None and column.is_editable:
            cells: tuple[Any, ...] = (slice(len(rows)), *column.cell)
            values = self._table(column)[cells]
            numbers = (values.argmax(axis=-1) if column.symbols else values).tolist()
            going = self._there(column)
            there = [True] * len(rows) if going is None else going[: len(rows)].tolist()
            telling = dict(zip(zip(numbers, there, strict=True), rows, strict=True)).values()
        return [self.text_at(self.index(row, place)) for row in telling]

    def value_at(self, index: Index) -> float | None:
        is_there = self.moment is not None and self.is_there(index)
        return self.moment.value(self.ref_at(index)) if self.moment is not None and is_there else None

    def text_at(self, index: Index) -> str:
        """A number as it is shown; empty where there is none, a dash where it is the raw one of another."""
        value = self.value_at(index)
        if value is None or self.moment is None:
            return GONE if self._is_gone(index) else ""
        ref, symbols = self.ref_at(index), self.columns[index.column()].symbols
        if symbols:
            return symbols[ref.cell[-1]]
        return self.moment.word(ref) or show(value, self.digits, self.moment.decimals(ref))

    def _is_gone(self, index: Index) -> bool:
        """Whether somebody has changed the number that was made from a raw one."""
        is_raw = self.columns[index.column()].part is Part.RAW
        return is_raw and self.moment is not None and self.value_at(index) is None

    def copied(self, index: Index) -> str:
        """What a cell gives to the clipboard: all digits of its number, or its symbol."""
        return self.text_at(index) if self.columns[index.column()].symbols else plain(self.value_at(index))

    def row_name(self, row: int) -> str:
        return subscripted(self.moment.textbook.example(row)) if self.moment is not None else ""

    def pasted(self, text: str, start: Index) -> Values:
        """The numbers of a block from a spreadsheet, put in from a cell on to the right and down.

        Raises PasteError for a cell that is no number, and for one that has no place in the table.
        """
        lines = text.rstrip("\r\n").splitlines()
        columns = [c for c in self.columns[start.column() :] if c.takes_numbers]
        if self.columns[start.column()].symbols:
            raise PasteError("A text is not pasted over: type another symbol into a cell.")
        if not self.columns[start.column()].is_editable:
            raise PasteError("Raw data cannot be changed: paste into a column that the network reads.")
        if len(lines) > self._rows - start.row():
            raise PasteError(f"Found {len(lines)} rows, wanted at most {self._rows - start.row()} from here.")
        values: list[tuple[Ref, float]] = []
        for row, line in enumerate(lines, start.row()):
            cells = line.split("\t")
            if len(cells) > len(columns):
                raise PasteError(
                    f"Row {self.row_name(row)}: found {len(cells)} columns, wanted at most {len(columns)}."
                )
            values += [self._read(cell, row, column) for cell, column in zip(cells, columns, strict=False)]
        return tuple(values)

    def _read(self, text: str, row: int, column: Column) -> tuple[Ref, float]:
        try:
            return column.ref(row), parse(text, has_thousands(self.text_at(self._index(row, column))))
        except ValueError as error:
            where = f"Row {self.row_name(row)}, column {column.symbol}"
            raise PasteError(f"{where}: {error}. Nothing was pasted.") from None

    def _index(self, row: int, column: Column) -> QModelIndex:
        return self.index(row, self.columns.index(column))

    def _spell(self, index: Index, place: int) -> None:
        """Another symbol: its number becomes 1, and that of the one before 0."""
        column = self.columns[index.column()]
        ref = column.ref(index.row())
        cells = [replace(ref, cell=(*column.cell, k)) for k in (self._place(column, index.row()), place)]
        if cells[0] != cells[1]:
            self.spelled.emit(((cells[0], 0.0), (cells[1], 1.0)))

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return self._rows

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        editable = index.isValid() and self.columns[index.column()].is_editable and self.is_there(index)
        return super().flags(index) | (Qt.ItemFlag.ItemIsEditable if editable else Qt.ItemFlag.NoItemFlags)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(index)
        if role == Qt.ItemDataRole.EditRole:
            return self.copied(index)
        if role == REF:
            return self.ref_at(index)
        if role == Qt.ItemDataRole.ToolTipRole and self.moment is not None and self.is_there(index):
            gone = ": the network reads another number now" if self._is_gone(index) else ""
            return f"{self.moment.notation.caption(self.ref_at(index))}, {self.row_name(index.row())}{gone}"
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        symbols = self.columns[index.column()].symbols
        if symbols:
            self._spell(index, symbols.index(str(value)))
            return True
        number = parse(str(value), has_thousands(self.text_at(index)))
        if number != self.value_at(index):
            self.edited.emit(self.ref_at(index), number)
        return True

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return self.row_name(section) if role == Qt.ItemDataRole.DisplayRole else None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.symbol
        return f"{column.title}: {column.symbol}" if role == Qt.ItemDataRole.ToolTipRole else None


def plain(value: float | None) -> str:
    """A number as a program would write it, with every digit it has."""
    return "" if value is None else repr(float(value)).removesuffix(".0")
