"""Leaving what is open: nothing that was typed in is lost without a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QSessionManager
from PySide6.QtWidgets import QMessageBox

from nnviz.ui.context import Context
from nnviz.ui.own_network import save_as
from nnviz.ui.typing_guard import finish_typing

Answer = QMessageBox.StandardButton
UNSAVED = "It is in no file yet, and is lost without saving."


def is_kept(context: Context) -> bool:
    """Whether nothing is lost when the open lesson is left; what is being typed belongs to it."""
    return finish_typing(context.window) and context.player.is_saved and not lost_with(context)


def lost_with(context: Context) -> dict[str, str]:
    """What no file keeps, and how it could be kept."""
    return {what: how for view in context.tabs.built() for what, how in view.unkept.items()}


def leave(context: Context, then: Callable[[], object]) -> None:
    """Do what leaves the open lesson behind: at once, or when it is known what becomes of its changes."""
    if is_kept(context):
        then()
    elif finish_typing(context.window) and context.window.findChild(Question) is None:
        box = Question(context)
        box.finished.connect(partial(_on_answered, context, then))
        box.open()


def _on_answered(context: Context, then: Callable[[], object], answer: int) -> None:
    if _is_settled(context, Answer(answer)):
        then()


def end_session(context: Context, session: QSessionManager) -> None:
    """The desktop is about to end; it waits for the answer, where it can."""
    if not session.allowsInteraction() or is_kept(context):
        return
    if finish_typing(context.window) and _is_settled(context, Answer(Question(context).exec())):
        context.close_now()
    else:
        session.cancel()
    session.release()


def _is_settled(context: Context, answer: Answer) -> bool:
    """Whether nobody minds any more: the changes are saved, or given up."""
    if answer is Answer.Save:
        save_as(context)
        return context.player.is_saved
    return answer is Answer.Discard


class Question(QMessageBox):
    """Whether to save what has been changed, or to give up a drawing and choices, which no file keeps.

    Escape is Cancel.
    """

    def __init__(self, context: Context) -> None:
        lesson = context.player.lesson
        assert lesson is not None
        super().__init__(context.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setIcon(QMessageBox.Icon.Question)
        self.setTextFormat(Qt.TextFormat.PlainText)
        lost = lost_with(context)
        if context.player.is_saved:
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
