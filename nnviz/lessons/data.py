"""The data of a lesson: from raw columns to what the network reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nnviz.engine.measures import Examples
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.preparation import Bin, Category, ClassColumn, Preparation, Scaling, Signed
from nnviz.lessons.bins import bins_of
from nnviz.lessons.errors import BuildError
from nnviz.lessons.lesson import Encoding, ImageInfo, SequenceInfo
from nnviz.lessons.schema_data import ColumnsTable, GenerateTable, RecordsTable
from nnviz.lessons.splits import Rows, parts_of

Form = ColumnsTable | RecordsTable | GenerateTable
PLAIN = Scaling("none")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Inputs (N, …) and targets (N, n_out; n_out may be 0), with the way they came about.

    `input_names` are what the columns of the inputs are called, `names` the examples. Images come with their
    size. `validation` and `test` are prepared with the constants of the examples that are trained on.
    """

    inputs: Array
    targets: Array
    preparation: Preparation
    names: tuple[str, ...]
    classes: tuple[str, ...] = ()
    image: ImageInfo | None = None
    source: str = ""
    test: Examples | None = None
    validation: Examples | None = None
    encoding: Encoding | None = None
    input_names: tuple[str, ...] = ()
    given: Mapping[str, Array] = field(default_factory=dict)  # of sequences, by the scope of a node
    sequence: SequenceInfo | None = None


@dataclass(frozen=True)
class RawTable:
    """Raw columns (N, inputs and then targets), and what is known about each of them.

    `words` are the words of a column that holds words (see `Preparation`), `classes` those that it is encoded
    as, `bounds` the range of a column where it is not that of the rows. An `is_lenient` table may have
    constant columns: they are left as they are, and `notes` say so beside what they said before.
    """

    values: Array
    columns: tuple[str, ...]
    inputs: int
    words: tuple[tuple[str, ...], ...] = ()
    classes: tuple[tuple[Category, ...], ...] = ()
    bounds: tuple[tuple[float, float] | None, ...] = ()
    notes: tuple[str, ...] = ()
    source: str = ""
    is_lenient: bool = False

    def classes_of(self, column: int) -> tuple[Category, ...]:
        return self.classes[column] if self.classes else ()

    @property
    def target_classes(self) -> tuple[Category, ...]:
        """The classes of the one target, where it has classes."""
        return self.classes_of(self.inputs) if len(self.columns) == self.inputs + 1 else ()


@dataclass
class _Layout:
    """The columns that the network reads: where each comes from, and the class it stands for."""

    sources: list[int] = field(default_factory=list)
    classes: list[ClassColumn | None] = field(default_factory=list)

    def add(self, source: int, classes: Sequence[ClassColumn | None]) -> None:
        self.sources += [source] * len(classes)
        self.classes += classes


def prepared(table: ColumnsTable, inputs: int) -> Prepared:
    """Check the rows of a lesson and prepare them. Raises BuildError."""
    raw = RawTable(_raw(table, inputs), tuple(table.columns), inputs)
    return prepared_table(table, raw)


def prepared_table(table: Form, raw: RawTable) -> Prepared:
    """Split, scale and encode a table. Raises BuildError."""
    with np.errstate(all="ignore"):  # what overflows is told below
        return _prepared(table, raw)


def _prepared(table: Form, raw: RawTable) -> Prepared:
    strata = raw.values[:, raw.inputs] if raw.target_classes else None
    parts = parts_of(table.split, len(raw.values), strata)
    training = raw.values[parts.training]
    scalings, notes = _scalings(table, raw, training)
    layout, classes, inputs = _layout(table, raw, training, scalings)
    preparation = Preparation(
        training,
        raw.columns,
        tuple(scalings[source] for source in layout.sources),
        tuple(layout.sources),
        tuple(layout.classes),
        raw.words,
        (*raw.notes, *notes, *parts.notes()),
    )
    network = _finite(preparation.prepare())
    return Prepared(
        network[:, :inputs],
        network[:, inputs:],
        preparation,
        kept_names(table.names, len(raw.values), parts.training, "row"),
        tuple(one.name for one in classes),
        source=raw.source,
        test=_examples(preparation, raw.values[parts.test], inputs),
        validation=_examples(preparation, raw.values[parts.validation], inputs),
        encoding=(table.encoding or "one_hot") if classes else None,
        input_names=tuple(_column_name(preparation, i) for i in range(inputs)),
    )


def _examples(preparation: Preparation, raw: Array, inputs: int) -> Examples | None:
    if not len(raw):
        return None
    network = _finite(preparation.prepare(raw))
    return Examples(network[:, :inputs], network[:, inputs:])


def _finite(network: Array) -> Array:
    if not np.isfinite(network).all():
        raise BuildError("data.normalize", "found numbers that overflow when they are normalized")
    return network


def _column_name(preparation: Preparation, column: int) -> str:
    """What an input is called: its column, or ``color = red`` where it is one class of a column of words."""
    name = preparation.columns[preparation.sources[column]]
    one = preparation.bins[column]
    return name if one is None else f"{name} = {one.name}"


def _raw(table: ColumnsTable, inputs: int) -> Array:
    wanted = inputs + table.targets
    if len(table.columns) != wanted:
        parts = f"{inputs} inputs and {table.targets} targets"
        message = f"found {counted(len(table.columns), 'column')}, wanted {wanted}: {parts}"
        raise BuildError("data.columns", message)
    for row, values in enumerate(table.rows, 1):
        if len(values) != wanted:
            raise BuildError(
                "data.rows", f"row {row}: found {counted(len(values), 'number')}, wanted {wanted}"
            )
    return np.array(table.rows, dtype=np.float64)


