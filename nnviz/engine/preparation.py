"""Data as it comes and as the network reads it, with the formula that leads from one to the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from nnviz.engine.formula import (
    Call,
    Constant,
    Difference,
    Expr,
    Indicator,
    Name,
    Product,
    Quantity,
    Quotient,
    constant,
)
from nnviz.engine.numbers import own_decimals
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Part, Ref

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

    def expression(self, raw: Quantity) -> Expr:
        """How the prepared value of one raw number is computed."""
        if self.method == "none":
            return raw
        if self.method == "divide":
            scaled: Expr = Quotient(raw, _named("max", raw, self.high, Part.HIGH))
        elif self.method == "range":
            low, high = _named("min", raw, self.low, Part.LOW), _named("max", raw, self.high, Part.HIGH)
            scaled = Quotient(Difference(raw, low), Difference(high, low))
        else:
            mean = _named("mean", raw, self.low, Part.LOW)
            deviation = _named("deviation", raw, self.high, Part.HIGH)
            scaled = Quotient(Difference(raw, mean), deviation)
        if self.decimals is None:
            return scaled
        return Call("round", (scaled, Constant(float(self.decimals), str(self.decimals))))


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
class Preparation:
    """The raw table of a lesson, and how every column that the network reads comes from it.

    `columns` names the raw columns. The columns of the network are the inputs, then the targets: column i is
    made from raw column `sources[i]` by `scalings[i]` and, where it stands for a class, by `bins[i]`.
    """

    raw: Array
    columns: tuple[str, ...]
    scalings: tuple[Scaling, ...]
    sources: tuple[int, ...]
    bins: tuple[Bin | None, ...]

    def prepare(self) -> Array:
        """All that the network reads: inputs and targets side by side."""
        return np.stack([self._column(i) for i in range(len(self.sources))], axis=1)

    def _column(self, i: int) -> Array:
        scaled = self.scalings[i].apply(self.raw[:, self.sources[i]])
        one = self.bins[i]
        return scaled if one is None else one.apply(scaled)

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
        value = float(self.raw[row, column])
        decimals = own_decimals(self.raw[:, column])
        return Quantity(Name(self.columns[column]), value, ref, "data", self.columns[column], decimals)

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
        methods = {scaling.method for scaling in self.scalings}
        classes = [one.name for one in self.bins if one is not None]
        cut = f"target cut into {', '.join(classes)} (one-hot)" if classes else ""
        if methods <= {"none"}:
            return cut or "none"
        if "divide" in methods:  # of an image, whose targets are no columns beside others
            methods = methods - {"none"}
        text = ", ".join(words for method, words in METHODS.items() if method in methods)
        decimals = {s.decimals for s in self.scalings if s.decimals is not None}
        text += f", rounded to {_listed(sorted(decimals))} decimals" if decimals else ""
        return f"{text}; {cut}" if cut else text


def _named(what: str, raw: Quantity, value: float, part: Part) -> Quantity:
    """A number that belongs to a whole column."""
    ref = raw.ref.of(part) if raw.ref is not None else None
    caption = f"{what} of {raw.caption}"
    return Quantity(Name(what), value, ref, "data", caption, own_decimals([value], most=6))


def _listed(numbers: Sequence[int]) -> str:
    return " or ".join(map(str, numbers))
