"""Any CSV file: what is found in it, and what is said about one that cannot be read."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.lessons import catalogue, files
from nnviz.lessons.csv_file import MOST_BYTES, inspect
from nnviz.lessons.csv_rows import MOST_ROWS, CsvError
from nnviz.lessons.errors import LessonError
from nnviz.lessons.variation import varied

PEOPLE = """\
height cm,color,age,sport
171,red,30,yes
182.5,blue,41,no
165,red,25,yes
190,green,38,no
"""


@pytest.fixture
def written(tmp_path):
    def write(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_columns_say_what_they_hold(written):
    file = inspect(written(PEOPLE))
    assert (file.rows, file.separator, file.decimal, file.has_header) == (4, ",", ".", True)
    height, color, age, sport = file.columns
    assert [one.name for one in file.columns] == ["height cm", "color", "age", "sport"]
    assert [one.kind for one in file.columns] == ["number", "class", "number", "class"]
    assert height.range == (165, 190) and height.values.tolist() == [171, 182.5, 165, 190]
    assert color.classes == ("blue", "green", "red") and color.values.tolist() == [2, 0, 2, 1]
    assert color.range is None and sport.classes == ("no", "yes")
    assert age.may_be_classes and not height.may_be_classes


@pytest.mark.parametrize(
    ("text", "separator", "decimal", "values"),
    [
        ("a,b\n1.5,2\n3,4\n", ",", ".", [[1.5, 3], [2, 4]]),
        ("a;b\n1,5;2\n3;4,25\n", ";", ",", [[1.5, 3], [2, 4.25]]),
        ("a;b\n1.5;2\n3;4\n", ";", ".", [[1.5, 3], [2, 4]]),
        ("a\tb\n1,5\t2\n", "\t", ",", [[1.5], [2]]),
        ("a\n1\n2\n", ",", ".", [[1, 2]]),
        ("1,2\n3,4\n", ",", ".", [[1, 3], [2, 4]]),
        ("\ufeffa,b\r\n1,2\r\n\r\n3,4", ",", ".", [[1, 3], [2, 4]]),
        ('"a, b","c"\n"1","2"\n', ",", ".", [[1], [2]]),
        ("a , b\n 1 , -2e-3\n", ",", ".", [[1], [-0.002]]),
        ('"a;1",b\n1,2\n', ",", ".", [[1], [2]]),
        ("a,b\n−1,2\n", ",", ".", [[-1], [2]]),
    ],
)
def test_ways_to_write_a_table(written, text, separator, decimal, values):
    file = inspect(written(text))
    assert (file.separator, file.decimal) == (separator, decimal)
    assert [one.values.tolist() for one in file.columns] == values
    assert all(one.kind == "number" for one in file.columns)


@pytest.mark.parametrize(
    ("header", "names", "rows"),
    [(None, ["column 1", "column 2"], 2), (True, ["1", "2"], 1), (False, ["column 1", "column 2"], 2)],
)
def test_a_table_without_names(written, header, names, rows):
    file = inspect(written("1,2\n3,4\n"), header)
    assert [one.name for one in file.columns] == names and file.rows == rows


def test_missing_values_are_counted(written):
    file = inspect(written("a,b,c\n1,,x\nNA,2,?\n3,n/a,\n"))
    assert [one.missing for one in file.columns] == [1, 2, 2]
    assert [one.kind for one in file.columns] == ["number", "number", "class"]
    assert np.isnan(file.columns[0].values[1])
    empty = inspect(written("a,b\n1,\n2,\n", "other.csv")).columns[1]
    assert empty.kind == "empty" and empty.missing == 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,1\nx,2\n3,3\n", "row 2 (line 3): found “x”, wanted a number, as in 2 rows"),
        ("a,b\nred,1\nblue,2\n7,3\n", "row 3 (line 4): found “7”, wanted a word, as in 2 rows"),
        ("a,b\n1,1\n1_000,2\n", "row 2 (line 3): found “1_000”, wanted a number, as in 1 row"),
        ("a,b\n1,1\ninf,2\n", "row 2 (line 3): found “inf”, wanted a number, as in 1 row"),
        ("a;b\n1,5;1\n1.5;2\n", "row 2 (line 3): found “1.5”, wanted a number, as in 1 row"),
    ],
)
def test_a_column_with_numbers_and_words_is_mixed(written, text, problem):
    column = inspect(written(text)).columns[0]
    assert (column.kind, column.problem) == ("mixed", problem)


BAD = [
    ("a,b\n1,é\n".encode("latin-1"), "found byte 0xE9 in line 2 (byte 7), which is not UTF-8"),
    (b"PK\x03\x04\x00", "found a zero at byte 5"),
    ("a,b\n1,2\n\n3\n", "line 4: found 1 cell, wanted 2 as in line 1 (separator: comma)"),
    ("a,b\n1,2\n3,4,5\n", "line 3: found 3 cells, wanted 2 as in line 1"),
    ("a;b\n1;2;3\n", "line 2: found 3 cells, wanted 2 as in line 1 (separator: semicolon)"),
    ("", "found no row at all"),
    ("\n\n", "found no row at all"),
    ("a,b\n", "found no row below the names"),
    ("a,b,a\n1,2,3\n", "columns 1 and 3: found the name “a” twice"),
    ('a,b\n1,"2\n', "line 2: found a quote that is not closed"),
    ("a" * 300 + ",b\n1,2\n", "column 1: found a name that is no line of at most 200"),
    ("a,b\n" + "1,2\n" * (MOST_ROWS + 1), "found more than 50,000 rows"),
    (",".join("c" * i for i in range(1, 2002)) + "\n", "line 1: found 2,001 columns, wanted at most 2,000"),
]


@pytest.mark.parametrize(("content", "says"), BAD, ids=range(len(BAD)))
def test_a_file_that_is_no_table(written, content, says):
    with pytest.raises(CsvError) as error:
        inspect(written(content))
    assert str(error.value).startswith("table.csv: ") and says in str(error.value)


def test_as_many_rows_as_the_limit_are_read(written):
    assert inspect(written("a,b\n" + "1,2\n" * MOST_ROWS)).rows == MOST_ROWS


def test_a_million_rows_are_refused_without_being_read(tmp_path, monkeypatch):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    monkeypatch.setattr(files, "read_bytes", lambda path, most: pytest.fail("was read"))
    with pytest.raises(CsvError, match=r"found a file of 32.0 MiB, wanted at most 32 MiB and 50,000 rows"):
        inspect(path)


def test_a_file_that_is_not_there_or_a_folder(tmp_path):
    with pytest.raises(CsvError, match="none.csv: cannot be read: no such file"):
        inspect(tmp_path / "none.csv")
    with pytest.raises(CsvError, match="found a folder, wanted a file"):
        inspect(tmp_path)


def test_a_file_that_changes_is_read_again(written):
    path = written("a,b\n1,2\n")
    assert inspect(path) is inspect(path)
    written("a,b\n1,2\n3,4\n")
    assert inspect(path).rows == 2


def test_every_number_survives_the_way_through_a_file(written):
    table = np.random.default_rng(4).normal(0.0, 1e3, (40, 3))
    for separator, decimal in ((",", "."), (";", ","), ("\t", ".")):
        rows = [separator.join(repr(float(x)).replace(".", decimal) for x in row) for row in table]
        file = inspect(written("\n".join([separator.join("abc"), *rows]), f"{ord(separator)}.csv"))
        assert np.array_equal(np.stack([one.values for one in file.columns], axis=1), table)


# In a lesson

LESSON = """\
format = 1
title = "t"

