"""The first line of the equation strip: pass, way to the place, and what can be done from here."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from nnviz.engine.outline import Pass
from nnviz.ui import style

BADGES = {
    Pass.FORWARD: "Forward →",
    Pass.LOSS: "Loss",
    Pass.BACKWARD: "← Backward",
    Pass.UPDATE: "Update ↻",
}


class PhaseBadge(QWidget):
    """The name of a pass with its arrow, on its tint."""

    def __init__(self, scale: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.into: Pass | None = None
        self._font = style.font(style.CONTROL * scale, 600)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_pass(self, into: Pass | None) -> None:
        self.into = into
        self.setAccessibleName(BADGES[into] if into else "")
        self.setVisible(into is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(BADGES[self.into]) if self.into else 0
        return QSize(round(width + 1.6 * metrics.height()), round(1.5 * metrics.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.into is None:
            return
        hue, tint = style.colors().phase(self.into)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tint))
            rect = QRectF(self.rect())
            painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
            painter.setFont(self._font)
            painter.setPen(QColor(hue))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, BADGES[self.into])


class StripHeader(QWidget):
    """Badge, crumbs and buttons, in fewer words where there is no room for all."""

    def __init__(self, scale: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._font = style.font(style.CONTROL * scale)
        self._scale = scale
        self._crumbs: tuple[str, ...] = ()
        self.badge = PhaseBadge(scale)
        self.crumbs = QLabel()
        self.crumbs.setFont(self._font)
        self.back = self._button("Explain the step again (Esc)")
        self.go = self._button("Go to the step that computes it")
        self.edit = self._button("Type another value (F2 or double click)")
        self._words = {
            self.back: ("Back to the step (Esc)", "Back (Esc)", "Back"),
            self.go: ("Go to the step that computes it", "Go to its step", "Go"),
            self.edit: ("Edit (F2)", "Edit (F2)", "Edit"),
        }
        self.copy = self._button("Copy the explanation as text")
        self.copy.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.copy.setAccessibleName("Copy the explanation as text")
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(round(8 * scale))
        row.addWidget(self.badge)
        row.addWidget(self.crumbs)
        row.addStretch(1)
        for button in (self.edit, self.go, self.back, self.copy):
            row.addWidget(button)
        self.refresh()

    def show_place(self, into: Pass | None, crumbs: tuple[str, ...]) -> None:
        self.badge.show_pass(into)
        self._crumbs = crumbs
        self._choose_words()

    def show_actions(self, back: bool, go: bool, edit: bool) -> None:
        self.back.setVisible(back)
        self.go.setVisible(go)
        self.edit.setVisible(edit)
        self._choose_words()

    def refresh(self) -> None:
        """Take on the colors in use."""
        colors = style.colors()
        palette = self.crumbs.palette()
        palette.setColor(self.crumbs.foregroundRole(), QColor(colors.muted))
        self.crumbs.setPalette(palette)
        self.copy.setIcon(style.icon("copy", colors.muted, 16))
        self.edit.setIcon(style.icon("pencil", colors.text, 16))
        self.badge.update()

    def _button(self, tooltip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "flat")
        button.setFont(self._font)
        button.setToolTip(tooltip)
        button.setIconSize(QSize(16, 16) * self._scale)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _choose_words(self) -> None:
        """All of it; else shorter buttons; else the last crumb alone, and at last a word for a button."""
        for length, crumbs in (
            (0, self._crumbs),
            (1, self._crumbs),
            (1, self._crumbs[-1:]),
            (2, self._crumbs[-1:]),
        ):
            self.crumbs.setText(" › ".join(crumbs))
            for button, words in self._words.items():
                button.setText(words[length])
            if self._row.sizeHint().width() <= self.width():
                break
        self._row.activate()

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._choose_words()
