"""Decisions of the bootstrap: what is missing, what is current, what is run. Nothing is installed."""

import ast
import subprocess
import sys

import pytest

from nnviz import bootstrap, system_packages
from nnviz.system_packages import SetupError

OLD_ENOUGH_TO_COMPLAIN = (3, 8)


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A source tree of the test's own, with a working interpreter in its ``.venv``."""
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "stamp.txt")
    monkeypatch.setattr(bootstrap, "PICTURES", tmp_path / "pictures")
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text(name)
    bootstrap.venv_python().parent.mkdir(parents=True)
    bootstrap.venv_python().touch()
    return tmp_path


@pytest.fixture
def commands(monkeypatch):
    """The commands that would have been run, as words, without the interpreter."""
    seen = []
    monkeypatch.setattr(bootstrap, "run_command", lambda words, env=None: seen.append([*map(str, words)][1:]))
    monkeypatch.setattr(bootstrap, "make_venv", lambda: None)
    monkeypatch.setattr(system_packages, "require", lambda needs: None)
    return seen


@pytest.mark.parametrize("name", ["__init__", "bootstrap", "system_packages"])
def test_an_old_python_can_read_it(name):
    source = (bootstrap.ROOT / "nnviz" / f"{name}.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=OLD_ENOUGH_TO_COMPLAIN)


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13)])
def test_an_old_python_is_named_in_one_line(version):
    with pytest.raises(
        SetupError, match=rf"needs Python 3\.11 or newer, and this is 3\.{version[1]} "
    ) as caught:
        bootstrap.check_python(version)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (4, 0, 0)])
def test_a_new_python_will_do(version):
    bootstrap.check_python(version)


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
    ],
)
def test_has_screen(platform, environ, expected):
    assert bootstrap.has_screen(platform, environ) is expected


@pytest.mark.parametrize(
    ("command", "asked", "expected"),
    [
        ("run", "", set()),
        ("run", "torch", {"torch"}),
        ("test", "", {"test"}),
        ("test", "torch, bench", {"test", "torch", "bench"}),
        ("bench", "", {"bench", "test"}),
    ],
)
def test_wanted_extras(command, asked, expected):
    assert bootstrap.wanted_extras(command, {"NNVIZ_EXTRAS": asked}) == expected


def test_packages_are_installed_once(tree, commands):
    bootstrap.install({"test"})
    bootstrap.install({"test"})
    bootstrap.install(set())
    assert [words[-4:] for words in commands] == [["-c", "constraints.txt", "-e", ".[test]"]]


def test_a_further_extra_keeps_the_others(tree, commands):
    bootstrap.install({"test"})
    bootstrap.install({"torch"})
    assert commands[-1][-1] == ".[test,torch]"
    assert bootstrap.installed_extras() == {"test", "torch"}


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_a_changed_file_installs_again(tree, commands, changed):
    bootstrap.install(set())
    (tree / changed).write_text("changed")
    assert bootstrap.installed_extras() is None
    bootstrap.install(set())
    assert len(commands) == 2


def test_a_lost_interpreter_installs_again(tree, commands):
    bootstrap.install(set())
    bootstrap.venv_python().unlink()
    assert bootstrap.installed_extras() is None


