"""An error in the program itself is told once at a time."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from nnviz.ui import application


def fail() -> None:
    application._show_exception(ValueError, ValueError("found 3, wanted 4"), None)


def close_all(seen: list[str]) -> None:
    """Close the boxes that are open."""
    boxes = [
        one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox) and one.isVisible()
    ]
    seen += [box.informativeText() for box in boxes]
    for box in boxes:
        box.close()


def test_an_error_that_comes_again_while_it_is_told_opens_no_other_box(qapp, capfd):
    for time in range(2):
        seen: list[str] = []
        for later in (20, 40, 60):
            QTimer.singleShot(later, fail)
        QTimer.singleShot(300, lambda told=seen: close_all(told))
        fail()
        assert seen == ["ValueError: found 3, wanted 4"]
        assert capfd.readouterr().err.count("found 3, wanted 4") == 4, time
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
