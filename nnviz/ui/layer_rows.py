"""The layers of a network as rows that can be changed, added and removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QToolButton, QWidget

from nnviz.lessons.offers import CELL, HIDDEN, SENTENCES, Offer
from nnviz.ui import style
from nnviz.ui.choice_form import Chooser
from nnviz.ui.number_boxes import CountBox, NumberBox

NO_LAYER = "Without a hidden layer only straight lines and borders are learned."
MOST_UNITS, MOST_LAYERS = 2048, 16
HEADS = (
    ("", ""),
    ("Neurons", SENTENCES["units"]),
    ("Activation", "What a neuron makes of its weighted sum."),
    ("Keep", SENTENCES["keep"]),
    ("", ""),
)
KIND_HEAD, KIND_COLUMN = ("Kind", "What remembers, and how; of other layers the activation."), 2
FIRST = 2  # row of the first layer, below the heads and the inputs
WIDTHS = (62, 58, 0, 58, 24)  # the activation takes what is left


@dataclass(frozen=True)
class ChosenLayers:
    """Layers, and the share of the inputs that is kept, as they are chosen in place of others."""

    before: list[Any]
    tables: list[Any]
    keep_before: float | None
    keep: float | None

    def in_place_of(self, now: list[Any]) -> list[Any] | None:
        """The same choice where other layers are shown; None where it does not fit them."""
        if now == self.before:
            return self.tables
        kinds = [[one.kind for one in tables] for tables in (self.before, now)]
        if len(self.tables) != len(now) or kinds[0] != kinds[1]:
            return now if self.tables == self.before else None
        rows = zip(self.before, self.tables, now, strict=True)
        return [kept if chosen == before else chosen for before, chosen, kept in rows]


@dataclass
class _Line:
    """A layer and its controls; the table of a layer that is not changed here has none."""

    table: Any
    units: CountBox | None = None
    activation: Chooser | None = None
    keep: NumberBox | None = None

    def made(self) -> Any:
        """The table as it is chosen."""
        if self.units is None or self.activation is None or self.keep is None:
            return self.table
        from nnviz.lessons.layer_edits import changed, changed_cell

        units, key, keep = self.units.value(), self.activation.key, self.keep.value()
        if is_cell(self.table):
            return changed_cell(self.table, kind=key, units=units, keep=keep)
        return changed(self.table, units=units, activation=key, keep=keep)


def is_cell(table: Any) -> bool:
    """Whether a layer is one that remembers."""
    return table.kind in CELL


class LayerRows(QWidget):
    """Hidden layers, one a row. `changed` tells that something was chosen, `typed` that it is being typed.

    A layer that remembers has a kind in place of its activation.

    Layers of maps, and the output layer where it is shown, are named and left as they are. What the
    choices mean stands below them, or in tool tips only where the rows are compact.
    """

    changed = Signal()
    typed = Signal()

    def __init__(
        self, has_output: bool = False, is_compact: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._has_output, self._is_compact = has_output, is_compact
        self._lines: list[_Line] = []
        self._is_made = False
        self._settled: tuple[list[Any], float | None] = ([], None)
        self.input_keep: NumberBox | None = None
        self._widgets: list[QWidget] = []
        self.removers: list[QToolButton] = []
        self.add_button = QPushButton("+ Add a layer")
        self.add_button.setFont(style.font(style.CONTROL))
        self.add_button.setToolTip("A hidden layer more, in front of the output")
        self.add_button.clicked.connect(self.add_layer)
        self._problem = ""
        self.note = QLabel()
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(4)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
        style.theme().changed.connect(self._recolor)

    def show_layers(self, tables: Sequence[Any], keep_inputs: float | None = None) -> None:
        """Show the layers of a lesson file; controls that show them already stay, with the focus in them.

        `keep_inputs` is the chance of an input to be used, None where inputs cannot be dropped.
        """
        if not self._is_made or list(tables) != self.tables or keep_inputs != self.keep_inputs:
            self._rebuild(list(tables), keep_inputs)

    def settle(self) -> None:
        """What is shown now is how things are: what is chosen from here on is another choice."""
        self._settled = self.tables, self.keep_inputs

    @property
    def chosen(self) -> ChosenLayers:
        before, keep = self._settled
        return ChosenLayers(before, self.tables, keep, self.keep_inputs)

    def choose(self, chosen: ChosenLayers) -> bool:
        """Choose it again, where other things are shown now; False where something is not possible here."""
        tables, keep = chosen.in_place_of(self.tables), self.keep_inputs
        has_other_keep = chosen.keep != chosen.keep_before
        can_keep = keep is not None and chosen.keep is not None
        self.show_layers(
            self.tables if tables is None else tables, chosen.keep if has_other_keep and can_keep else keep
        )
        return tables is not None and (can_keep or not has_other_keep)

    @property
    def tables(self) -> list[Any]:
        """The layers as they are chosen."""
        return [line.made() for line in self._lines]

    @property
    def keep_inputs(self) -> float | None:
        """The chance of an input to be used, as it is chosen; None where inputs cannot be dropped."""
        return None if self.input_keep is None else self.input_keep.value()

    @property
    def units(self) -> list[CountBox]:
        """The boxes in which neurons are counted, layer by layer."""
        return [line.units for line in self._lines if line.units is not None]

    @property
    def activations(self) -> list[Chooser]:
        return [line.activation for line in self._lines if line.activation is not None]

    @property
    def keeps(self) -> list[NumberBox]:
        return [line.keep for line in self._lines if line.keep is not None]

    def add_layer(self) -> None:
        """A layer like the one before it, in front of the output."""
        from nnviz.lessons.layer_edits import with_added

        tables = self.tables
        place = len(tables) - 1 if self._has_output else len(tables)
        place = next((i + 1 for i, one in reversed([*enumerate(tables)]) if is_cell(one)), place)
        self._rebuild(with_added(tables, place), self.keep_inputs)
        self.changed.emit()

    def remove_layer(self, place: int) -> None:
        """Without one layer."""
        from nnviz.lessons.layer_edits import with_removed

        self._rebuild(with_removed(self.tables, place), self.keep_inputs)
        self.changed.emit()

    # How it is made

    def _rebuild(self, tables: list[Any], keep_inputs: float | None) -> None:
        for widget in self._widgets:
            widget.hide()
            self._grid.removeWidget(widget)
            widget.deleteLater()
        self._widgets, self.removers, self._is_made = [], [], True
        self._lines = [_Line(table) for table in tables]
        self._make_inputs(keep_inputs)
        has_heads = self.input_keep is not None or any(
            self._is_changeable(i, table) for i, table in enumerate(tables)
        )
        has_cells = any(map(is_cell, tables))
        for column, (head, tip) in enumerate(HEADS if has_heads else ()):
            head, tip = KIND_HEAD if has_cells and column == KIND_COLUMN else (head, tip)
            self._put(_label(head, style.CAPTION, tip), 0, column)
        for place, line in enumerate(self._lines):
            self._make(place, line)
        self._grid.addWidget(self.add_button, len(tables) + FIRST, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        self._grid.addWidget(self.note, len(tables) + FIRST + 1, 0, 1, len(HEADS))
        self.add_button.setEnabled(len(tables) < MOST_LAYERS)
        self._problem = ""
        self._explain()
        self._recolor()

    def _explain(self) -> None:
        """What was typed in vain, or else the functions that are chosen, and what the numbers mean."""
        used = {box.key: f"{box.currentText()}: {box.sentence}" for box in self.activations}
        has_cells = any(is_cell(line.table) for line in self._lines)
        units = SENTENCES["units_of_cells" if has_cells else "units"]
        numbers = [f"Neurons: {units}", *used.values(), f"Keep: {SENTENCES['keep']}"]
        self.note.setText(self._problem or ("\n".join(numbers) if used else NO_LAYER))
        self.note.setVisible(bool(self._problem) or not self._is_compact)

    def _recolor(self) -> None:
        c, palette = style.colors(), self.note.palette()
        palette.setColor(self.note.foregroundRole(), QColor(c.backward if self._problem else c.muted))
        self.note.setPalette(palette)
        for button in self.removers:
            button.setIcon(style.icon("x"))

    def _on_refused(self, name: str, problem: str) -> None:
        self._problem = problem and f"{name}: {problem[0].lower()}{problem[1:]}"
        self._explain()
        self._recolor()

    def _is_changeable(self, place: int, table: Any) -> bool:
        """Whether a layer is a hidden one without maps."""
        is_output = self._has_output and place == len(self._lines) - 1
        return is_cell(table) or (table.kind == "dense" and not is_output)

    def _make_inputs(self, keep: float | None) -> None:
        """The inputs have nothing to choose but how many of them are dropped."""
        self.input_keep = None
        if keep is None:
            return
        self._put(_label("Inputs", style.CONTROL), 1, 0)
        self.input_keep = self._keep_box("Inputs", keep, SENTENCES["keep_inputs"])
        self._put(self.input_keep, 1, 3)

    def _keep_box(self, name: str, keep: float, sentence: str) -> NumberBox:
        box = NumberBox(f"Keep of {name}", 0.01, 1.0)
        box.show_value(keep)
        box.setToolTip(sentence)
        box.valueChanged.connect(self._on_changed)
        box.typed.connect(self.typed)
        box.refused.connect(partial(self._on_refused, f"Keep of {name}"))
        return box

    def _make(self, place: int, line: _Line) -> None:
        table = line.table
        if not self._is_changeable(place, table):
            self._put(
                _label(f"{table.name}: {_described(table)}", style.CONTROL), place + FIRST, 0, len(HEADS)
            )
            return
        self._put(_label(table.name, style.CONTROL), place + FIRST, 0)
        line.units = CountBox(f"Neurons of {table.name}", 1, MOST_UNITS)
        what, offered, key = ("Kind", CELL.values(), table.kind) if is_cell(table) else _activation(table)
        line.activation = Chooser(f"{what} of {table.name}")
        line.keep = self._keep_box(table.name, 1.0 if table.keep is None else table.keep, SENTENCES["keep"])
        line.units.show_value(table.units)
        line.activation.offer(offered, key)
        line.units.setToolTip(SENTENCES["units"])
        line.units.valueChanged.connect(self._on_changed)
        line.units.typed.connect(self.typed)
        line.activation.chosen.connect(self._on_changed)
        line.units.refused.connect(partial(self._on_refused, f"Neurons of {table.name}"))
        for column, control in enumerate((line.units, line.activation, line.keep), 1):
            self._put(control, place + FIRST, column)
        is_needed = is_cell(table) and sum(is_cell(one.table) for one in self._lines) == 1
        if not is_needed:
            self._put(self._remover(place), place + FIRST, len(HEADS) - 1)

    def _remover(self, place: int) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "tool")
        button.setIcon(style.icon("x"))
        button.setToolTip("Remove this layer")
        button.setAccessibleName(f"Remove {self._lines[place].table.name}")
        button.clicked.connect(partial(self._on_remove, place))
        self.removers.append(button)
        return button

    def _put(self, widget: QWidget, row: int, column: int, span: int = 1) -> None:
        if span == 1 and column != 2:
            widget.setFixedWidth(WIDTHS[column])
        self._grid.addWidget(widget, row, column, 1, span)
        self._widgets.append(widget)

    def _on_changed(self, _: object = None) -> None:
        self._explain()
        self.changed.emit()

    def _on_remove(self, place: int, _: bool = False) -> None:
        self.remove_layer(place)


def _activation(table: Any) -> tuple[str, Iterable[Offer], str]:
    return "Activation", HIDDEN, table.activation


def _described(table: Any) -> str:
    """A layer that is changed elsewhere: the output by the data, maps in their own tab."""
    if table.kind == "dense":
        units = "1 neuron" if table.units == 1 else f"{table.units} neurons"
        return f"{units}, {table.activation}, as the data needs it"
    return "see the tab Filters" if table.kind != "flatten" else "reads maps as one row"


def _label(text: str, size: float, tip: str = "") -> QLabel:
    label = QLabel(text)
    label.setToolTip(tip or text)
    label.setFont(style.font(size))
    return label
