"""The Qt application: fonts, theme, one window, and no traceback in front of a class."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEventLoop, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from nnviz.lessons.lesson import Lesson
from nnviz.resources import resource
from nnviz.startup import set_aside, without_collection
from nnviz.terminal import warn
from nnviz.ui.style import CONTROL, DARK, LIGHT, font, theme

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

SETTLES_AFTER = 400  # ms
INTERRUPTED = 130
DESKTOP_FILE = "org.nnviz.Nnviz"
FRAME = QSize(16, 48)  # what a desktop puts around a window, generously


def make_application(dark: bool = False) -> QApplication:
    """The application with the look of nnviz, made once."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    if application.desktopFileName() != DESKTOP_FILE:
        application.setDesktopFileName(DESKTOP_FILE)
        application.setApplicationName("nnviz")
        application.setStyle("Fusion")
        application.setFont(font(CONTROL))
        application.setWindowIcon(QIcon(str(resource("icons", "nnviz.svg"))))
    theme().use(DARK if dark else LIGHT)
    return application


@np.errstate(all="ignore")  # what overflows is told in the window
def run(lesson: Callable[[], Lesson], dark: bool = False) -> int:
    """Open the window, then the lesson in it, and stay until the window is closed."""
    with without_collection():
        application = make_application()
        settings = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "nnviz", "nnviz")
        _choose_theme(application, settings, dark)
        sys.excepthook = _show_exception
        from nnviz.ui.leaving import end_session
        from nnviz.ui.main_window import MainWindow

        window = MainWindow(settings)
        settle_lessons(window)
        application.commitDataRequest.connect(partial(end_session, window.context))
        _show(window, application)
        application.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)  # the first paint
        window.open_lesson(lesson())
    return application.exec()


def settle_lessons(window: MainWindow) -> None:
    """Set a lesson aside from searches for garbage as soon as it is open and painted."""
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.setInterval(SETTLES_AFTER)
    timer.timeout.connect(set_aside)
    window.player.lesson_changed.connect(timer.start)


def _show(window: MainWindow, application: QApplication) -> None:
    """At its size where the screen has room for it and a title bar, else over the whole screen."""
    room = application.primaryScreen().availableGeometry().size()
    if window.width() + FRAME.width() > room.width() or window.height() + FRAME.height() > room.height():
        window.resize(window.size().boundedTo(room))  # where nothing maximizes windows
        window.showMaximized()
    else:
        window.show()


def _choose_theme(application: QApplication, settings: QSettings, dark: bool) -> None:
    """What was chosen by hand, else what the desktop says; a choice is remembered."""
    chosen = settings.value("theme", "", type=str)
    hints = application.styleHints()
    if dark or chosen == "dark" or (not chosen and hints.colorScheme() is Qt.ColorScheme.Dark):
        theme().use(DARK)
    hints.colorSchemeChanged.connect(
        lambda scheme: (
            theme().use(DARK if scheme is Qt.ColorScheme.Dark else LIGHT)
            if not settings.contains("theme")
            else None
        )
    )
    theme().chosen.connect(lambda: settings.setValue("theme", "dark" if theme().colors.is_dark else "light"))


def _show_exception(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """An error in the program itself: say so and stay open; the details are for a report.

    While one is told others go to the terminal only: what fails while it is painted fails again and again.
    """
    if issubclass(kind, KeyboardInterrupt):
        QApplication.exit(INTERRUPTED)
        return
    details = "".join(traceback.format_exception(kind, error, where))
    warn(details)
    if any(isinstance(one, Apology) for one in QApplication.topLevelWidgets()):
        return
    box = Apology(QMessageBox.Icon.Critical, "Something went wrong in nnviz", "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Something went wrong in nnviz itself. What is open stays open.")
    box.setInformativeText(f"{kind.__name__}: {error}")
    box.setDetailedText(details)
    box.exec()
    box.deleteLater()


class Apology(QMessageBox):
    """What is told of an error in the program itself."""
