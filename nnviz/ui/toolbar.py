"""The bar at the top: which lesson, which example, how many digits, undo and redo, theme and help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QToolButton,
    QWidget,
)

from nnviz.ui.layout.names import subscripted
from nnviz.ui.lesson_menu import LessonMenu
from nnviz.ui.plain import caption
from nnviz.ui.style import CONTROL, TITLE, colors, font, icon, theme

if TYPE_CHECKING:
    from nnviz.lessons.catalogue import Entry

HEIGHT = 48
GROUP_GAP = 16
CONTROL_HEIGHT = 30
MOST_SEGMENTS = 6
LONGEST_NAME = 6
LEAST_TITLE = 170  # of which the arrow takes some
ARROW = 44
FOLDS = ((GROUP_GAP, True, True), (GROUP_GAP, False, True), (8, False, False))  # gap, labels, segments
NARROWEST = 760


class Toolbar(QWidget):
    """Emits what the user asks for; shows what it is told.

    Where it is narrow, labels and the segments of the examples fold away; the title takes what is left.
    """

    lesson_chosen = Signal(str)
    open_requested = Signal()
    new_requested = Signal()
    save_requested = Signal()
    change_requested = Signal()
    other_weights_requested = Signal()
    networks_requested = Signal()
    example_chosen = Signal(int)
    digits_requested = Signal(int)  # one more or one fewer
    undo_requested = Signal()
    redo_requested = Signal()
    restart_requested = Signal()
    theme_toggled = Signal()
    help_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 18, 1)
        self._row.setSpacing(8)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._recolored: list[tuple[QToolButton, str]] = []
        self._names: list[QLabel] = []
        self._gaps: list[QWidget] = []
        self._title, self._has_few = "", True
        self._make_lesson_button()
        self._make_examples()
        self._make_digits()
        self._make_edits()
        self._row.addStretch(1)
        self._button("contrast", "Light or dark theme (T)", self.theme_toggled.emit)
        self._button("circle-question-mark", "Keys and first steps (?)", self.help_requested.emit)
        theme().changed.connect(self._on_theme_changed)

    # What it shows

    def offer_lessons(self, entries: Callable[[], Sequence[Entry]]) -> None:
        """Where the menu finds the lessons; they are read when it is opened for the first time."""
        self._menu.entries = entries

    def show_lesson(self, name: str, title: str, examples: Sequence[str]) -> None:
        """The lesson that is open, and the names of its examples."""
        self._menu.name = name
        names = [subscripted(example) for example in examples]
        self._title = title
        self._fill_examples(names)
        self._fold()

    def show_moment(self, example: int, digits: int) -> None:
        """Which example is in focus, and how many digits are shown."""
        button = self._examples.button(example)
        if button is not None:
            button.setChecked(True)
        self._example_box.blockSignals(True)
        self._example_box.setCurrentIndex(example)
        self._example_box.blockSignals(False)
        self._digits.setText(str(digits))

    def show_undo(self, undo: str, redo: str) -> None:
        """What undo and redo would do; empty where there is nothing."""
        self._undo.setEnabled(bool(undo))
        self._undo.setToolTip(f"Undo {undo} (Ctrl+Z)")
        self._redo.setEnabled(bool(redo))
        self._redo.setToolTip(f"Redo {redo} (Ctrl+Shift+Z)")

    # How it is made

    def _make_lesson_button(self) -> None:
        self._lesson = QToolButton()
        self._lesson.setProperty("kind", "flat")
        self._lesson.setFont(font(TITLE, 600))
        self._lesson.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._lesson.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._lesson.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow behind the text
        self._lesson.setIcon(icon("chevron-down"))
        self._recolored.append((self._lesson, "chevron-down"))
        self._lesson.setToolTip("Choose a lesson (Ctrl+L), or open a file (Ctrl+O)")
        self._lesson.setAccessibleName("Lesson")
        self._menu = menu = LessonMenu(self._lesson)
        menu.chosen.connect(self.lesson_chosen)
        menu.new_requested.connect(self.new_requested)
        menu.open_requested.connect(self.open_requested)
        menu.save_requested.connect(self.save_requested)
        menu.networks_requested.connect(self.networks_requested)
        self._lesson.setMenu(self._menu)
        self._lesson.setFixedHeight(CONTROL_HEIGHT)
        self._row.addWidget(self._lesson)
        self._gap()

    def open_menu(self) -> None:
        """Show the lessons."""
        self._menu.popup(self._lesson.mapToGlobal(self._lesson.rect().bottomLeft()))

    def _make_examples(self) -> None:
        self._label("Example")
        self._examples = QButtonGroup(self)
        self._examples.idClicked.connect(self.example_chosen)
        self._segments, self._segment_row = self._frame()
        self._row.addWidget(self._segments)
        self._example_box = QComboBox()
        self._example_box.setFont(font(CONTROL))
        self._example_box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._example_box.setToolTip("Example in focus (E for the next, Shift+E for the one before)")
        self._example_box.currentIndexChanged.connect(self.example_chosen)
        self._row.addWidget(self._example_box)
        self._gap()

    def _fill_examples(self, names: Sequence[str]) -> None:
        """A button for each of a few examples with short names, else a list to choose from."""
        for button in self._examples.buttons():
            self._examples.removeButton(button)
            self._segment_row.removeWidget(button)
            button.deleteLater()
        short = len(names) <= MOST_SEGMENTS and all(len(name) <= LONGEST_NAME for name in names)
        self._has_few = short
        self._example_box.blockSignals(True)
        self._example_box.clear()
        self._example_box.setMinimumContentsLength(max(map(len, names), default=0) + 1)
        self._example_box.addItems(list(names))
        self._example_box.blockSignals(False)
        for index, name in enumerate(names if short else ()):
            button = self._segment(name, f"Example {name} (E for the next, Shift+E for the one before)")
            button.setCheckable(True)
            self._examples.addButton(button, index)
            self._segment_row.addWidget(button)
            button.show()  # now, so that it is measured

    def _make_digits(self) -> None:
        self._label("Digits")
        frame, row = self._frame()
        fewer, more = self._segment("−", "Fewer digits (Shift+D)"), self._segment("+", "More digits (D)")
        fewer.clicked.connect(lambda: self.digits_requested.emit(-1))
        more.clicked.connect(lambda: self.digits_requested.emit(1))
        self._digits = QLabel("4")
        self._digits.setFont(font(CONTROL, 600))
        self._digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._digits.setMinimumWidth(22)
        for widget in (fewer, self._digits, more):
            row.addWidget(widget)
        self._row.addWidget(frame)
        self._gap()

    def _make_edits(self) -> None:
        self._undo = self._button("undo-2", "Undo (Ctrl+Z)", self.undo_requested.emit)
        self._redo = self._button("redo-2", "Redo (Ctrl+Shift+Z)", self.redo_requested.emit)
        tip = "Restart with the initial weights of the lesson, also after Apply (R)"
        self._button("rotate-ccw", tip, self.restart_requested.emit)
        tip = "Restart with other first weights (Shift+R)"
        self._button("die", tip, self.other_weights_requested.emit)
        self._gap()
        tip = "Change layers and training (Ctrl+E)"
        self._button("settings-2", tip, self.change_requested.emit)
        self.show_undo("", "")

    def _label(self, text: str) -> None:
        label = QLabel(text)
        label.setFont(font(CONTROL))
        self._row.addWidget(label)
        self._names.append(label)

    def _gap(self) -> None:
        """Room between two groups."""
        gap = QWidget()
        self._row.addWidget(gap)
        self._gaps.append(gap)

    def _frame(self) -> tuple[QFrame, QHBoxLayout]:
        frame = QFrame()
        frame.setProperty("kind", "segments")
        frame.setFixedHeight(CONTROL_HEIGHT)
        row = QHBoxLayout(frame)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(0)
        return frame, row

    def _segment(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "segment")
        button.setText(caption(text))
        button.setFont(font(CONTROL))
        button.setToolTip(tip)
        return button

    def _button(self, name: str, tip: str, run: Callable[[], None]) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setIconSize(QSize(18, 18))
        button.setFixedHeight(CONTROL_HEIGHT)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(run)
        self._row.addWidget(button)
        self._recolored.append((button, name))
        return button

    # How it fits

    def _fold(self) -> None:
        """As much as there is room for; what is left over is for the title."""
        for gap, labels, segments in FOLDS:
            for space in self._gaps:
                space.setFixedWidth(max(0, gap - self._row.spacing()))
            for label in self._names:
                label.setVisible(labels)
            self._segments.setVisible(segments and self._has_few)
            self._example_box.setVisible(not (segments and self._has_few))
            self._lesson.setFixedWidth(LEAST_TITLE)
            room = self.width() - self._row.sizeHint().width()
            if room >= 0:
                break
        self._show_title(LEAST_TITLE + max(0, room))

    def _show_title(self, width: int) -> None:
        """The name of the lesson, elided where it has no room."""
        metrics = self._lesson.fontMetrics()
        self._lesson.setText(
            caption(f"{metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, width - ARROW)} ")
        )
        self._lesson.setFixedWidth(min(width, metrics.horizontalAdvance(f"{self._title} ") + ARROW))

    def _on_theme_changed(self) -> None:
        for button, name in self._recolored:
            button.setIcon(icon(name))
        self.update()

    # Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors().panel))
            painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(colors().line))
