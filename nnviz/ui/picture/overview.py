"""What the band at the bottom of the canvas shows of every layer: its numbers as colors, and marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nnviz.engine.graph import Graph, Layer, Node, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.notation import Notation
from nnviz.engine.ops.base import Array, Cell
from nnviz.engine.ops.rounding import place_of_largest
from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.maps_parts import Tone, Values
from nnviz.ui.picture.reader import Reader

TIMES = "×"
OF_WEIGHTS = (Kind.GRADIENT, Kind.UPDATE)
BACK_MARKS = {Part.DELTA: "δ", Part.GRADIENT: "∂E/∂p"}
Quantities = tuple[tuple[str, Part], ...]


@dataclass(frozen=True, slots=True)
class Label:
    """What stands under a layer, in full and where there is little room."""

    full: str
    short: str


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The numbers of a layer as colors, NaN where none is computed: (map, row, column), or a vector.

    A cell shows the first of `quantities` that is computed; `mark` names what has come back. `ring` is the
    pass that works on the layer now, on its map `current`. `winner` is the largest of all
    outputs, called `winner_name`.
    """

    quantities: Quantities
    values: Values
    tone: Tone
    largest: float
    mark: str = ""
    ring: Pass | None = None
    current: int | None = None
    selected: Cell | None = None
    pointed: Cell | None = None
    winner: int | None = None
    winner_name: str = ""

    def has_colors_of(self, other: Thumbnail) -> bool:
        """Whether all cells look the same."""
        return (self.values, self.tone, self.largest) == (other.values, other.tone, other.largest)


def nodes_of(graph: Graph) -> tuple[Node, ...]:
    """The image, and what every layer hands on: what the band shows from left to right."""
    return (graph.inputs, *(layer.a for layer in graph.layers))


def labels_of(graph: Graph, notation: Notation) -> tuple[Label, ...]:
    """`C1 6@28×28`, `dense 120`."""
    image = notation.maps.image_name if notation.maps is not None else ""
    titles = (image or "Image", *(layer.title for layer in graph.layers))
    nodes = nodes_of(graph)
    return tuple(Label(f"{title} {_size(node)}", title) for title, node in zip(titles, nodes, strict=True))


def _size(node: Node) -> str:
    if len(node.shape) == 1:
        return f"{node.shape[0]:,}"
    maps, rows, columns = node.shape
    plane = f"{rows}{TIMES}{columns}" if rows > 1 else str(columns)
    return plane if maps == 1 else f"{maps}@{plane}"


def overview_of(reader: Reader) -> tuple[Thumbnail, ...]:
    """The image and every layer at a moment."""
    moment = reader.moment
    return (_image(reader), *(_layer(reader, layer) for layer in moment.graph.layers))


def _image(reader: Reader) -> Thumbnail:
    moment, node = reader.moment, reader.moment.graph.inputs
    values = _values(moment, node, Part.VALUE)
    assert values is not None
    largest = _largest(values)
    tone = Tone.SIGNED if (values < 0).any() else Tone.GRAY
    quantities = ((node.scope, Part.VALUE),)
    marks = _marks(reader, quantities)
    scale = 1.0 if largest <= 1 else largest
    return Thumbnail(quantities, Values(values), tone, scale, "", None, None, *marks)


def _layer(reader: Reader, layer: Layer) -> Thumbnail:
    """The error gradients of a layer as soon as one is computed, before that its activations."""
    moment = reader.moment
    back = (layer.z, Part.DELTA) if isinstance(layer, WeightedLayer) else (layer.a, Part.GRADIENT)
    values = _values(moment, *back)
    is_backward = values is not None
    quantities: Quantities = ((back[0].scope, back[1]),) if is_backward else tuple(_forward(layer))
    if values is None:
        values = _activations(moment, layer)
    stage = moment.stage
    is_current = stage is not None and stage.layer is layer and reader.depth <= Depth.LAYER
    winner, name = (None, "") if is_backward else _winner(moment, layer, values)
    return Thumbnail(
        quantities,
        Values(values),
        Tone.SIGNED,
        _largest(values) or 1.0,
        BACK_MARKS[back[1]] if is_backward else "",
        stage.into if stage is not None and is_current else None,
        _current_map(reader, layer) if is_current else None,
        *_marks(reader, quantities),
        winner,
        name,
    )


def _forward(layer: Layer) -> Iterator[tuple[str, Part]]:
    yield layer.a.scope, Part.VALUE
    if isinstance(layer, WeightedLayer):
        yield layer.z.scope, Part.VALUE


def _values(moment: Moment, node: Node, part: Part) -> Array | None:
    """A quantity of the example in focus; None where nothing of it is computed."""
    known = moment.array(node.scope, part)
    return None if known is None else known.array[moment.row]


def _activations(moment: Moment, layer: Layer) -> Array:
    """a where it is computed, else z."""
    a = _values(moment, layer.a, Part.VALUE)
    known = moment.array(layer.a.scope)
    if a is not None and known is not None and known.mask is None:
        return a
    z = _values(moment, layer.z, Part.VALUE) if isinstance(layer, WeightedLayer) else None
    if a is None and z is None:
        return np.full(layer.a.shape, np.nan)
    if a is None or z is None:
        return z if a is None and z is not None else np.asarray(a)
    return np.where(np.isnan(a), z, a)


def _largest(values: Array) -> float:
    """The largest amount, the end of the color scale."""
    return float(np.fmax.reduce(np.abs(values), axis=None, initial=0.0))


def _current_map(reader: Reader, layer: Layer) -> int | None:
    """The map that the step was about."""
    stage = reader.moment.stage
    if stage is None or not layer.is_map or reader.depth > Depth.MAP:
        return None
    return stage.group_at(reader.moment.cursor.position)


def _winner(moment: Moment, layer: Layer, values: Array) -> tuple[int | None, str]:
    """The class that the network takes the example for, once all outputs are computed."""
    known = moment.array(layer.a.scope)
    is_output = layer is moment.graph.output and not layer.is_map and layer.units > 1
    if not is_output or known is None or known.mask is not None:
        return None, ""
    winner = place_of_largest(values)
    names = moment.notation.class_names
    return winner, names[winner] if winner < len(names) else ""


def _marks(reader: Reader, quantities: Quantities) -> tuple[Cell | None, Cell | None]:
    """The cells that are selected and pointed at."""
    refs = (reader.selection, reader.pointed)
    selected, pointed = (ref.cell if ref and _stands_in(ref, quantities) else None for ref in refs)
    return selected, pointed


def _stands_in(ref: Ref, quantities: Quantities) -> bool:
    return (ref.scope, ref.part) in quantities and ref.example is None
