"""The tables that are shipped, and the points that are drawn: real and made-up data in named columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array
from nnviz.lessons.datasets import DATASETS
from nnviz.lessons.errors import BuildError
from nnviz.lessons.planar import CURVES, PLANAR
from nnviz.lessons.records import Column, Records
from nnviz.lessons.schema_data import MOST_LAG, DrawTable
from nnviz.resources import resource

IRIS_FEATURES = ("sepal length cm", "sepal width cm", "petal length cm", "petal width cm")
POWER_PLANT = {  # raw values of four hours, and the range of the whole data set: tables 1 and 2 of the notes
    "temperature °C": ([3.21, 31.41, 19.31, 20.64], (1.81, 37.11)),
    "humidity %": ([86.34, 68.50, 30.59, 99.97], (25.56, 100.16)),
    "electrical output MW": ([491.35, 430.37, 463.00, 447.14], (420.26, 495.76)),
}
DEFAULT_LAGS = (1, 2)  # those of G. U. Yule, who was the first to predict sunspots from themselves (1927)
PLANE = ("x1", "x2")


@dataclass(frozen=True)
class ShippedTable:
    """A table that comes with nnviz: what it is, how it is read, where it is from and its license.

    Columns, features and target are those of `load`; `license_file` is its text in resources/datasets.
    """

    title: str
    description: str
    read: Callable[[Sequence[int]], Records]
    source: str
    license: str
    license_file: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.read(DEFAULT_LAGS).columns)

    @property
    def features(self) -> tuple[str, ...]:
        return self.read(DEFAULT_LAGS).features

    @property
    def target(self) -> str:
        return self.read(DEFAULT_LAGS).target

    def license_text(self) -> str:
        """The license of the package that the data was taken from; empty where there is none."""
        if not self.license_file:
            return ""
        return resource("datasets", self.license_file).read_text(encoding="utf-8")


def load(name: str, lags: int | Sequence[int] | None = None) -> Records:
    """A shipped table; `lags` are years before, of the sunspots only. Raises BuildError."""
    if name not in TABLES:
        raise BuildError("data.table", f"found “{name}”, wanted one of {', '.join(TABLES)}")
    if lags is not None and name != "sunspots":
        raise BuildError("data.lags", f"found for {name}, wanted the table “sunspots”")
    return TABLES[name].read(_lags(lags))


def drawn(table: DrawTable) -> Records:
    """Points of a set or of a curve, as columns. Raises BuildError."""
    source = f"Data: {table.kind}, drawn at random with seed {table.seed}"
    if table.kind in CURVES:
        if table.classes is not None:
            raise BuildError("data.generate.classes", f"found for {table.kind}, which has no classes")
        curve = CURVES[table.kind]
        x, y = curve.draw(table.examples, table.noise, table.seed)
        return Records((Column("x", x[:, 0]), Column("y", y)), ("x",), "y", None, source)
    if table.kind not in PLANAR:
        wanted = ", ".join((*PLANAR, *CURVES))
        raise BuildError("data.generate.kind", f"found “{table.kind}”, wanted one of {wanted}")
    one, classes = PLANAR[table.kind], table.classes or 2
    if classes > one.most_classes:
        message = f"found {classes} for {table.kind}, wanted at most {one.most_classes}"
        raise BuildError("data.generate.classes", message)
    points, labels = one.draw(table.examples, table.noise, table.seed, classes)
    columns = [Column(name, points[:, i]) for i, name in enumerate(PLANE)]
    return Records((*columns, Column("class", labels.astype(np.float64))), PLANE, "class", True, source)


def _lags(lags: int | Sequence[int] | None) -> tuple[int, ...]:
    """`lags = 3` means the years 1, 2 and 3 before."""
    if lags is None:
        return DEFAULT_LAGS
    every = tuple(range(1, lags + 1)) if isinstance(lags, int) else tuple(lags)
    if len(set(every)) != len(every) or not all(1 <= lag <= MOST_LAG for lag in every) or not every:
        raise BuildError("data.lags", f"wanted different numbers of years from 1 to {MOST_LAG}")
    return every


# The files


def _class_after_class(labels: Array) -> NDArray[np.int64]:
    """The order in which each row is of another class than the one before, as far as they go."""
    rank = np.zeros(len(labels))
    for one in np.unique(labels):
        rank[labels == one] = np.arange((labels == one).sum())
    order: NDArray[np.int64] = np.lexsort((labels, rank))
    return order


@cache
def _iris(_: Sequence[int]) -> Records:
    lines = resource("datasets", "iris.csv").read_text(encoding="ascii").splitlines()
    species = tuple(lines[0].split(",")[2:])
    table = np.array([line.split(",") for line in lines[1:]], dtype=np.float64)
    table = table[_class_after_class(table[:, -1])]
    columns = [Column(name, table[:, i]) for i, name in enumerate(IRIS_FEATURES)]
    columns.append(Column("species", table[:, -1], species))
    return Records(tuple(columns), IRIS_FEATURES, "species", True, _source("iris"))


@cache
def _sunspots(lags: Sequence[int]) -> Records:
    """Every year after the longest lag, with the numbers of the years before it."""
    path = resource("datasets", "sunspots.csv")
    table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.float64)
    start, years = max(lags), len(table)
    columns = [Column(_before(lag), table[start - lag : years - lag, 1]) for lag in lags]
    names = tuple(column.name for column in columns)
    columns += [Column("sunspots", table[start:, 1]), Column("year", table[start:, 0])]
    return Records(tuple(columns), names, "sunspots", False, _source("sunspots"))


def _before(lag: int) -> str:
    return "1 year before" if lag == 1 else f"{lag} years before"


@cache
def _digits(_: Sequence[int]) -> Records:
    data = DATASETS["digits-8x8"]
    train, train_labels, test, test_labels = data.read()
    pixels = np.concatenate([train, test]).reshape(-1, 64).astype(np.float64)
    labels = np.concatenate([train_labels, test_labels]).astype(np.float64)
    order = _class_after_class(labels)
    names = tuple(f"pixel({r},{c})" for r in range(8) for c in range(8))
    columns = [Column(name, pixels[order, i], bounds=data.range) for i, name in enumerate(names)]
    return Records((*columns, Column("digit", labels[order])), names, "digit", True, _source("digits-8x8"))


@cache
def _power_plant(_: Sequence[int]) -> Records:
    columns = tuple(
        Column(name, np.array(values), bounds=bounds) for name, (values, bounds) in POWER_PLANT.items()
    )
    *features, target = POWER_PLANT
    return Records(columns, tuple(features), target, False, _source("power-plant"))


def _source(name: str) -> str:
    return f"Data: {TABLES[name].source}, {TABLES[name].license}"


TABLES = {
    "iris": ShippedTable(
        "Iris",
        "150 iris flowers of three species: length and width of their sepals and petals.",
        _iris,
        "UCI “Iris” (R. A. Fisher, 1936), from scikit-learn 1.9.1",
        "CC BY 4.0",
        "LICENSE-scikit-learn.txt",
    ),
    "sunspots": ShippedTable(
        "Sunspots",
        "The sunspot number of every year from 1700 to 2008, to be predicted from the years before.",
        _sunspots,
        "yearly sunspot numbers, from statsmodels 0.15.0",
        "public domain",
    ),
    "digits-8x8": ShippedTable(
        "Digits, 8 × 8",
        "1,797 handwritten digits: the gray values of 64 pixels in one row.",
        _digits,
        "UCI “Optical Recognition of Handwritten Digits” (Alpaydin and Kaynak), from scikit-learn 1.9.1",
        "CC BY 4.0",
        "LICENSE-scikit-learn.txt",
    ),
    "power-plant": ShippedTable(
        "Power plant",
        "Four hours of a power plant: its electrical output from temperature and humidity, with the"
        " ranges of the whole data set.",
        _power_plant,
        "tables 1 and 2 of the lecture notes, from UCI “Combined Cycle Power Plant” (P. Tüfekci and H. Kaya)",
        "CC BY 4.0",
    ),
}
