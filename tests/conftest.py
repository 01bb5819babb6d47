"""What holds for every test: no screen, one thread of arithmetic, and no file of the user is touched."""

import gc
import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

settings.register_profile("local", deadline=None, max_examples=50)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session", autouse=True)
def users_own_files(tmp_path_factory):
    """Keep Qt's standard folders and settings away from those of whoever runs the tests."""
    from PySide6 import QtCore

    QtCore.QStandardPaths.setTestModeEnabled(True)
    folder = str(tmp_path_factory.mktemp("settings"))
    for form in (QtCore.QSettings.Format.IniFormat, QtCore.QSettings.Format.NativeFormat):
        QtCore.QSettings.setPath(form, QtCore.QSettings.Scope.UserScope, folder)


@pytest.fixture(scope="module", autouse=True)
def left_behind():
    """What is there before a file of tests is not searched for garbage again and again."""
    gc.collect()
    gc.freeze()
