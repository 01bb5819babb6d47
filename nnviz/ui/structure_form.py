"""A form for the structure of one layer of maps, with the size of the map that follows from it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph, Layer
from nnviz.ui import style
from nnviz.ui.picture.structure import Fit, Structure, follow, structure_of
from nnviz.ui.segments import Segments

MOST, MOST_TYPED = 64, 999  # what a layer may have; more can be typed, and is answered
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
KINDS = ("max", "average")
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
        self.spins: dict[str, list[QSpinBox]] = {}
        self.title, self.formula, self.note = QLabel(), QLabel(), QLabel()
        self.kind = Segments()
        self.apply = QPushButton("Apply")
        self._fields = QGridLayout()
        self._labels: list[QLabel] = []
        self._place()
        self.apply.clicked.connect(self._on_apply)
        self.kind.chosen.connect(self._on_kind_chosen)

    def set_layer(self, graph: Graph, layer: Layer) -> None:
        """The layer to vary; what was turned and not applied is forgotten."""
        self.graph, self.layer = graph, layer
        now = structure_of(layer)
        self._clear()
        self.title.setText(layer.title)
        if now.kind:
            self.kind.set_words(KINDS, "Kind of pooling")
            self.kind.choose(KINDS.index(now.kind))
        self.kind.setVisible(bool(now.kind))
        names = ("size", "stride") if now.kind else ("size", "stride", "padding")
        for place, name in enumerate(names):
            self._add(place, name, getattr(now, name), "window" if now.kind and name == "size" else name)
        self._work_out()

    @property
    def wanted(self) -> Structure:
        """The structure as it is turned now."""
        assert self.layer is not None
        now = structure_of(self.layer)
        cells = {name: self._cell(name, spins, getattr(now, name)) for name, spins in self.spins.items()}
        kind = KINDS[self.kind.place] if now.kind else ""
        return replace(now, kind=kind, **cells)

    def _cell(self, name: str, spins: list[QSpinBox], now: tuple[int, ...]) -> tuple[int, int]:
        values = [spin.value() for spin in spins]
        if len(values) == 2:
            return values[0], values[1]
        assert self.layer is not None
        return (now[0], values[0]) if self.layer.x.shape[1] == 1 else (values[0], values[0])

    def _work_out(self) -> None:
        """The size that follows, or why it cannot be."""
        assert self.graph is not None and self.layer is not None
        wanted, c = self.wanted, style.colors()
        found = (
            Fit(problem=problem)
            if (problem := _impossible(wanted))
            else follow(self.graph, self.layer, wanted)
        )
        name = "map" if self.layer.x.shape[1] > 1 else "sequence"
        self.formula.setText(found.problem or f"size of the {name}\n" + "\n".join(found.formulas))
        self.note.setText(found.note)
        self.note.setVisible(bool(found.note))
        _color(self.title, c.text)
        _color(self.formula, c.backward if found.problem else c.text)
        for label in (self.note, *self._labels):
            _color(label, c.muted)
        for spin in (spin for spins in self.spins.values() for spin in spins):
            style.frame_control(spin)
        self.apply.setEnabled(not found.problem and wanted != structure_of(self.layer))

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
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.kind)
        column.addLayout(head)
        self._fields.setHorizontalSpacing(12)
        self._fields.setVerticalSpacing(2)
        column.addLayout(self._fields)
        last = QHBoxLayout()
        last.addWidget(self.formula, 1)
        last.addWidget(self.apply, 0, Qt.AlignmentFlag.AlignBottom)
        column.addLayout(last)
        column.addWidget(self.note)
        self.title.setFont(style.font(style.CONTROL, 600))
        self.formula.setFont(style.font(style.CONTROL))
        self.formula.setWordWrap(True)
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self.apply.setFont(style.font(style.CONTROL))
        self.apply.setToolTip("Build the network anew with these numbers (Enter)")

    def _add(self, place: int, name: str, cell: tuple[int, ...], word: str) -> None:
        assert self.layer is not None
        is_sequence = self.layer.x.shape[1] == 1
        values = [cell[1]] if is_sequence else [cell[0]] if cell[0] == cell[1] else list(cell)
        label = QLabel("filter size" if word == "size" else word)
        label.setFont(style.font(style.CONTROL))
        self._labels.append(label)
        row = QHBoxLayout()
        row.setSpacing(4)
        self.spins[name] = [self._spin(value, word) for value in values]
        for spin in self.spins[name]:
            row.addWidget(spin)
        row.addStretch(1)
        self._fields.addWidget(label, 0, place)
        self._fields.addLayout(row, 1, place)
        self._fields.setColumnStretch(place, 1)

    def _spin(self, value: int, word: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(0, MOST_TYPED)
        spin.setValue(value)
        spin.setFont(style.font(style.CONTROL))
        spin.setFixedSize(SPIN_WIDTH, SPIN_HEIGHT)
        assert self.layer is not None
        spin.setAccessibleName(f"{word} of {self.layer.title}")
        spin.valueChanged.connect(self._work_out)
        spin.installEventFilter(self)
        return spin

    def _clear(self) -> None:
        for spin in (spin for spins in self.spins.values() for spin in spins):
            spin.hide()
            spin.deleteLater()
        for label in self._labels:
            label.hide()
            label.deleteLater()
        while self._fields.count():
            self._fields.takeAt(0)
        self.spins, self._labels = {}, []

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a spin box applies."""
        is_pressed = event.type() == QEvent.Type.KeyPress
        if is_pressed and isinstance(event, QKeyEvent) and event.key() in ENTER:
            self._on_apply()
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
