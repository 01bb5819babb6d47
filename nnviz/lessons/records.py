"""Columns with names, whatever they come from, and the choice of those that a network reads."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.formula import constant
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Category
from nnviz.lessons.data import Prepared, RawTable, prepared_table
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema_base import MOST_UNITS
from nnviz.lessons.schema_data import GenerateTable, RecordsTable

MOST_CLASSES = 100
FEW_CLASSES = 20  # up to so many whole numbers in a column may well be classes
FEW_ROWS = 3  # of so few, words may well differ
MOST_NAMED = 3  # rows that a note names one by one

Flags = NDArray[np.bool_]
Kind = Literal["number", "class", "mixed", "empty"]


@dataclass(frozen=True)
class Column:
    """A named column: numbers with NaN where one is missing, or words.

    Of words, `values` holds the place of each in `words`, which are sorted. A column that holds both is
    mixed: then `problem` names the first cell that does not fit the others. `note` says how it was read.
    """

    name: str
    values: Array
    words: tuple[str, ...] = ()
    problem: str = ""
    bounds: tuple[float, float] | None = None
    note: str = ""

    @property
    def kind(self) -> Kind:
        if self.missing == len(self.values):
            return "empty"
        return "mixed" if self.problem else "class" if self.words else "number"

    @cached_property
    def missing(self) -> int:
        """How many cells are empty."""
        return int(np.isnan(self.values).sum())

    @cached_property
    def _distinct(self) -> Array:
        return np.unique(self.values[~np.isnan(self.values)])

    @property
    def range(self) -> tuple[float, float] | None:
        """The smallest and the largest number; None for words and for an empty column."""
        if self.kind != "number":
            return None
        return float(self._distinct[0]), float(self._distinct[-1])

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes: its words, or its different numbers if they are not too many."""
        return () if len(self._distinct) > MOST_CLASSES else tuple(one.name for one in self.categories())

    def categories(self) -> tuple[Category, ...]:
        """Every different value as a class."""
        values = map(float, self._distinct)
        if self.words:
            return tuple(Category(self.words[int(value)], value) for value in values)
        return tuple(Category(constant(value).text, value) for value in values)

    @property
    def is_different_everywhere(self) -> bool:
        """Whether it holds another word in every row, so that none of them says anything about another."""
        return bool(self.words) and len(self._distinct) == len(self.values) >= FEW_ROWS

    def holds(self, word: str) -> bool:
        """Whether a word is among its words, in capitals or not."""
        return word in map(str.lower, self.words)

    @property
    def may_be_classes(self) -> bool:
        """Whether its numbers look like the numbers of classes: few, and whole."""
        few = 1 < len(self._distinct) <= FEW_CLASSES
        return self.kind == "number" and few and bool((self._distinct % 1 == 0).all())


@dataclass(frozen=True)
class Records:
    """Columns of the same length, and what is read of them where the lesson does not say."""

    columns: tuple[Column, ...]
    features: tuple[str, ...]
    target: str
    classify: bool | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(self.columns[0].values)

    def column(self, name: str) -> Column:
        """A column by its name. Raises ValueError."""
        return self.columns[[one.name for one in self.columns].index(name)]

    def first(self, count: int) -> Records:
        """The first rows of every column."""
        cut = tuple(replace(one, values=one.values[:count]) for one in self.columns)
        return replace(self, columns=cut)


def prepared_records(records: Records, table: RecordsTable | GenerateTable) -> Prepared:
    """The chosen columns, split, scaled and encoded. Raises BuildError that names column and row."""
    chosen = _chosen(records, table)
    for column in chosen:
        if column.kind == "empty":
            raise BuildError("data.features", f"column “{column.name}”: found no value at all")
    whole: Flags = ~np.any(np.isnan([column.values for column in chosen]), axis=0)
    if not whole.any():
        raise BuildError("data.features", "found a missing value in every row, wanted other columns")
    *features, target = (replace(column, values=column.values[whole]) for column in chosen)
    classes = [_classes(column, "data.features", None) for column in features]
    classes.append(_classes(target, "data.target", _classify(records, table, target)))
    raw = RawTable(
        np.stack([column.values for column in (*features, target)], axis=1),
        tuple(column.name for column in chosen),
        len(features),
        tuple(column.words for column in chosen),
        tuple(classes),
        tuple(column.bounds for column in chosen),
        (*records.notes, *_said_of(chosen), *_left_out(whole, chosen)),
        records.source,
        is_lenient=True,
    )
    _check_target(raw, target)
    _check_width(raw)
    return prepared_table(_named(table, whole), raw)


