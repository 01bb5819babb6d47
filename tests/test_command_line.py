"""The commands as they are typed: output, exit status, and one clear line for bad input."""

from __future__ import annotations

import ast
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

import nnviz
from nnviz.__main__ import main
from nnviz.lessons import catalogue
from nnviz.printable import CONTROLS
from nnviz.resources import resource


def test_list_shows_every_lesson(capsys):
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in catalogue.names())


def test_walk_prints_the_equation_of_the_notes(capsys):
    assert main(["walk", "power-plant-logistic"]) == 0
    shown = capsys.readouterr().out
    assert "δ₆ = (δ₈ × w₈,₆) × ∂a₆/∂z₆ = (0.0852 × 0.12) × 0.2473 = 0.0025" in shown
    assert "sign of δ" in shown, "conventions stand in every printed walk-through"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--example", "1"], "Iteration 1, example d1"),
        (["--iterations", "2"], "Iteration 2, example d2"),
        (["--digits", "6"], "0.471754"),
        (["--depth", "term"], "z₃ so far"),
        (["--depth", "pass"], "Update"),
        (["--depth", "cell"], "› neuron 3"),
        (["--format", "markdown"], "| step | equation | in words |"),
    ],
)
def test_options_of_walk(capsys, options, says):
    assert main(["walk", "power-plant-logistic", *options]) == 0
    assert says in capsys.readouterr().out


def test_an_example_of_a_later_batch_is_walked_through_where_its_batch_is(capsys):
    assert main(["walk", "cnn-digits", "--example", "25", "--depth", "pass"]) == 0
    assert "Iteration 3, example d25" in capsys.readouterr().out


@pytest.mark.parametrize("view", ["matrices", "loss"])
def test_a_narrow_picture_of_a_table_is_not_blank(view, tmp_path):
    path = tmp_path / "x.png"
    size = ["--size", "900x700", "--dark"]
    assert main(["render", "power-plant-logistic", "--view", view, *size, "-o", str(path)]) == 0
    picture = QImage(str(path))
    shown = {picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(picture.height())}
    assert picture.width() > 250 and len(shown) > 20