def test_the_window_opens_on_a_screen(tree, commands, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_screen", lambda: True)
    bootstrap.run([])
    assert commands == [["-m", "nnviz"]]


def test_without_a_screen_a_lesson_is_printed_and_drawn(tree, commands, monkeypatch):
    monkeypatch.setattr(bootstrap, "has_screen", lambda: False)
    bootstrap.run([])
    drawn = {"a[6]": "a-6", "E": "E", "delta[6]": "delta-6", "w_new[7,5]": "w_new-7-5"}
    lesson = "power-plant-logistic"
    pictures = {at: str(tree / "pictures" / f"{lesson}-{name}.png") for at, name in drawn.items()}
    assert commands == [
        ["-m", "nnviz", "walk", lesson],
        *(["-m", "nnviz", "render", lesson, "--at", at, "-o", path] for at, path in pictures.items()),
    ]


def test_arguments_of_run_go_to_nnviz(tree, commands):
    bootstrap.run(["walk", "x"])
    assert commands == [["-m", "nnviz", "walk", "x"]]


def test_every_check_is_run_in_order(tree, commands):
    bootstrap.test([])
    assert [words[1] for words in commands if words[0] == "-m"] == ["ruff", "ruff", "mypy", "pytest", "nnviz"]
    assert commands[3] == ["-c", bootstrap.IMPORTS]


def test_arguments_of_test_go_to_pytest_alone(tree, commands):
    bootstrap.test(["-k", "softmax"])
    assert commands == [["-m", "pytest", "-k", "softmax"]]


def test_clean_leaves_the_sources(tree):
    kept = tree / "nnviz" / "kept.py"
    for folder in (tree / "nnviz" / "__pycache__", tree / "build" / "pictures"):
        folder.mkdir(parents=True)
    kept.touch()
    bootstrap.clean([])
    assert sorted(path.name for path in tree.rglob("*")) == [
        "constraints.txt",
        "kept.py",
        "nnviz",
        "pyproject.toml",
    ]


def test_the_first_failure_ends_with_its_exit_code(monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "prepare", lambda command: None)
    monkeypatch.setitem(
        bootstrap.COMMANDS, "bench", lambda _: bootstrap.run_command([sys.executable, "-c", "exit(3)"])
    )
    assert bootstrap.main(["bench"]) == 3
    assert "failed with exit code 3" in capsys.readouterr().err


@pytest.mark.parametrize("name", bootstrap.RANDOM)
def test_a_random_search_gets_its_options(name, monkeypatch):
    run = []
    monkeypatch.setattr(bootstrap, "run_command", lambda words, env: run.append(words[1:]))
    assert (bootstrap.ROOT / "tests" / "randomized" / f"{name}.py").is_file()
    bootstrap.random([name, "--count", "5"])
    assert run == [["-m", f"tests.randomized.{name}", "--count", "5"]]


@pytest.mark.parametrize("arguments", [[], ["lessons"], ["../conftest"], ["--count"]])
def test_an_unknown_random_search(arguments):
    with pytest.raises(SetupError, match="wanted networks, events, mutants"):
        bootstrap.random(arguments)


def test_no_source_tree(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    assert bootstrap.main(["run"]) == 1
    assert "is no source tree of nnviz" in capsys.readouterr().err


def test_usage_names_the_commands():
    done = subprocess.run(
        [sys.executable, "-m", "nnviz.bootstrap"],
        cwd=bootstrap.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert all(command in done.stderr for command in bootstrap.COMMANDS)


# --- system packages


@pytest.mark.parametrize(
    ("name", "expected"),
    [("libc.so.6", True), ("libnothing.so.9", False), ("sh", True), ("no-such-program", False)],
)
@pytest.mark.skipif(sys.platform != "linux", reason="names of Linux")
def test_is_present(name, expected):
    assert system_packages.is_present(name) is expected


@pytest.mark.parametrize(
    ("platform", "expected"), [("linux", [("libnothing.so.9", "libnothing9")]), ("win32", []), ("darwin", [])]
)
def test_missing(monkeypatch, platform, expected):
    monkeypatch.setattr(sys, "platform", platform)
    assert system_packages.missing((("libnothing.so.9", "libnothing9"),)) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"libglib2.0-0t64", "libglib2.0-0"}, "libglib2.0-0t64"),
        ({"libglib2.0-0"}, "libglib2.0-0"),
        (set(), "libglib2.0-0"),
    ],
)
def test_the_newest_known_name_is_taken(monkeypatch, known, expected):
    def apt_cache(command, **_):
        return subprocess.CompletedProcess(command, 0 if command[-1] in known else 100)

    monkeypatch.setattr(system_packages.subprocess, "run", apt_cache)
    assert system_packages.known_name(("libglib2.0-0t64", "libglib2.0-0")) == expected


@pytest.mark.parametrize(
    ("libc", "old"),
    [
        (("glibc", "2.31"), True),
        (("glibc", "2.34"), False),
        (("glibc", "2.36"), False),
        (("musl", "1.2"), True),
        (("", ""), False),
    ],
)
def test_check_glibc(monkeypatch, libc, old):
    monkeypatch.setattr(sys, "platform", "linux")
    if old:
        with pytest.raises(SetupError, match=libc[1]):
            system_packages.check_glibc(libc)
    else:
        system_packages.check_glibc(libc)


@pytest.fixture
def apt(monkeypatch):
    """An apt-get that only notes how it was called."""
    called = []
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(system_packages, "known_name", lambda choice: choice[0])
    monkeypatch.setattr(system_packages.subprocess, "call", lambda words, **_: called.append(words) or 0)
    return called


@pytest.mark.parametrize("root", [[], ["sudo", "-n"]])
def test_root_installs(apt, monkeypatch, root):
    monkeypatch.setattr(system_packages, "root_prefix", lambda: root)
    system_packages.install([("libegl1",), ("libglib2.0-0t64", "libglib2.0-0")], "Qt")
    assert [words[: len(root) + 1] for words in apt] == [[*root, "env"]] * 2
    assert apt[1][-3:] == ["--no-install-recommends", "libegl1", "libglib2.0-0t64"]


def test_others_are_told_the_one_command(apt, monkeypatch):
    monkeypatch.setattr(system_packages, "root_prefix", lambda: None)
    with pytest.raises(SetupError, match="sudo apt-get install --no-install-recommends libegl1 libgl1\n"):
        system_packages.install([("libegl1",), ("libgl1",)], "libEGL.so.1, libGL.so.1")
    assert apt == []


def test_another_package_manager_is_left_to_the_user(monkeypatch):
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: None)
    with pytest.raises(SetupError, match="package manager: libEGL.so.1"):
        system_packages.install([("libegl1",)], "libEGL.so.1")
