"""Long work on the command line says how far it has come, and Ctrl+C ends it with a sentence."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep

import pytest

from nnviz.__main__ import main
from nnviz.progress_line import LOG_SECONDS
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
@pytest.mark.parametrize("command", ["check", "render"])
def test_in_a_file_a_plain_line_now_and_then_tells_the_progress(far, tmp_path, command):
    log = tmp_path / "log.txt"
    arguments = [*commands(far, tmp_path)[command], *(["--iteration", FAR] if command == "render" else ())]
    with log.open("wb") as error, started(arguments, error) as process:
        began = monotonic()
        while log.read_bytes().count(b"\n") < 2:
            assert monotonic() < began + 100 and process.poll() is None
            sleep(0.1)
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)
        seconds = monotonic() - began
    *lines, last = log.read_text(encoding="utf-8").splitlines()
    assert process.returncode == 130 and output == b"" and last == "nnviz: stopped by Ctrl+C"
    assert all(re.fullmatch(r"nnviz: iteration [\d,]+ of 999,999", line) for line in lines)
    assert 2 <= len(set(lines)) == len(lines) <= seconds / LOG_SECONDS


def test_of_a_short_run_nothing_is_said(capsys):
    assert main(["walk", "power-plant-logistic", "--depth", "pass"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="a descriptor of POSIX")
@pytest.mark.parametrize("error", ["/dev/full", "closed"])
def test_where_standard_error_takes_nothing_a_run_comes_to_its_end(tmp_path, error):
    text = "import sys; from nnviz import progress_line; progress_line.LOG_SECONDS = 0.0\n"
    text += "from nnviz.__main__ import main; sys.exit(main(sys.argv[1:]))"
    picture = tmp_path / "far.svg"
    command = [
        sys.executable,
        "-c",
        text,
        "render",
        "power-plant-logistic",
        "--iteration",
        "5000",
        "-o",
        picture,
    ]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if error == "closed":
        command = ["/bin/sh", "-c", 'exec "$@" 2>&-', "sh", *command]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=False)
    else:
        with open(error, "wb") as full:
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=full, check=False)
    assert done.returncode == 0 and picture.exists()
