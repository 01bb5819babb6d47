"""Dialogs fit into the screen: what closes them is in reach."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QDialog, QDialogButtonBox

from nnviz.lessons import catalogue
from nnviz.ui import dialogs
from nnviz.ui.architectures import ArchitecturesPage
from nnviz.ui.help import HelpDialog
from nnviz.ui.leaving import Question
from nnviz.ui.main_window import MainWindow
from nnviz.ui.new_network import NewNetwork
from nnviz.ui.restarts_dialog import RestartsDialog

ROOMS = [(800, 480), (960, 540), (1280, 720), (2560, 1440)]


def restarts(window):
    lesson = window.player.lesson
    return RestartsDialog(lesson, lesson.timeline, 0, window)


DIALOGS = {
    HelpDialog: lambda window: HelpDialog(window._commands.commands, window),
    ArchitecturesPage: ArchitecturesPage,
    NewNetwork: NewNetwork,
    RestartsDialog: restarts,
    Question: lambda window: Question(window.context),
}


def test_all_dialogs_are_among_them():
    own = {one for one in QDialog.__subclasses__() if one.__module__.startswith("nnviz.")}
    assert own <= set(DIALOGS)


@pytest.mark.parametrize("room", ROOMS, ids=str)
@pytest.mark.parametrize("kind", DIALOGS, ids=lambda kind: kind.__name__)
def test_a_dialog_fits_into_the_screen_with_its_buttons(qtbot, monkeypatch, kind, room):
    available = QSize(*room) - QSize(0, dialogs.TITLE_BAR)
    monkeypatch.setattr(dialogs, "room_for", lambda dialog: available)
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(catalogue.load("xor"))
    dialog = DIALOGS[kind](window)
    dialogs.open_dialog(dialog)
    QApplication.processEvents()
    assert dialog.width() <= available.width() and dialog.height() <= available.height()
    buttons = dialog.findChild(QDialogButtonBox)
    for button in buttons.buttons():
        where = QRect(button.mapTo(dialog, QPoint()), button.size())
        assert dialog.rect().contains(where), button.text()
    dialog.close()
