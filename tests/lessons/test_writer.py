"""Lessons written and read again: the same lesson with the same numbers."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import tomllib
from types import SimpleNamespace

import numpy as np
import pytest

from nnviz.engine.ref import LEARNING_RATE, Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons import catalogue, csv_file, placing
from nnviz.lessons.catalogue import from_text, load
from nnviz.lessons.errors import LessonError
from nnviz.lessons.schema_layers import DenseTable
from nnviz.lessons.snapshot import parameters_of, snapshot
from nnviz.lessons.writer import SaveError, to_text, write

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs links, pipes and rights of folders")

SMALL = """
format = 1
title = "Small"
[network]
inputs = ["x"]
[network.initial]
method = "normal"
[[network.layers]]
name = "Hidden"
units = 3
activation = "prelu"
[[network.layers]]
name = "Output"
units = 1
activation = "identity"
[data]
columns = ["x", "y"]
rows = [[0.1, 1], [-0.0, 0.3], [1e300, 0]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""


def bits(array):
    return np.asarray(array, dtype=np.float64).tobytes()


def assert_same_start(found, timeline, iteration=0):
    """Bit for bit, −0 and all."""
    old, new = parameters_of(timeline, iteration), parameters_of(found.timeline, 0)
    assert list(old) == list(new)
    for scope in old:
        assert bits(old[scope]) == bits(new[scope]), scope
    settings, there = timeline.settings(iteration), found.timeline.settings(0)
    assert bits(settings.inputs) == bits(there.inputs)
    assert settings.learning_rate == there.learning_rate
    if settings.targets is not None:
        assert bits(settings.targets) == bits(there.targets)


@pytest.mark.parametrize("name", catalogue.names())
def test_a_shipped_lesson_comes_back_as_it_was(name):
    lesson = load(name)
    again = from_text(to_text(snapshot(lesson, lesson.timeline, 0)), name)
    assert again.file == lesson.file
    assert_same_start(again, lesson.timeline)


@pytest.mark.parametrize("name", [n for n in catalogue.names() if n != "lenet-5"])
def test_a_shipped_lesson_saved_in_the_middle_of_its_run_goes_on_with_the_same_numbers(name):
    lesson = load(name)
    if not lesson.timeline.graph.trains:
        return
    lesson.timeline.extend(3)
    again = from_text(to_text(snapshot(lesson, lesson.timeline, 2)), name)
    assert_same_start(again, lesson.timeline, 2)
    assert again.file.expect == []
    if lesson.timeline.iterations_per_epoch == 1 and not lesson.timeline.graph.masks:
        assert again.timeline.loss(0) == lesson.timeline.loss(2)


def test_learned_slopes_and_negative_zeros_are_written_out():
    lesson = from_text(SMALL.replace("1e300", "0.5"))
    lesson.timeline.extend(5)
    file = snapshot(lesson, lesson.timeline, 4)
    again = from_text(to_text(file))
    assert_same_start(again, lesson.timeline, 4)
    assert len(set(again.file.network.layers[0].slopes)) > 1


def test_edited_data_and_alpha_are_saved():
    lesson = load("power-plant-logistic")
    cell = Ref("x", cell=(0,), example=1)
    edited = lesson.timeline.edited(Edit(0, ((cell, 0.123), (LEARNING_RATE, 0.7))))
    again = from_text(to_text(snapshot(lesson, edited, 0)))
    assert_same_start(again, edited)
    assert [again.textbook.example(row) for row in range(4)] == ["d1", "d2", "d3", "d4"]
    assert [(one.example, one.values) for one in again.file.data.edits] == [(2, {"x[1]": 0.123})]


def test_an_edited_image_keeps_its_class():
    text = (
        to_text(load("cnn-digits").file)
        .replace("test_examples = 300\n", "")
        .replace("examples = 300", "examples = 20")
    )
    lesson = from_text(text)
    assert lesson.test is None
    cell = Ref("x", cell=(0, 0, 0), example=0)
    edited = lesson.timeline.edited(Edit(0, ((cell, 0.5),)))
    again = from_text(to_text(snapshot(lesson, edited, 0)))
    assert_same_start(again, edited)
    assert again.classes == lesson.classes
    assert (again.image.low, again.image.high) == (lesson.image.low, lesson.image.high)


def test_text_is_kept_whatever_stands_in_it():
    title = 'a "quoted" [1, 2] \\ title'
    prose = 'one\n  [\n  1,\n  2,\n]\nand """ more'
    file = from_text(SMALL).file.model_copy(update={"title": title, "summary": prose})
    assert tomllib.loads(to_text(file))["summary"] == prose
    assert from_text(to_text(file)).file == file


def test_numbers_stand_on_one_line():
    file = from_text(SMALL).file
    assert "[0.1, 1]" in to_text(file)
    assert "-0.0" in to_text(file)


CSV = """
format = 1
title = "From a file"
[network.initial]
method = "he"
[[network.layers]]
name = "Output"
units = 1
activation = "identity"
[data]
csv = "measured.csv"
[training]
loss = "squared_error"
learning_rate = 0.1
"""


def test_long_rows_are_broken_between_numbers_and_nowhere_else():
    lesson = load("initialization-small")
    lesson.timeline.extend(2)
    lines = to_text(snapshot(lesson, lesson.timeline, 1)).splitlines()
    numbers = [line for line in lines if line.strip() and line.strip(" -.0123456789e,[]") == ""]
    assert len(numbers) > 1000 and max(map(len, numbers)) <= 120
    assert not any(line.rstrip().endswith(("-", "e", "+")) for line in numbers)


@pytest.fixture
def measured(tmp_path):
    folder = tmp_path / "from"
    folder.mkdir()
    (folder / "measured.csv").write_text("a,b,y\n1,2,3\n2,3,5.5\n0,1,1\n")
    (folder / "one.nnviz.toml").write_text(CSV)
    return load(str(folder / "one.nnviz.toml"))


def test_a_csv_file_is_copied_beside_the_lesson(measured, tmp_path):
    folder = tmp_path / "to"
    folder.mkdir()
    write(measured.file, folder / "two.nnviz.toml")
    assert 'csv = "measured.csv"' in (folder / "two.nnviz.toml").read_text()
    (tmp_path / "from" / "measured.csv").unlink()
    assert_same_start(load(str(folder / "two.nnviz.toml")), measured.timeline)


def test_another_csv_file_of_the_same_name_is_left_as_it_is(measured, tmp_path):
    folder = tmp_path / "to"
    folder.mkdir()
    (folder / "measured.csv").write_text("precious")
    for _ in range(2):
        write(measured.file, folder / "two.nnviz.toml")
    assert sorted(one.name for one in folder.iterdir()) == [
        "measured-2.csv",
        "measured.csv",
        "two.nnviz.toml",
    ]
    assert (folder / "measured.csv").read_text() == "precious"
    csv_file.inspect(folder / "measured-2.csv")


@pytest.mark.parametrize("on_the_way", ["tempfile.mkstemp", "os.fsync", "os.chmod", "os.replace"])
def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path, monkeypatch, on_the_way):
    path = tmp_path / "a.nnviz.toml"
    path.write_text("before")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"nnviz.lessons.placing.{on_the_way}", full)
    with pytest.raises(SaveError, match=r"^not saved: a\.nnviz\.toml: cannot be written: No space left"):
        write(from_text(SMALL).file, path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.nnviz.toml"]
    assert path.read_text() == "before"


def test_a_csv_file_is_not_left_behind_by_a_lesson_that_cannot_be_written(measured, tmp_path, monkeypatch):
    folder = tmp_path / "to"
    folder.mkdir()
    written = placing.place

    def full_for_lessons(path, content):
        if path.suffix == ".toml":
            raise OSError(28, "No space left on device")
        written(path, content)

    monkeypatch.setattr("nnviz.lessons.writer.place", full_for_lessons)
    with pytest.raises(SaveError, match="^not saved: two.nnviz.toml: cannot be written: No space left"):
        write(measured.file, folder / "two.nnviz.toml")
    assert not list(folder.iterdir())


def test_a_lesson_whose_csv_file_has_gone_is_saved_with_its_rows(measured, tmp_path):
    (tmp_path / "from" / "measured.csv").unlink()
    (tmp_path / "from").rename(tmp_path / "pulled")
    (tmp_path / "to").mkdir()
    measured.timeline.extend(2)
    told = write(snapshot(measured, measured.timeline, 1), tmp_path / "to" / "two.nnviz.toml")
    assert told == ("measured.csv", True)
    assert_same_start(load(str(tmp_path / "to" / "two.nnviz.toml")), measured.timeline, 1)
    assert write(measured.file, tmp_path / "to" / "two.nnviz.toml") == ("measured.csv", True)
    with pytest.raises(LessonError, match="no such file"):
        load(str(tmp_path / "pulled" / "one.nnviz.toml"))


def test_a_csv_file_that_has_gone_is_known_however_many_others_were_looked_at(measured, tmp_path):
    for number in range(10):
        other = tmp_path / f"{number}.csv"
        other.write_text("a,b\n1,2\n", encoding="utf-8")
        csv_file.inspect(other)
    (tmp_path / "from" / "measured.csv").unlink()
    assert write(measured.file, tmp_path / "two.nnviz.toml") == ("measured.csv", True)
    assert_same_start(load(str(tmp_path / "two.nnviz.toml")), measured.timeline, 0)


# What happens on the way


@pytest.fixture
def small():
    return from_text(SMALL).file


@POSIX
def test_a_link_stays_one_and_what_it_leads_to_is_written(small, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.toml").write_text("before")
    link = tmp_path / "a.nnviz.toml"
    for target in ("there/real.toml", "there/new.toml"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        write(small, link)
        assert link.is_symlink() and load(str(tmp_path / target)).title == "Small"
    assert [one.name for one in tmp_path.iterdir() if one.name != "there"] == ["a.nnviz.toml"]


@POSIX
def test_a_link_that_leads_nowhere_is_told(small, tmp_path):
    link = tmp_path / "a.nnviz.toml"
    for target in ("a.nnviz.toml", "nowhere/else.toml"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        with pytest.raises(SaveError, match=r"^not saved: a\.nnviz\.toml: cannot be written"):
            write(small, link)
        assert link.is_symlink() and len(list(tmp_path.iterdir())) == 1


@POSIX
def test_no_device_pipe_or_folder_is_replaced(small, tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "folder.toml").mkdir()
    for name in ("pipe.toml", "folder.toml"):
        with pytest.raises(SaveError, match=f"^not saved: {name}: cannot be written"):
            write(small, tmp_path / name)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder.toml", "pipe.toml"]


@pytest.mark.parametrize("length", [200, 245, 246, 250, 255])
@pytest.mark.parametrize("letter", ["n", "é"])
def test_the_longest_names_can_be_saved_under(small, tmp_path, length, letter):
    ending = ".nnviz.toml"
    stem = letter * ((length - len(ending)) // len(letter.encode()))
    path = tmp_path / f"{stem}{ending}"
    write(small, path)
    assert load(str(path)).title == "Small" and len(list(tmp_path.iterdir())) == 1


def test_a_longer_name_is_told(small, tmp_path):
    with pytest.raises(SaveError, match=r"^not saved: n+\.toml: cannot be written: "):
        write(small, tmp_path / f"{'n' * 255}.toml")
    assert not list(tmp_path.iterdir())


def test_a_csv_file_with_the_longest_name_has_room_for_a_number(tmp_path):
    folder = tmp_path / "to"
    folder.mkdir()
    name = "é" * 125 + "a.csv"
    (tmp_path / name).write_text("a,b,y\n1,2,3\n2,3,5.5\n0,1,1\n")
    (folder / name).write_text("precious")
    lesson = from_text(CSV.replace("measured.csv", name), folder=tmp_path)
    told = write(lesson.file, folder / "one.nnviz.toml")
    assert told.name.endswith("-2.csv") and load(str(folder / "one.nnviz.toml")).timeline.examples == 3


@POSIX
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_told(small, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("before")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(SaveError, match="^not saved: a.toml: cannot be written: Permission denied"):
            write(small, path)
    finally:
        tmp_path.chmod(0o700)
    assert path.read_text() == "before"


SLOW = """
import os, sys, time
from pathlib import Path
from nnviz.lessons import placing
def stuck(handle):
    print("writing", flush=True)
    time.sleep(600)
placing.os.fsync = stuck
placing.place(Path(sys.argv[1]), b"new")
"""


@pytest.mark.timeout(120)
def test_what_a_killed_save_leaves_is_removed_by_the_next_and_what_is_being_written_is_not(small, tmp_path):
    path = tmp_path / "a.nnviz.toml"
    path.write_text("before")
    savers = [subprocess.Popen([sys.executable, "-c", SLOW, path], stdout=subprocess.PIPE) for _ in range(2)]
    try:
        for saver in savers:
            assert saver.stdout.readline().strip() == b"writing"
        savers[0].kill()
        savers[0].wait()
        assert path.read_text() == "before" and len(list(tmp_path.iterdir())) == 3
        write(small, path)
        assert load(str(path)).title == "Small"
        assert len(list(tmp_path.iterdir())) == 2, "the one that is being written stays"
    finally:
        for saver in savers:
            saver.kill()
            saver.wait()
            saver.stdout.close()
    write(small, path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.nnviz.toml"]


def test_a_save_outlasts_another_that_tidies_up_before_it_has_locked_its_file(small, tmp_path, monkeypatch):
    made = []

    def taken_at_once(**where):
        made.append(tempfile.mkstemp(**where))
        if len(made) < 3:
            os.unlink(made[-1][1])
        return made[-1]

    monkeypatch.setattr(placing, "tempfile", SimpleNamespace(mkstemp=taken_at_once))
    write(small, tmp_path / "a.nnviz.toml")
    assert load(str(tmp_path / "a.nnviz.toml")).title == "Small"
    assert len(made) == 3 and len(list(tmp_path.iterdir())) == 1


def test_a_lesson_that_no_nnviz_would_read_again_is_refused(tmp_path):
    file = from_text(SMALL).file
    layer = DenseTable(name="Hidden", units=1, weights=[[0.1234567890123] * 300_000])
    network = file.network.model_copy(update={"layers": [layer]})
    with pytest.raises(SaveError, match=r"^not saved: large.*MiB, wanted at most 4 MiB\. Press R"):
        write(file.model_copy(update={"network": network}), tmp_path / "large.nnviz.toml")
    assert not list(tmp_path.iterdir())


def test_a_folder_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(SaveError, match=r"a\.toml: cannot be written"):
        write(from_text(SMALL).file, tmp_path / "nowhere" / "a.toml")
