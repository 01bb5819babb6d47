"""The published numbers of a lesson, each with the address of the number that must agree with it."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.numbers import counted
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Expectation
from nnviz.lessons.schema import ExpectTable

ITERATIONS = "iterations"


def expectations(tables: list[ExpectTable], notation: Notation, examples: int) -> Iterator[Expectation]:
    """One expectation for every number of the tables. Raises BuildError."""
    for index, table in enumerate(tables):
        yield from _expectation(f"expect[{index + 1}]", table, notation, examples)


def _expectation(field: str, table: ExpectTable, notation: Notation, examples: int) -> Iterator[Expectation]:
    if sum(given is not None for given in (table.value, table.values, table.map)) != 1:
        raise BuildError(field, "wanted either value or values, or a map")
    if table.example is not None and table.example > examples:
        raise BuildError(f"{field}.example", f"found {table.example}, wanted 1 … {examples}")
    iteration = -1 if table.iteration == "stop" else table.iteration - 1
    if iteration > 0 and not notation.graph.trains:
        message = f"found {iteration + 1} in a lesson that does not train, wanted 1"
        raise BuildError(f"{field}.iteration", message)
    try:
        numbers = list(_numbers(field, table, notation, examples))
    except AddressError as error:
        raise BuildError(f"{field}.at", str(error)) from None
    for address, ref, row, value in numbers:
        of = ref.of(Part.SHARE) if _is_share(ref, row, notation) else ref
        yield Expectation(address, of, value, table.tolerance, iteration, row, table.note)


def _numbers(
    field: str, table: ExpectTable, notation: Notation, examples: int
) -> Iterator[tuple[str, Ref, int | None, float]]:
    """(address, ref, row of the data, value) of every number of a table."""
    row = None if table.example is None else table.example - 1
    if table.map is not None:
        yield from ((*cell, row, value) for *cell, value in _cells(field, table.at, table.map, notation))  # type: ignore[misc]
        return
    ref = notation.parse("E" if table.at == ITERATIONS else table.at)
    if table.value is not None:
        yield table.at, ref, row, table.value
        return
    values = table.values or []
    if len(values) != examples:
        message = f"found {len(values)}, wanted {examples}: one for each example"
        raise BuildError(f"{field}.values", message)
    yield from ((table.at, ref, each, value) for each, value in enumerate(values))


def _cells(
    field: str, at: str, rows: list[list[float]], notation: Notation
) -> Iterator[tuple[str, Ref, float]]:
    """The cells of a map, or of a filter's slice for one channel, named without row and column."""
    if notation.maps is None:
        raise BuildError(f"{field}.map", "found in a lesson without maps, wanted value or values")
    address = f"{at.rstrip().removesuffix(']')},0,0]" if "[" in at else f"{at}[0,0]"
    ref = notation.parse(address)
    if len(ref.cell) < 3:
        raise BuildError(f"{field}.at", f"found “{at}”, wanted a map such as a[conv,1]")
    cells = notation.maps.cells_of(ref)
    wanted = f"{len(cells)} × {len(cells[0])}"
    if len(rows) != len(cells):
        raise BuildError(f"{field}.map", f"found {counted(len(rows), 'row')}, wanted {wanted}")
    for number, (refs, values) in enumerate(zip(cells, rows, strict=True), 1):
        if len(values) != len(refs):
            raise BuildError(
                f"{field}.map", f"row {number}: found {counted(len(values), 'number')}, wanted {wanted}"
            )
        for one, value in zip(refs, values, strict=True):
            yield notation.address(one), one, value


def _is_share(ref: Ref, row: int | None, notation: Notation) -> bool:
    """Whether a gradient is meant as one example's contribution to it."""
    if row is None or ref.part is not Part.GRADIENT or ref.scope not in notation.graph:
        return False
    return notation.graph[ref.scope].is_parameter
