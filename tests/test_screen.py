"""Without a screen that answers, nnviz says so and ends with status 2; Qt alone would abort."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from nnviz import screen

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="only Linux can be without a screen"
)
CHOOSING = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")


def started(command=("-m", "nnviz"), **chosen: str) -> subprocess.CompletedProcess:
    kept = {name: value for name, value in os.environ.items() if name not in CHOOSING}
    return subprocess.run(
        [sys.executable, *command], env=kept | chosen, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture(scope="module")
def x_server():
    """The display of an X server of our own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        yield f":{told.readline().strip()}"
    server.terminate()
    server.wait()


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({}, "there is no screen here"),
        ({"DISPLAY": ":4077"}, "no screen answers at DISPLAY “:4077”"),
        ({"DISPLAY": "no display"}, "no screen answers at DISPLAY “no display”"),
        ({"WAYLAND_DISPLAY": "wayland-77"}, "no screen answers at WAYLAND_DISPLAY “wayland-77”"),
        ({"WAYLAND_DISPLAY": "w", "DISPLAY": ":4077"}, "at WAYLAND_DISPLAY “w” and DISPLAY “:4077”"),
        ({"DISPLAY": ":4077", "QT_QPA_PLATFORM": "xcb"}, "no screen answers at DISPLAY “:4077”"),
        ({"QT_QPA_PLATFORM": "xcb"}, "there is no screen here"),
        ({"QT_QPA_PLATFORM": "nothing"}, "QT_QPA_PLATFORM is “nothing”, which Qt does not have here"),
        ({"QT_QPA_PLATFORM": "a\x1b[2Jb"}, "QT_QPA_PLATFORM is “a\\x1b[2Jb”"),
        ({"QT_QPA_PLATFORM": "linuxfb:fb=/no/such/device"}, "Qt cannot start with QT_QPA_PLATFORM"),
        ({"QT_QPA_PLATFORM": "wayland"}, "Qt cannot start with QT_QPA_PLATFORM “wayland”"),
    ],
    ids=str,
)
def test_a_screen_that_does_not_answer_is_told_in_one_line(chosen, words):
    done = started(**chosen)
    assert done.returncode == 2
    assert words in done.stderr and "nnviz walk" in done.stderr and done.stderr.count("\n") == 1


def test_a_library_that_a_window_lacks_is_named(x_server, tmp_path):
    (tmp_path / "libxcb-cursor.so.0").write_bytes(b"")  # what the loader finds first, and cannot load
    done = started(DISPLAY=x_server, LD_LIBRARY_PATH=str(tmp_path))
    assert done.returncode == 2
    assert "a window needs libxcb-cursor0" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "chosen", [{}, {"QT_QPA_PLATFORM": "xcb"}, {"WAYLAND_DISPLAY": "wayland-77"}], ids=str
)
def test_where_a_screen_answers_there_is_no_problem(x_server, monkeypatch, chosen):
    for name, value in ({"DISPLAY": x_server} | dict.fromkeys(CHOOSING[1:], "") | chosen).items():
        monkeypatch.setenv(name, value)
    assert screen.problem() == ""


def test_looking_for_a_screen_does_not_hold_up_the_start(x_server, monkeypatch):
    for name, value in {"DISPLAY": x_server, **dict.fromkeys(CHOOSING[1:], "")}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(subprocess, "run", None)  # nothing is tried in a process of its own
    began = time.process_time()
    assert screen.problem() == ""
    assert time.process_time() - began < 0.05


@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
def test_what_needs_no_screen_is_not_looked_into(monkeypatch, platform):
    monkeypatch.setenv("QT_QPA_PLATFORM", platform)
    monkeypatch.setattr(subprocess, "run", None)
    assert screen.problem() == ""
