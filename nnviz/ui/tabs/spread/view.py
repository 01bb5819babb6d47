"""How weights, sums, activations and errors are spread in each layer, over all examples of the batch."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.chooser import Chooser
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.spread.board import SpreadBoard
from nnviz.ui.tabs.spread.picture import Choice, Measured, Scale, heading_of, picture_of, subjects_of
from nnviz.ui.views.base import View

SCALES = tuple(Scale)


class SpreadView(View):
    """A violin for each layer and quantity, as in figures 24 to 26 of the notes, and the gradients below.

    Statistics belong to no single number and have no address; a click picks the number of the layer that is
    nearest to the place clicked. All is measured only while the view can be seen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.board = SpreadBoard()
        self.board.picked.connect(self.picked)
        self.over = QLabel()
        self.over.setFont(style.font(style.CONTROL))
        self.shapes, self.scales, self.axes = Segments(), Segments(), Segments()
        self.subject = Chooser("What is shown", "All layers, or one of them step by step")
        self.subject.activated.connect(self._on_chosen)
        self.shapes.set_words(("violins", "bars"), "Shape")
        self.scales.set_words([scale.value for scale in SCALES], "Axis")
        self.axes.set_words(("common", "own"), "Axis of the layers in a row")
        for segments in (self.shapes, self.scales, self.axes):
            segments.chosen.connect(self._on_chosen)
        self._measured = Measured()
        self._subjects: tuple[str, ...] = ()
        self._place()
        self.setAccessibleName("Spread of weights, sums, activations and errors")

    def _place(self) -> None:
        heading = QLabel("Spread")
        heading.setFont(style.font(style.HEADING, 600))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        rows = (
            (heading, self.over, None, self.shapes),
            (self.scales, None, self.axes),
            (self.subject,),
        )
        for parts in rows:
            row = add_row(column, *parts)
            row.setContentsMargins(14, 0, 10, 0)
            row.setSpacing(8)
        column.addWidget(self.board, 1)

    @property
    def choice(self) -> Choice:
        """What is chosen by the buttons."""
        subject = self._subjects[self.subject.currentIndex() - 1] if self.subject.currentIndex() > 0 else ""
        return Choice(SCALES[self.scales.place], self.axes.place == 0, self.shapes.place == 0, subject)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.moment = self.selection = None
        self._measured = Measured()
        self._subjects = subjects_of(graph, textbook)
        self.subject.clear()
        self.subject.addItems(
            ["All layers, all steps together", *(f"{n}, step by step" for n in self._subjects)]
        )
        self.subject.setVisible(bool(self._subjects))

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        self.moment, self.stepping, self.digits = moment, depth, digits
        if self.isVisible():
            self.refresh()

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref
        self.board.show_selection(ref)

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref

    def refresh(self) -> None:
        palette = self.over.palette()
        palette.setColor(self.over.foregroundRole(), QColor(style.colors().muted))
        self.over.setPalette(palette)
        if self.moment is None:
            return
        self.over.setText(f"of {heading_of(self.moment)}")
        picture = picture_of(self.moment, self.choice, self._measured)
        self.board.show_picture(picture, self.moment, self.digits)

    def _on_chosen(self, _: int) -> None:
        self.refresh()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
