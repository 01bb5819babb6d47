"""Tables as they are found in the world: each reads as people mean it, or says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.lessons.csv_file import inspect
from nnviz.lessons.csv_rows import CsvError
from nnviz.lessons.errors import BuildError
from nnviz.lessons.records import prepared_records
from nnviz.lessons.schema_data import RecordsTable
from nnviz.lessons.sources import records_of

TABLES = Path(__file__).parent / "cases" / "tables"


def columns(name, **choices):
    return {one.name: one for one in inspect(TABLES / name, **choices).columns}


def notes_of(file, **choices):
    return prepared_records(file.records(), RecordsTable(**choices)).preparation.notes


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_point_stands_between_thousands_where_commas_are_decimals():
    found = columns("de.csv")
    assert found["Einwohner"].values.tolist() == [980, 1200, 15300, 640]
    assert found["Quote"].values.tolist() == [0.5, 0.7, 0.2, 0.9]


def test_none_is_a_category():
    smoker = columns("none.csv")["smoker"]
    assert smoker.kind == "class" and smoker.classes == ("daily", "none") and smoker.missing == 0
    data = prepared_records(inspect(TABLES / "none.csv").records(), RecordsTable())
    assert len(data.inputs) == len(smoker.values) and data.preparation.notes == ()


def test_none_is_missing_where_a_lesson_says_so_or_all_others_are_numbers(written):
    assert columns("none.csv", missing=["None"])["smoker"].missing == 20
    column = inspect(written("a,y\n1,1\nnone,2\n3,3\n")).columns[0]
    assert column.kind == "number" and column.missing == 1
    with pytest.raises(BuildError, match=r"data\.missing"):
        records_of(RecordsTable(table="iris", missing=["none"]))


@pytest.mark.parametrize(
    ("name", "last", "count", "note"),
    [
        ("empty-columns.csv", "AH", 15, "left out: 2 columns without name and values"),
        ("trail.csv", "c", 3, "left out: 1 column without name and values"),
    ],
)
def test_columns_without_name_and_values_are_left_out_and_said_so(name, last, count, note):
    file = inspect(TABLES / name)
    records = file.records()
    assert len(file.columns) == count and records.target == last and file.notes == (note,)
    assert all(column.kind != "empty" for column in file.columns)


def test_thousands_in_quotes_are_numbers():
    assert columns("thou.csv")["pop"].values.tolist()[:3] == [1001, 1002, 1003]


def test_percents_are_numbers():
    assert columns("perc.csv")["p"].values.tolist()[:3] == [0.01, 0.02, 0.03]


def test_dates_are_days():
    day = columns("date.csv")["day"]
    assert day.kind == "number" and day.values.tolist()[:3] == [0, 1, 2]
    assert "day: in days since 2024-01-01" in notes_of(inspect(TABLES / "date.csv"))


def test_an_arff_file_has_the_names_of_its_attributes():
    found = columns("small.arff")
    assert list(found) == ["a1", "a2", "a3", "a4", "class"]
    assert found["a1"].values.tolist()[:2] == [5.1, 4.9] and found["class"].words == ("Iris-setosa",)


def test_blanks_and_tabs_divide_cells_where_no_sign_does():
    found = columns("blanks.data")
    assert list(found)[0] == "mpg" and list(found)[-1] == "car_name" and len(found) == 9
    assert found["weight"].values[0] == 3504 and "buick skylark 320" in found["car_name"].words
    assert [one.values.tolist() for one in columns("space.csv").values()] == [
        [5.1, 4.9, 4.7],
        [3.5, 3.0, 3.2],
        [0, 1, 0],
    ]


def test_several_tabs_are_one():
    found = columns("double-tab.txt")
    assert len(found) == 8 and found["column 8"].values.tolist() == [1] * 9
    assert found["column 6"].values[7] == 2.7


def test_comments_at_the_top_are_no_rows():
    file = inspect(TABLES / "comm.csv")
    assert [one.name for one in file.columns] == ["a", "b", "y"]
    assert file.notes == ("left out: 2 lines of comments",)


def test_a_true_minus_is_a_minus():
    assert columns("minus.csv")["t"].values.tolist()[:2] == [-1.5, -2.5]


def test_another_encoding_is_told():
    with pytest.raises(
        CsvError, match=r"latin\.csv: found byte 0xF6 in line 1 .*not UTF-8: save the table as"
    ):
        inspect(TABLES / "latin.csv")


NUMBERS = [
    ("a;b\n1,5;1\n1.000,5;2\n", [1.5, 1000.5]),
    ('a,b\n"0,5",1\n"1,25",2\n', [0.5, 1.25]),
    ('a,b\n"1,000",0.5\n"12,345",2\n', [1000, 12345]),
    ('a,b\n"1,234,567.5",1\n2,2\n', [1234567.5, 2]),
    ("a;b\n1.234.567;1\n2;2\n", [1234567, 2]),
    ("a;b\n1.500;0.25\n2.5;2\n", [1.5, 2.5]),
    ("a;b\n0.5;1,5\n1.25;2\n", [0.5, 1.25]),
    ("a,b\n1.200,1\n980,2\n", [1.2, 980]),
    ("a,b\n12 500,1\n980,2\n", [12500, 980]),
    ("a;b\n12'500,5;1\n980;2\n", [12500.5, 980]),
    ("a,b\n12.5 %,1\n1.1%,2\n", [0.125, 0.011]),
    ("a;b\n12,5%;1\n7%;2\n", [0.125, 0.07]),
    ("a;b\n−1.200;1\n0;0,5\n", [-1200, 0]),
    ("a,b\n1e3,1\n-2.5E-2,2\n", [1000, -0.025]),
]


@pytest.mark.parametrize(("text", "values"), NUMBERS, ids=range(len(NUMBERS)))
def test_ways_to_write_a_number(written, text, values):
    column = inspect(written(text)).columns[0]
    assert column.values.tolist() == values and column.kind == "number" and not column.note


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("a;b\n1,001;1\n1,002;2\n", 1.001, "“1,001” is read as 1.001"),
        ("a;b\n1.001;1\n1.002;2\n", 1.001, "“1.001” is read as 1.001"),
        ("a,b\n50%,1\n0,2\n60,3\n", 0.5, "“60” is read as 60 beside “50%”"),
        ("a,b\n50 %,1\n0,2\n,3\n", 0.5, ""),
    ],
)
def test_a_number_that_may_be_another_is_said(written, text, value, note):
    column = inspect(written(text)).columns[0]
    assert column.values[0] == value and column.note == note


MOMENTS = [
    (["2024-01-31", "2024-02-01"], [0, 1], "in days since 2024-01-31"),
    (["2024-01-31 12:00", "2024-02-01T00:00:00Z"], [0.5, 1], "in days since 2024-01-31"),
    (["31.01.2024", "01.02.2024"], [0, 1], "in days since 2024-01-31"),
    (["31/01/2024", "01/02/2024"], [0, 1], "in days since 2024-01-31"),
    (["01/31/2024", "02/01/2024"], [0, 1], "in days since 2024-01-31"),
    (["2024/01/31", ""], [0, np.nan], "in days since 2024-01-31"),
    (["06:30", "18:00:36"], [6.5, 18.01], "in hours"),
]


@pytest.mark.parametrize(("cells", "values", "since"), MOMENTS)
def test_ways_to_write_a_moment(written, cells, values, since):
    column = inspect(written("when,y\n" + "".join(f"{cell},1\n" for cell in cells))).columns[0]
    assert np.allclose(column.values, values, rtol=1e-12, equal_nan=True) and column.note == since


@pytest.mark.parametrize(
    "cells", [["01/02/2024", "02/03/2024"], ["2024-13-01", "2024-02-30"], ["25:00", "3:00"]]
)
def test_what_is_no_certain_moment_stays_a_word(written, cells):
    column = inspect(written("when,y\n" + "".join(f"{cell},1\n" for cell in cells))).columns[0]
    assert column.kind == "class"
    if "/" in cells[0]:
        assert column.note == "“01/02/2024” may have day or month first: write 2024-MM-DD"


def test_words_that_all_differ_are_told(written):
    file = inspect(written("name,a,y\nann,1,1\nbob,2,2\neve,3,3\n"))
    (note,) = notes_of(file)
    assert note == "name: another word in every row, so that each is a class of its own"
    assert notes_of(file, features=["a"]) == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("@relation r\n@attribute a real\n", "found an ARFF file without @data"),
        ("@relation r\n@attribute a\n@data\n1\n", "line 2: found an @attribute without name or kind"),
        ("@relation r\n@attribute a real\n@data\n1,2\n", "line 4: found 2 cells, wanted 1 attribute"),
    ],
)
def test_an_arff_file_that_cannot_be_read(written, text, says):
    with pytest.raises(CsvError, match=says):
        inspect(written(text))
