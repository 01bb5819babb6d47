"""Tables as programs write them: each is read as it is meant, or refused with place, found and wanted."""

from __future__ import annotations

import codecs

import numpy as np
import pytest

from nnviz.lessons.csv_file import inspect
from nnviz.lessons.csv_rows import CsvError

nan = np.nan
ARFF = "@relation r\n@attribute a numeric\n@attribute 'b c' {no, 'y s'}\n@attribute d integer\n@data\n"

READ = {
    "sep": ("sep=;\na;b\n1,5;2\n", {"a": [1.5], "b": [2]}),
    "sep, mark and line ends of Excel": ("\ufeffsep=;\r\na;b\r\n1;2\r\n", {"a": [1], "b": [2]}),
    "sep against what the rows look like": ("sep=;\na,b;c\n1,5;2\n", {"a,b": [1.5], "c": [2]}),
    "sep below a comment": ("# from\nSEP=,\na,b\n1,2\n", {"a": [1], "b": [2]}),
    "sep in quotes": ('"sep=\t"\na\tb\n1\t2\n', {"a": [1], "b": [2]}),
    "sep, saved again": ("sep=;;;\na;b\n1;2\n", {"a": [1], "b": [2]}),
    "sep of bars": ("sep=|\na|b\n1|2\n", {"a": [1], "b": [2]}),
    "a column called sep=": ("sep=,b\n1,2\n", {"sep=": [1], "b": [2]}),
    "a column called sep=xy": ("sep=xy\n1\n", {"sep=xy": [1]}),
    "bars": ("a|b\n1|2\n3|4\n", {"a": [1, 3], "b": [2, 4]}),
    "tabs": ("a\tb\tc\n\t1\t2\n3\t\t\n", {"a": [nan, 3], "b": [1, nan], "c": [2, nan]}),
    "a mark": (b"\xef\xbb\xbfa,b\n1,2\n", {"a": [1], "b": [2]}),
    "UTF-16 of Excel": ("a\tb\r\n1\t2\r\n".encode("utf-16"), {"a": [1], "b": [2]}),
    "UTF-16, high byte first": (
        codecs.BOM_UTF16_BE + "a,ä\n1,2\n".encode("utf-16-be"),
        {"a": [1], "ä": [2]},
    ),
    "UTF-32": ("a,b\n1,2\n".encode("utf-32"), {"a": [1], "b": [2]}),
    "line ends of an old Mac": ("a,b\r1,2\r3,4\r", {"a": [1, 3], "b": [2, 4]}),
    "blanks and line ends of an old Mac": ("a b\r1 2\r3 4\r", {"a": [1, 3], "b": [2, 4]}),
    "all line ends at once": ("a,b\r\n1,2\r3,4\n\r5,6", {"a": [1, 3, 5], "b": [2, 4, 6]}),
    "a comment with a line sign of Unicode": ("# x\u2028y\na,b\n1,2\n", {"a": [1], "b": [2]}),
    "a form feed": ("a,b\n1,2\n\x0c\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    "inches": ('a,b\n5" pipe,1\n6" pipe,2\n', {"a": ['5" pipe', '6" pipe'], "b": [1, 2]}),
    "a cell of two lines": ('a,b\n"x\r\ny",1\nz,2\n', {"a": ["x y", "z"], "b": [1, 2]}),
    "empty trailing columns": ("a,b,,\n1,2,,\n", {"a": [1], "b": [2]}),
    "empty trailing cells": ("a,b\n1,2,,\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
    "empty names": ("a,,\n1,2,3\n", {"a": [1], "column 2": [2], "column 3": [3]}),
    "ARFF": (ARFF + "1.5,no,3\n% all\n?,'y s',4\n", {"a": [1.5, nan], "b c": ["no", "y s"], "d": [3, 4]}),
    "sparse ARFF": (
        ARFF + "{0 1.5, 2 3}\n{ }\n{1 'y s',2 ?}\n",
        {"a": [1.5, 0, 0], "b c": ["no", "no", "y s"], "d": [3, 0, nan]},
    ),
    "sparse and full rows": (
        ARFF + "{0 2} % one\n1,'y s',3 % two\n",
        {"a": [2, 1], "b c": ["no", "y s"], "d": [0, 3]},
    ),
    "ARFF with tabs": (ARFF + "1\t'y s'\t2\n3\tno\t4\n", {"a": [1, 3], "b c": ["y s", "no"], "d": [2, 4]}),
    "ARFF with blanks": (ARFF + "1 'y s'  2\n3 no 4\n", {"a": [1, 3], "b c": ["y s", "no"], "d": [2, 4]}),
    "ARFF, line ends of an old Mac": (
        (ARFF + "1,no,2\n").replace("\n", "\r"),
        {"a": [1], "b c": ["no"], "d": [2]},
    ),
    "ARFF with signs in quotes": (
        "@RELATION r\n@ATTRIBUTE a\tSTRING\n@ATTRIBUTE b{x,y}\n@DATA\n'it\\'s, 5%',x\n\"{0 1}\",y\n",
        {"a": ["it's, 5%", "{0 1}"], "b": ["x", "y"]},
    ),
    "ARFF with points": (
        "@relation r\n@attribute a real\n@attribute b real\n@data\n1.200,980\n",
        {"a": [1.2], "b": [980]},
    ),
}


def as_told(column):
    """Its numbers, or its words in their places."""
    return [column.words[int(place)] for place in column.values] if column.words else column.values.tolist()


@pytest.mark.parametrize(("content", "wanted"), READ.values(), ids=READ)
def test_a_table_is_read_as_it_is_meant(tmp_path, content, wanted):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    file = inspect(path)
    told = {column.name: as_told(column) for column in file.columns}
    assert repr(told) == repr(
        {
            name: [one if isinstance(one, str) else float(one) for one in values]
            for name, values in wanted.items()
        }
    )
    assert not any(column.problem or column.note for column in file.columns)


REFUSED = {
    "a strange sep": (
        "sep=:\na:b\n1:2\n",
        "line 1: found the separator “:”, wanted sep= with one of comma, ",
    ),
    "sep alone": ("sep=;\n", "found no row at all, wanted a table"),
    "rows below sep": (
        "sep=;\na;b\n1;2;3\n",
        "line 3: found 3 cells, wanted 2 as in line 2 (separator: semicolon)",
    ),
    "UTF-16, half a sign": (
        "a,b\n1,2\n".encode("utf-16-le").join([codecs.BOM_UTF16_LE, b"x"]),
        "found byte 0x78 in line 3 (byte 19), which is not UTF-16: save the table as “CSV UTF-8”",
    ),
    "UTF-16 without a mark": ("a,b\n1,2\n".encode("utf-16-le"), "found a zero at byte 2"),
    "Latin, line ends of an old Mac": (b"a,b\r1,2\r\xe4,3\r", "found byte 0xE4 in line 3 (byte 9)"),
    "a quote left open": ('a,b\n"x\n,2\ny,4\n', "line 2: found a quote that is not closed, wanted another"),
    "a quote left open between blanks": ('a b\n"x 2\ny 4\n', "line 2: found a quote that is not closed"),
    "text behind a quote": (
        'a,b\n1,"x"y\n',
        "line 2: found text behind a closing quote, wanted a separator (comma)",
    ),
    "a cell without end": (
        "a,b\n" + "x" * 200_000 + ",1\n",
        "line 2: found a cell of more than 131,072 characters, wanted",
    ),
    "ragged": ("a,b,c\n1,2,3\n1,2\n", "line 3: found 2 cells, wanted 3 as in line 1 (separator: comma)"),
    "ragged, line ends of an old Mac": ("a,b\r1,2\r3,4,5\r", "line 3: found 3 cells, wanted 2 as in line 1"),
    "a header only": ("a,b\n", "found no row below the names of the columns, wanted at least one"),
    "duplicates": ("a,b,a\n1,2,3\n", "columns 1 and 3: found the name “a” twice"),
    "duplicate attributes": (
        "@relation r\n@attribute a real\n@attribute 'a' real\n@data\n1,2\n",
        "columns 1 and 2: found the name “a” twice",
    ),
    "ARFF without columns": (
        "@relation r\n@data\n1,2\n",
        "found an ARFF file without @attribute, wanted one",
    ),
    "ARFF without rows": (ARFF, "found no row below the names of the columns, wanted at least one"),
    "ARFF of another kind": (
        "@relation r\n@attribute a relational\n@data\n1\n",
        "line 2: found an @attribute of the kind “relational”, wanted numeric, real, integer, string, date",
    ),
    "ARFF with a weight": (ARFF + "1,no,2,{5}\n", "line 6: found 4 cells, wanted 3 attributes"),
    "ARFF with a quote left open": (ARFF + "1,'no,2\n", "line 6: found a quote that is not closed, wanted"),
    "ARFF with text behind a quote": (ARFF + "1,'no'x,2\n", "line 6: found text behind a closing quote"),
    "sparse, beyond": (ARFF + "{3 1}\n", "line 6: found index 3, wanted 0 to 2"),
    "sparse, twice": (ARFF + "{0 1, 0 2}\n", "line 6: found index 0 twice, wanted it once"),
    "sparse, no pair": (
        ARFF + "{0 1, 2}\n",
        "line 6: found “2”, wanted pairs of index and value in braces, such as {0 1.5, 3 2}",
    ),
    "sparse, left open": (ARFF + "{0 1\n", "line 6: found “{0 1”, wanted pairs of index and value"),
    "sparse, a weight": (ARFF + "{0 1}, {5}\n", "line 6: found “{0 1}, {5}”, wanted pairs of index"),
    "sparse, a text left out": (
        "@relation r\n@attribute a real\n@attribute s string\n@data\n{1 x}\n{0 1}\n",
        "line 6: found no value of “s”, wanted one: only numbers and words of a list may be left out",
    ),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED)
def test_a_table_that_cannot_be_read_is_told(tmp_path, content, says):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CsvError) as error:
        inspect(path)
    assert str(error.value).startswith(f"table.csv: {says}")


@pytest.mark.parametrize(
    "row", ["1," + " " * 200_000 + "'x,2", "{" + " " * 200_000, "'" + "\\'" * 100_000, "{0 1}" * 50_000]
)
def test_a_long_row_of_an_arff_file_is_refused_at_once(tmp_path, row):
    path = tmp_path / "table.arff"
    path.write_text(ARFF + row + "\n", encoding="utf-8")
    with pytest.raises(CsvError, match="line 6: found"):
        inspect(path)
