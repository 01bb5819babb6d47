"""Long work on the command line says how far it has come, and Ctrl+C ends it with a sentence."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from time import monotonic

import pytest

from nnviz.resources import resource

FAR, START = 1_000_000, 100_000
LESSON = "10-power-plant-logistic.nnviz.toml"
EXPECTED = f'\n[[expect]]\nat = "E"\niteration = {FAR}\nvalue = 0.0\ntolerance = 1.0\n'


@pytest.fixture
def far(tmp_path):
    """A lesson that begins, and is checked, after days of training."""
    text = resource("lessons", LESSON).read_text(encoding="utf-8")
    path = tmp_path / "far.nnviz.toml"
    path.write_text(text.replace("[start]", f"[start]\niteration = {START}") + EXPECTED, encoding="utf-8")
    return path


@contextmanager
def started(arguments, error):
    """A command that Ctrl+C reaches, which it does not where the tests themselves run in the background."""
    command = [sys.executable, "-m", "nnviz", *map(str, arguments)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=error, env=environment, preexec_fn=heard
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def commands(far, tmp_path):
    return {
        "check": ["check", far],
        "walk": ["walk", far],
        "render": ["render", far, "-o", tmp_path / "far.png"],
    }


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
@pytest.mark.parametrize("command", ["check", "walk", "render"])
def test_at_a_terminal_a_line_tells_the_progress_and_ctrl_c_stops(far, tmp_path, command):
    terminal, error = pty.openpty()
    seen, until = b"", monotonic() + 100
    with started(commands(far, tmp_path)[command], error) as process:
        os.close(error)
        while b"9,999 (Ctrl+C stops)" not in seen:
            assert monotonic() < until and process.poll() is None
            seen += os.read(terminal, 1024)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    rest = os.read(terminal, 4096).decode()
    os.close(terminal)
    assert b"\riteration " in seen.replace(b"\x1b[K", b"") and b" of " in seen
    assert rest.rstrip().endswith("nnviz: stopped by Ctrl+C") and "Traceback" not in rest


@pytest.mark.skipif(sys.platform == "win32", reason="a signal of POSIX")
def test_where_nobody_looks_nothing_but_the_sentence_is_said(far, tmp_path):
    with started(commands(far, tmp_path)["check"], subprocess.PIPE) as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
        process.send_signal(signal.SIGINT)
        output, error = process.communicate(timeout=60)
    assert process.returncode == 130 and output == b""
    assert error.decode() == "nnviz: stopped by Ctrl+C\n"
