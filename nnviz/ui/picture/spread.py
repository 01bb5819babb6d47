"""What a moment shows of the spread of weights, sums, activations and errors, layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

import numpy as np

from nnviz.engine.graph import Graph, WeightedLayer
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
    scope: str
    part: Part
    values: Array
    spread: Spread
    axis: Axis
    outline: tuple[tuple[float, float], ...]
    dots: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Row:
    """A quantity in all layers; None where it is not computed. `axis` is None without a common one."""

    quantity: Quantity
    violins: tuple[Violin | None, ...]
    axis: Axis | None
    awaits: str


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
    rows: tuple[Row, ...]
    gradients: tuple[Gradient, ...]
    trains: bool


Found = tuple[str, Part, Array, Spread]


@dataclass
class Measured:
    """What has been measured and smoothed, so that a step costs no more than what it computes."""

    kept: dict[tuple[str, Part], tuple[Array, Spread | None]] = field(default_factory=dict)
    made: dict[tuple[str, Part], tuple[Choice, Violin]] = field(default_factory=dict)

    def spread(self, key: tuple[str, Part], values: Array) -> Spread | None:
        array, spread = self.kept.get(key, (None, None))
        if array is not values:
            spread = spread_of(values)
            self.kept[key] = (values, spread)
        return spread

    def violin(self, title: str, found: Found, axis: Axis, choice: Choice) -> Violin:
        scope, part, values, _ = found
        made = self.made.get((scope, part))
        if made is None or (made[0], made[1].axis) != (choice, axis) or made[1].values is not values:
            made = choice, _violin(title, *found, axis, choice)
            self.made[scope, part] = made
        return made[1]


def picture_of(moment: Moment, choice: Choice, measured: Measured) -> SpreadPicture:
    """The picture at a moment, over all examples that its iteration works on."""
    layers = layers_of(moment.graph)
    return SpreadPicture(
        tuple(layer.title for layer in layers),
        tuple(_row(moment, quantity, layers, choice, measured) for quantity in QUANTITIES),
        tuple(_gradient(moment, layer) for layer in layers),
        moment.graph.trains,
    )


def layers_of(graph: Graph) -> tuple[WeightedLayer, ...]:
    """The layers that have weights: pooling only chooses among the numbers of another layer."""
    return tuple(layer for layer in graph.layers if isinstance(layer, WeightedLayer))


def _row(
    moment: Moment,
    quantity: Quantity,
    layers: tuple[WeightedLayer, ...],
    choice: Choice,
    measured: Measured,
) -> Row:
    found = [_measure(moment, quantity, layer, measured) for layer in layers]
    spreads = [one[-1] for one in found if one is not None]
    axis = _axis(spreads, choice) if spreads and choice.is_common else None
    violins = tuple(
        None if one is None else measured.violin(layer.title, one, axis or _axis([one[-1]], choice), choice)
        for layer, one in zip(layers, found, strict=True)
    )
    is_learning = quantity is not ERRORS or moment.graph.trains
    return Row(quantity, violins, axis, quantity.awaits if is_learning else "nothing is learned here")


def _axis(spreads: list[Spread], choice: Choice) -> Axis:
    is_log = choice.scale is Scale.LOGARITHMIC
    return axis_of(spreads, is_log or (choice.scale is Scale.BY_ITSELF and are_far_apart(spreads)))


def _measure(moment: Moment, quantity: Quantity, layer: WeightedLayer, measured: Measured) -> Found | None:
    scope, part, known = _known(moment, quantity, layer)
    if known is None:
        return None
    spread = measured.spread((scope, part), known.array)
    # What is not computed is NaN as well, and no odd number.
    return None if spread is None else (scope, part, known.array, _only_computed(spread, known))


def _only_computed(spread: Spread, known: Known) -> Spread:
    if known.mask is None or not spread.odd:
        return spread
    odd = int(known.mask.sum()) - spread.count
    return Spread(spread.count, spread.mean, spread.median, spread.deviation, spread.low, spread.high, odd)


def _known(moment: Moment, quantity: Quantity, layer: WeightedLayer) -> tuple[str, Part, Known | None]:
    """Where the numbers of a layer stand: weights are the new ones as soon as all of them are updated."""
    if quantity is WEIGHTS:
        new = moment.array(layer.w.scope, Part.NEW)
        part = Part.NEW if new is not None and new.mask is None else Part.VALUE
        return layer.w.scope, part, moment.array(layer.w.scope, part)
    node = layer.a if quantity is ACTIVATIONS else layer.z
    part = Part.DELTA if quantity is ERRORS else Part.VALUE
    return node.scope, part, moment.array(node.scope, part)


def _violin(
    title: str, scope: str, part: Part, values: Array, spread: Spread, axis: Axis, choice: Choice
) -> Violin:
    density = density_of(values, spread) if choice.is_violin else _steps(values, spread)
    places, heights = axis.place(density.values).tolist(), density.heights.tolist()
    outline = tuple(zip(places, heights, strict=True))
    dots: tuple[float, ...] = ()
    if spread.count <= FEW and choice.is_violin:
        flat = np.ravel(values)
        dots = tuple(axis.place(flat[np.isfinite(flat)]).tolist())
        outline = outline if spread.count > TOO_FEW else ()
    return Violin(title, scope, part, values, spread, axis, outline, dots)


def _steps(values: Array, spread: Spread) -> Density:
    """A histogram as an outline: every bar from its lower edge to its upper one."""
    edges, counts = histogram_of(values, spread, BARS)
    return Density(np.repeat(edges, 2)[1:-1], np.repeat(counts / counts.max(), 2))


def _gradient(moment: Moment, layer: WeightedLayer) -> Gradient:
    if moment.outline.stage_of(layer.w.scope, Part.GRADIENT) is None:
        return Gradient(layer.title, None, is_trained=False)
    known = moment.array(layer.w.scope, Part.GRADIENT)
    if known is None:
        return Gradient(layer.title, None)
    sizes = np.abs(known.array if known.mask is None else known.array[known.mask])
    return Gradient(layer.title, float(sizes.mean()) if sizes.size else None, sizes.size)


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
    if moment.graph[violin.scope].is_parameter:
        cell = np.unravel_index(int(distances.argmin()), distances.shape)
        return Ref(violin.scope, violin.part, tuple(map(int, cell)))
    at = np.unravel_index(int(distances.argmin()), distances.shape)
    row, *unit = map(int, at)
    if distances[(moment.row, *unit)] <= distances[at]:
        row = moment.row
    example = moment.rows[row]
    return Ref(violin.scope, violin.part, tuple(unit), None if example == moment.focus else example)


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
