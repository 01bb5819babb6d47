"""Leaving what is open: nothing that was typed in is lost without a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QMessageBox

from nnviz.ui.own_network import save_as
from nnviz.ui.typing_guard import finish_typing

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

Answer = QMessageBox.StandardButton
UNSAVED = "It is in no file yet, and is lost without saving."
DRAWING = "A drawing beside the data is in no file: “Use for training” puts it into the data."
CHOICES = "What is chosen in the tab Learning is not applied: “Apply” goes on with it."


def is_kept(window: MainWindow) -> bool:
    """Whether nothing is lost when the open lesson is left; what is being typed belongs to it."""
    return finish_typing(window) and window.player.is_saved and not lost_with(window)


def lost_with(window: MainWindow) -> dict[str, str]:
    """What no file keeps, and how it could be kept."""
    drawing = {"the drawing": DRAWING} if window.image.beside.scratch is not None else {}
    choices = {"the choices not applied": CHOICES} if window.learning.changes else {}
    return {**drawing, **choices}


def leave(window: MainWindow, then: Callable[[], object]) -> None:
    """Do what leaves the open lesson behind: at once, or when it is known what becomes of its changes."""
    if is_kept(window):
        then()
    elif finish_typing(window) and window.findChild(Question) is None:
        box = Question(window)
        box.finished.connect(partial(_on_answered, window, then))
        box.open()


def _on_answered(window: MainWindow, then: Callable[[], object], answer: int) -> None:
    if _is_settled(window, Answer(answer)):
        then()


def close_now(window: MainWindow) -> None:
    """Close without a question: it has been answered."""
    window.may_close = True
    window.close()


def end_session(window: MainWindow, session: QSessionManager) -> None:
    """The desktop is about to end; it waits for the answer, where it can."""
    if not session.allowsInteraction() or is_kept(window):
        return
    if finish_typing(window) and _is_settled(window, Answer(Question(window).exec())):
        close_now(window)
    else:
        session.cancel()
    session.release()


def _is_settled(window: MainWindow, answer: Answer) -> bool:
    """Whether nobody minds any more: the changes are saved, or given up."""
    if answer is Answer.Save:
        save_as(window)
        return window.player.is_saved
    return answer is Answer.Discard


class Question(QMessageBox):
    """Whether to save what has been changed, or to give up a drawing and choices, which no file keeps.

    Escape is Cancel.
    """

    def __init__(self, window: MainWindow) -> None:
        lesson = window.player.lesson
        assert lesson is not None
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        lost = lost_with(window)
        if window.player.is_saved:
            what = f"Give up {' and '.join(lost)}"
            self._ask(f"{what}?", f"{what} in “{lesson.title}”?", *lost.values())
            self.setStandardButtons(Answer.Discard | Answer.Cancel)
            self.setDefaultButton(Answer.Cancel)
        else:
            text = f"Save what has been changed in “{lesson.title}”?"
            self._ask("Save the changes?", text, UNSAVED, *lost.values())
            self.setStandardButtons(Answer.Save | Answer.Discard | Answer.Cancel)
            self.setDefaultButton(Answer.Save)
        self.setEscapeButton(Answer.Cancel)
        self.button(Answer.Discard).setText("Discard")

    def _ask(self, title: str, text: str, *more: str) -> None:
        self.setWindowTitle(title)
        self.setText(text)
        self.setInformativeText(" ".join(more))
