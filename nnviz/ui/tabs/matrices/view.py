"""The matrix equation of the stage that the class is in, and the table of its batch."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPalette, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.ui.tabs.matrices.canvas import PADDING, MatrixCanvas
from nnviz.ui.tabs.matrices.sheet import HEADER, LABEL
from nnviz.ui.views.base import View


class MatricesView(View):
    """Z = W·A and its kin, cell by cell, with what is in use framed; every number can be picked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MatrixCanvas()
        self.canvas.picked.connect(self._on_picked)
        self.canvas.pointed.connect(self.pointed)
        self.canvas.focused.connect(self.focused)
        self.canvas.edited.connect(self.edited)
        self.canvas.fixed.connect(self.fixed)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setBackgroundRole(QPalette.ColorRole.Base)
        self._scroll.setWidget(self.canvas)
        self._scroll.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.setAccessibleName("Matrices of the current step")

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        before = self.canvas.title
        super().show_moment(moment, depth, digits)
        if self.canvas.title != before:
            self._scroll.verticalScrollBar().setValue(0)
        self._reveal_current()

    def refresh(self) -> None:
        """Nothing while another table is in front: the matrices of a large layer take their time."""
        if self.moment is None or not self.isVisible():
            return
        self.canvas.show_page(self.moment, self.stepping, self.digits, self.selection, self._available())
        self.canvas.show_pointed(self.pointed_at)

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self.canvas.show_pointed(ref)

    def _available(self) -> float:
        return max(240, self.width() - 2 * PADDING)

    def _reveal_current(self) -> None:
        """Scroll to what the last step has computed where it is out of sight."""
        self._scroll_to(self.canvas.current_rect())

    def _on_picked(self, ref: Ref) -> None:
        """The keys may have led out of sight."""
        self.picked.emit(ref)
        self._scroll_to(self.canvas.rect_of(ref))

    def _scroll_to(self, rect: QRectF | None) -> None:
        if rect is not None:
            center = rect.center().toPoint()
            margin = round(rect.height() / 2 + LABEL + HEADER)
            self._scroll.ensureVisible(center.x(), center.y(), round(rect.width()), margin)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._reveal_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.refresh()
