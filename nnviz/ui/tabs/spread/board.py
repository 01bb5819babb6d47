"""The board of the violins: it scrolls, tells what is under the pointer, and picks numbers."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.ui.layout.geometry import Box
from nnviz.ui.tabs.spread.drawing import SpreadPen, own_plot
from nnviz.ui.tabs.spread.layout import FIGURES, GUTTER, HEADER, Plan
from nnviz.ui.tabs.spread.picture import Row, SpreadPicture, Violin, facts_of, nearest

NOTHING = SpreadPicture((), (), (), (), False)
PICK = "Click: the number that is nearest to this place"


class SpreadBoard(QAbstractScrollArea):
    """Rows of violins under the titles of the layers, and the bars of the gradients below.

    Titles stay in view when it is scrolled down, letters and axes when it is scrolled to the side.
    """

    picked = Signal(object)  # Ref

    def __init__(self) -> None:
        super().__init__()
        self.picture = NOTHING
        self.moment: Moment | None = None
        self.selection: Ref | None = None
        self.digits = 4
        self._pointed: tuple[int, int] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCornerWidget(QWidget())  # else Fusion draws a box between the scroll bars
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Spread of the layers")

    def show_picture(self, picture: SpreadPicture, moment: Moment, digits: int) -> None:
        self.picture, self.moment, self.digits = picture, moment, digits
        self._fit()
        self.setAccessibleDescription("\n".join(self._row_in_words(row) for row in picture.rows))
        self.viewport().update()

    def show_selection(self, ref: Ref | None) -> None:
        """Mark where the selected number stands in its violin."""
        self.selection = ref
        self.viewport().update()

    @property
    def plan(self) -> Plan:
        size, picture = self.viewport().size(), self.picture
        return Plan(
            size.width(), size.height(), len(picture.rows), len(picture.titles), len(picture.gradients)
        )

    def place_of(self, row: int, column: int, share: float = 0.5) -> QPoint:
        """Where in the viewport a share of the axis of a violin stands."""
        violin = self.picture.rows[row].violins[column]
        box = self._plot(row, column, violin)
        dx, dy = self._offset()
        return QPoint(round(box.center.x - dx), round(box.bottom - share * box.height - dy))

    def tip_at(self, at: QPoint) -> str:
        """What is told of the place under the pointer."""
        dx, dy = self._offset()
        cell = self._cell_at(at)
        if cell is not None:
            return self._tip(self.picture.rows[cell[0]], cell[1])
        bar = self.plan.bar_at(at.y() + dy)
        return self._bar_tip(bar) if bar is not None else ""

    def _tip(self, row: Row, column: int) -> str:
        name = f"{row.quantity.name} {row.quantity.letter}, {self.picture.names[column]}"
        violin = row.violins[column]
        if row.is_none[column]:
            return f"{name}: has none"
        if violin is None:
            return f"{name}: {row.awaits}"
        facts = (
            f"{fact}: {value if isinstance(value, str) else show(value, self.digits)}"
            for fact, value in facts_of(violin)
        )
        return "\n".join([name, *facts, PICK])

    def _bar_tip(self, index: int) -> str:
        gradient = self.picture.gradients[index]
        if not gradient.is_trained:
            return f"{gradient.title}: its weights are not trained"
        if gradient.mean is None:
            return f"{gradient.title}: not computed yet"
        mean = show(gradient.mean, self.digits)
        return f"{gradient.title}\nmean |∂E/∂w| of {gradient.count:,} weights: {mean}"

    def _row_in_words(self, row: Row) -> str:
        spreads = [
            f"{title} {show(violin.spread.deviation, self.digits)}"
            for title, violin in zip(self.picture.titles, row.violins, strict=True)
            if violin is not None
        ]
        what = "deviation: " + ", ".join(spreads) if spreads else row.awaits
        return f"{row.quantity.name} {row.quantity.letter}, {what}"

    # Places

    def _offset(self) -> tuple[int, int]:
        return self.horizontalScrollBar().value(), self.verticalScrollBar().value()

    def _plot(self, row: int, column: int, violin: Violin | None) -> Box:
        box = self.plan.plot(row, column)
        has_own = violin is not None and self.picture.rows[row].axis is None
        return own_plot(box) if has_own else box

    def _cell_at(self, at: QPoint) -> tuple[int, int] | None:
        """Row and column under the pointer; what is scrolled below titles or letters is not."""
        if at.x() < GUTTER or at.y() < HEADER:
            return None
        dx, dy = self._offset()
        return self.plan.cell_at(at.x() + dx, at.y() + dy)

    def _violin_at(self, at: QPoint) -> tuple[Violin, float] | None:
        """The violin at a point, and the share of its axis that the point is at."""
        cell = self._cell_at(at)
        violin = self.picture.rows[cell[0]].violins[cell[1]] if cell is not None else None
        if cell is None or violin is None:
            return None
        box = self._plot(*cell, violin)
        return violin, (box.bottom - at.y() - self._offset()[1]) / box.height

    def _fit(self) -> None:
        plan, seen = self.plan, self.viewport().size()
        wide, high = plan.size
        for bar, length, room, step in (
            (self.horizontalScrollBar(), wide, seen.width(), plan.column_width),
            (self.verticalScrollBar(), high, seen.height(), 24),
        ):
            bar.setRange(0, max(0, round(length) - room))
            bar.setPageStep(room)
            bar.setSingleStep(round(step))

    # Painting

    def _paint_rows(self, pen: SpreadPen, dx: int, dy: int) -> None:
        painter, seen = pen.painter, self.viewport().size()
        painter.setClipRect(QRectF(GUTTER, HEADER, seen.width() - GUTTER, seen.height() - HEADER))
        for index, row in enumerate(self.picture.rows):
            if not any(row.violins):
                painter.resetTransform()
                painter.translate(0, -dy)
                pen.empty_row(index, row, seen.width() - GUTTER)
                continue
            painter.resetTransform()
            painter.translate(-dx, -dy)
            pen.grid(index, row)
            for column, violin in enumerate(row.violins):
                if row.is_none[column] or not self._is_seen(index, column):
                    continue
                pen.violin(index, column, row, self._pointed == (index, column), self._marked(violin))

    def _is_seen(self, row: int, column: int) -> bool:
        """Whether a violin is not scrolled away: painting them is what costs most."""
        (dx, dy), seen, place = self._offset(), self.viewport().size(), self.plan.plot(row, column)
        is_beside = place.right < dx + GUTTER or place.x > dx + seen.width()
        return not is_beside and place.bottom + FIGURES > dy and place.y < dy + seen.height()

    def _marked(self, violin: Violin | None) -> float | None:
        """The selected number, where it is one of this violin."""
        ref = self.selection
        if violin is None or ref is None or ref.part is not violin.part or not violin.cells.holds(ref):
            return None
        return self.moment.value(ref) if self.moment is not None else None

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.viewport().update()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 440)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self.viewport()) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            pen, picture = SpreadPen(painter, self.plan, self.digits), self.picture
            dx, dy = self._offset()
            self._paint_rows(pen, dx, dy)
            painter.resetTransform()
            painter.setClipRect(QRectF(0, HEADER, self.viewport().width(), self.viewport().height()))
            painter.translate(0, -dy)
            for index, row in enumerate(picture.rows):
                pen.gutter(index, row)
            if picture.gradients:
                pen.bars(picture.gradients, picture.trains)
            painter.resetTransform()
            painter.setClipRect(QRectF(GUTTER, 0, self.viewport().width(), HEADER))
            painter.translate(-dx, 0)
            for column, title in enumerate(picture.titles):
                pen.title(column, title)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._violin_at(event.position().toPoint())
        if found is not None and self.moment is not None and event.button() is Qt.MouseButton.LeftButton:
            self.picked.emit(nearest(*found, self.moment))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        is_violin = self._violin_at(at) is not None
        self._point(self._cell_at(at) if is_violin else None)
        shape = Qt.CursorShape.PointingHandCursor if is_violin else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos()), self.viewport())
            return True
        if event.type() is QEvent.Type.Leave:
            self._point(None)
        return super().viewportEvent(event)
