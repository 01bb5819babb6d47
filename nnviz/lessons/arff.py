"""ARFF, the tables of Weka: names and kinds of the columns stand above the rows.

A sparse row, {0 1.5, 3 2}, has pairs of an index and a value; what it leaves out is 0, or the first word of
its attribute. See https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nnviz.lessons.csv_rows import CsvError, Row, Width, alike

QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
END = r"\s*(?:%.*)?$"
RELATION = re.compile(r"(\s|%[^\n]*\n)*@relation\b", re.IGNORECASE)
ATTRIBUTE = re.compile(rf"@attribute\s+({QUOTED}|[^\s'\"{{][^\s{{]*)(?:\s+|(?={{))(\S.*)", re.IGNORECASE)
NUMBERS, TEXTS = ("numeric", "real", "integer"), ("string", "date")
BRACES = re.compile(rf"\{{((?:{QUOTED}|[^'\"}}%])*+)\}}{END}")
PAIR = re.compile(rf"\s*(\d{{1,6}})\s+({QUOTED}|[^\s,'\"][^,]*)\s*(?:,|$)")
AT_SIGNS = re.compile(rf"({QUOTED}|[^,\t'\"%][^,\t%]*|)(?:(\s*,\s*|\t\s*)|{END})")
AT_BLANKS = re.compile(rf"({QUOTED}|[^\s'\"%][^\s%]*|)(?:(\s\s*(?=[^\s%]))|{END})")
ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


class Attribute(NamedTuple):
    """The name of a column, and what a sparse row means that leaves it out; None where it must not."""

    name: str
    left_out: str | None


def read(text: str) -> tuple[list[str], list[Row]] | None:
    """The names of the columns of an ARFF file and its rows; None for any other text. Raises CsvError."""
    if not RELATION.match(text):
        return None
    attributes: list[Attribute] = []
    lines = enumerate(text.split("\n"), 1)
    for number, line in lines:
        plain = line.strip()
        if plain.lower().startswith("@data"):
            return [one.name for one in attributes], _rows(lines, attributes)
        if plain.lower().startswith("@attribute"):
            attributes.append(_attribute(plain, number))
    raise CsvError("found an ARFF file without @data, wanted its rows below that line")


def _attribute(line: str, number: int) -> Attribute:
    match = ATTRIBUTE.match(line)
    if match is None:
        raise CsvError(f"line {number:,}: found an @attribute without name or kind")
    kind = match[2]
    if words := BRACES.match(kind):
        return Attribute(_plain(match[1]), _cells(words[1].strip(), AT_SIGNS, number)[0])
    word = kind.split()[0].lower()
    if word not in NUMBERS + TEXTS:
        wanted = f"wanted {', '.join(NUMBERS + TEXTS)} or words in braces"
        raise CsvError(f"line {number:,}: found an @attribute of the kind “{kind[:40]}”, {wanted}")
    return Attribute(_plain(match[1]), "0" if word in NUMBERS else None)


def _rows(lines: Iterator[tuple[int, str]], attributes: Sequence[Attribute]) -> list[Row]:
    count = len(attributes)
    if not count:
        raise CsvError("found an ARFF file without @attribute, wanted one for each column above @data")
    rows = ((number, _row(line.strip(), attributes, number)) for number, line in lines if _is_row(line))
    return alike(rows, Width(count, "1 attribute" if count == 1 else f"{count} attributes"))


def _is_row(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("%")


def _row(line: str, attributes: Sequence[Attribute], number: int) -> list[str]:
    if line.startswith("{"):
        return _sparse(line, attributes, number)
    cells = _cells(line, AT_SIGNS, number)
    return cells if len(cells) > 1 or len(attributes) == 1 else _cells(line, AT_BLANKS, number)


def _cells(line: str, form: re.Pattern[str], number: int) -> list[str]:
    cells, place = [], 0
    while match := form.match(line, place):
        cells.append(_plain(match[1]))
        place = match.end()
        if not match[2]:
            return cells
    is_closed = re.match(QUOTED, line[place:])
    found = "text behind a closing quote" if is_closed else "a quote that is not closed"
    raise CsvError(f"line {number:,}: found {found}, wanted a quote at the end of the cell")


def _plain(cell: str) -> str:
    """A cell without its quotes and what is escaped inside of them."""
    if cell[:1] not in ("'", '"'):
        return cell.strip()
    return re.sub(r"\\(.)", lambda match: ESCAPED.get(match[1], match[1]), cell[1:-1])


# Sparse rows


def _sparse(line: str, attributes: Sequence[Attribute], number: int) -> list[str]:
    given = _pairs(line, number)
    if beyond := [index for index in given if index >= len(attributes)]:
        raise CsvError(f"line {number:,}: found index {beyond[0]}, wanted 0 to {len(attributes) - 1}")
    return [
        given[index] if index in given else _left_out(attribute, number)
        for index, attribute in enumerate(attributes)
    ]


def _left_out(attribute: Attribute, number: int) -> str:
    if attribute.left_out is None:
        raise CsvError(
            f"line {number:,}: found no value of “{attribute.name}”, wanted one: only numbers and words of a"
            " list may be left out"
        )
    return attribute.left_out


def _pairs(line: str, number: int) -> dict[int, str]:
    """Index and value of everything that a sparse row names."""
    whole = BRACES.match(line)
    if whole is None:
        raise _no_pairs(line, number)
    pairs: dict[int, str] = {}
    inside, place = whole[1].strip(), 0
    while place < len(inside):
        match = PAIR.match(inside, place)
        if match is None:
            raise _no_pairs(inside[place:], number)
        index, place = int(match[1]), match.end()
        if index in pairs:
            raise CsvError(f"line {number:,}: found index {index} twice, wanted it once")
        pairs[index] = _plain(match[2])
    return pairs


def _no_pairs(found: str, number: int) -> CsvError:
    wanted = "wanted pairs of index and value in braces, such as {0 1.5, 3 2}"
    return CsvError(f"line {number:,}: found “{found.strip()[:40]}”, {wanted}")
