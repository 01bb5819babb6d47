"""The layers of the network in figures: units, parameters, connections, and those of dense layers instead."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.textbook import Textbook
from nnviz.ui import style
from nnviz.ui.tabs.layers.picture import rows_of
from nnviz.ui.tabs.layers.table import ALIGN_RIGHT, HEADINGS, LEFT, RIGHT, Columns, LayerTable
from nnviz.ui.views.base import View

HEADER = 30
RULES = (
    "A connection is one product of a weighted sum: with its bias, without padding.\n"
    "A weight that many units share is one parameter.\n"
    "“If dense” is a fully connected layer with the same input and output.\n"
    "Click a layer to see how it is counted."
)


class LayersView(View):
    """A table with a layer a row. It belongs to the network: a moment only marks the layer that is at work.

    The figures are counts and no numbers of a run, so they have no address; a click on a layer shows how
    they are counted instead.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.header, self.table, self.total = Header(), LayerTable(), LayerTable()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._scroll, 1)
        column.addWidget(self.total)
        self.table.opened.connect(self._on_opened)
        self.setAccessibleName("Layers of the network in figures")

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.moment = None
        rows = rows_of(graph)
        columns = Columns.of(rows)
        self.header.columns = columns
        self.table.set_rows(rows[:-1], columns)
        self.total.set_rows(rows[-1:], columns)
        self._scroll.verticalScrollBar().setValue(0)
        self.refresh()

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        self.moment, self.stepping, self.digits = moment, depth, digits
        stage = moment.stage
        scope = stage.layer.scope if stage is not None and stage.layer is not None else ""
        if self.table.mark(scope, stage.into if stage is not None else None):
            self._show(scope)

    def refresh(self) -> None:
        for part in (self.header, self.table, self.total):
            part.update()

    def _on_opened(self, scope: str) -> None:
        self._show(scope)

    def _show(self, scope: str) -> None:
        """Scroll as little as needed to see a row whole."""
        rect = self.table.rect_of(scope)
        if rect is not None:
            middle = rect.center().toPoint()
            self._scroll.ensureVisible(0, middle.y(), 0, round(rect.height() / 2))

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        for part in (self.header, self.table, self.total):
            part.set_end(event.size().width() - RIGHT)
        super().resizeEvent(event)


class Header(QWidget):
    """The names of the columns, and on hovering the rules of counting."""

    def __init__(self) -> None:
        super().__init__()
        self.columns = Columns(())
        self.end = 350 - RIGHT
        self.setFixedHeight(HEADER)
        self.setToolTip(RULES)
        self.setAccessibleName(", ".join(HEADINGS))
        self.setAccessibleDescription(RULES)

    def set_end(self, end: int) -> None:
        """Where the last column ends."""
        self.end = end
        self.update()

    # Qt

    def paintEvent(self, event: QPaintEvent) -> None:
        c = style.colors()
        with QPainter(self) as painter:
            painter.setFont(style.font(style.CONTROL))
            painter.setPen(QColor(c.muted))
            for heading, place in zip(HEADINGS, self.columns.rects(0, HEADER - 2, self.end), strict=False):
                painter.drawText(place, ALIGN_RIGHT, heading)
            painter.setPen(QColor(c.line))
            painter.drawLine(LEFT, HEADER - 1, self.end, HEADER - 1)
