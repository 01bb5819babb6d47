"""The choices on which textbooks differ, as this lesson makes them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nnviz.engine.conventions import Convention
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.settings import Edit
from nnviz.lessons.lesson import Lesson
from nnviz.ui import style
from nnviz.ui.cells import with_italics
from nnviz.ui.views.base import View

FORMULA, LINE = 16, 24
GROUP, TIGHT = 14, 2


class ConventionsView(View):
    """What the lesson is about, where it comes from, and every convention with the formula it leads to."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.labels: list[QLabel] = []
        self._muted: list[QLabel] = []
        self._source, self._source_label = "", QLabel()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.setAccessibleName("Conventions of this lesson")

    def show_lesson(self, lesson: Lesson) -> None:
        self.set_conventions(lesson.conventions, lesson.source, lesson.summary)

    def set_conventions(self, rows: Sequence[Convention], source: str, summary: str) -> None:
        """Show the conventions of another lesson."""
        self.labels, self._muted = [], []
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Base)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(18, 12, 14, 16)
        layout.setSpacing(TIGHT)
        if summary:
            self._add(layout, _paragraphs(summary), style.font(style.CONTROL))
        layout.addSpacing(4)
        self._source = source
        self._source_label = self._add(layout, _source(source, ()), style.font(style.CONTROL), is_muted=True)
        self._source_label.setVisible(bool(source))
        for row in rows:
            layout.addSpacing(GROUP)
            self._add(layout, row.name[:1].upper() + row.name[1:], style.font(style.CONTROL, 600))
            if row.choice:
                self._add(layout, row.choice, style.font(style.CONTROL), is_muted=True)
            if row.formula:
                layout.addWidget(FormulaLine(row.formula))
        layout.addStretch(1)
        self._scroll.setWidget(page)
        self.refresh()

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        """Say that the data is not that of the source any more as soon as somebody has changed it."""
        data = [edit for edit in moment.edits if any(ref.example is not None for ref, _ in edit.values)]
        text = _source(self._source, data)
        self._source_label.setText(text)
        self._source_label.setVisible(bool(text))

    def _add(self, layout: QVBoxLayout, text: str, font: QFont, is_muted: bool = False) -> QLabel:
        label = QLabel(text)
        label.setFont(font)
        label.setWordWrap(True)
        layout.addWidget(label)
        if text:
            self.labels.append(label)
        if is_muted:
            self._muted.append(label)
        return label

    def refresh(self) -> None:
        for label in self._muted:
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(style.colors().muted))
            label.setPalette(palette)


class FormulaLine(QWidget):
    """A formula in the formula font, broken between words. A label would give that font triple spacing."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = with_italics(text)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(text)

    def lines(self, width: float) -> list[str]:
        """The text as it is broken in a width."""
        metrics = QFontMetricsF(style.math_font(FORMULA))
        lines = [""]
        for word in self.text.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and metrics.horizontalAdvance(longer) > width:
                lines.append(word)
            else:
                lines[-1] = longer
        return lines

    # Qt

    def heightForWidth(self, width: int) -> int:
        return LINE * len(self.lines(width))

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(self.width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setFont(style.math_font(FORMULA))
            painter.setPen(QColor(style.colors().text))
            for row, line in enumerate(self.lines(self.width())):
                painter.drawText(0, row * LINE + 18, line)


def _source(source: str, edits: Sequence[Edit]) -> str:
    changed = "data changed by hand since" if edits else ""
    text = " · ".join(part for part in (source, changed) if part)
    return f"Source: {text}" if text else ""


def _paragraphs(text: str) -> str:
    """A text without the line breaks of the file it was written in; blank lines still part paragraphs."""
    return "\n".join(" ".join(part.split()) for part in text.split("\n\n"))
