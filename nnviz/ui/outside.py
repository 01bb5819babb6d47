"""The question whether a lesson may read a file that does not lie beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from nnviz.lessons.errors import OutsideError


def ask_to_read(parent: QWidget, error: OutsideError, allowed: Callable[[], None]) -> None:
    """Ask, and go on only where it is allowed."""
    box = QMessageBox(QMessageBox.Icon.Question, "A file outside of the lesson's folder", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{Path(error.path).name} reads a file that lies outside of its own folder.")
    box.setInformativeText(f"{error.outside}\n\nAllow it if you know where the lesson comes from.")
    read = box.addButton("Read the file", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    read.clicked.connect(allowed)
    box.finished.connect(box.deleteLater)
    box.open()
