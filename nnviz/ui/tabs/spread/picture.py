"""What a moment shows of the spread of weights, sums, activations and errors, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.known import Known
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Part, Ref
from nnviz.engine.spread import (
    Axis,
    Density,
    Spread,
    are_far_apart,
    axis_of,
    density_of,
    histogram_of,
    spread_of,
)
from nnviz.engine.stage import Pass
from nnviz.engine.textbook import Textbook
from nnviz.ui.tabs.spread.columns import Cells, Column, columns_of, known_of, stepwise, values_of

FEW, TOO_FEW = 24, 5  # so many numbers are drawn one by one, and so many without an outline
BARS = 20  # of a histogram


class Scale(Enum):
    """How numbers are placed along an axis; by itself it is logarithmic where layers are far apart."""

    BY_ITSELF = "auto"
    LINEAR = "linear"
    LOGARITHMIC = "log"


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user has chosen."""

    scale: Scale = Scale.BY_ITSELF
    is_common: bool = True  # one axis for all layers of a row
    is_violin: bool = True  # else a histogram
    subject: str = ""  # the name of the column that is shown step by step


@dataclass(frozen=True, slots=True)
class Quantity:
    """A row: what it is called, the pass that computes it, and what its empty place says."""

    letter: str
    name: str
    into: Pass | None
    awaits: str


WEIGHTS = Quantity("w", "Weights", None, "no weights")
SUMS = Quantity("z", "Weighted sums", Pass.FORWARD, "comes with the forward pass")
ACTIVATIONS = Quantity("a", "Activations", Pass.FORWARD, "comes with the forward pass")
ERRORS = Quantity("δ", "Error gradients", Pass.BACKWARD, "comes with the backward pass")
QUANTITIES = (WEIGHTS, SUMS, ACTIVATIONS, ERRORS)


@dataclass(frozen=True, eq=False, slots=True)
class Violin:
    """The numbers of one layer, and their outline: half the width, at most 1, at places along the axis.

    `dots` are the places of the single numbers where they are few; where they are fewer still there is no
    outline, which would tell of numbers that do not exist.
    """

    title: str
    cells: Cells
    part: Part
    values: Array
    spread: Spread
    axis: Axis
    outline: tuple[tuple[float, float], ...]
    dots: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """A quantity in all columns; None where it is not computed, or where there `is_none`.

    `axis` is None without a common one.
    """

    quantity: Quantity
    violins: tuple[Violin | None, ...]
    axis: Axis | None
    awaits: str
    is_none: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Gradient:
    """The mean |∂E/∂w| of a layer, from the `count` of them that are computed; None before."""

    title: str
    mean: float | None
    count: int = 0
    is_trained: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class SpreadPicture:
    titles: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[Row, ...]
    gradients: tuple[Gradient, ...]
    trains: bool


Found = tuple[Cells, Part, Array, Spread]


@dataclass
class Measured:
    """What has been measured and smoothed, so that a step costs no more than what it computes."""

    kept: dict[tuple[Cells, Part], tuple[tuple[Known, ...], Array, Spread | None]] = field(
        default_factory=dict
    )
    made: dict[tuple[Cells, Part], tuple[Choice, Violin]] = field(default_factory=dict)

    def found(self, cells: Cells, part: Part, known: tuple[Known, ...]) -> Found | None:
        """The numbers and their statistics; None where there is not one finite number."""
        before, values, spread = self.kept.get((cells, part), ((), None, None))
        if values is None or not _are_same(before, known):
            values, count = values_of(cells, known)
            spread = _only_computed(spread_of(values), count)
            self.kept[cells, part] = (known, values, spread)
        return None if spread is None else (cells, part, values, spread)

    def violin(self, title: str, found: Found, axis: Axis, choice: Choice) -> Violin:
        cells, part, values, _ = found
        made = self.made.get((cells, part))
        if made is None or (made[0], made[1].axis) != (choice, axis) or made[1].values is not values:
            made = choice, _violin(title, *found, axis, choice)
            self.made[cells, part] = made
        return made[1]


def _are_same(before: tuple[Known, ...], now: tuple[Known, ...]) -> bool:
    return len(before) == len(now) and all(a.array is b.array for a, b in zip(before, now, strict=True))


def _only_computed(spread: Spread | None, count: int) -> Spread | None:
    """What is not computed is NaN as well, and no odd number."""
    return None if spread is None else replace(spread, odd=count - spread.count)


def picture_of(moment: Moment, choice: Choice, measured: Measured) -> SpreadPicture:
    """The picture at a moment, over all examples that its iteration works on.

    Steps have no weights of their own, and states no sums: rows that nothing could be in are left out.
    """
    every = columns_of(moment.graph, moment.textbook)
    columns = _of_subject(moment, every, choice) or every
    rows = [_row(moment, quantity, columns, choice, measured) for quantity in QUANTITIES]
    return SpreadPicture(
        tuple(column.title for column in columns),
        tuple(column.name for column in columns),
        tuple(row for row in rows if not all(row.is_none)),
        tuple(_gradient(moment, column.title, column.w) for column in columns if column.w is not None),
        moment.graph.trains,
    )


def subjects_of(graph: Graph, textbook: Textbook) -> tuple[str, ...]:
    """The names of the columns that may be shown step by step."""
    return tuple(column.name for column in stepwise(graph, columns_of(graph, textbook)))


