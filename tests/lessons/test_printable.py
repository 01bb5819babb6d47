"""No message about a file commands the terminal, breaks a line, or turns the direction of writing."""

from __future__ import annotations

import copy
import tomllib

import pytest
import tomli_w

from nnviz.lessons import catalogue
from nnviz.lessons.errors import BuildError, LessonError
from nnviz.printable import CONTROLS, printable

EVIL = "a\x1b[2J\x07\r\nb\x9b2J\u202ec\u2028d\u2066e"
LESSONS = (
    "power-plant-logistic",
    "softmax-by-hand",
    "rgb-image",
    "cnn-digits",
    "iris",
    "three-steps",
    "names-lstm",
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("δ₆ = 0.5 × “a”", "δ₆ = 0.5 × “a”"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x9b2J\x7f\x00", r"\x9b2J\x7f\x00"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\u2028\u0085", r"\u2028\x85"),
        ("\udcff", r"\udcff"),
        (r"C:\x1b", r"C:\x1b"),
        ("日本語 עברית\u200f", "日本語 עברית\u200f"),
    ],
)
def test_control_characters_are_written_out(text, shown):
    assert printable(text) == shown


def broken(tables):
    """The tables with one text, one key or one number after the other replaced by control characters."""
    for place in [*places(tables)]:
        for change in (with_value, with_key):
            changed = copy.deepcopy(tables)
            change(changed, place)
            yield changed


def places(tables, path=()):
    """The paths of values; of long lists the first two."""
    pairs = tables.items() if isinstance(tables, dict) else enumerate(tables[:2])
    for key, value in pairs:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def around(tables, place):
    for key in place[:-1]:
        tables = tables[key]
    return tables


def with_value(tables, place):
    around(tables, place)[place[-1]] = EVIL


def with_key(tables, place):
    table = around(tables, place)
    if isinstance(table, dict):
        table[EVIL] = table.pop(place[-1])


@pytest.mark.parametrize("name", LESSONS)
def test_a_broken_lesson_is_told_in_printable_lines(name):
    path = next(catalogue.resource("lessons").glob(f"*-{name}.nnviz.toml"))
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    tables.pop("expect", None)
    refused = 0
    for changed in broken(tables):
        try:
            catalogue.from_text(tomli_w.dumps(changed), f"{EVIL}.toml")
        except LessonError as error:
            assert not any(map(CONTROLS.search, error.lines())), error.lines()
            assert error.lines()[0].startswith(printable(EVIL))
            refused += 1
    assert refused > 20


TABLE = """
format = 1
title = "Table"
data.csv = "table.csv"
network.initial.method = "he"
network.layers = [{ name = "Output", units = 1 }]
"""


@pytest.mark.parametrize(
    "rows",
    [
        "a,b\n1,2\n2,{evil}\n3,4\n",
        "a,{evil}\n1,2\n",
        "a,b\n1,2\n{evil}\n",
        "a,b,b{evil},b{evil}\n1,2,3,4\n",
        'a,b\n"1,{evil}',
    ],
)
def test_a_table_is_complained_about_in_printable_lines(rows, tmp_path):
    text = rows.format(evil=EVIL.replace("\r\n", ""))
    (tmp_path / "table.csv").write_text(text, encoding="utf-8", newline="")
    with pytest.raises(LessonError) as caught:
        catalogue.from_text(TABLE, "table", tmp_path)
    assert not any(map(CONTROLS.search, caught.value.lines()))


def test_a_problem_of_the_window_is_printable_too():
    assert BuildError("data.csv", f"found “{EVIL}”").problem.message == f"found “{printable(EVIL)}”"