def test_check_is_silent_about_what_agrees_and_shows_what_does_not(capsys, tmp_path):
    assert main(["check", "power-plant-relu", "xor"]) == 0
    assert "36 of 36" in capsys.readouterr().out
    text = (catalogue.resource("lessons") / "44-xor.nnviz.toml").read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.nnviz.toml"
    wrong.write_text(text.replace("values = [0, 1, 1, 0]", "values = [0, 1, 1, 1]"), encoding="utf-8")
    assert main(["check", str(wrong)]) == 1
    assert "a[5] (iteration 1, 11): found 0, wanted 1 ± 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["walk", "power-plnat"], "there is no lesson of this name"),
        (["walk", "no/such/file.toml"], "no such file"),
        (
            ["render", "cnn-digits", "--example", "25", "--iteration", "1", "-o", "x.png"],
            "iteration 1 works on examples 1 … 10, and on example 25 works iteration 3",
        ),
        (["check"], "wanted a name, a file or --all"),
        (["walk", "power-plant-logistic", "--example", "9"], "found example 9, wanted 1 … 4"),
        (["render", "xor", "--at", "delta[5]", "-o", "x.png"], "which no step of an iteration computes"),
        (["render", "xor", "--at", "q[5]", "-o", "x.png"], "found “q”"),
        (["render", "xor", "-o", "no-such-folder/x.png"], "there is no folder"),
        (["render", "xor", "--view", "loss", "-o", "x.png"], "no loss to draw"),
        (["render", "xor", "--iteration", "2", "-o", "x.png"], "Nothing is trained in this lesson"),
        (["power-plnat"], "there is no lesson of this name"),
        (["walk", "x" * 300], "there is no lesson of this name"),
        (["walk", "/"], "nnviz: /: found a folder, wanted a file"),
        (["walk", "x" * 300 + ".toml"], "cannot be read: file name too long"),
        (["walk", "a/" * 3000], "cannot be read: file name too long"),
        (["walk", "\x1b[2J\n"], r"\x1b[2J\n: there is no lesson of this name"),
        (["walk", "no\udcff.toml"], r"no\udcff.toml: cannot be read: no such file"),
        (["render", "xor", "--at", "E[2]", "-o", "x.png"], "found an index, wanted E alone"),
        (["render", "forget-gate", "--at", "E[2]", "-o", "x.png"], "this lesson has no E"),
        (["render", "xor", "--at", "9" * 5000, "-o", "x.png"], "wanted an address such as z[6]"),
        (["render", "xor", "--at", f"w[5,{'1' * 5000}]", "-o", "x.png"], "wanted an address such as z[6]"),
        (["render", "xor", "-o", f"{'x' * 300}.png"], "cannot be written: File name too long"),
        (["render", "xor", "-o", f"{'x' * 300}/x.svg"], "there is no folder"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(capsys, arguments, says):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert says in captured.err
    assert captured.err.count("\n") == 1 and not captured.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["walk"],
        ["walk", "xor", "--digits", "11"],
        ["walk", "xor", "--iterations", "0"],
        ["walk", "xor", "--iterations", "99999999999"],
        ["render", "xor", "-o", "x.png", "--scale", "1000"],
        ["render", "xor", "-o", "x.gif"],
        ["render", "xor", "-o", "x.png", "--size", "huge"],
        ["--no-such-option"],
        ["walk", "xor", "--digits", "1" * 5000],
        ["walk", "xor", "--iterations", "1" * 5000],
        ["walk", "xor", "--example", "\x1b[2J\n"],
        ["walk", "xor", "--depth", "\x9b2J\u202e"],
        ["render", "xor", "-o", "x.png", "--size", f"{'1' * 5000}x1"],
        ["render", "xor", "-o", "x\x1b[2J.gif"],
        ["walk", "xor", "\x1b]0;title\x07"],
    ],
)
def test_bad_options_end_with_status_2(capsys, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    captured = capsys.readouterr()
    usage, _, message = captured.err.partition("error: ")
    assert "usage:" in usage and not captured.out
    assert 0 < len(message) <= 2100 and not CONTROLS.search(message.removesuffix("\n"))


def test_every_lesson_is_checked_though_one_cannot_be_read(capsys, tmp_path):
    empty = tmp_path / "empty.toml"
    empty.touch()
    assert main(["check", "xor", "nope", "power-plant-relu", str(empty)]) == 2
    captured = capsys.readouterr()
    assert "xor: " in captured.out and "power-plant-relu: 36 of 36" in captured.out
    assert captured.err.count("\n") == 2 and "nope: " in captured.err and "empty.toml: " in captured.err


def test_what_a_lesson_holds_does_not_command_the_terminal(capsys, tmp_path):
    text = (catalogue.resource("lessons") / "44-xor.nnviz.toml").read_text(encoding="utf-8")
    path = tmp_path / "xor.nnviz.toml"
    path.write_text(text.replace('title = "', 'title = "\x9b2J\u202e'), encoding="utf-8")
    assert main(["walk", str(path)]) == 0
    assert r"\x9b2J\u202eXOR" in capsys.readouterr().out


def test_a_picture_that_cannot_be_written_says_why(capsys, tmp_path):
    folder = tmp_path / "x.svg"
    folder.mkdir()
    assert main(["render", "xor", "-o", str(folder)]) == 2
    assert capsys.readouterr().err == f"nnviz: {folder}: cannot be written: what is there is no file\n"


# Any command line


PLACES = ("a[5]", "E[2]", "end", "loss", "w[5," + "1" * 5000, "\x1b[2J", "")
NUMBERS = ("0", "1", "3", "1" * 5000, "²", "٣", "-1", "1e3", "", "\x07")
WORDS = {
    "--example": NUMBERS,
    "--iteration": NUMBERS,
    "--iterations": NUMBERS,
    "--digits": NUMBERS,
    "--scale": NUMBERS,
    "--depth": ("neuron", "cell", "epoch", "\x9b"),
    "--format": ("text", "markdown", "pdf"),
    "--at": PLACES,
    "--view": ("window", "loss", "nope"),
    "--size": ("640x480", "9x9", "1" * 5000 + "x1", "x"),
    "-o": (
        "o.png",
        "o.svg",
        "folder.png",
        "no/o.png",
        "x" * 300 + ".png",
        "/" + "x" * 5000 + ".svg",
        "\x1b\n.png",
    ),
    "--dark": ("", "--", "--nope"),
    "--all-of-it": ("", "--help"),
}
FILES = {
    "good.toml": (catalogue.resource("lessons") / "44-xor.nnviz.toml").read_bytes(),
    "empty.toml": b"",
    "bad\x1b[2J\n.toml": b"format = 1\nx = '\x1b[2J'",
    "binary.toml": bytes(range(256)),
    "deep.toml": b"x = " + b"[" * 3000,
    "huge.toml": b"format = " + b"9" * 6000,
    "folder.toml/x": b"",
    "folder.png/x": b"",
}
LESSONS = (
    *("xor", "max-pooling", "forget-gate", "three-steps", *FILES),
    *(
        "folder.toml",
        "loop.toml",
        "nope",
        "",
        "-",
        "x" * 300,
        "a/" * 3000,
        "\x1b[2J",
        "no\udcff.toml",
        "/dev/null",
    ),
)


def command_line(chance):
    """Words that a command may be called with, and ones that it may not."""
    words = [chance.choice(("list", "walk", "render", "check", "architectures")), chance.choice(LESSONS)]
    for option in chance.choices([*WORDS], k=chance.randrange(4)):
        words += [option, chance.choice(WORDS[option])]
    if words[0] == "render":
        words += ["-o", chance.choice(WORDS["-o"])]
    if words[0] == "check":
        words.append(chance.choice(LESSONS))
    return words


def test_no_command_line_ends_in_a_traceback(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("nnviz.ui.render.render", lambda lesson, cursor, picture, path: path.write_bytes(b""))
    for name, content in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes(content)
    Path("loop.toml").symlink_to("loop.toml")
    chance, seen = random.Random(19), Counter()
    for _ in range(500):
        words = command_line(chance)
        try:
            status = main(words)
        except SystemExit as exit_:
            status = exit_.code
        captured = capsys.readouterr()
        seen[status] += 1
        assert status in (0, 1, 2), words
        assert bool(captured.err) is (status == 2), words
        assert len(captured.err) < 4500, words
        printed = captured.out + captured.err
        assert not CONTROLS.search(printed.replace("\n", "")) and "Traceback" not in printed, words
    assert seen[0] > 20 and seen[2] > 200


# Streams


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the words of one shell")
@pytest.mark.parametrize("buffering", ["", "1"])
@pytest.mark.parametrize(
    ("command", "status", "out", "err"),
    [
        ("walk xor >&-", 2, "", "nnviz: cannot write: standard output is closed\n"),
        ("--version >&-", 2, "", "nnviz: cannot write: standard output is closed\n"),
        ("walk nope 2>&-", 2, "", ""),
        ("walk xor --digits 99 2>&-", 2, "", ""),
        ("walk xor >&- 2>&-", 2, "", ""),
        ("walk xor > /dev/full", 2, "", "nnviz: cannot write: No space left on device\n"),
        ("--help > /dev/full", 2, "", "nnviz: cannot write: No space left on device\n"),
        ("walk nope 2> /dev/full", 2, "", ""),
        ("list | head -1", 0, "Backpropagation by hand\n", ""),
        ("check and or | head -1", 0, "and: 4 of 4 figures agree\n", ""),
        ("--help | head -c 6", 0, "usage:", ""),
    ],
)
def test_streams_that_take_nothing(command, status, out, err, buffering):
    environment = {**os.environ, "PYTHONUNBUFFERED": buffering}
    words = ["bash", "-c", f"set -o pipefail; {sys.executable} -m nnviz {command}"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (status, out, err)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="file descriptors of POSIX")
def test_a_picture_is_whole_though_both_streams_are_closed(tmp_path):
    path = tmp_path / "x.png"
    command = f"{sys.executable} -m nnviz render xor -o {path} >&- 2>&- <&-"
    subprocess.run(command, shell=True, timeout=120, check=False)
    assert QImage(str(path)).width() == 1440


@pytest.mark.skipif(sys.platform == "win32", reason="a name of POSIX")
def test_the_name_of_a_file_breaks_no_line(tmp_path, capsys):
    lesson, picture = tmp_path / "a\nb.nnviz.toml", tmp_path / "c\nd.svg"
    shutil.copy(resource("lessons", "10-power-plant-logistic.nnviz.toml"), lesson)
    assert main(["check", str(lesson)]) == 0
    assert main(["render", str(lesson), "--view", "equation", "-o", str(picture)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "a\\nb: 89 of 89 figures agree",
        f"wrote {tmp_path}/c\\nd.svg",
    ]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes and links of POSIX")
@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "loop"])
def test_a_picture_takes_the_place_of_files_only(tmp_path, capsys, kind):
    path = tmp_path / "x.png"
    make = {
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "device": lambda: path.symlink_to("/dev/null"),
        "loop": lambda: path.symlink_to(path.name),
    }
    make[kind]()
    before = path.lstat()
    assert main(["render", "xor", "--view", "equation", "-o", str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"nnviz: {path}: cannot be written: ")
    assert path.lstat().st_mode == before.st_mode and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("ascii", ["list"]),
        ("ascii", ["architectures"]),
        ("ascii", ["--help"]),
        ("cp1252:strict", ["check", "xor"]),
        ("cp1252:strict", ["walk", "δ\u202e"]),
        ("utf-16", ["list"]),
    ],
)
def test_no_encoding_is_too_small(encoding, words):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "nnviz", *words]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=120, check=False)
    assert done.returncode == (2 if words[0] == "walk" else 0)
    assert b"Traceback" not in done.stderr and done.stdout + done.stderr


