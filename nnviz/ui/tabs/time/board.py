"""The widget that paints a plan of the tab “Time”, and tells which number or step is under the pointer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Pass
from nnviz.engine.ref import Ref
from nnviz.ui import style
from nnviz.ui.layout.geometry import Box, as_share
from nnviz.ui.number_board import NumberBoard
from nnviz.ui.tabs.time.layout import Align, Look, Mark, Plan

WORDS = (Look.TEXT, Look.STRONG, Look.PHASE)
LINES_FROM = 9  # a cell of a map that is lower has no border: it would hide the color
SHADES = 128  # on either side of zero
FLAG = Qt.AlignmentFlag
ALIGN = {
    Align.LEFT: FLAG.AlignLeft | FLAG.AlignVCenter,
    Align.CENTER: FLAG.AlignCenter,
    Align.RIGHT: FLAG.AlignRight | FLAG.AlignVCenter,
}
LEFT = Qt.MouseButton.LeftButton


class TimeBoard(NumberBoard):
    """Bars, maps or lines of numbers. A number is picked as everywhere; a step has signals of its own."""

    step_chosen = Signal(int)
    step_pointed = Signal(object)  # int or None
    widened = Signal()  # or made narrower

    def __init__(self, name: str, into: Pass = Pass.BACKWARD, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plan = Plan((), 0)
        self.into = into
        self._step: int | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_plan(self, plan: Plan, moment: Moment | None, digits: int) -> None:
        """Paint the plan of a moment; the same one again is not painted anew."""
        if moment is not self.moment or digits != self.digits:
            self.abandon()
        self.moment, self.digits = moment, digits
        if plan is self.plan or plan == self.plan:
            return
        before, self.plan = self.plan, plan
        if plan.height != before.height:
            self.setFixedHeight(round(plan.height))
        if len(plan.marks) != len(before.marks):
            self.update()
            return
        pairs = zip(before.marks, plan.marks, strict=True)
        for mark in {mark for pair in pairs if _differ(*pair) for mark in pair}:
            self.update(_rect(mark.box).toAlignedRect().adjusted(-2, -2, 2, 2))

    def placed(self) -> Iterator[tuple[Ref, QRectF]]:
        return ((mark.ref, _rect(mark.box)) for mark in self.plan.marks if mark.ref is not None)

    def step_at(self, point: QPointF) -> int | None:
        """The step of time that stands at a point."""
        mark = self._mark_at(point)
        return mark.step if mark is not None else None

    def place_of_step(self, step: int) -> QPointF:
        """Where a step can be clicked."""
        return next(_rect(mark.box).center() for mark in self.plan.marks if mark.step == step)

    def _mark_at(self, point: QPointF) -> Mark | None:
        marks = (mark for mark in self.plan.marks if mark.step is not None)
        return next((mark for mark in marks if _rect(mark.box).contains(point)), None)

    # Painting

    def _paint(self, painter: QPainter, mark: Mark) -> None:
        rect = _rect(mark.box)
        match mark.look:
            case Look.TEXT | Look.STRONG | Look.PHASE:
                self._paint_words(painter, rect, mark)
            case Look.LINE:
                painter.setPen(QPen(QColor(style.colors().line), 1))
                painter.drawLine(rect.topLeft(), rect.bottomRight())
            case Look.EMPTY:
                _paint_empty(painter, rect)
            case Look.NUMBER | Look.SIGNED | Look.SHARE:
                _paint_cell(painter, rect, mark)
            case _:
                self._paint_bar(painter, rect, mark)

    def _paint_words(self, painter: QPainter, rect: QRectF, mark: Mark) -> None:
        if not mark.text:
            return
        c = style.colors()
        is_heavy = mark.look is not Look.TEXT
        colors = {Look.TEXT: c.muted, Look.STRONG: c.text, Look.PHASE: c.phase(self.into)[0]}
        painter.setPen(QColor(colors[mark.look]))
        painter.setFont(style.font(style.CAPTION, 600 if is_heavy else 400))
        painter.drawText(rect, ALIGN[mark.align], mark.text)

    def _paint_bar(self, painter: QPainter, rect: QRectF, mark: Mark) -> None:
        c = style.colors()
        painter.setPen(Qt.PenStyle.NoPen)
        hue = QColor(c.phase(self.into)[0])
        if mark.look in (Look.POSITIVE, Look.NEGATIVE):
            hue = QColor(c.positive if mark.look is Look.POSITIVE else c.negative)
        elif mark.look is Look.BAR:
            hue = style.mixed(QColor(c.panel), hue, 0.48)
        painter.setBrush(hue)
        painter.drawRoundedRect(rect, min(3, rect.width() / 4), min(3, rect.height() / 2))

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(340, round(self.plan.height))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            reach = event.rect()
            seen = [mark for mark in self.plan.marks if _reaches(mark.box, reach)]
            dense = [one for one in seen if _is_dense(one)]
            _paint_dense(painter, dense)
            for is_word in (False, True):
                for mark in seen:
                    if (mark.look in WORDS) is is_word and not _is_dense(mark):
                        self._paint(painter, mark)
            self.paint_marks(painter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.widened.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        step = self.step_at(event.position())
        if step is not None and self.ref_at(event.position()) is None and event.button() is LEFT:
            self.step_chosen.emit(step)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        step = self.step_at(event.position())
        if step is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._point(step)

    def leaveEvent(self, event: QEvent) -> None:
        self._point(None)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self._mark_at(QPointF(event.pos()))
            if mark is not None and mark.ref is None:
                QToolTip.showText(event.globalPos(), mark.tip, self)
                return True
        return super().event(event)

    def _point(self, step: int | None) -> None:
        if step != self._step:
            self._step = step
            self.step_pointed.emit(step)


def _differ(one: Mark, other: Mark) -> bool:
    return one is not other and one != other


def _reaches(box: Box, rect: QRect) -> bool:
    """Whether a part of a box, which may be a line, is in a rectangle."""
    is_beside = box.right < rect.left() or box.x > rect.right() + 1
    return not is_beside and box.bottom >= rect.top() and box.y <= rect.bottom() + 1


def _rect(box: Box) -> QRectF:
    return QRectF(*box)


def _paint_empty(painter: QPainter, rect: QRectF) -> None:
    """A dashed place; where it is too small for dashes, a dotted one."""
    c = style.colors()
    pen = QPen(QColor(c.not_yet), 1.1)
    pen.setDashPattern([4, 3.5] if rect.height() >= LINES_FROM else [1, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if rect.height() >= LINES_FROM:
        painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), 3, 3)
    else:
        y = rect.center().y()
        painter.drawLine(QPointF(rect.left() + 2, y), QPointF(rect.right() - 2, y))


def _is_dense(mark: Mark) -> bool:
    """Whether a cell of a map is too small for a border."""
    is_cell = mark.look in (Look.SIGNED, Look.SHARE)
    return is_cell and (mark.box.height < LINES_FROM or mark.box.width < LINES_FROM)


def _paint_dense(painter: QPainter, marks: Sequence[Mark]) -> None:
    """Thousands of cells, on whole pixels, so that no gaps shine through; each shade is mixed once."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    shades: dict[tuple[Look, int], QColor] = {}
    for mark in marks:
        key = mark.look, round(mark.value * SHADES)
        if key not in shades:
            shades[key] = _ground(mark)
        left, top = _pixel(mark.box.x), _pixel(mark.box.y)
        wide, high = _pixel(mark.box.right) - left, _pixel(mark.box.bottom) - top
        painter.fillRect(left, top, wide, high, shades[key])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _pixel(place: float) -> int:
    """The pixel at which one cell ends and the next begins, whichever of them is asked."""
    return math.floor(place + 0.5 + 1e-6)


def _ground(mark: Mark) -> QColor:
    """What a cell is filled with."""
    c = style.colors()
    if mark.look is Look.SIGNED:
        return c.diverging_cell(mark.value, 1.0, with_number=bool(mark.text))
    if mark.look is Look.SHARE:
        most = c.diverging_limit if mark.text else 0.92
        return style.mixed(QColor(c.diverging[1]), QColor(c.forward), as_share(mark.value) * most)
    return QColor(c.panel)


def _paint_cell(painter: QPainter, rect: QRectF, mark: Mark) -> None:
    c = style.colors()
    painter.setPen(QPen(QColor(c.line), 1))
    painter.setBrush(_ground(mark))
    painter.drawRect(rect)
    if mark.text:
        painter.setPen(QColor(c.text if mark.look is Look.NUMBER else c.selection))
        painter.setFont(style.font(style.CAPTION, 600))
        painter.drawText(rect, FLAG.AlignCenter, mark.text)