[network.initial]
method = "he"

[[network.layers]]
name = "Output"
units = {units}
activation = "identity"

[data]
csv = "{csv}"
{data}

[training]
loss = "squared_error"
learning_rate = 0.1
"""


def lesson(folder, data="", units=2, csv="table.csv"):
    return catalogue.from_text(LESSON.format(units=units, csv=csv, data=data), folder=folder)


def test_the_last_column_is_the_target_and_words_become_classes(written):
    one = lesson(written(PEOPLE).parent)
    settings = one.timeline.settings(0)
    assert settings.inputs.tolist() == [
        [171, 0, 0, 1, 30],
        [182.5, 1, 0, 0, 41],
        [165, 0, 0, 1, 25],
        [190, 0, 1, 0, 38],
    ]
    assert settings.targets.tolist() == [[0, 1], [1, 0], [0, 1], [1, 0]]
    assert one.classes == ("no", "yes") and one.encoding == "one_hot" and one.source == "Data: table.csv"


def test_a_csv_file_lies_beside_its_lesson(written):
    folder = written(PEOPLE).parent
    path = folder / "mine.nnviz.toml"
    for csv in ("table.csv", (folder / "table.csv").as_posix()):
        path.write_text(LESSON.format(units=2, csv=csv, data=""), encoding="utf-8")
        one = catalogue.load(str(path))
        assert one.timeline.examples == 4 and one.file.data.csv == str((folder / "table.csv").resolve())


def test_rows_with_missing_values_are_left_out_and_counted(written):
    text = "a,b,c,y\n1,2,3,4\n,2,3,5\n3,,3,6\n4,2,,7\n5,6,7,8\n"
    one = lesson(written(text).parent, 'features = ["a", "b"]', units=1)
    assert one.timeline.settings(0).inputs.tolist() == [[1, 2], [4, 2], [5, 6]]
    (note,) = one.textbook.preparation.notes
    assert note == "2 of 5 rows left out, as values are missing: row 2 (a), row 3 (b)"
    assert any(note in convention.choice for convention in one.conventions)


def test_a_word_of_rows_that_are_left_out_is_no_class(written):
    one = lesson(written("a,y\n1,p\n2,q\n,r\n").parent)
    assert one.classes == ("p", "q")


def test_a_constant_column_is_left_unscaled_and_said_so(written):
    text = "a,b,y\n1,7,1\n2,7,3\n3,7,5\n"
    for method in ("range", "standard"):
        one = lesson(written(text).parent, f'normalize = {{ method = "{method}" }}', units=1)
        assert one.timeline.settings(0).inputs[:, 1].tolist() == [7, 7, 7]
        assert "left unscaled, as every row has the same number: b" in one.textbook.preparation.notes


MANY_WORDS = "a,y\n" + "".join(f"w{i},{i}\n" for i in range(101))
WRONG = [
    (PEOPLE, 'target = "hight cm"', "found “hight cm”, wanted one of height cm, color, age, sport; did"),
    (PEOPLE, 'features = ["age", "age"]', "data.features: found a column twice"),
    (PEOPLE, 'features = ["sport"]', "data.features: found “sport”, which is the target"),
    (PEOPLE, "classify = false", "column “sport”: found words, wanted numbers"),
    (PEOPLE, "lags = 2", "data.lags: found for a CSV file"),
    (PEOPLE, "examples = 5", "data.examples: found 5, wanted at most 4"),
    (PEOPLE, 'table = "iris"', "data.table: found beside csv, wanted one of them"),
    ("a,y\n1,1\nx,2\n3,3\n", "", "column “a”, row 2 (line 3): found “x”, wanted a number, as in 2 rows"),
    ("a,y\n1,red\n2,red\n", "", "column “y”: found only one class, “red”, wanted at least two"),
    ("a,y\n1,5\n2,5\n", "", "column “y”: found 5 in every row, wanted numbers that differ"),
    ("a,y\n1,\n,5\n", "", "found a missing value in every row"),
    ("a,b,y\n1,,1\n2,,2\n", "", "column “b”: found no value at all"),
    (MANY_WORDS, "", "column “a”: found 101 different words, wanted at most 100"),
    ("a\n1\n2\n", "", "found no column beside the target"),
    ("a,y\n1,2\n3\n", "", "data.csv: table.csv: line 3: found 1 cell, wanted 2"),
]


@pytest.mark.parametrize(("text", "data", "says"), WRONG, ids=range(len(WRONG)))
def test_what_does_not_fit_is_told_with_row_and_column(written, text, data, says):
    with pytest.raises(LessonError) as error:
        lesson(written(text).parent, data)
    assert says in error.value.one_line


def test_numbers_are_classes_where_the_lesson_says_so(written):
    text = "a,y\n" + "".join(f"{i},{i % 3}\n" for i in range(9))
    folder = written(text).parent
    assert lesson(folder, units=1).classes == ()
    assert lesson(folder, "classify = true", units=3).classes == ("0", "1", "2")


def test_a_csv_lesson_can_be_varied_without_its_folder(written):
    one = lesson(written(PEOPLE).parent)
    assert varied(one, "output", activation="tanh").timeline.examples == 4