def test_help_says_all_of_it(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("list", "walk", "render", "check", "--install-menu"))


def test_a_run_that_overflows_says_so(capsys, tmp_path):
    text = (catalogue.resource("lessons") / "20-power-plant-relu.nnviz.toml").read_text(encoding="utf-8")
    wild = tmp_path / "wild.nnviz.toml"
    wild.write_text(text.replace("learning_rate = 0.2", "learning_rate = 1e200"), encoding="utf-8")
    assert main(["walk", str(wild), "--iterations", "3"]) == 0
    assert "The run overflowed in iteration 1" in capsys.readouterr().out


def test_what_is_printed_is_utf_8_even_where_the_terminal_is_not():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "nnviz", "walk", "power-plant-logistic"]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0 and "δ₆" in done.stdout.decode("utf-8")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["walk", "closed/xor.toml"], "cannot be read: Permission denied"),
        (["check", "closed/xor"], "cannot be read: Permission denied"),
        (["render", "xor", "-o", "closed/x.png"], "cannot be written: Permission denied"),
    ],
)
def test_a_folder_that_is_closed_is_told_as_such(capsys, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    Path("closed").mkdir(mode=0o000)
    assert main(words) == 2
    assert says in capsys.readouterr().err


def test_only_one_module_prints():
    """What is printed anywhere else might command the terminal, or fail on a closed stream."""
    package = Path(nnviz.__file__).parent
    printing = {
        path.name
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name) and node.id == "print"
    }
    assert printing == {"terminal.py", *BEFORE_IT_IS_INSTALLED}


BEFORE_IT_IS_INSTALLED = ("bootstrap.py", "system_packages.py")
