"""What is no file is not read, and nothing outside of a lesson's folder without being asked."""

from __future__ import annotations

import os
import socket
import sys
import threading

import pytest

from nnviz.__main__ import main
from nnviz.lessons import catalogue
from nnviz.lessons.csv_file import inspect
from nnviz.lessons.csv_rows import CsvError
from nnviz.lessons.errors import LessonError, OutsideError
from nnviz.lessons.files import FileError, read_bytes, state_of
from tests.lessons.test_csv_file import LESSON

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs pipes, links and devices in folders")
TABLE = "a,b,y\n1,2,3\n2,3,5\n0,1,1\n"


def fifo(folder):
    os.mkfifo(folder / "it")
    return folder / "it"


def loop(folder):
    (folder / "it").symlink_to("it")
    return folder / "it"


def bound(folder):
    here = socket.socket(socket.AF_UNIX)
    os.chdir(folder)
    here.bind("it")
    here.close()
    return folder / "it"


def device(folder):
    (folder / "it").symlink_to("/dev/zero")
    return folder / "it"


def directory(folder):
    (folder / "it").mkdir()
    return folder / "it"


def nothing(folder):
    return folder / "it"


NO_FILES = [
    (fifo, "found a pipe, wanted a file"),
    (loop, "cannot be read: too many levels of symbolic links"),
    (bound, "found a socket, wanted a file|cannot be read: no such device"),
    (device, "found a device, wanted a file"),
    (directory, "found a folder, wanted a file"),
    (nothing, "cannot be read: no such file"),
]


@pytest.fixture
def stay(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@POSIX
@pytest.mark.timeout(20)
@pytest.mark.parametrize(("make", "says"), NO_FILES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_is_no_file_is_told_at_once_wherever_a_file_is_read(tmp_path, stay, make, says):
    path = make(tmp_path)
    with pytest.raises(FileError, match=says):
        read_bytes(path, 1000)
    with pytest.raises(CsvError, match=f"it: ({says})"):
        inspect(path)
    with pytest.raises(LessonError, match=says):
        catalogue.load(str(path))
    lesson = tmp_path / "one.nnviz.toml"
    lesson.write_text(LESSON.format(units=1, csv="it", data=""))
    with pytest.raises(LessonError, match=rf"one\.nnviz\.toml:\d+: data\.csv: it: ({says})"):
        catalogue.load(str(lesson), allow_outside=True)


@POSIX
@pytest.mark.timeout(20)
def test_a_file_that_becomes_a_pipe_or_grows_while_it_is_looked_at_is_not_read_to_its_end(tmp_path):
    path = fifo(tmp_path)
    writer = threading.Thread(target=lambda: os.close(os.open(path, os.O_WRONLY)), daemon=True)
    writer.start()
    with pytest.raises(FileError, match="found a pipe"):
        read_bytes(path, 1000)
    os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))
    writer.join(5)
    large = tmp_path / "large"
    large.write_bytes(b"x" * 11)
    with pytest.raises(FileError, match=r"found a file of 0\.0 MiB"):
        read_bytes(large, 10)
    assert read_bytes(large, 11) == b"x" * 11


def test_a_name_that_no_file_can_have(tmp_path):
    for read in (read_bytes, state_of):
        with pytest.raises(FileError, match="cannot be read"):
            read(tmp_path / "a\0b", 10)
        with pytest.raises(FileError, match="cannot be read"):
            read(tmp_path / ("a" * 5000), 10)


# Outside of the folder


@pytest.fixture
def course(tmp_path):
    """A folder of lessons beside one that is nobody's business."""
    (tmp_path / "course" / "data").mkdir(parents=True)
    (tmp_path / "private").mkdir()
    for place in ("course", "course/data", "private"):
        (tmp_path / place / "table.csv").write_text(TABLE)
    return tmp_path / "course"


def written(folder, csv):
    path = folder / "one.nnviz.toml"
    path.write_text(LESSON.format(units=1, csv=csv, data=""))
    return str(path)


def test_files_in_the_folder_and_below_are_read(course):
    for csv in ("table.csv", "data/table.csv", "./data/../table.csv", (course / "table.csv").as_posix()):
        assert catalogue.load(written(course, csv)).timeline.examples == 3


@POSIX
def test_a_link_that_stays_inside_is_read(course):
    (course / "link.csv").symlink_to("data/table.csv")
    assert catalogue.load(written(course, "link.csv")).timeline.examples == 3


@POSIX
@pytest.mark.parametrize("way", ["above", "absolute", "link", "linked folder"])
def test_nothing_outside_is_read_unless_it_is_allowed(course, monkeypatch, way):
    private = course.parent / "private"
    (course / "link.csv").symlink_to("../private/table.csv")
    (course / "folder").symlink_to(private)
    csv = {
        "above": "../private/table.csv",
        "absolute": (private / "table.csv").as_posix(),
        "link": "link.csv",
        "linked folder": "folder/table.csv",
    }[way]
    path = written(course, csv)
    allowed = catalogue.load(path, allow_outside=True)
    assert allowed.timeline.examples == 3
    monkeypatch.setattr("nnviz.lessons.csv_file.inspect", lambda *_: pytest.fail("was read"))
    with pytest.raises(
        OutsideError, match=r"data\.csv: found .*outside of the lesson's folder.*--allow-outside"
    ):
        catalogue.load(path)


@POSIX
@pytest.mark.parametrize("command", ["walk", "check"])
def test_commands_read_outside_only_with_their_option(course, capsys, command):
    path = written(course, "../private/table.csv")
    assert main([command, path]) == 2
    assert "--allow-outside" in capsys.readouterr().err
    assert main([command, path, "--allow-outside"]) == 0


@POSIX
@pytest.mark.parametrize(
    ("csv", "says"),
    [
        (".", ".: found a folder, wanted a file"),
        ("gone/t.csv", "gone/t.csv: cannot be read: no such file"),
        ("http://place/t.csv", "http://place/t.csv: cannot be read: no such file"),
    ],
)
def test_a_file_that_is_none_is_called_as_the_lesson_calls_it(tmp_path, csv, says):
    with pytest.raises(LessonError) as error:
        catalogue.from_text(LESSON.format(units=1, csv=csv, data=""), folder=tmp_path)
    assert f"data.csv: {says}" in error.value.one_line
