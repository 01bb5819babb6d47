"""The menu entry of each system, written into a folder of the test's own."""

import plistlib
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from nnviz import menu
from nnviz.__main__ import main
from nnviz.resources import resource

ENTRY = "applications/org.nnviz.Nnviz.desktop"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home folder."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    monkeypatch.setattr(menu, "launcher", lambda: ["/opt/my apps/nnviz-window"])
    return tmp_path


@pytest.fixture
def calls(monkeypatch):
    """The programs that were called, instead of calling them."""
    seen = []

    def record(command, env=None, **_):
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(menu.subprocess, "run", record)
    return seen


def files_below(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (["/usr/bin/nnviz-window"], '"/usr/bin/nnviz-window" %f'),
        (["/a b/python", "-m", "nnviz"], '"/a b/python" "-m" "nnviz" %f'),
        (["/a/nnviz", "100%"], '"/a/nnviz" "100%%" %f'),
        (["/100%/nnviz"], r'"/bin/sh" "-c" "exec \\"\\$0\\" \\"\\$@\\"" "/100%%/nnviz" %f'),
        (['/a"b'], r'"/a\\"b" %f'),
        (["/a$b`c"], r'"/a\\$b\\`c" %f'),
        (["/a\\b"], r'"/a\\\\b" %f'),
    ],
)
def test_exec_line(command, line):
    assert menu.exec_line(command) == line


