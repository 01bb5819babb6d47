"""Whether Qt can open a window here, found out before Qt is asked: it aborts where it cannot.

Standard library only.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

from nnviz.system_packages import WINDOW, is_present, missing

WITHOUT_SCREEN = ("offscreen", "minimal")  # platforms that always start
PROBE = "import sys; from PySide6.QtGui import QGuiApplication as A; sys.exit(A([]).primaryScreen() is None)"
PATIENCE = 20  # seconds for Qt to start, or not
UNKNOWN = "Could not find the Qt platform plugin"
INSTEAD = "use `nnviz walk LESSON` to print a lesson or `nnviz render LESSON -o picture.png` to draw it"


def problem() -> str:
    """Why no window can be opened here, in a sentence; empty where one can.

    Where a screen answers, that takes a millisecond. Else Qt is tried in a process of its own: it has more
    ways to a screen than can be known here.
    """
    if not sys.platform.startswith("linux") or _is_sure():
        return ""
    named = [name for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    if not named:
        return f"there is no screen here; {INSTEAD}"
    told = _told_by_qt()
    return "" if told is None else f"{_reason(named, told)}; {INSTEAD}"


def _is_sure() -> bool:
    """Whether it is certain that Qt starts with what it will choose here."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in WITHOUT_SCREEN:
        return True
    if platform not in ("", "xcb") or missing(WINDOW) or not _x_answers():
        return False
    return bool(platform) or not os.environ.get("WAYLAND_DISPLAY") or _wayland_answers()


def _x_answers() -> bool:
    """Whether an X server lets us in at DISPLAY."""
    if not os.environ.get("DISPLAY") or not is_present("libxcb.so.1"):
        return False
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    has_failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not has_failed


def _wayland_answers() -> bool:
    """Whether a Wayland compositor answers at WAYLAND_DISPLAY."""
    if not is_present("libwayland-client.so.0"):
        return False
    wayland = ctypes.CDLL("libwayland-client.so.0")
    wayland.wl_display_connect.restype = ctypes.c_void_p
    display = wayland.wl_display_connect(None)
    if display:
        wayland.wl_display_disconnect(ctypes.c_void_p(display))
    return bool(display)


def _told_by_qt() -> str | None:
    """What Qt says when it dies for want of a screen; None where it starts."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROBE],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            preexec_fn=_without_core_dump,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stderr if done.returncode else None


def _without_core_dump() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reason(named: list[str], told: str) -> str:
    """What is wrong with the screen that the environment names."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform and UNKNOWN in told:
        return f"QT_QPA_PLATFORM is {_quoted(platform)}, which Qt does not have here"
    if platform not in ("", "xcb"):
        return f"Qt cannot start with QT_QPA_PLATFORM {_quoted(platform)}"
    lacking = [need[-1] for need in missing(WINDOW)]
    if lacking and _x_answers():
        return f"a window needs {', '.join(lacking)}, which this system does not have: please install it"
    at = " and ".join(f"{name} {_quoted(os.environ[name])}" for name in named if name != "QT_QPA_PLATFORM")
    return f"no screen answers at {at}" if at else "there is no screen here"


def _quoted(text: str) -> str:
    """A value of the environment, in one line."""
    return f"“{text if text.isprintable() else ascii(text)[1:-1]}”"
