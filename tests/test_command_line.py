"""The commands as they are typed: output, exit status, and one clear line for bad input."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from nnviz.__main__ import main
from nnviz.lessons import catalogue


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
    ],
)
def test_bad_options_end_with_status_2(capsys, arguments):
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_help_says_all_of_it(capsys):
    with pytest.raises(SystemExit) as exit_:
        main(["--help"])
    assert exit_.value.code == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("list", "walk", "render", "check", "--install-menu"))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a screen")
def test_without_a_screen_the_window_says_what_to_use_instead():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "nnviz"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "nnviz walk" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_error():
    command = f"{sys.executable} -m nnviz walk power-plant-logistic | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.startswith("Power plant") and not done.stderr


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


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs a device that is always full")
def test_a_full_disk_is_one_line():
    command = f"{sys.executable} -m nnviz walk xor > /dev/full"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2 and done.stderr.startswith("nnviz: cannot write")
