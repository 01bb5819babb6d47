"""The error over one or two weights, with the way of the run on it."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.landscape import Landscape
from nnviz.engine.numbers import show
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.scrolling import fill_scrolling
from nnviz.ui.tabs.error.number_line import Entry, NumberLine
from nnviz.ui.tabs.error.picture import ahead_of, first_choice, is_whole, label_of, learns, words_of
from nnviz.ui.tabs.error.plane import OnPlane, WeightPlane
from nnviz.ui.tabs.error.weight_range import Numbers, Range, fitted
from nnviz.ui.tabs.error.work import Surface, SurfaceWork
from nnviz.ui.views.base import View
from nnviz.ui.weight_chooser import WeightChooser, WeightModel

LOSS = Ref("loss")
ZOOM = 1.5


class ErrorView(View):
    """E as a height map over two weights or a curve over one, all others as they are in the iteration.

    Nothing is computed while it is hidden. A click on a place of the path goes to its iteration, a double
    click elsewhere sets the weights to that place.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.refs: tuple[Ref, ...] = ()
        self.ranges: tuple[Range, ...] | None = None
        self.graph: Graph | None = None
        self._follows = True  # the range grows with the path, until somebody zooms
        self._is_close = False
        self._landscape: Landscape | None = None
        self._hovered: Numbers | None = None
        self.across, self.up = WeightChooser("Weight along →"), WeightChooser("Weight along ↑")
        self.words = QLabel()
        self.words.setFont(style.font(style.CAPTION))
        self.words.setWordWrap(True)
        self.plane, self.numbers, self.work = WeightPlane(), NumberLine(), SurfaceWork(self)
        self.closer = self._button("+", "Zoom in (wheel)")
        self.wider = self._button("−", "Zoom out (wheel)")
        self.fit = self._button("Fit", "Show the whole path, and go on following it")
        self._place()
        self._connect()
        self.setAccessibleName("Error over the weights")

    # What it shows

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.graph, self.moment = graph, None
        self._forget()
        self.plane.show_on(None, ())
        self.refs = first_choice(graph) if graph.trains else ()
        self.across.set_weights(WeightModel(graph, textbook, is_optional=False))
        self.up.set_weights(WeightModel(graph, textbook, is_optional=True))
        self._show_choice()

    def choose(self, first: Ref, second: Ref | None) -> None:
        """Other weights; the same one twice, or none, is a curve."""
        refs = (first,) if second is None or second == first else (first, second)
        if refs != self.refs:
            self.refs = refs
            self._forget()
        self._show_choice()
        self.refresh()

    def refresh(self) -> None:
        palette = self.words.palette()
        palette.setColor(self.words.foregroundRole(), QColor(style.colors().muted))
        self.words.setPalette(palette)
        if self.isVisible() and self.moment is not None and self.refs:
            self._show_run()
            self._show_numbers()
        self.plane.update()

    def show_selection(self, ref: Ref | None) -> None:
        """A weight that is picked anywhere becomes the first, with Shift the second."""
        self.selection = ref
        if ref is not None and self.graph is not None and learns(self.graph, ref) and self.refs:
            self._choose_picked(Ref(ref.scope, cell=ref.own_cell))
        self._show_marks()

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._show_marks()

    def _choose_picked(self, ref: Ref) -> None:
        is_shifted = QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        if ref in self.refs:
            return
        if is_shifted:
            self.choose(self.refs[0], ref)
        else:
            self.choose(ref, self.refs[1] if len(self.refs) > 1 else None)

    def _forget(self) -> None:
        """What belongs to other weights."""
        self.ranges, self._landscape, self._hovered = None, None, None
        self._follows, self._is_close = True, False
        self.work.stop()
        self.plane.show_surface(None, True)

    def _show_choice(self) -> None:
        if not self.refs:
            return
        self.across.choose(self.refs[0])
        self.up.choose(self.refs[1] if len(self.refs) > 1 else None)

    def _show_run(self) -> None:
        """The path on its range, and the surface below, which comes as soon as it is computed."""
        moment = self.moment
        assert moment is not None
        names = tuple(label_of(moment, ref) for ref in self.refs)
        ahead = ahead_of(moment, self.refs)
        slope = moment.value(self.refs[0].of(Part.GRADIENT)) if is_whole(moment) else None
        on_plane = OnPlane(names, moment.path(self.refs), ahead, slope)
        self._landscape = moment.landscape(self.refs)
        self.words.setText(words_of(moment, self._landscape))
        self._follow(on_plane)
        assert self.ranges is not None
        self.plane.show_on(on_plane, self.ranges)
        self._show_surface(self.plane.surface)
        self.work.ask(self._landscape, self.ranges)

    def _follow(self, on_plane: OnPlane) -> None:
        values = on_plane.path.values
        if on_plane.ahead is not None:
            values = np.vstack([values, on_plane.ahead])
        holds_all = self.ranges is not None and all(
            one.holds(values[:, place]) for place, one in enumerate(self.ranges)
        )
        if self.ranges is None or (self._follows and not holds_all):
            self.ranges = fitted(values, self._is_close)

    def _show_surface(self, surface: Surface | None) -> None:
        wanted = self._landscape
        is_current = surface is not None and wanted is not None and wanted.is_same(surface.landscape)
        self.plane.show_surface(surface, is_current)

    def _show_numbers(self) -> None:
        """The weights and E below the mouse, or else those of the moment, which can be picked."""
        moment = self.moment
        assert moment is not None and self._landscape is not None
        if self._hovered is not None:
            self.numbers.show_entries(self._below_mouse(self._hovered))
            return
        refs = [ref for ref in (*self.refs, LOSS) if ref is not LOSS or is_whole(moment)]
        part = Part.GRADIENT if ahead_of(moment, self.refs) is None else Part.NEW
        refs += [ref.of(part) for ref in self.refs]
        entries = []
        for ref in refs:
            value = moment.value(ref)
            if value is not None:
                name = label_of(moment, ref)
                entries.append(Entry(f"{name} = {show(value, self.digits, moment.decimals(ref))}", ref))
        self.numbers.show_entries(entries)

    def _below_mouse(self, weights: Numbers) -> list[Entry]:
        assert self.moment is not None and self._landscape is not None
        names = [label_of(self.moment, ref) for ref in self.refs]
        values = [*weights, self._landscape.losses(weights[None])[0]]
        texts = [f"{n} = {show(float(v), self.digits)}" for n, v in zip([*names, "E"], values, strict=True)]
        if self.plane.near is not None:
            texts.append(f"iteration {self.plane.near + 1:,}")
        return [Entry(text) for text in texts]

    def _show_marks(self) -> None:
        self.numbers.show_marks(self.selection, self.pointed_at)

    # What is done with it

    def zoom(self, factor: float, about: Numbers | None = None) -> None:
        """Show more (above 1) or less; what is at `about` stays where it is."""
        if self.ranges is None or not self.refs:
            return
        fixed = [None] * len(self.ranges) if about is None else about
        zoomed = tuple(one.zoomed(factor, at) for one, at in zip(self.ranges, fixed, strict=True))
        if not all(one.is_drawable for one in zoomed):
            return
        self.ranges, self._follows = zoomed, False
        self.refresh()

    def _on_fit(self) -> None:
        self.ranges, self._follows, self._is_close = None, True, True
        self.refresh()

    def _on_hovered(self, weights: Numbers | None) -> None:
        self._hovered = weights
        if self.moment is not None and self._landscape is not None:
            self._show_numbers()

    def _on_reached(self, iteration: int) -> None:
        if self.moment is not None and iteration != self.moment.iteration:
            self.sought.emit(iteration, 0)

    def _on_placed(self, weights: Numbers) -> None:
        self.edited_many.emit(tuple((ref, float(w)) for ref, w in zip(self.refs, weights, strict=True)))

    def _on_across(self, ref: Ref | None) -> None:
        if ref is not None:
            second = self.refs[1] if len(self.refs) > 1 else None
            self.choose(ref, self.refs[0] if second == ref else second)

    def _on_up(self, ref: Ref | None) -> None:
        first = self.refs[0]
        self.choose(self.refs[1] if first == ref and len(self.refs) > 1 else first, ref)

    # Placing

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setFont(style.font(style.CONTROL))
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setProperty("kind", "tool")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _place(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(12, 10, 10, 6)
        column.setSpacing(6)
        weights = QGridLayout()
        column.addLayout(weights)
        weights.setHorizontalSpacing(6)
        for row, (arrow, chooser) in enumerate((("→", self.across), ("↑", self.up))):
            label = QLabel(arrow)
            label.setFont(style.font(style.HEADING))
            weights.addWidget(label, 0, 2 * row)
            weights.addWidget(chooser, 0, 2 * row + 1)
            weights.setColumnStretch(2 * row + 1, 1)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        beside = add_row(column, self.words, self.wider, self.closer, self.fit)
        beside.setSpacing(4)
        beside.setStretchFactor(self.words, 1)
        column.addWidget(self.plane, 1)
        column.addWidget(self.numbers)
        fill_scrolling(self, body)

    def _connect(self) -> None:
        self.across.chosen.connect(self._on_across)
        self.up.chosen.connect(self._on_up)
        self.closer.clicked.connect(lambda: self.zoom(1 / ZOOM))
        self.wider.clicked.connect(lambda: self.zoom(ZOOM))
        self.fit.clicked.connect(self._on_fit)
        self.plane.zoomed.connect(self.zoom)
        self.plane.hovered.connect(self._on_hovered)
        self.plane.reached.connect(self._on_reached)
        self.plane.placed.connect(self._on_placed)
        self.work.done.connect(self._show_surface)
        self.numbers.picked.connect(self.picked)
        self.numbers.pointed.connect(self.pointed)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        self.work.stop()
        super().hideEvent(event)
