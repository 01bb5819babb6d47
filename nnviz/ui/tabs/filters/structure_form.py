"""A form for the structure of one layer of maps, with the size of the map that follows from it."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph, Layer
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.number_boxes import CountBox
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.filters.structure import Fit, Structure, follow, structure_of

MOST, MOST_TYPED = 64, 999  # what a layer may have; more can be typed, and is answered
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KINDS = ("max", "average")
NAMES = ("size", "stride", "padding")
SPIN_WIDTH, SPIN_HEIGHT = 60, 28


class StructureForm(QWidget):
    """Spin boxes whose effect is worked out while they are turned; `applied` tells what is really wanted.

    Rows and columns are turned together where they are alike; a sequence has columns only.
    """

    applied = Signal(str, object)  # scope of the layer, what changes: size, stride, padding, kind

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: Graph | None = None
        self.layer: Layer | None = None
        self.spins: dict[str, list[CountBox]] = {}
        self._refused = ""  # what was typed in vain
        self.title, self.formula, self.note = QLabel(), QLabel(), QLabel()
        self.kind = Segments()
        self.apply = QPushButton("Apply")
        self._labels = {name: QLabel(name) for name in NAMES}
        self._boxes = {name: (self._spin(), self._spin()) for name in NAMES}  # for rows and for columns
        self._place()
        self.apply.clicked.connect(self._on_apply)
        self.kind.chosen.connect(self._on_kind_chosen)

    def set_layer(self, graph: Graph, layer: Layer) -> None:
        """The layer to vary; what was turned and not applied is forgotten."""
        self.graph, self.layer, self._refused = graph, layer, ""
        now = structure_of(layer)
        self.title.setText(layer.title)
        if now.kind:
            self.kind.set_words(KINDS, "Kind of pooling")
            self.kind.choose(KINDS.index(now.kind))
        self.kind.setVisible(bool(now.kind))
        self._labels["size"].setText("window" if now.kind else "filter size")
        cells = {"size": now.size, "stride": now.stride, "padding": () if now.kind else now.padding}
        shown = {name: self._show_field(name, cell) for name, cell in cells.items()}
        self.spins = {name: spins for name, spins in shown.items() if spins}
        self._work_out()

    @property
    def wanted(self) -> Structure:
        """The structure as it is turned now."""
        assert self.layer is not None
        now = structure_of(self.layer)
        cells = {name: self._cell(name, spins, getattr(now, name)) for name, spins in self.spins.items()}
        kind = KINDS[self.kind.place] if now.kind else ""
        return replace(now, kind=kind, **cells)

    def _cell(self, name: str, spins: list[CountBox], now: tuple[int, ...]) -> tuple[int, int]:
        values = [spin.value() for spin in spins]
        if len(values) == 2:
            return values[0], values[1]
        assert self.layer is not None
        return (now[0], values[0]) if self.layer.x.shape[1] == 1 else (values[0], values[0])

    def _work_out(self) -> None:
        """The size that follows, or why it cannot be."""
        assert self.graph is not None and self.layer is not None
        wanted, c = self.wanted, style.colors()
        problem = self._refused or _impossible(wanted)
        found = Fit(problem=problem) if problem else follow(self.graph, self.layer, wanted)
        name = "map" if self.layer.x.shape[1] > 1 else "sequence"
        self.formula.setText(found.problem or f"size of the {name}\n" + "\n".join(found.formulas))
        self.note.setText(found.note)
        self.note.setVisible(bool(found.note))
        _color(self.title, c.text)
        _color(self.formula, c.backward if found.problem else c.text)
        for label in (self.note, *self._labels.values()):
            _color(label, c.muted)
        for spin in (spin for spins in self.spins.values() for spin in spins):
            style.frame_control(spin)
        self.apply.setEnabled(not found.problem and wanted != structure_of(self.layer))

    def _on_refused(self, problem: str) -> None:
        if problem != self._refused:
            self._refused = problem
            self._work_out()

    def _on_kind_chosen(self) -> None:
        """The keys go back to the window, which a spin box with the focus would keep."""
        for spin in (spin for spins in self.spins.values() for spin in spins):
            spin.clearFocus()
        self._work_out()

    def refresh(self) -> None:
        """After a change of the theme."""
        if self.layer is not None:
            self._work_out()

    def _on_apply(self) -> None:
        if self.apply.isEnabled() and self.layer is not None:
            self.applied.emit(self.layer.scope, structure_of(self.layer).changes(self.wanted))

    # Placing

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        add_row(column, self.title, None, self.kind)
        self._place_fields(column)
        last = add_row(column, self.formula, self.apply)
        last.setStretchFactor(self.formula, 1)
        last.setAlignment(self.apply, Qt.AlignmentFlag.AlignBottom)
        column.addWidget(self.note)
        self.title.setFont(style.font(style.CONTROL, 600))
        self.formula.setFont(style.font(style.CONTROL))
        self.formula.setWordWrap(True)
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self.apply.setFont(style.font(style.CONTROL))
        self.apply.setToolTip("Build the network anew with these numbers (Enter)")

    def _place_fields(self, column: QVBoxLayout) -> None:
        self._fields = QGridLayout()
        column.addLayout(self._fields)
        self._fields.setHorizontalSpacing(12)
        self._fields.setVerticalSpacing(2)
        for place, name in enumerate(NAMES):
            row = QHBoxLayout()
            self._labels[name].setFont(style.font(style.CONTROL))
            self._fields.addWidget(self._labels[name], 0, place)
            self._fields.addLayout(row, 1, place)
            row.setSpacing(4)
            for spin in self._boxes[name]:
                row.addWidget(spin)
            row.addStretch(1)

    def _show_field(self, name: str, cell: tuple[int, ...]) -> list[CountBox]:
        """One spin box where rows and columns are alike, else two; none without numbers."""
        assert self.layer is not None
        is_sequence = self.layer.x.shape[1] == 1
        values = cell[1:] if is_sequence else tuple(dict.fromkeys(cell))
        label, boxes = self._labels[name], self._boxes[name]
        for spin, value in zip_longest(boxes, values):
            with QSignalBlocker(spin):
                spin.setValue(value or 0)
            spin.setAccessibleName(f"{label.text()} of {self.layer.title}")
            spin.setVisible(value is not None)
        label.setVisible(bool(values))
        self._fields.setColumnStretch(NAMES.index(name), int(bool(values)))
        return list(boxes[: len(values)])

    def _spin(self) -> CountBox:
        spin = CountBox("", 0, MOST_TYPED)
        spin.setKeyboardTracking(True)
        spin.setFixedSize(SPIN_WIDTH, SPIN_HEIGHT)
        spin.valueChanged.connect(self._work_out)
        spin.refused.connect(self._on_refused)
        spin.installEventFilter(self)
        return spin

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a spin box applies, or says what is no number."""
        is_pressed = event.type() == QEvent.Type.KeyPress
        if is_pressed and isinstance(event, QKeyEvent) and event.key() in ENTER:
            assert isinstance(watched, CountBox)
            if watched.hasAcceptableInput():
                self._on_apply()
            else:
                watched.interpretText()
            return True
        return super().eventFilter(watched, event)


def _impossible(wanted: Structure) -> str:
    """Why a structure can be of no layer at all, wherever it stands; else empty."""
    what = "window" if wanted.kind else "filter"
    if min(wanted.size) < 1:
        return f"A {what} of size 0 reads nothing: wanted 1 or more."
    for name, numbers in (("size", wanted.size), ("stride", wanted.stride), ("padding", wanted.padding)):
        if max(numbers) > MOST:
            return f"Found a {name} of {max(numbers)}, wanted at most {MOST}."
    return ""


def _color(label: QLabel, color: str) -> None:
    palette = label.palette()
    palette.setColor(label.foregroundRole(), QColor(color))
    label.setPalette(palette)
