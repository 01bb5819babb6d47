"""Bad lesson files: the message names line, field, what was found and what was wanted."""

from __future__ import annotations

import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.errors import LessonError
from nnviz.lessons.reader import MOST_BYTES

GOOD = """\
format = 1
title = "Two neurons"

[network]
inputs = ["a", "b"]

[[network.layers]]
name = "Hidden"
units = 2
weights = [[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]

[[network.layers]]
name = "Output"
units = 1
activation = "identity"
weights = [[0.1, 0.2, 0.3]]

[data]
columns = ["a", "b", "t"]
rows = [[1, 2, 3], [4, 5, 6]]

[training]
loss = "squared_error"
learning_rate = 0.1
"""

BAD = [
    # (what is replaced, by what, line of the message, what the message says)
    ("format = 1", "format = 2", 1, "found version 2"),
    ("format = 1", "", None, "format: missing"),
    ("format = 1", 'format = "1"', 1, "wanted format = 1"),
    ('title = "Two neurons"', "title = Two", 2, "this is not TOML"),
    ('title = "Two neurons"', "", None, "title: missing"),
    ('title = "Two neurons"', "titel = 3", 2, "did you mean “title”"),
    ('title = "Two neurons"', f'title = "{"x" * 201}"', 2, "title: found “xxx"),
    ('title = "Two neurons"', f'title = "{"x" * 201}"', 2, "…, wanted at most 200 characters"),
    ("units = 2", "units = 0", 9, "network.layers[1].units: found 0"),
    ("units = 2", "# no\u2028line\x85ends\nunits = 0", 10, "network.layers[1].units: found 0"),
    ("units = 2", 'units = "two"', 9, "found “two”, wanted a whole number"),
    ("units = 2", "units = 2.5", 9, "network.layers[1].units: found 2.5"),
    ("units = 2", "units = 3000", 9, "at most 2,048"),
    ('activation = "identity"', 'activation = "identy"', 15, "wanted one of tanh, relu"),
    ("[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]", "[[0.1, 0.2, 0.3]]", 10, "found 1 row, wanted 2"),
    (
        "[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        "[[0.1, 0.2], [0.1, 0.2]]",
        10,
        "row 1: found 2 numbers, wanted 3",
    ),
    (
        "[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        "[[nan, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        10,
        "wanted a finite number",
    ),
    (
        "[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        "[[inf, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        10,
        "wanted a finite number",
    ),
    (
        "[[0.1, 0.2, 0.3], [0.1, 0.2, 0.3]]",
        '[["x", 0.2, 0.3], [0.1, 0.2, 0.3]]',
        10,
        "found “x”, wanted a number",
    ),
    ('name = "Output"', 'name = "Output"\nreads = "output"', 14, "found a cycle: output"),
    (
        'name = "Output"',
        'name = "Output"\nreads = "hiden"',
        14,
        "found “hiden”, wanted one of inputs, hidden",
    ),
    ('name = "Output"', 'name = "Output"\nreads = "inputs"', 14, "inputs is read by two layers"),
    ('name = "Output"', 'name = "Hidden"', 13, "found “hidden” twice"),
    ('name = "Output"', 'name = "Output"\nslope = 0.1', 14, "only leaky_relu and prelu have the field slope"),
    ("[[1, 2, 3], [4, 5, 6]]", "[[1, 2, 3], [4, 5]]", 20, "row 2: found 2 numbers, wanted 3"),
    ("[[1, 2, 3], [4, 5, 6]]", "[]", 20, "data.rows"),
    ("[[1, 2, 3], [4, 5, 6]]", "[[1, 2, 3], [4, 5, 1e400]]", 20, "wanted a finite number"),
    ('columns = ["a", "b", "t"]', 'columns = ["a", "t"]', 19, "found 2 columns, wanted 3"),
    ("learning_rate = 0.1", "learning_rate = -1", 24, "more than 0"),
    ("learning_rate = 0.1", "learning_rate = nan", 24, "finite number"),
    ("learning_rate = 0.1", "learning_rate = 0.1\nbatch = 0", 25, "training.batch"),
    ('loss = "squared_error"', 'loss = "hinge"', 23, "wanted one of squared_error"),
    ('loss = "squared_error"', 'loss = "cross_entropy"', 23, "needs an output layer with activation softmax"),
    (
        "[training]",
        '[data.normalize]\nmethod = "range"\nmin = [1]\n[training]',
        24,
        "found 1 number, wanted 3",
    ),
    ("[training]", "[start]\nexample = 7\n[training]", 23, "found 7, wanted 1 … 2"),
    ("[training]", '[start]\nat = "z[99]"\n[training]', 23, "found neuron 99, wanted 1 … 5"),
    ("[training]", '[[expect]]\nat = "z[3]"\ntolerance = 0\n[training]', 22, "wanted either value or values"),
    ("[training]", '[[expect]]\nat = "zz[3]"\nvalue = 0\ntolerance = 0\n[training]', 23, "wanted one of z"),
    (
        "[training]",
        "[conventions]\ndelta = 3\n[training]",
        23,
        "found 3, wanted “gradient” or “negative_gradient”",
    ),
    ('title = "Two neurons"', 'title = "a\\u001b[31m"', 2, "without control characters"),
    ("units = 2", f"units = 0x{'f' * 9000}", 9, "thousands of digits"),
    ("units = 2", f"units = {'9' * 9000}", None, "thousands of digits"),
    ('title = "Two neurons"', f"{'a.' * 500}a = 1", 2, "a key with far too many parts"),
    ('name = "Output"', 'name = "Inputs"', 13, "which means the data"),
    (
        "[[1, 2, 3], [4, 5, 6]]",
        '[[1, 2, 3], [1e308, 5, 6]]\nnormalize = { method = "standard" }',
        21,
        "overflow",
    ),
    ("[training]", "[narration]\nzork = 'a'\n[training]", 23, "found “zork”, wanted one of start"),
    ("[training]", "[narration]\n'forward/none' = 'a'\n[training]", 23, "found layer “none”"),
    ("[training]", "[narration]\n'forward/hidden/9' = 'a'\n[training]", 23, "no neuron of hidden"),
]


def test_the_lesson_that_the_mistakes_are_made_in_is_good():
    assert catalogue.from_text(GOOD).title == "Two neurons"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"), BAD, ids=[f"{b[1][:30]}-{i}" for i, b in enumerate(BAD)]
)
def test_a_mistake_is_told_with_its_place(old, new, line, says):
    assert old in GOOD
    with pytest.raises(LessonError) as error:
        catalogue.from_text(GOOD.replace(old, new, 1), "mine.toml")
    assert says in error.value.one_line
    assert error.value.problems[0].line == line
    assert error.value.one_line.startswith(f"mine.toml:{line}: " if line else "mine.toml: ")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_lines():
    text = GOOD.replace("units = 2", "units = 0").replace("learning_rate = 0.1", "learning_rate = -1")
    with pytest.raises(LessonError) as error:
        catalogue.from_text(text)
    assert [problem.line for problem in error.value.problems] == [9, 24]


def test_a_file_that_is_missing_a_folder_or_not_text(tmp_path):
    with pytest.raises(LessonError, match="no such file"):
        catalogue.load(str(tmp_path / "none.toml"))
    with pytest.raises(LessonError, match="found a folder"):
        catalogue.load(str(tmp_path))
    binary = tmp_path / "picture.toml"
    binary.write_bytes(b"\x89PNG\r\n\xff\xfe")
    with pytest.raises(LessonError, match="not UTF-8 text"):
        catalogue.load(str(binary))


def test_a_file_that_is_far_too_large_is_not_even_read(tmp_path):
    large = tmp_path / "large.toml"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(LessonError, match="wanted at most 4 MiB"):
        catalogue.load(str(large))


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(tmp_path):
    path = tmp_path / "windows.nnviz.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert catalogue.load(str(path)).name == "windows"
