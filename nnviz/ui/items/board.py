"""A scene that can be zoomed and dragged, and that knows which number is under the pointer."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView, QWidget

from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.items.number import NumberItem
from nnviz.ui.picture.parts import Number

LEAST_ZOOM, MOST_ZOOM = 0.2, 6.0
ZOOM_STEP = 1.2
STARTS_NUMBER = "0123456789.,-−"


class Board(QGraphicsView):
    """Zoom with Ctrl and the wheel, drag to pan; keys that move through the lesson pass by.

    What is longer than the scene slides below wheel and mouse: `can_slide` says that there is more of it.
    """

    clicked = Signal(object)  # Number
    clicked_beside = Signal(QPointF)  # a point of the scene that has no number
    opened = Signal(object, QRectF)  # Number, double-clicked, and where it stands in the viewport
    hovered = Signal(object)  # Number or None
    zoomed = Signal()
    resized = Signal()
    slid = Signal(float, float)  # sideways where there is nothing to pan: turns of the wheel, pixels dragged
    typed = Signal(str)  # the first character of a number, or nothing for F2
    left = Signal()  # the focus is elsewhere
    tip_wanted = Signal(object, QPoint)  # Number or None, global position

    def __init__(self, parent: QWidget | None = None) -> None:
        self._board_scene = QGraphicsScene()
        super().__init__(self._board_scene, parent)
        self.can_type = False
        self.can_slide = False
        self._pressed: QPoint | None = None
        self._is_panning = False
        self._hovered: Number | None = None
        self._board_scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)

    # What is on it

    def items_with_numbers(self) -> Iterator[NumberItem]:
        """Visible items, those on top first."""
        items = reversed(self._board_scene.items(Qt.SortOrder.AscendingOrder))
        shown = [item for item in items if isinstance(item, NumberItem) and item.isVisible()]
        return iter(sorted(shown, key=NumberItem.zValue, reverse=True))  # a scene without index does not sort

    def number_at(self, position: QPoint) -> Number | None:
        """The number under a point of the viewport."""
        point = self.mapToScene(position)
        under = (item for item in self.items_with_numbers() if item.boundingRect().contains(point))
        found = (item.number_at(point) for item in under)
        return next((number for number in found if number is not None), None)

    def rect_of(self, ref: Ref) -> QRectF | None:
        """Where a number stands, in the coordinates of the viewport; of several places the one on top."""
        boxes = (item.box_of(ref) for item in self.items_with_numbers())
        return self._in_view(next((box for box in boxes if box is not None), None))

    def rect_at(self, position: QPoint) -> QRectF | None:
        """Where the number under a point of the viewport stands, even if it is a repetition."""
        point = self.mapToScene(position)
        under = (item for item in self.items_with_numbers() if item.boundingRect().contains(point))
        return self._in_view(next((box for item in under if (box := item.box_at(point)) is not None), None))

    def _in_view(self, box: QRectF | None) -> QRectF | None:
        return QRectF(self.mapFromScene(box).boundingRect()) if box is not None else None

    # Zoom

    def zoom_by(self, factor: float) -> None:
        scale = self.transform().m11()
        factor = min(max(scale * factor, LEAST_ZOOM), MOST_ZOOM) / scale
        self.scale(factor, factor)
        self.zoomed.emit()

    # Qt

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, QColor(style.colors().canvas))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn = event.angleDelta().y() or event.angleDelta().x()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_by(ZOOM_STEP ** (turn / 120))
        elif self.sceneRect().height() * self.transform().m11() > self.viewport().height() + 2:
            super().wheelEvent(event)
        elif self.can_slide:
            self.slid.emit(-turn / 120, 0.0)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._is_panning = event.position().toPoint(), False
            event.accept()
        else:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        if self._pressed is None:
            self._hover(self.number_at(position))
            return
        way = position - self._pressed
        if self._is_panning or way.manhattanLength() >= QApplication.startDragDistance():
            self._is_panning = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            if (
                self.can_slide
                and self.horizontalScrollBar().maximum() <= self.horizontalScrollBar().minimum()
            ):
                self.slid.emit(0.0, -float(way.x()))
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - way.x())
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - way.y())
            self._pressed = position

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        was_click = self._pressed is not None and not self._is_panning
        self._pressed, self._is_panning = None, False
        number = self.number_at(event.position().toPoint())
        self._show_cursor(number)
        if was_click and number is not None:
            self.clicked.emit(number)
        elif was_click:
            self.clicked_beside.emit(self.mapToScene(event.position().toPoint()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        position = event.position().toPoint()
        number = self.number_at(position)
        if number is not None:
            self.opened.emit(number, self.rect_at(position) or self.rect_of(number.ref) or QRectF())
        else:
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def _hover(self, number: Number | None) -> None:
        before = self._hovered.ref if self._hovered else None
        self._hovered = number
        self._show_cursor(number)
        if before != (number.ref if number else None):
            self.hovered.emit(number)

    def _show_cursor(self, number: Number | None) -> None:
        shape = Qt.CursorShape.PointingHandCursor if number else Qt.CursorShape.ArrowCursor
        if self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self.tip_wanted.emit(self.number_at(event.pos()), event.globalPos())
            return True
        return super().viewportEvent(event)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and self._types(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _types(self, event: QKeyEvent) -> bool:
        """Whether a key starts to type a number over the selected one."""
        if not self.can_type or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        return event.key() == Qt.Key.Key_F2 or (event.text() != "" and event.text() in STARTS_NUMBER)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._types(event):
            self.typed.emit(event.text() if event.key() != Qt.Key.Key_F2 else "")
        else:
            event.ignore()
