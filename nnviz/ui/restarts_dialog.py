"""The dialog “Random restarts”: several first weights are tried, and the best network is kept."""

from __future__ import annotations

import math
from time import perf_counter

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.numbers import show
from nnviz.engine.timeline import Timeline
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.restarts import Restart, Restarts
from nnviz.ui import style
from nnviz.ui.choice_form import Form
from nnviz.ui.dialogs import fit_screen
from nnviz.ui.number_boxes import CountBox

SIZE = (460, 520)
SLICE_SECONDS = 0.02  # a tick trains for so long, and the window stays live
MOST_RESTARTS, MOST_ITERATIONS = 100, 100_000
USUAL_RESTARTS, USUAL_ITERATIONS = 10, 500
DIGITS = 4
HEADS = ("Seed", "Iterations", "E per example")


class RestartsDialog(QDialog):
    """Trains in slices while it is open; `kept` brings the best network and how many were tried."""

    kept = Signal(object, int)  # Lesson

    def __init__(
        self, lesson: Lesson, timeline: Timeline, first_seed: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Random restarts")
        self._lesson, self._timeline, self._first_seed = lesson, timeline, first_seed
        self.restarts: Restarts | None = None
        self.form, self.table, self.message = Form(), QTableWidget(0, len(HEADS)), QLabel()
        self.count = CountBox("Restarts", 1, MOST_RESTARTS)
        self.iterations = CountBox("Iterations of each", 1, MOST_ITERATIONS)
        self.form.add("Restarts", self.count, "How many networks start, each from other first weights.")
        self.form.add("Iterations", self.iterations, "How long each learns before they are compared.")
        self.start = QPushButton("Start")
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_tick)
        self._place()
        self.count.show_value(USUAL_RESTARTS)
        self.iterations.show_value(min(USUAL_ITERATIONS, lesson.stop.iterations))
        self.start.clicked.connect(self.toggle)
        style.theme().changed.connect(self._recolor)
        self._show()

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def toggle(self) -> None:
        """Begin anew, or stop and keep what has been tried."""
        if self.is_running:
            self._timer.stop()
        else:
            self._begin()
        self._show()

    def _begin(self) -> None:
        try:
            self.restarts = Restarts(
                self._lesson,
                self._timeline,
                first_seed=self._first_seed,
                count=self.count.value(),
                iterations=self.iterations.value(),
            )
        except BuildError as error:
            self.message.setText(error.problem.message)
            return
        self.table.setRowCount(0)
        self._timer.start()

    def _on_tick(self) -> None:
        assert self.restarts is not None
        until = perf_counter() + SLICE_SECONDS
        while not self.restarts.is_over and perf_counter() < until:
            self.restarts.advance()
        if self.restarts.is_over:
            self._timer.stop()
        self._show()

    def accept(self) -> None:
        """Go on with the best one."""
        restarts = self.restarts
        if restarts is not None and restarts.best_lesson is not None:
            self._timer.stop()
            self.kept.emit(restarts.best_lesson, len(restarts.tried))
            super().accept()

    def reject(self) -> None:
        self._timer.stop()
        super().reject()

    # What it shows

    def _show(self) -> None:
        self.start.setText("Stop" if self.is_running else "Start")
        self.form.setEnabled(not self.is_running)
        restarts = self.restarts
        self.ok.setEnabled(restarts is not None and restarts.best is not None and not self.is_running)
        if restarts is None:
            self.message.setText("First weights decide where a run ends. Several are tried, the best stays.")
            self._recolor()
            return
        for row in range(self.table.rowCount(), len(restarts.tried)):
            self.table.setRowCount(row + 1)
            self._fill(row, restarts.tried[row])
        if self.table.rowCount():
            self.table.scrollToBottom()
        for row, restart in enumerate(restarts.tried):
            self._mark(row, restart is restarts.best)
        self.message.setText(_told(restarts))
        self._recolor()

    def _fill(self, row: int, restart: Restart) -> None:
        error = show(restart.error, DIGITS) if math.isfinite(restart.error) else "diverged"
        for column, text in enumerate((str(restart.seed), f"{restart.iterations:,}", error)):
            item = QTableWidgetItem(text)
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.setItem(row, column, item)

    def _mark(self, row: int, is_best: bool) -> None:
        """The best one in bold."""
        for column in range(len(HEADS)):
            item = self.table.item(row, column)
            if item is not None:
                item.setFont(style.font(style.CONTROL, 700 if is_best else 400))

    def _recolor(self) -> None:
        palette = self.message.palette()
        palette.setColor(self.message.foregroundRole(), QColor(style.colors().muted))
        self.message.setPalette(palette)

    # Placing

    def _place(self) -> None:
        self.table.setHorizontalHeaderLabels(list(HEADS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setAccessibleName("What was tried")
        self.table.horizontalHeader().setFont(style.font(style.CAPTION))
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self.message.setFont(style.font(style.CONTROL))
        self.message.setWordWrap(True)
        self.start.setFont(style.font(style.CONTROL))
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(12)
        for widget in (self.form, self.table, self.message, self._buttons()):
            column.addWidget(widget, int(widget is self.table))
        fit_screen(self, *SIZE)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.start, QDialogButtonBox.ButtonRole.ActionRole)
        self.ok = buttons.addButton("Keep the best", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("kind", "primary")
        self.ok.setToolTip("Go on with it, at the end of its run; Ctrl+Z takes it back")
        self.start.setDefault(True)
        for button in buttons.buttons():
            button.setFont(style.font(style.CONTROL))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons


def _told(restarts: Restarts) -> str:
    """How far it is, and which is the best."""
    done = f"{len(restarts.tried)} of {restarts.count} tried"
    best = restarts.best
    if best is None:
        return f"{done}." if not restarts.tried else f"{done}; all of them diverged: choose a smaller α."
    return f"{done}; the best has seed {best.seed}: E = {show(best.error, DIGITS)} per example."
