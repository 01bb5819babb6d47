"""The buttons of the transport."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QIcon,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton

from nnviz.engine.outline import Pass
from nnviz.ui.style import CONTROL, colors, font, icon, mixed, with_alpha

BUTTON_HEIGHT = 40
STEP_TYPE = 16
ICON = 16
BETWEEN = 6  # icon and label
PADDING = 11  # left and right of a label, border included


class TransportButton(QToolButton):
    """A button that says its key. One that was reached with Tab takes the space bar for itself."""

    def __init__(self, what: str, key: str = "") -> None:
        super().__init__()
        self._icon_name = ""
        self.setFont(font(CONTROL))
        self.setIconSize(QSize(ICON, ICON))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.describe(what, key)

    def describe(self, what: str, key: str = "") -> None:
        """What it does, for the tooltip and for screen readers."""
        self.setAccessibleName(what)
        self.setToolTip(f"{what} ({key})" if key else what)

    def show_icon(self, name: str) -> None:
        """An icon of the set, in the color of the theme; none for an empty name."""
        self._icon_name = name
        self.recolor()

    def recolor(self) -> None:
        """Take up the colors of the theme."""
        if self._icon_name:
            self.setIcon(icon(self._icon_name, size=ICON))
        self.update()

    def fit(self, *texts: str, least: int = 0, height: int = BUTTON_HEIGHT) -> int:
        """Take the width of the longest of the texts that it will ever show, and tell it."""
        metrics = QFontMetrics(font(CONTROL, 600))
        width = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        beside = (ICON + BETWEEN if width else ICON) if self._icon_name else 0
        self.setToolButtonStyle(_style(bool(width), bool(self._icon_name)))
        self.setFixedSize(max(least, width + beside + 2 * PADDING), height)
        return self.width()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Icon and label together in the middle; Qt would set them to the left."""
        if not (self.text() and self._icon_name):
            super().paintEvent(event)
            return
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.icon = "", QIcon()
        painter = QStylePainter(self)
        with painter:  # which knows itself as a QPainter only
            painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
            self._paint_in_the_middle(painter)

    def _paint_in_the_middle(self, painter: QPainter) -> None:
        width = self.fontMetrics().horizontalAdvance(self.text())
        left = round((self.width() - width - BETWEEN - ICON) / 2)
        middle = QRect(left, 0, self.width() - 2 * left, self.height())
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        before = self.layoutDirection() is Qt.LayoutDirection.LeftToRight
        square = QRect(left if before else middle.right() - ICON + 1, (self.height() - ICON) // 2, ICON, ICON)
        self.icon().paint(painter, square, Qt.AlignmentFlag.AlignCenter, mode)
        painter.setPen(with_alpha(colors().text, 1.0 if self.isEnabled() else 0.4))
        side = Qt.AlignmentFlag.AlignRight if before else Qt.AlignmentFlag.AlignLeft
        painter.drawText(middle, Qt.AlignmentFlag.AlignVCenter | side, self.text())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Keep all buttons of a group on Tab: Qt leaves the others to the arrow keys, which step here."""
        super().focusInEvent(event)
        group = self.group()
        for button in group.buttons() if group is not None else ():
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and _is_space(event):
            event.accept()
            return True
        return super().event(event)


class StepButton(TransportButton):
    """The one big button, filled with the hue of the pass that the class is in."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(what, key)
        self._into = Pass.FORWARD
        self.setText("Step")
        self.setFixedSize(116, BUTTON_HEIGHT + 2)

    def show_pass(self, into: Pass) -> None:
        if into is not self._into:
            self._into = into
            self.update()

    def _fill(self) -> QColor:
        c = colors()
        hue = QColor(c.phase(self._into)[0])
        if self.isDown():
            return mixed(hue, QColor(c.text), 0.22)
        return mixed(hue, QColor(c.text), 0.10) if self.underMouse() and self.isEnabled() else hue

    def _paint_label(self, painter: QPainter) -> None:
        """An arrow and the word, in the middle."""
        bold = font(STEP_TYPE, 700)
        width = QFontMetrics(bold).horizontalAdvance(self.text())
        left = (self.width() - width - 20) / 2
        middle = self.height() / 2
        ink = QColor(colors().on_fill)
        painter.setPen(
            QPen(ink, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        )
        painter.setBrush(ink)
        corners = ((left + 1, middle - 5), (left + 9, middle), (left + 1, middle + 5))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))
        painter.setFont(bold)
        area = QRectF(left + 20, 0, width + 2, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setOpacity(1.0 if self.isEnabled() else 0.4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._fill())
            painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(colors().on_fill), 2))
                painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -4, -4), 5, 5)
            self._paint_label(painter)


def _is_space(event: QEvent) -> bool:
    if not isinstance(event, QKeyEvent):
        return False
    return event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier


def _style(has_text: bool, has_icon: bool) -> Qt.ToolButtonStyle:
    if not has_icon:
        return Qt.ToolButtonStyle.ToolButtonTextOnly
    return Qt.ToolButtonStyle.ToolButtonTextBesideIcon if has_text else Qt.ToolButtonStyle.ToolButtonIconOnly
