"""A list of all numbers that learn, to choose one from."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QComboBox, QListView, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from nnviz.engine.graph import Graph, Node
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.typeset import name_text
from nnviz.ui import style

POPUP_WIDTH = 260
MOST_LISTED = 2_000  # around the chosen one: Qt lays every row out, again for another theme
WITHOUT = "E, as a curve"
HINT = "A click on a weight of the network chooses it for →, with Shift for ↑."
Index = QModelIndex | QPersistentModelIndex


class WeightModel(QAbstractListModel):
    """The parameters that learn, layer by layer; the names are made when they are looked at.

    Of very many, those around the chosen one; a click on the network chooses any. `is_optional` puts a row in
    front that stands for no weight at all.
    """

    def __init__(self, graph: Graph, textbook: Textbook, is_optional: bool) -> None:
        super().__init__()
        self._textbook = textbook
        self._first = int(is_optional)
        self._graph = graph
        self._nodes = [node for node in graph.parameters if node.is_trainable]
        self._from = 0  # the first place that is listed
        self._count = min(graph.trainable_size, MOST_LISTED)

    def ref(self, row: int) -> Ref | None:
        """The parameter of a row."""
        place = row - self._first + self._from
        for node in self._nodes if row >= self._first else ():
            part = self._graph.slices[node.index]
            if part.start <= place < part.stop:
                cell = np.unravel_index(place - part.start, node.shape)
                return Ref(node.scope, cell=tuple(int(i) for i in cell))
        return None

    def row(self, ref: Ref | None) -> int:
        """The row of a parameter; −1 where it is not listed."""
        if ref is None:
            return 0
        place = self._place(ref) - self._from
        return self._first + place if 0 <= place < self._count else -1

    def list_around(self, ref: Ref | None) -> None:
        """Let a parameter be among those that are listed."""
        if self.row(ref) < 0 and ref is not None:
            self.beginResetModel()
            last = self._graph.trainable_size - self._count
            self._from = min(max(self._place(ref) - self._count // 2, 0), last)
            self.endResetModel()

    def _place(self, ref: Ref) -> int:
        node: Node = self._graph[ref.scope]
        return int(self._graph.slices[node.index].start + np.ravel_multi_index(ref.cell, node.shape))

    def name(self, ref: Ref | None) -> str:
        """The symbol of a parameter."""
        return WITHOUT if ref is None else name_text(self._textbook.notation.name(ref)).replace("^(", "(")

    # Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._first + self._count

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        ref = self.ref(index.row())
        notation = self._textbook.notation
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(ref) + (f"   {notation.caption(ref)}" if ref is not None else "")
        if role == Qt.ItemDataRole.ToolTipRole and ref is not None:
            layer = self._graph.layer_of(self._graph[ref.scope])
            return layer.title if layer is not None else None
        return None


class WeightChooser(QComboBox):
    """One of the parameters that learn. `chosen` tells what the user chose, not what `choose` sets."""

    chosen = Signal(object)  # Ref, or None

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(style.font(style.CONTROL))
        self.setAccessibleName(name)
        self.setToolTip(f"{name}. {HINT}")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self.setMaxVisibleItems(16)
        rows = QListView()
        rows.setUniformItemSizes(True)
        rows.setMinimumWidth(POPUP_WIDTH)
        self.setView(rows)
        self._weights: WeightModel | None = None
        self.activated.connect(self._on_activated)

    def set_weights(self, weights: WeightModel) -> None:
        weights.setParent(self)
        self._weights = weights
        self.setModel(weights)

    def choose(self, ref: Ref | None) -> None:
        assert self._weights is not None
        self._weights.list_around(ref)
        self.setCurrentIndex(self._weights.row(ref))

    def _on_activated(self, row: int) -> None:
        if self._weights is not None:
            self.chosen.emit(self._weights.ref(row))

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        """The symbol alone; the words beside it stand in the list."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        if self._weights is not None:
            option.currentText = self._weights.name(self._weights.ref(self.currentIndex()))
        painter = QStylePainter(self)
        with painter:  # which knows itself as a QPainter only
            painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
            painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
            chevron = style.icon("chevron-down", size=14)
            chevron.paint(painter, self.width() - 22, (self.height() - 14) // 2, 14, 14)
