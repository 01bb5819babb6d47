"""The filters of a convolution layer, what can be varied of it, and how the pooling after it chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.graph import Graph, PoolingLayer
from nnviz.engine.moment import Moment
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops.base import Array, Cell, Pooling
from nnviz.engine.ops.pooling import AveragePool
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.filters import FILTERS, kernel
from nnviz.ui import style
from nnviz.ui.boxes import add_row, stack
from nnviz.ui.plain import caption
from nnviz.ui.scrolling import fill_scrolling
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.filters.grid import FilterGrid
from nnviz.ui.tabs.filters.pool_window import PoolWindow
from nnviz.ui.tabs.filters.row import FilterRow
from nnviz.ui.tabs.filters.structure import Group, groups_of
from nnviz.ui.tabs.filters.structure_form import StructureForm
from nnviz.ui.views.base import View


class FiltersView(View):
    """It follows the step: the layer and the filter at work are shown, until another one is chosen."""

    filter_chosen = Signal(str, str, int)  # scope of a layer, name of a known filter, place of the filter
    varied = Signal(str, object)  # scope of a layer; a dict of size, stride, padding (pairs) and kind

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: Graph | None = None
        self.groups: tuple[Group, ...] = ()
        self.group = Group()
        self.chosen = 0
        self.known_filters: dict[str, Array] = {}
        self._maps: MapNotation | None = None
        self._followed: Group | None = None
        self.row, self.grid, self.pool_window = FilterRow(), FilterGrid(), PoolWindow()
        self.channels = Segments()
        self.layer_button, self.filter_button = QToolButton(), QToolButton()
        self.convolution_form, self.pooling_form = StructureForm(), StructureForm()
        self._strong = [QLabel("Filters of this layer"), QLabel(), QLabel("Structure"), QLabel()]
        self._muted = [QLabel(), QLabel(), QLabel()]
        self.heading, self.name, self.structure, self.pool_heading = self._strong
        self.where, self.rule, self.state = self._muted
        self._dress()
        self._place()
        self._connect()
        self.set_known_filters({name: kernel(name) for name in FILTERS})
        self.refresh()

    # What it shows

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.graph, self.moment, self._followed = graph, None, None
        self._maps = textbook.notation.maps
        self.groups = groups_of(graph)
        self._body.setVisible(bool(self.groups))
        self.layer_button.setVisible(len(self.groups) > 1)
        if self.groups:
            self._show_again(self.group, self.chosen)
        self.refresh()

    def _show_again(self, before: Group, chosen: int) -> None:
        """The layer and filter shown of the network before, where this one has them, else the first."""
        scopes = {layer.scope for layer in before.layers}
        fits = (group for group in self.groups if scopes & {layer.scope for layer in group.layers})
        group = next(fits, None)
        self._show_group(group or self.groups[0])
        if group is not None and group.convolution is not None:
            self.chosen = min(chosen, group.convolution.w.shape[0] - 1)

    def set_known_filters(self, filters: Mapping[str, Array]) -> None:
        """Filters that can be chosen by name, (rows, columns) or (channels, rows, columns)."""
        self.known_filters = {
            name: np.asarray(weights, dtype=np.float64) for name, weights in filters.items()
        }
        self._fill_filter_menu()

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        is_step = self.moment is None or self.moment.cursor != moment.cursor
        self.moment = moment
        if is_step:
            self._follow(moment)
        super().show_moment(moment, depth, digits)

    def show_selection(self, ref: Ref | None) -> None:
        if ref is not None:
            self._choose_by(ref)
        super().show_selection(ref)

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._mark()

    def _mark(self) -> None:
        for board in (self.row, self.grid, self.pool_window):
            board.show_marks(self.selection, self.pointed_at)

    def refresh(self) -> None:
        if not self.isVisible():
            return  # behind another tab: brought up to date when it comes to the front
        c = style.colors()
        for labels, color in ((self._strong, c.text), (self._muted, c.muted)):
            for label in labels:
                palette = label.palette()
                palette.setColor(label.foregroundRole(), QColor(color))
                label.setPalette(palette)
        self.convolution_form.refresh()
        self.pooling_form.refresh()
        for line in self._lines:
            palette = line.palette()
            palette.setColor(QPalette.ColorRole.Window, QColor(c.line))
            line.setPalette(palette)
        if self.moment is None or not self.groups:
            return
        self._refresh_filters(self.moment)
        self._refresh_pooling(self.moment)
        self._mark()

    def _refresh_filters(self, moment: Moment) -> None:
        layer = self.group.convolution
        if layer is None or self._maps is None:
            return
        channel = self.channels.place
        self.row.show_filters(moment, self.digits, channel, self.chosen)
        self.grid.show_filter(moment, self.digits, self.chosen, channel)
        self.name.setText(self._maps.filter_title(layer, self.chosen))
        self.name.setToolTip(self.name.text())
        self.state.setText("" if self.row.states_are_written else self.row.states[self.chosen].text)
        self.channels.setVisible(not self.grid.has_room_for_all())

    def _refresh_pooling(self, moment: Moment) -> None:
        layer = self.group.pooling
        if layer is None:
            return
        cell = self._pooled_cell(moment, layer)
        self.pool_window.show_window(moment, self.digits, cell)
        is_average = isinstance(layer.a.op, AveragePool)
        verb = "chooses" if moment.value(Ref(layer.a.scope, cell=cell)) is not None else "will choose"
        heading = "How average pooling works" if is_average else f"How max pooling {verb}"
        self.pool_heading.setText(heading)
        self.where.setText(self._where(layer, cell))
        self.rule.setText(_rule(layer))

    def _where(self, layer: PoolingLayer, cell: Cell) -> str:
        """Which window it is."""
        op = layer.a.op
        assert isinstance(op, Pooling) and self._maps is not None
        cells = op.window(cell, layer.x.shape)
        rows, columns = (sorted({one[axis] for one in cells}) for axis in (1, 2))
        place = (
            _span("column", columns)
            if self._maps.is_sequence
            else f"{_span('row', rows)}, {_span('column', columns)}"
        )
        return f"map {cell[0] + 1}, {place}" if layer.x.shape[0] > 1 else place

    # Following the step

    def _follow(self, moment: Moment) -> None:
        """Show the layer and the filter that the step is about."""
        stage, leaf = moment.stage, moment.leaf
        layer = stage.layer if stage is not None else None
        at_work = next((group for group in self.groups if layer in group.layers), None)
        if at_work is not None and at_work != self._followed and at_work != self.group:
            self._show_group(at_work)
        self._followed = at_work or self._followed
        if leaf is not None:
            self._choose_by(leaf.ref)

    def _choose_by(self, ref: Ref) -> None:
        """The filter that a number belongs to, if it is one of this layer."""
        scopes = {layer.scope for layer in self.group.layers}
        if ref.scope.rpartition("/")[0] in scopes and ref.cell:
            self.chosen = ref.cell[0]

    def _pooled_cell(self, moment: Moment, layer: PoolingLayer) -> Cell:
        """The pooled cell that is selected or at work, or that such a cell goes into; else the first."""
        op = layer.a.op
        assert isinstance(op, Pooling)
        for ref in (self.selection, moment.leaf.ref if moment.leaf is not None else None):
            if ref is None or len(ref.cell) != 3:
                continue
            if ref.scope == layer.a.scope:
                return ref.cell
            is_read = self.group.convolution is not None and ref.scope.startswith(
                f"{self.group.convolution.scope}/"
            )
            windows = op.windows_of(ref.cell, layer.x.shape) if is_read or ref.scope == layer.x.scope else []
            if windows:
                return windows[0]
        return (min(self.chosen, layer.a.shape[0] - 1), 0, 0)

    # Choosing

    def _show_group(self, group: Group) -> None:
        """Another layer."""
        assert self.graph is not None and self._maps is not None
        self.group, self.chosen = group, 0
        self.layer_button.setText(caption(f"{group.layers[0].title}  ▾"))
        layer, pooling = group.convolution, group.pooling
        self._filter_part.setVisible(layer is not None)
        self.heading.setText("Filters of this layer" if layer is not None else "Pooling of this layer")
        self.convolution_form.setVisible(layer is not None)
        self.pooling_form.setVisible(pooling is not None)
        self._pool_part.setVisible(pooling is not None)
        if layer is not None:
            names = tuple(self._maps.map_name(layer, i) for i in range(layer.w.shape[0]))
            labels = tuple(self._maps.channel_title(layer, k) for k in range(layer.w.shape[1]))
            self.row.set_layer(layer, names)
            self.grid.set_layer(layer, labels)
            is_one = len(labels) == 1
            self.channels.set_words(_short(labels), "Channel")
            self.channels.setVisible(not is_one)
            self.convolution_form.set_layer(self.graph, layer)
        if pooling is not None:
            self.pool_window.set_layer(pooling)
            self.pooling_form.set_layer(self.graph, pooling)
        self._fill_filter_menu()

    def _fill_layer_menu(self) -> None:
        menu = self.layer_button.menu()
        menu.clear()
        for group in self.groups:
            action = menu.addAction(caption(group.layers[0].title))
            action.triggered.connect(partial(self._on_layer_chosen, group))

    def _on_layer_chosen(self, group: Group, _: bool = False) -> None:
        self._show_group(group)
        self.refresh()

    def fitting_filters(self) -> dict[str, Array]:
        """The known filters of the size that this layer has."""
        layer = self.group.convolution
        if layer is None:
            return {}
        wanted = layer.w.shape[1:]
        return {
            name: np.broadcast_to(weights, wanted)
            for name, weights in self.known_filters.items()
            if weights.shape in (wanted, wanted[1:])
        }

    def _fill_filter_menu(self) -> None:
        menu, fitting, layer = self.filter_button.menu(), self.fitting_filters(), self.group.convolution
        menu.clear()
        for name in fitting:
            menu.addAction(name.replace("_", ", ")).triggered.connect(partial(self._on_filter_chosen, name))
        self.filter_button.setEnabled(bool(fitting))
        size = " × ".join(map(str, layer.w.shape[2:])) if layer is not None else ""
        self.filter_button.setToolTip(
            "Put a filter of the notes in this place" if fitting else f"No filter of the notes is {size}"
        )

    def _on_filter_chosen(self, name: str, _: bool = False) -> None:
        layer = self.group.convolution
        assert layer is not None
        self.filter_chosen.emit(layer.scope, name, self.chosen)

    def _on_picked(self, ref: Ref) -> None:
        self._choose_by(ref)
        self.refresh()
        self.picked.emit(ref)

    # Placing

    def _place(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._lines = [_line(), _line()]
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(14, 10, 14, 10)
        column.setSpacing(10)
        add_row(column, self.heading, None, self.layer_button).setSpacing(8)
        self._filter_part = stack(
            self.row, (self.name, self.state, None, self.filter_button), self.channels, self.grid
        )
        column.addWidget(self._filter_part)
        column.addWidget(self._lines[0])
        column.addWidget(self.structure)
        column.addWidget(self.convolution_form)
        column.addWidget(self.pooling_form)
        self._pool_part = stack(self._lines[1], self.pool_heading, self.where, self.pool_window, self.rule)
        column.addWidget(self._pool_part)
        column.addStretch(1)
        fill_scrolling(self, self._body)

    def _dress(self) -> None:
        """Fonts and words. Before placing: a font set inside a scroll area does not outlast a move."""
        for label in self._strong:
            label.setFont(style.font(style.HEADING, 600))
        for label in self._muted:
            label.setFont(style.font(style.CONTROL))
        self.rule.setWordWrap(True)
        self.filter_button.setText("Choose  ▾")
        self.name.setMinimumWidth(40)  # a long name is cut off rather than scrolled to
        for button, name in ((self.layer_button, "Layer"), (self.filter_button, "Choose a filter")):
            button.setFont(style.font(style.CONTROL))
            button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
            button.setMenu(QMenu(button))
            button.setAccessibleName(name)
        self.layer_button.setToolTip("Show another layer")

    def _connect(self) -> None:
        for board in (self.row, self.grid, self.pool_window):
            board.picked.connect(self._on_picked)
            board.pointed.connect(self.pointed)
            board.edited.connect(self.edited)
            board.fixed.connect(self.fixed)
        self.channels.chosen.connect(self.refresh)
        self.layer_button.menu().aboutToShow.connect(self._fill_layer_menu)
        for form in (self.convolution_form, self.pooling_form):
            form.applied.connect(self.varied)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()


def _span(word: str, places: list[int]) -> str:
    """Rows or columns from the first to the last."""
    return f"{word} {places[0]}" if len(places) == 1 else f"{word}s {places[0]}–{places[-1]}"


def _rule(layer: PoolingLayer) -> str:
    op = layer.a.op
    assert isinstance(op, Pooling)
    if isinstance(op, AveragePool):
        count = op.size[0] * op.size[1]
        return f"The mean of the window. Going backward, each of its cells receives 1/{count} of the error."
    return "The marked cell wins its window; going backward, it alone receives the error."


def _line() -> QFrame:
    line = QFrame()
    line.setAutoFillBackground(True)
    line.setFixedHeight(1)
    return line


def _short(labels: Sequence[str]) -> list[str]:
    """Channels go by their number where they have no name of their own, or are many."""
    if len(labels) > 3:
        return [str(k + 1) for k in range(len(labels))]
    return [label.removeprefix("channel ") for label in labels]
