"""Data as it comes and as the network reads it, with the formula that leads from one to the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from nnviz.engine.formula import (
    ONE,
    TWO,
    Call,
    Constant,
    Difference,
    Expr,
    Indicator,
    Name,
    Product,
    Quantity,
    Quotient,
    Sum,
    constant,
)
from nnviz.engine.numbers import own_decimals
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Part, Ref
from nnviz.engine.settings import Settings

MOST_LISTED = 12  # classes that are named one by one

Method = Literal["none", "range", "divide", "standard"]
METHODS: dict[Method, str] = {
    "range": "range normalization",
    "divide": "pixels divided by their largest possible value",
    "standard": "standardization",
    "none": "other columns left as they are",
}


@dataclass(frozen=True, slots=True)
class Scaling:
    """One column's way from raw to prepared: (value − shift) / scale, rounded to `decimals` if given.

    Range normalization has shift = min and scale = max − min, which is a division where min is 0, as that of
    pixels; standardization has the mean and the standard deviation (of the population, as the notes' tables
    need no other).
    """

    method: Method
    low: float = 0.0
    high: float = 1.0
    decimals: int | None = None

    @classmethod
    def of(
        cls, method: Method, column: Array, decimals: int | None, low: float | None, high: float | None
    ) -> Scaling:
        """The scaling of a column; `low` and `high` override what the column itself would give."""
        if method == "none":
            return cls("none")
        if method == "range":
            lowest, highest = float(column.min()), float(column.max())
            return cls("range", lowest if low is None else low, highest if high is None else high, decimals)
        mean, deviation = float(column.mean()), float(column.std())
        return cls("standard", mean if low is None else low, deviation if high is None else high, decimals)

    @property
    def shift(self) -> float:
        return self.low

    @property
    def scale(self) -> float:
        return self.high - self.low if self.method == "range" else self.high

    def apply(self, column: Array) -> Array:
        if self.method == "none":
            return column
        scaled = (column - self.shift) / self.scale
        return scaled if self.decimals is None else np.round(scaled, self.decimals)

    def back(self, prepared: Array) -> Array:
        """On the original scale: prepared · scale + shift. What was rounded away stays away."""
        return prepared if self.method == "none" else prepared * self.scale + self.shift

    def expression(self, raw: Quantity) -> Expr:
        """How the prepared value of one raw number is computed."""
        if self.method == "none":
            return raw
        low, high = self._ends(raw.caption, raw.ref)
        if self.method == "divide":
            scaled: Expr = Quotient(raw, high)
        else:
            scale = Difference(high, low) if self.method == "range" else high
            scaled = Quotient(Difference(raw, low), scale)
        if self.decimals is None:
            return scaled
        return Call("round", (scaled, Constant(float(self.decimals), str(self.decimals))))

    def back_expression(self, prepared: Quantity, column: str, ref: Ref | None = None) -> Expr:
        """How a number is mapped back to the scale of a raw column, which `ref` addresses."""
        if self.method == "none":
            return prepared
        low, high = self._ends(column, ref)
        if self.method == "divide":
            return Product((prepared, high))
        return Sum((Product((prepared, Difference(high, low) if self.method == "range" else high)), low))

    def _ends(self, column: str, ref: Ref | None) -> tuple[Quantity, Quantity]:
        """The two numbers that belong to the whole column, named as the method names them."""
        low, high = ("mean", "deviation") if self.method == "standard" else ("min", "max")
        return _named(low, column, ref, self.low, Part.LOW), _named(high, column, ref, self.high, Part.HIGH)


@dataclass(frozen=True, slots=True)
class Bin:
    """One class of a target that is cut into classes: 1 where above < value ≤ up_to, else 0 (one-hot)."""

    name: str
    above: float | None
    up_to: float | None

    def apply(self, column: Array) -> Array:
        inside = np.ones(len(column), dtype=bool)
        if self.above is not None:
            inside &= column > self.above
        if self.up_to is not None:
            inside &= column <= self.up_to
        return inside.astype(np.float64)

    def expression(self, value: Expr) -> Expr:
        tests: list[Expr] = []
        if self.above is not None:
            tests.append(Indicator(value, ">", constant(self.above)))
        if self.up_to is not None:
            tests.append(Indicator(value, "≤", constant(self.up_to)))
        return tests[0] if len(tests) == 1 else Product(tuple(tests))


@dataclass(frozen=True, slots=True)
class Category:
    """One class of a column of classes: 1 where the value is the one that stands for the class, else 0."""

    name: str
    value: float

    def apply(self, column: Array) -> Array:
        return np.asarray(column == self.value, dtype=np.float64)

    def expression(self, value: Expr) -> Expr:
        return Indicator(value, "=", Constant(self.value, self.name))


@dataclass(frozen=True, slots=True)
class Signed:
    """A class with the targets of a perceptron: +1 inside it and −1 elsewhere."""

    inner: Bin | Category

    @property
    def name(self) -> str:
        return self.inner.name

    def apply(self, column: Array) -> Array:
        return 2.0 * self.inner.apply(column) - 1.0

    def expression(self, value: Expr) -> Expr:
        return Difference(Product((TWO, self.inner.expression(value))), ONE)


ClassColumn = Bin | Category | Signed


@dataclass(frozen=True, slots=True)
class Preparation:
    """The raw table of a lesson, and how every column that the network reads comes from it.

    `columns` names the raw columns. The columns of the network are the inputs, then the targets: column i is
    made from raw column `sources[i]` by `scalings[i]` and, where it stands for a class, by `bins[i]`.
    `words` are the words of each raw column that holds words: in `raw` stands which of them. `notes` say what
    was left out or left as it is. The constants of the scalings may come from other rows than these.
    """

    raw: Array
    columns: tuple[str, ...]
    scalings: tuple[Scaling, ...]
    sources: tuple[int, ...]
    bins: tuple[ClassColumn | None, ...]
    words: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    _decimals: dict[int, int | None] = field(default_factory=dict, repr=False, compare=False)
    _prepared: dict[tuple[int, int], float] = field(default_factory=dict, repr=False, compare=False)

    def prepare(self, raw: Array | None = None) -> Array:
        """All that the network reads, inputs and targets side by side; of other rows where they are given."""
        table = self.raw if raw is None else raw
        return np.stack([self._column(table, i) for i in range(len(self.sources))], axis=1)

    def _column(self, raw: Array, i: int) -> Array:
        scaled = self.scalings[i].apply(raw[:, self.sources[i]])
        one = self.bins[i]
        return scaled if one is None else one.apply(scaled)

    def gives(self, row: int, column: int) -> float:
        """What one raw cell was prepared to, which the network reads unless somebody has changed it."""
        place = row, column
        if place not in self._prepared:
            self._prepared[place] = float(self._column(self.raw[row : row + 1], column)[0])
        return self._prepared[place]

    def is_read(self, row: int, column: int, data: Settings) -> bool:
        """Whether the network reads what a raw cell was prepared to, in every column that comes from it."""
        targets = () if data.targets is None else data.targets[row].flat
        numbers = [*data.inputs[row].flat, *targets]
        same = (i for i, source in enumerate(self.sources) if source == self.sources[column])
        return all(i >= len(numbers) or self.gives(row, i) == numbers[i] for i in same)

    def back(self, column: int, prepared: Array) -> Array:
        """Numbers of a column of the network on its original scale; those of a class stay as they are."""
        return prepared if self.bins[column] is not None else self.scalings[column].back(prepared)

    def back_expression(self, column: int, prepared: Quantity, ref: Ref | None = None) -> Expr | None:
        """How a number of a column, as a prediction, is mapped back; None where it is on that scale already.

        `ref` addresses a number of the column, so that the constants of its scaling can be pointed at.
        """
        if self.scalings[column].method == "none" or self.bins[column] is not None:
            return None
        name = self.columns[self.sources[column]]
        return self.scalings[column].back_expression(prepared, name, ref)

    def expression(self, row: int, column: int, ref: Ref | None = None) -> Expr | None:
        """How one number was prepared; None where it is read as it is. `ref` addresses its raw value."""
        scaling, one = self.scalings[column], self.bins[column]
        if scaling.method == "none" and one is None:
            return None
        raw = self.raw_quantity(row, self.sources[column], ref)
        if one is None:
            return scaling.expression(raw)
        if scaling.method == "none":
            return one.expression(raw)
        scaled = f"{raw.name.letter}, scaled"
        value = float(scaling.apply(self.raw[row : row + 1, self.sources[column]])[0])
        return one.expression(Quantity(Name(scaled), value, None, "data", scaled, scaling.decimals))

    def column_name(self, column: int) -> str:
        """What a column of the network is called: its raw column, or the class it stands for."""
        one = self.bins[column]
        return self.columns[self.sources[column]] if one is None else one.name

    def raw_quantity(self, row: int, column: int, ref: Ref | None = None) -> Quantity:
        """One raw cell as a factor of a formula."""
        value, name = float(self.raw[row, column]), self.columns[column]
        if column not in self._decimals:  # a look at the whole column, and tables ask for every cell
            self._decimals[column] = own_decimals(self.raw[:, column])
        text = self.raw_text(row, column)
        return Quantity(Name(name), value, ref, "data", name, self._decimals[column], text)

    def number_before(self, part: Part, row: int, column: int) -> Quantity:
        """What a number of a column of the network is made of: its raw cell, or a constant of its scaling."""
        if part is Part.RAW:
            return self.raw_quantity(row, self.sources[column])
        scaling = self.scalings[column]
        value = scaling.low if part is Part.LOW else scaling.high
        what = self.column_name(column)
        return Quantity(Name(what), value, None, "data", what, own_decimals([value]))

    def raw_text(self, row: int, column: int) -> str:
        """The word in a raw cell; empty where it holds a number."""
        words = self.words[column] if self.words else ()
        return words[int(self.raw[row, column])] if words else ""

    def formula(self) -> str:
        """How a prepared number is made from a raw one."""
        methods = {scaling.method for scaling in self.scalings}
        formulas: dict[Method, str] = {
            "range": "(x − min) / (max − min)",
            "divide": "x / max",
            "standard": "(x − mean) / deviation",
        }
        return ", ".join(formula for method, formula in formulas.items() if method in methods)

    def describe(self) -> str:
        """In words, for the conventions panel."""
        parts = [self._scaling_words(), *self._class_words(), *self.notes]
        return "; ".join(part for part in parts if part) or "none"

    def _scaling_words(self) -> str:
        methods = {
            scaling.method
            for scaling, one in zip(self.scalings, self.bins, strict=True)
            if one is None or not _is_category(one)  # nobody expects words to be scaled
        }
        if methods <= {"none"}:
            return ""
        if "divide" in methods:  # of an image, whose targets are no columns beside others
            methods = methods - {"none"}
        text = ", ".join(words for method, words in METHODS.items() if method in methods)
        decimals = {s.decimals for s in self.scalings if s.decimals is not None}
        return text + (f", rounded to {_listed(sorted(decimals))} decimals" if decimals else "")

    def _class_words(self) -> Iterator[str]:
        """For every raw column that becomes classes: which, and in which code."""
        by_source: dict[int, list[ClassColumn]] = {}
        for source, one in zip(self.sources, self.bins, strict=True):
            if one is not None:
                by_source.setdefault(source, []).append(one)
        for source, classes in by_source.items():
            what = f"{self.columns[source]} as" if _is_category(classes[0]) else "target cut into"
            names = ", ".join(one.name for one in classes)
            listed = names if len(classes) <= MOST_LISTED else f"{len(classes)} classes"
            yield f"{what} {listed} ({_code(classes)})"


def _is_category(one: ClassColumn) -> bool:
    return isinstance(one.inner if isinstance(one, Signed) else one, Category)


def _code(classes: Sequence[ClassColumn]) -> str:
    if isinstance(classes[0], Signed):
        return "+1 where it holds, else −1"
    return "one-hot" if len(classes) > 1 else "1 where it holds, else 0"


def _named(what: str, column: str, ref: Ref | None, value: float, part: Part) -> Quantity:
    """A number that belongs to a whole column, which `ref` addresses."""
    place = ref.of(part) if ref is not None else None
    return Quantity(Name(what), value, place, "data", f"{what} of {column}", own_decimals([value], most=6))


def _listed(numbers: Sequence[int]) -> str:
    return " or ".join(map(str, numbers))