def _of_subject(moment: Moment, every: tuple[Column, ...], choice: Choice) -> tuple[Column, ...]:
    """A column for every step, where one is shown step by step."""
    column = next((one for one in every if one.name == choice.subject), None)
    if column is None:
        return ()
    return tuple(column.at(step) for step in range(moment.graph.inputs.shape[0]))


def _row(
    moment: Moment, quantity: Quantity, columns: tuple[Column, ...], choice: Choice, measured: Measured
) -> Row:
    wanted = [_cells(quantity, column) for column in columns]
    found = [None if cells is None else _measure(moment, quantity, cells, measured) for cells in wanted]
    spreads = [one[-1] for one in found if one is not None]
    axis = _axis(spreads, choice) if spreads and choice.is_common else None
    violins = tuple(
        None if one is None else measured.violin(column.title, one, axis or _axis([one[-1]], choice), choice)
        for column, one in zip(columns, found, strict=True)
    )
    is_learning = quantity is not ERRORS or moment.graph.trains
    awaits = quantity.awaits if is_learning else "nothing is learned here"
    return Row(quantity, violins, axis, awaits, tuple(cells is None for cells in wanted))


def _cells(quantity: Quantity, column: Column) -> Cells | None:
    if quantity is WEIGHTS:
        return column.w
    return column.a if quantity is ACTIVATIONS else column.z


def _axis(spreads: list[Spread], choice: Choice) -> Axis:
    is_log = choice.scale is Scale.LOGARITHMIC
    return axis_of(spreads, is_log or (choice.scale is Scale.BY_ITSELF and are_far_apart(spreads)))


def _measure(moment: Moment, quantity: Quantity, cells: Cells, measured: Measured) -> Found | None:
    part = Part.DELTA if quantity is ERRORS else _newest(moment, cells) if quantity is WEIGHTS else Part.VALUE
    known = known_of(moment, cells, part)
    return None if known is None else measured.found(cells, part, known)


def _newest(moment: Moment, cells: Cells) -> Part:
    """Weights are the new ones as soon as all of them are updated."""
    known = known_of(moment, cells, Part.NEW)
    return Part.NEW if known is not None and all(one.mask is None for one in known) else Part.VALUE


def _violin(
    title: str, cells: Cells, part: Part, values: Array, spread: Spread, axis: Axis, choice: Choice
) -> Violin:
    density = density_of(values, spread) if choice.is_violin else _steps(values, spread)
    places, heights = axis.place(density.values).tolist(), density.heights.tolist()
    outline = tuple(zip(places, heights, strict=True))
    dots: tuple[float, ...] = ()
    if spread.count <= FEW and choice.is_violin:
        flat = np.ravel(values)
        dots = tuple(axis.place(flat[np.isfinite(flat)]).tolist())
        outline = outline if spread.count > TOO_FEW else ()
    return Violin(title, cells, part, values, spread, axis, outline, dots)


def _steps(values: Array, spread: Spread) -> Density:
    """A histogram as an outline: every bar from its lower edge to its upper one."""
    edges, counts = histogram_of(values, spread, BARS)
    return Density(np.repeat(edges, 2)[1:-1], np.repeat(counts / counts.max(), 2))


def _gradient(moment: Moment, title: str, cells: Cells) -> Gradient:
    if any(moment.outline.stage_of(scope, Part.GRADIENT) is None for scope in cells.scopes):
        return Gradient(title, None, is_trained=False)
    known = known_of(moment, cells, Part.GRADIENT)
    if known is None:
        return Gradient(title, None)
    values, count = values_of(cells, known)
    sizes = np.abs(values if count == values.size else values[~np.isnan(values)])
    return Gradient(title, float(sizes.mean()) if sizes.size else None, sizes.size)


def decades_of(gradients: tuple[Gradient, ...]) -> tuple[int, int] | None:
    """The powers of ten between which all means lie; None where there is no mean above 0."""
    found = [g.mean for g in gradients if g.mean is not None and g.mean > 0 and math.isfinite(g.mean)]
    if not found:
        return None
    first, last = math.floor(math.log10(min(found))), math.ceil(math.log10(max(found)))
    return (first - 1 if 10.0**first == min(found) else first), max(last, first + 1)


def nearest(violin: Violin, place: float, moment: Moment) -> Ref | None:
    """The number of a violin that is nearest to a place on its axis; of equal ones the focus example's."""
    distances = np.abs(violin.axis.place(violin.values) - place)
    distances = np.where(np.isfinite(distances), distances, np.inf)
    at = np.unravel_index(int(distances.argmin()), distances.shape)
    row, *unit = map(int, at)
    cells = violin.cells
    if moment.graph[cells.scopes[0]].is_parameter:
        scope, cell = cells.weight(moment.graph, (row, *unit))
        return Ref(scope, violin.part, cell)
    if distances[(moment.row, *unit)] <= distances[at]:
        row = moment.row
    example = moment.rows[row]
    is_focus = example == moment.focus
    return Ref(cells.scopes[0], violin.part, cells.unit(tuple(unit)), None if is_focus else example)


def facts_of(violin: Violin) -> Iterator[tuple[str, float | str]]:
    """What is told of a violin: names and numbers."""
    spread = violin.spread
    yield "n", f"{spread.count:,}"
    yield "mean", spread.mean
    yield "median", spread.median
    yield "deviation σ", spread.deviation
    yield "min", spread.low
    yield "max", spread.high
    if spread.odd:
        yield "left out", f"{spread.odd:,} that are infinite or not a number"


def heading_of(moment: Moment) -> str:
    """Over which examples."""
    count = len(moment.rows)
    return "1 example" if count == 1 else f"all {count:,} examples"