UNESCAPED = {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


def words_of(line):
    """The words of an Exec value as a desktop reads them: the escapes of any value, then its quotes."""
    value = re.sub(r"\\([sntr\\])", lambda match: UNESCAPED[match[1]], line)
    quoted = re.findall(r'"((?:[^"`$\\]|\\["`$\\])*)"( |$)', value.removesuffix("%f"), re.DOTALL)
    return [re.sub(r'\\(["`$\\])', r"\1", word).replace("%%", "%") for word, _ in quoted]


@pytest.mark.parametrize(
    "sign", [*" \n\t\r\"'\\$`%=&;#~*?<>|()é字", "\\n", "\\\n", "%f", "\u00a0", "$HOME", "\r\n"]
)
def test_a_desktop_reads_the_folder_that_was_meant(sign):
    command = [f"/home/{sign}a{sign}b{sign}/bin/python", "-m", "nnviz"]
    line = menu.exec_line(command)
    assert len(line.splitlines()) == 1
    words = words_of(line)
    assert words[-3:] == command
    assert words[:-3] == ([*menu.THROUGH_SHELL] if set("=%") & set(sign) else [])


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x7f", "\x9b", "\udc80"])
def test_a_folder_that_no_entry_can_name_is_refused(home, calls, monkeypatch, sign):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(menu, "launcher", lambda: [f"/opt/a{sign}b/nnviz-window"])
    with pytest.raises(menu.MenuError, match="move nnviz to another folder"):
        menu.install_menu()
    assert files_below(home) == set()


@pytest.mark.parametrize(
    ("named", "place"),
    [("/srv/data", "/srv/data"), ("", "~/.local/share"), ("relative/is/ignored", "~/.local/share")],
)
def test_data_home(home, monkeypatch, named, place):
    monkeypatch.setenv("XDG_DATA_HOME", named)
    assert menu.data_home() == Path(place).expanduser()


def test_launcher_is_absolute():
    assert Path(menu.launcher()[0]).is_absolute()


def answers(monkeypatch, output, error=""):
    """An interpreter that finds the package by itself or does not, or cannot open its window."""
    done = subprocess.CompletedProcess([], int(bool(error)), output, error)
    monkeypatch.setattr(menu.subprocess, "run", lambda *_, **__: done)


@pytest.mark.parametrize(
    ("script", "found", "tail"),
    [
        (True, "True\n", None),
        (True, "False\n", ["-P", "-c", menu.FROM_FOLDER, str(menu.FOLDER)]),
        (False, "True\n", ["-P", "-c", menu.FROM_FOLDER, str(menu.FOLDER)]),
    ],
)
def test_launcher_prefers_the_program_that_is_installed(tmp_path, monkeypatch, script, found, tail):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    answers(monkeypatch, found)
    if script:
        (tmp_path / "nnviz-window").touch()
    wanted = [str(tmp_path / "nnviz-window")] if tail is None else [str(tmp_path / "python"), *tail]
    assert menu.launcher() == wanted


def test_launcher_is_refused_where_a_package_is_missing(monkeypatch):
    answers(monkeypatch, "True\n", "Traceback\n  File x\nModuleNotFoundError: No module named 'numpy'\n")
    with pytest.raises(
        menu.MenuError, match=r"would not open the window of nnviz: .*No module named 'numpy'$"
    ):
        menu.launcher()


@pytest.fixture
def tree(tmp_path):
    """A source tree that no interpreter knows, in a folder with a name of its own, as version 7.8.9."""
    folder = tmp_path / 'my "tree" 100%'
    shutil.copytree(menu.FOLDER / "nnviz", folder / "nnviz", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(resource("desktop").parent, folder / "resources")
    (folder / "nnviz" / "__init__.py").write_text('__version__ = "7.8.9"\n', encoding="utf-8")
    return folder


def installed(tree, python, data):
    environment = {"HOME": str(data), "XDG_DATA_HOME": str(data), "PATH": "/usr/bin:/bin"}
    command = [str(python), "-m", "nnviz", "--install-menu"]
    return subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="an entry of Linux")
@pytest.mark.parametrize("arguments", [["--version"], ["list"], ["walk", "power-plant-logistic"]])
def test_the_entry_of_a_source_tree_starts_that_tree_from_anywhere(tree, tmp_path, arguments):
    data = tmp_path / "data"
    assert installed(tree, sys.executable, data).returncode == 0
    (line,) = [line for line in (data / ENTRY).read_text().splitlines() if line.startswith("Exec=")]
    command = ["env", "-i", *words_of(line.removeprefix("Exec=")), *arguments]
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout
    if arguments == ["--version"]:
        assert done.stdout == "nnviz 7.8.9\n"


@pytest.mark.skipif(sys.platform != "linux", reason="an entry of Linux")
def test_a_source_tree_without_the_packages_it_needs_is_refused(tree, tmp_path):
    venv.create(tmp_path / "bare", symlinks=True)
    python = tmp_path / "bare" / "bin" / "python"
    done = installed(tree, python, tmp_path / "data")
    assert (done.returncode, done.stdout) == (2, "") and not (tmp_path / "data").exists()
    found = (
        f"nnviz: from the menu, {python} would not open the window of nnviz: ModuleNotFoundError: No module"
    )
    assert done.stderr.startswith(found)


def test_linux(home, calls, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    written = menu.install_menu()
    assert {str(path.relative_to(home / "data")) for path in written} == files_below(home / "data")
    assert '\nExec="/opt/my apps/nnviz-window" %f\n' in (home / "data" / ENTRY).read_text()
    assert set(menu.remove_menu()) == set(written)
    assert files_below(home / "data") == set()


def test_linux_entry_is_valid(home, calls, monkeypatch):
    checker = shutil.which("desktop-file-validate")
    if checker is None:
        pytest.skip("desktop-file-validate is not installed")
    monkeypatch.setattr(sys, "platform", "linux")
    menu.install_menu()
    monkeypatch.undo()
    done = subprocess.run([checker, str(home / "data" / ENTRY)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_installing_twice_is_installing_once(home, calls, monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert menu.install_menu() == menu.install_menu()


@pytest.mark.parametrize("place", [ENTRY, "mime/packages/org.nnviz.Nnviz.xml", "icons"])
def test_nothing_is_left_where_one_file_cannot_be_written(home, calls, monkeypatch, place):
    monkeypatch.setattr(sys, "platform", "linux")
    data = home / "data"
    if place == "icons":
        data.mkdir()
        (data / place).touch()
    else:
        (data / place).mkdir(parents=True)
    before = {*data.rglob("*")}
    with pytest.raises(menu.MenuError, match=f"could not be changed: .*{place}"):
        menu.install_menu()
    assert {*data.rglob("*")} == before
    assert menu.remove_menu() == []
    assert {*data.rglob("*")} == before


def test_removing_twice_says_that_nothing_is_left(home, calls, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    assert [main(["--install-menu"]), main(["--remove-menu"])] == [0, 0]
    assert capsys.readouterr().out.count("removed") == 4
    assert main(["--remove-menu"]) == 0
    assert capsys.readouterr().out == "nothing to remove: nnviz is not in the menu\n"


def test_an_entry_is_not_made_and_removed_at_once(home, calls, capsys):
    with pytest.raises(SystemExit):
        main(["--install-menu", "--remove-menu"])
    assert "not allowed with argument" in capsys.readouterr().err
    assert files_below(home) == set()


def test_the_name_of_a_folder_breaks_no_line(home, calls, monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "a\nb"))
    assert [main(["--install-menu"]), main(["--remove-menu"])] == [0, 0]
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 8 and all("a\\nb/" in line for line in lines)


def test_a_user_without_a_home_is_told(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(menu.Path, "home", no_home)
    with pytest.raises(menu.MenuError, match="no home folder"):
        menu.install_menu()


def no_home():
    raise RuntimeError("Could not determine home directory.")


def test_windows_hands_every_value_to_the_shell_unquoted(home, calls, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(menu, "launcher", lambda: ["C:/my apps/python.exe", "-m", "nnviz"])
    (link,) = menu.install_menu()
    [(command, env)] = calls
    assert command[0] == "powershell"
    assert (env["NNVIZ_LINK"], env["NNVIZ_TARGET"]) == (str(link), "C:/my apps/python.exe")
    assert env["NNVIZ_ARGUMENTS"] == "-m nnviz"
    assert link.parent.is_dir()


def test_windows_removes_the_shortcut(home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    menu.shortcut().parent.mkdir(parents=True)
    menu.shortcut().touch()
    assert menu.remove_menu() == [menu.shortcut()]
    assert menu.remove_menu() == []


def test_macos(home, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    written = menu.install_menu()
    contents = home / "Applications" / "nnviz.app" / "Contents"
    assert set(written) == {path for path in contents.rglob("*") if path.is_file()}
    properties = plistlib.loads((contents / "Info.plist").read_bytes())
    program = contents / "MacOS" / properties["CFBundleExecutable"]
    assert program.stat().st_mode & 0o111
    assert "exec '/opt/my apps/nnviz-window' \"$@\"" in program.read_text()
    assert set(menu.remove_menu()) == set(written)
    assert not contents.parent.exists()


def fail_to_run(*_, **__):
    return subprocess.CompletedProcess([], 1, "", "access denied\n")


def fail_to_start(*_, **__):
    raise FileNotFoundError("powershell")


@pytest.mark.parametrize(
    ("platform", "run", "message"),
    [
        ("plan9", fail_to_run, r"no menu on this system \(plan9\)"),
        ("win32", fail_to_run, "Windows made no shortcut: access denied$"),
        ("win32", fail_to_start, "could not be changed: powershell"),
    ],
)
def test_errors_say_why(home, monkeypatch, platform, run, message):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(menu.subprocess, "run", run)
    with pytest.raises(menu.MenuError, match=message):
        menu.install_menu()
