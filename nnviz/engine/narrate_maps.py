"""Sentences about feature maps: where the filter lies, who won a window, where an error goes back to."""

from __future__ import annotations

from nnviz.engine.graph import ConvolutionLayer, Layer, PoolingLayer, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.narrate_slopes import delta_in_words
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array, Cell, Contraction, Factor, Pooling
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ops.elementwise import Identity, ReLU
from nnviz.engine.ops.pooling import MaxPool
from nnviz.engine.ref import Part, Ref
from nnviz.engine.stage import Depth, Kind, Stage


def about_maps(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> str:
    """A step that covers a whole map or layer."""
    maps = layer.a.shape[0]
    which = "the map" if maps == 1 else f"all {maps} maps"
    if depth is Depth.MAP and maps > 1:
        which = f"map {stage.group_at(moment.cursor.position) + 1}"
    every = f"Every cell of {which} of {layer.title}"
    match stage.kind:
        case Kind.SUM:
            return f"{every}: the same filter on another part of {_source(moment, layer)}."
        case Kind.ACTIVATION:
            return f"{every} goes through φ, each for itself."
        case Kind.POOL:
            kept = "the largest number" if isinstance(layer.a.op, MaxPool) else "the mean"
            return f"{every} keeps {kept} of its window."
        case Kind.ERROR | Kind.DELTA:
            return f"{every} has the error that comes back to it."
        case Kind.GRADIENT:
            return f"Every weight of {layer.title}: what it did at all of its positions, added up."
    return (
        f"Every weight of {layer.title} takes a step against its gradient, at all of its positions at once."
    )


def about_cell(moment: Moment, ref: Ref, layer: Layer) -> str:
    """A number of a map; empty where it is said as of any neuron."""
    if ref.part is Part.VALUE and isinstance(layer, ConvolutionLayer) and ref.scope == layer.z.scope:
        return _about_sum(moment, ref, layer)
    if ref.part is Part.VALUE and isinstance(layer, ConvolutionLayer):
        return _about_activation(moment, ref, layer)
    if ref.part is Part.VALUE and isinstance(layer, PoolingLayer):
        return _about_window(moment, ref, layer)
    above = moment.graph.consumer_layer(layer.a)
    if ref.part is Part.GRADIENT and ref.scope == layer.a.scope:
        if isinstance(above, PoolingLayer):
            return _about_routing(moment, ref, layer, above)
        if isinstance(above, ConvolutionLayer) and readers(moment, above, ref):
            return "Every field that covers this cell sends its δ back through the filter; all are added up."
    if ref.part is Part.DELTA and isinstance(above, PoolingLayer):
        return _about_lost(moment, ref, layer, above)
    if isinstance(above, ConvolutionLayer) and not readers(moment, above, ref):
        return f"No filter of {above.title} reads this cell, so no error comes back to it: its error is 0."
    return ""


def readers(moment: Moment, above: WeightedLayer, ref: Ref) -> int:
    """How many neurons or cells of a layer read a number of its input."""
    op = above.z.op
    assert isinstance(op, Contraction)
    shapes = (moment.shape(moment.graph.nodes[i], ref.example) for i in above.z.inputs)
    return sum(1 for _ in op.uses(Factor(0, ref.cell), *shapes))


def _about_lost(moment: Moment, ref: Ref, layer: Layer, above: PoolingLayer) -> str:
    """δ of a cell that no error comes back to, whatever its slope is; empty for a winner."""
    if moment.value(Ref(layer.a.scope, Part.GRADIENT, ref.cell, ref.example)) != 0:
        return ""
    return _about_routing(moment, ref, layer, above)


def _about_sum(moment: Moment, ref: Ref, layer: ConvolutionLayer) -> str:
    op = layer.z.op
    assert isinstance(op, Convolution)
    turned = "turned by 180° " if op.flipped else ""
    words = moment.notation.maps.filter_words(layer, ref.cell[0]) if moment.notation.maps else "the filter"
    over = " and over the edge" if _reaches_out(op, ref.cell, layer) else ""
    channels = " in every channel" if layer.x.shape[0] > 1 else ""
    place = _stretch(op, ref.cell, layer)
    where = f"{words[0].upper()}{words[1:]} lies {turned}on {place}{over}{channels}"
    return f"{where}: each weight times what is under it, added up."


def _about_activation(moment: Moment, ref: Ref, layer: ConvolutionLayer) -> str:
    if isinstance(layer.a.op, Identity):
        return "φ changes nothing here: a is z."
    if not isinstance(layer.a.op, ReLU):
        return "The weighted sum goes through φ, cell by cell."
    if moment.value(ref) == 0:
        return "z is not above 0: the feature is not there, and the cell is silent."
    return "z is above 0 and passes as it is: here the filter has found its feature."


def _stretch(op: Convolution, cell: Cell, layer: ConvolutionLayer) -> str:
    """Which rows and columns of its input a cell reads."""
    parts = []
    for axis, word in enumerate(("row", "column")):
        size, room = layer.w.shape[2 + axis], layer.x.shape[1 + axis]
        first = cell[1 + axis] * op.stride[axis] - op.padding[axis]
        if room > 1 or size > 1:
            parts.append(_from_to(word, max(first, 0), min(first + size, room) - 1))
    return ", ".join(part for part in parts if part) or "the edge"


def _from_to(word: str, first: int, last: int) -> str:
    if last < first:
        return ""
    return f"{word} {first}" if first == last else f"{word}s {first}–{last}"


def _reaches_out(op: Convolution, cell: Cell, layer: ConvolutionLayer) -> bool:
    for axis in (0, 1):
        first = cell[1 + axis] * op.stride[axis] - op.padding[axis]
        if first < 0 or first + layer.w.shape[2 + axis] > layer.x.shape[1 + axis]:
            return True
    return False


def _about_window(moment: Moment, ref: Ref, layer: PoolingLayer) -> str:
    op = layer.a.op
    assert isinstance(op, Pooling)
    if not isinstance(op, MaxPool):
        return f"The mean of the {op.size[0] * op.size[1]} cells in its window."
    known = moment.array(layer.x.scope)
    if known is None:
        return ""
    values = known.array[_row(moment, ref)]
    window = op.window(ref.cell, layer.x.shape)
    winner = next(cell for cell in window if op.slope(ref.cell, cell, values) == 1.0)
    ties = sum(bool(values[cell] == values[winner]) for cell in window)
    below = moment.notation.layer_below(layer)
    name = moment.notation.neuron(below, _index(winner, layer.x.shape))
    if ties > 1:
        return f"{ties} cells of the window are largest; {name} comes first and counts as the winner."
    return f"The largest number of the window wins: it stands in {name}."


def _why_lost(ref: Ref, op: MaxPool, windows: list[Cell], values: Array) -> str:
    """Smaller than another cell, or as large as one that comes first."""
    largest = [max(values[cell] for cell in op.window(window, values.shape)) for window in windows]
    if any(values[ref.cell] == most for most in largest):
        why = "It was as large as the winner, which comes first and alone counts"
    else:
        why = "It was not the largest of its window"
    return f"{why}, so nothing of the error comes back to it."


def _about_routing(moment: Moment, ref: Ref, layer: Layer, above: PoolingLayer) -> str:
    op = above.a.op
    assert isinstance(op, Pooling)
    windows = op.windows_of(ref.cell, above.x.shape)
    if not windows:
        return "No window reads this cell, so no error comes back to it: its error is 0."
    if not isinstance(op, MaxPool):
        return "Every cell of a window gets the same part of its error."
    known = moment.array(above.x.scope)
    assert known is not None
    won = sum(op.slope(window, ref.cell, known.array[_row(moment, ref)]) for window in windows)
    if not won:
        return _why_lost(ref, op, windows, known.array[_row(moment, ref)])
    return "It won its window, so the whole error of the window comes back to it, and none to the others."


def about_filter(moment: Moment, ref: Ref) -> str:
    """The gradient of a shared weight, or of one example's share in it; empty for anything else."""
    node = moment.graph[ref.scope]
    layer = moment.graph.layer_of(node)
    if not isinstance(layer, ConvolutionLayer) or ref.part not in (Part.GRADIENT, Part.SHARE):
        return ""
    uses, examples = layer.z.shape[1] * layer.z.shape[2], len(moment.rows)
    what = moment.notation.caption(ref.of(Part.VALUE))
    over = ["all of them"] if uses > 1 else []
    over += [f"{examples} examples"] if examples > 1 and ref.part is Part.GRADIENT else []
    product = delta_in_words(moment) + " there" + ("" if node is layer.b else " times what lay under it")
    added = f", added up over {' and '.join(over)}" if over else ""
    return f"The {what} was used at {counted(uses, 'position')}: {product}{added}."


def _source(moment: Moment, layer: Layer) -> str:
    below = moment.notation.layer_below(layer) if isinstance(layer, WeightedLayer) else None
    return "the image" if below is None else below.title


def _row(moment: Moment, ref: Ref) -> int:
    return moment.place_of(moment.focus if ref.example is None else ref.example)


def _index(cell: Cell, shape: Cell) -> int:
    index = 0
    for i, length in zip(cell, shape, strict=True):
        index = index * length + i
    return index