def _chosen(records: Records, table: RecordsTable | GenerateTable) -> list[Column]:
    """The features and, at the end, the target."""
    wanted = table if isinstance(table, RecordsTable) else RecordsTable()
    target = _column(records, wanted.target or records.target, "data.target")
    names = wanted.features or [name for name in records.features if name != target.name]
    if len(set(names)) != len(names):
        raise BuildError("data.features", "found a column twice, wanted each once")
    if target.name in names:
        raise BuildError("data.features", f"found “{target.name}”, which is the target")
    if not names:
        raise BuildError("data.features", "found no column beside the target, wanted at least one")
    return [*(_column(records, name, "data.features") for name in names), target]


def _classify(records: Records, table: RecordsTable | GenerateTable, target: Column) -> bool | None:
    """Whether the lesson or its data says that the target is made of classes; None where neither does."""
    if isinstance(table, RecordsTable) and table.classify is not None:
        return table.classify
    return records.classify if target.name == records.target and table.bins is None else None


def _column(records: Records, name: str, field: str) -> Column:
    names = [one.name for one in records.columns]
    if name in names:
        return records.columns[names.index(name)]
    close = difflib.get_close_matches(name, names, 1)
    hint = f"; did you mean “{close[0]}”?" if close else ""
    raise BuildError(field, f"found “{name}”, wanted one of {_listed(names)}{hint}")


def _classes(column: Column, field: str, classify: bool | None) -> tuple[Category, ...]:
    """The classes that a column is encoded as; none for one that is read as numbers."""
    where = f"column “{column.name}”"
    if column.problem and not classify:
        raise BuildError(field, f"{where}, {column.problem}")
    if column.words and classify is False:
        raise BuildError(field, f"{where}: found words, wanted numbers where classify = false")
    if not column.words and not classify:
        return ()
    categories = column.categories()
    if len(categories) > MOST_CLASSES:
        what = "words" if column.words else "numbers"
        message = f"found {len(categories):,} different {what}, wanted at most {MOST_CLASSES} classes"
        raise BuildError(field, f"{where}: {message}")
    return categories


def _check_target(raw: RawTable, target: Column) -> None:
    values = raw.values[:, raw.inputs]
    if len(np.unique(values)) > 1:
        return
    first = target.words[int(values[0])] if target.words else constant(float(values[0])).text
    if raw.target_classes:
        message = f"found only one class, “{first}”, wanted at least two"
    else:
        message = f"found {first} in every row, wanted numbers that differ"
    raise BuildError("data.target", f"column “{target.name}”: {message}")


def _check_width(raw: RawTable) -> None:
    width = sum(len(raw.classes_of(i)) or 1 for i in range(raw.inputs))
    if width > MOST_UNITS:
        raise BuildError("data.features", f"found {width:,} inputs, wanted at most {MOST_UNITS:,}")


def _said_of(columns: Sequence[Column]) -> list[str]:
    """How columns were read, where that is not plain to see."""
    notes = [f"{one.name}: {one.note}" for one in columns if one.note]
    different = [one.name for one in columns if one.is_different_everywhere]
    return notes + [
        f"{name}: another word in every row, so that each is a class of its own" for name in different
    ]


def _left_out(whole: Flags, columns: Sequence[Column]) -> list[str]:
    """What is said about rows with missing values."""
    rows = np.flatnonzero(~whole)
    if not len(rows):
        return []
    named = []
    for row in rows[:MOST_NAMED]:
        gaps = [one.name for one in columns if np.isnan(one.values[row])]
        named.append(f"row {row + 1} ({', '.join(gaps[:2])}{', …' if len(gaps) > 2 else ''})")
    more = "" if len(rows) <= MOST_NAMED else f" and {len(rows) - MOST_NAMED:,} more"
    return [f"{len(rows):,} of {len(whole):,} rows left out, as values are missing: {', '.join(named)}{more}"]


def _named(table: RecordsTable | GenerateTable, whole: Flags) -> RecordsTable | GenerateTable:
    """The table without the names of rows that are left out."""
    if table.names is None or len(table.names) != len(whole):
        return table
    kept = [name for name, is_whole in zip(table.names, whole, strict=True) if is_whole]
    return table.model_copy(update={"names": kept})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 12 else f"{', '.join(names[:12])}, …"