# Scaling


def _scalings(table: Form, raw: RawTable, training: Array) -> tuple[list[Scaling], list[str]]:
    """The scaling of every raw column from the rows that are trained on, and what there is to say."""
    scalings = [_scaling(table, raw, training[:, column], column) for column in range(len(raw.columns))]
    flat = [raw.columns[i] for i, scaling in enumerate(scalings) if scaling is None]
    notes = []
    if flat:
        listed = ", ".join(flat[:3]) + ("" if len(flat) <= 3 else f" and {len(flat) - 3} more")
        notes = [f"left unscaled, as every row has the same number: {listed}"]
    return [scaling or PLAIN for scaling in scalings], notes


def _scaling(table: Form, raw: RawTable, values: Array, column: int) -> Scaling | None:
    """The scaling of one column; None for a constant one that is left as it is."""
    normalize = table.normalize
    low, high = _given(table, raw, column)
    is_target = column >= raw.inputs
    if normalize is None or raw.classes_of(column) or (is_target and not normalize.targets):
        return PLAIN
    if low == 0.0 and high is not None and raw.bounds and raw.bounds[column] == (low, high):
        return Scaling("divide", low, high, normalize.decimals)
    scaling = Scaling.of(normalize.method, values, normalize.decimals, low, high)
    name = raw.columns[column]
    if not (np.isfinite(scaling.low) and np.isfinite(scaling.scale)):
        message = f"column {name}: found numbers that overflow when they are normalized"
        raise BuildError("data.normalize", message)
    if normalize.method == "none" or scaling.scale > 0:
        return scaling
    if raw.is_lenient and low is None:
        return None
    what = "max − min" if normalize.method == "range" else "standard deviation"
    message = f"column {name}: found a {what} of {scaling.scale:g}, wanted more than 0"
    raise BuildError("data.normalize", message)


def _given(table: Form, raw: RawTable, column: int) -> tuple[float | None, float | None]:
    """The range of a column as the lesson gives it, or else as its table knows it."""
    normalize = table.normalize
    if normalize is None:
        return None, None
    ends = [_end(normalize.method, field, getattr(normalize, field), raw, column) for field in ("min", "max")]
    bounds = raw.bounds[column] if raw.bounds and normalize.method == "range" else None
    if bounds is not None and ends == [None, None]:
        return bounds
    return ends[0], ends[1]


def _end(method: str, field: str, values: list[float] | None, raw: RawTable, column: int) -> float | None:
    if values is None:
        return None
    if method != "range":
        raise BuildError(f"data.normalize.{field}", "only range normalization takes it")
    if len(values) != len(raw.columns):
        wanted = f"wanted {len(raw.columns)}, one a column"
        raise BuildError(f"data.normalize.{field}", f"found {counted(len(values), 'number')}, {wanted}")
    return values[column]


# Classes


def _layout(
    table: Form, raw: RawTable, training: Array, scalings: list[Scaling]
) -> tuple[_Layout, Sequence[Bin | Category], int]:
    """The columns of the network, the classes of its targets, and how many of the columns are inputs."""
    layout = _Layout()
    for column in range(raw.inputs):
        layout.add(column, raw.classes_of(column) or (None,))
    inputs = len(layout.sources)
    classes = _target_classes(table, raw, training, scalings)
    if classes:
        layout.add(raw.inputs, encoded(classes, table.encoding))
        return layout, classes, inputs
    if table.encoding is not None:
        raise BuildError("data.encoding", f"found “{table.encoding}” for targets that are no classes")
    for column in range(raw.inputs, len(raw.columns)):
        layout.add(column, (None,))
    return layout, (), inputs


def _target_classes(
    table: Form, raw: RawTable, training: Array, scalings: list[Scaling]
) -> Sequence[Bin | Category]:
    if table.bins is None:
        return raw.target_classes
    if raw.target_classes:
        raise BuildError("data.bins", "found for a target that has classes already, wanted a numeric one")
    targets = len(raw.columns) - raw.inputs
    if targets != 1:
        message = f"found {targets} target columns, wanted the one that is cut into classes"
        raise BuildError("data.bins", message)
    return bins_of(table.bins, scalings[raw.inputs].apply(training[:, raw.inputs]))


def encoded(classes: Sequence[Bin | Category], encoding: Encoding | None) -> Sequence[ClassColumn]:
    """The target columns for classes. Raises BuildError for a code of two classes where there are others."""
    if encoding in (None, "one_hot"):
        return classes
    if len(classes) != 2:
        raise BuildError(
            "data.encoding", f"found “{encoding}” for {len(classes)} classes, wanted two classes"
        )
    return (classes[1] if encoding == "single" else Signed(classes[1]),)


# Names


def kept_names(names: list[str] | None, count: int, rows: Rows, what: str) -> tuple[str, ...]:
    """What the examples are called that stand in some of `count` rows: as the lesson says, or d1, d2, …"""
    if names is None:
        return tuple(f"d{i + 1}" for i in range(len(rows)))
    if len(names) != count:
        raise BuildError("data.names", f"found {len(names)}, wanted {count}, one for each {what}")
    return tuple(names[row] for row in rows)
