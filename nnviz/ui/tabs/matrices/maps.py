"""The equation of one cell of a map, or of one weight of a filter: what it is made from, written as columns.

A receptive field becomes a column, channel by channel and row by row, and so does the filter: one cell of
a convolution is then the same product of two vectors as one neuron of a dense layer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, Layer, Node, PoolingLayer, WeightedLayer
from nnviz.engine.ops.base import PADDING, Contraction, Elementwise, Factor, Pooling, Use
from nnviz.engine.ops.elementwise import Identity
from nnviz.engine.outline import Kind
from nnviz.engine.ref import Part, Ref
from nnviz.engine.units import Cells, WeightsOfFilters
from nnviz.ui.layout.matrix_equation import (
    Axis,
    Block,
    Entry,
    Formula,
    Place,
    Sign,
    cell_used,
    learning_rate,
    tone_of,
    whole_used,
)

PADDING_ENTRY = 0.0  # what lies outside of the image


def is_of_maps(place: Place) -> bool:
    """Whether a place is one cell of a map or one weight of a filter."""
    return place.stage.layer is not None and place.stage.layer.is_map


def map_title(place: Place) -> str:
    """What the equation computes: “Cell (2,0) of map 2 of Convolution”."""
    ref = _subject(place)
    if isinstance(place.stage.places, WeightsOfFilters):
        words = place.moment.notation.caption(ref.of(Part.VALUE))
    else:
        words = place.moment.notation.neuron(_layer(place), _unit(place))
    return words[:1].upper() + words[1:]


def map_note(place: Place) -> str:
    """How the columns are to be read."""
    if place.stage.kind is Kind.SUM:
        return "The field as a column: row by row, channel by channel."
    return ""


def map_formulas(place: Place) -> tuple[Formula, ...]:
    """The equations of a stage of maps, for one of its units."""
    return _FORMULAS[place.stage.kind](place)


# What it is about


def _layer(place: Place) -> Layer:
    assert place.stage.layer is not None
    return place.stage.layer


def _convolution(place: Place) -> ConvolutionLayer:
    layer = _layer(place)
    assert isinstance(layer, ConvolutionLayer)
    return layer


def _unit(place: Place) -> int:
    return place.unit or 0


def _cell(place: Place) -> tuple[int, ...]:
    assert isinstance(place.stage.places, Cells)
    return place.stage.places.cell(_unit(place))


def _subject(place: Place) -> Ref:
    """The number, or the first of the numbers, that the unit computes."""
    return place.stage.results(_unit(place))[0][0]


# Forward


def _sum(place: Place) -> tuple[Formula, ...]:
    """z = Σ w ⊙ x over the receptive field, with 1 for the bias; also a where φ changes nothing."""
    layer = _convolution(place)
    terms = list(_op(layer).terms(_cell(place), *_shapes(place, layer)))
    nodes = [place.graph.nodes[i] for i in layer.z.inputs]
    weights = [Ref(nodes[term[0].slot].scope, cell=term[0].cell) for term in terms]
    reads = [_read(place, layer, term[1]) if len(term) > 1 else 1.0 for term in terms]
    z = _one(place, layer.z, Part.VALUE, "z", "forward")
    w = _column("w", weights, nodes[1:], Part.VALUE, "signed", Axis.SOURCE)
    x = _column("x", reads, [layer.x], Part.VALUE, tone_of(place.graph, layer.x), Axis.SOURCE)
    formula = (z, Sign("= Σ"), _used(w, place), Sign("⊙"), _used(x, place))
    if isinstance(layer.a.op, Identity):
        return formula, (_one(place, layer.a, Part.VALUE, "a = z", "forward"),)
    return (formula,)


def _activation(place: Place) -> tuple[Formula, ...]:
    """a = φ(z)."""
    layer = _convolution(place)
    a = _one(place, layer.a, Part.VALUE, "a", "forward")
    z = _one(place, layer.z, Part.VALUE, "z", "forward")
    return ((a, Sign(f"= {layer.a.op.symbol}"), whole_used(z)),)


def _pool(place: Place) -> tuple[Formula, ...]:
    """p = the largest or the mean of its window, which stands as it lies on the map."""
    layer = _layer(place)
    op = layer.a.op
    assert isinstance(op, Pooling)
    window = op.window(_cell(place), layer.x.shape)
    columns = len({cell[2] for cell in window})
    example = place.example

    def entry(i: int, j: int) -> Entry:
        return Ref(layer.x.scope, Part.VALUE, window[i * columns + j], example)

    quantities = ((layer.x.scope, Part.VALUE),)
    letter = "x" if layer.x is place.graph.inputs else "a"
    read = Block(letter, len(window) // columns, columns, entry, quantities, tone_of(place.graph, layer.x))
    p = _one(place, layer.a, Part.VALUE, "p", "forward")
    return ((p, Sign(f"= {op.symbol}"), whole_used(read)),)


# Backward


def _error(place: Place) -> tuple[Formula, ...]:
    """∂E/∂a or ∂E/∂p: what comes back from every place that used the cell."""
    layer = _layer(place)
    letter = "p" if isinstance(layer, PoolingLayer) else "a"
    return ((_one(place, layer.a, Part.GRADIENT, f"∂E/∂{letter}", "backward"), *_comes_back(place)),)


def _delta(place: Place) -> tuple[Formula, ...]:
    """δ = ∂E/∂a · φ′(z), after what ∂E/∂a is made from."""
    layer = _convolution(place)
    error = _one(place, layer.a, Part.GRADIENT, "∂E/∂a", "backward")
    delta = _one(place, layer.z, Part.DELTA, "δ", "backward")
    minus = (Sign("−"),) if _is_negative(place) else ()
    slope: Formula = ()
    if isinstance(layer.a.op, Elementwise):
        slope = (Sign("∙"), whole_used(_one(place, layer.a, Part.SLOPE, "φ′(z)", "forward")))
    return (error, *_comes_back(place)), (delta, Sign("="), *minus, error, *slope)


def _comes_back(place: Place) -> Formula:
    """The sum over the windows or the products in which a cell was used."""
    layer = _layer(place)
    above = place.graph.consumer_layer(layer.a)
    if isinstance(above, WeightedLayer):
        return _from_products(place, layer, above)
    return _from_windows(place, layer, above) if above is not None else ()


def _from_products(place: Place, layer: Layer, above: WeightedLayer) -> Formula:
    """Σ w ⊙ δ: the weights by which the cell was multiplied, and the errors of what came of it."""
    uses = list(_op(above).uses(Factor(0, _cell(place)), *_shapes(place, above)))
    part = Part.NEW if place.graph.late_weights and above.w.is_trainable else Part.VALUE
    weights = [Ref(above.w.scope, part, use.others[0].cell) for use in uses]
    errors = [Ref(above.z.scope, Part.DELTA, use.output, place.example) for use in uses]
    letter = "w^{new}" if part is Part.NEW else "w"
    w = _column(letter, weights, [above.w], part, "signed", Axis.TERM)
    delta = _column("δ", errors, [above.z], Part.DELTA, "backward", Axis.TERM)
    sign = "= −Σ" if _is_negative(place) else "= Σ"
    return Sign(sign), _used(w, place), Sign("⊙"), _used(delta, place)


def _from_windows(place: Place, layer: Layer, above: Layer) -> Formula:
    """Σ ∂p/∂a ⊙ ∂E/∂p: 1 for the winner of a window and 0 for the others, or the same part for all."""
    op, cell = above.a.op, _cell(place)
    known = place.moment.array(layer.a.scope)
    assert isinstance(op, Pooling) and known is not None
    windows = op.windows_of(cell, layer.a.shape)
    slopes: list[Entry] = [op.slope(output, cell, known.array[place.column]) for output in windows]
    errors = [Ref(above.a.scope, Part.GRADIENT, output, place.example) for output in windows]
    if not windows:
        return Sign("="), Block("no window", 1, 1, lambda _i, _j: 0.0, ())
    slope = _column("∂p/∂a", slopes, [], Part.VALUE, "plain", Axis.TERM)
    error = _column("∂E/∂p", errors, [above.a], Part.GRADIENT, "backward", Axis.TERM)
    return Sign("= Σ" if len(windows) > 1 else "="), _used(slope, place), Sign("⊙"), _used(error, place)


# Parameters


def _gradient(place: Place) -> tuple[Formula, ...]:
    """∂E/∂w = Σ δ ⊙ x over all positions of the filter, example after example; of a bias Σ δ."""
    layer, ref = _convolution(place), _subject(place)
    if place.graph[ref.scope] is layer.slopes:
        return _gradient_of_slope(place, layer, ref)
    slot = layer.z.inputs.index(place.graph[ref.scope].index)
    uses = list(_op(layer).uses(Factor(slot, ref.cell), *_shapes(place, layer)))
    gradient = _number(ref, "∂E/∂w" if slot == 1 else "∂E/∂b", "signed")
    sign = Sign("= −Σ" if _is_negative(place) else "= Σ")
    delta = _over_examples(place, "δ", uses, layer.z, Part.DELTA, "backward")
    if slot != 1:
        return ((gradient, sign, _used(delta, place)),)
    x = _over_examples(place, "x", uses, layer.x, Part.VALUE, tone_of(place.graph, layer.x))
    return ((gradient, sign, _used(delta, place), Sign("⊙"), _used(x, place)),)


def _gradient_of_slope(place: Place, layer: ConvolutionLayer, ref: Ref) -> tuple[Formula, ...]:
    """∂E/∂λ = Σ ∂E/∂a ⊙ ∂a/∂λ over all cells of the map, example after example."""
    cells = [(ref.cell[0], *place) for place in np.ndindex(layer.a.shape[1:])]
    examples = place.examples

    def column(label: str, scope: str, part: Part, tone: str) -> Block:
        refs = [Ref(scope, part, cell, example) for example in examples for cell in cells]
        axes = (Axis.TERM, Axis.EXAMPLE)
        return Block(label, len(refs), 1, lambda i, _: refs[i], ((scope, part),), tone, axes=axes)

    error = column("∂E/∂a", layer.a.scope, Part.GRADIENT, "backward")
    slope = column("∂a/∂λ", ref.scope, Part.SLOPE, "forward")
    factors = (_used(error, place), Sign("⊙"), _used(slope, place))
    return ((_number(ref, "∂E/∂λ", "signed"), Sign("= Σ"), *factors),)


def _over_examples(place: Place, label: str, uses: Sequence[Use], node: Node, part: Part, tone: str) -> Block:
    """What stands at every use of a weight, for one example after the other."""
    examples, is_read = place.examples, part is Part.VALUE

    def entry(i: int, _: int) -> Entry:
        example, use = examples[i // len(uses)], uses[i % len(uses)]
        if is_read and use.others[0].slot == PADDING:
            return PADDING_ENTRY
        return Ref(node.scope, part, use.others[0].cell if is_read else use.output, example)

    rows = len(uses) * len(examples)
    return Block(label, rows, 1, entry, ((node.scope, part),), tone, axes=(Axis.TERM, Axis.EXAMPLE))


def _update(place: Place) -> tuple[Formula, ...]:
    """w ← w − α·∂E/∂w."""
    ref = _subject(place)
    is_slope = place.graph[ref.scope] is _convolution(place).slopes
    letter = "λ" if is_slope else "w" if len(ref.cell) > 1 else "b"
    new = _number(ref.of(Part.NEW), f"{letter}^{{new}}", "update")
    old = _number(ref.of(Part.VALUE), letter, "signed")
    gradient = _number(ref.of(Part.GRADIENT), f"∂E/∂{letter}", "signed")
    alpha = whole_used(learning_rate())
    if not place.moment.is_plain_descent:
        following = Sign(f"from {place.moment.optimizer.title}:")
        return ((new, following, whole_used(old), Sign(","), alpha, Sign(","), whole_used(gradient)),)
    return ((new, Sign("="), whole_used(old), Sign("−"), alpha, Sign("∙"), whole_used(gradient)),)


# Blocks


def _op(layer: WeightedLayer) -> Contraction:
    assert isinstance(layer.z.op, Contraction)
    return layer.z.op


def _shapes(place: Place, layer: WeightedLayer) -> tuple[tuple[int, ...], ...]:
    return tuple(place.graph.nodes[i].shape for i in layer.z.inputs)


def _is_negative(place: Place) -> bool:
    return place.moment.textbook.conventions.delta_sign < 0


def _read(place: Place, layer: WeightedLayer, factor: Factor) -> Entry:
    """What lies under a weight of the filter."""
    if factor.slot == PADDING:
        return PADDING_ENTRY
    return Ref(layer.x.scope, Part.VALUE, factor.cell, place.example)


def _one(place: Place, node: Node, part: Part, label: str, tone: str) -> Block:
    """The number of a node at the cell of the place."""
    return _number(Ref(node.scope, part, _cell(place), place.example), label, tone)


def _number(ref: Ref, label: str, tone: str) -> Block:
    return Block(label, 1, 1, lambda _i, _j: ref, ((ref.scope, ref.part),), tone)


def _column(
    label: str, entries: Sequence[Entry], nodes: Iterable[Node], part: Part, tone: str, axis: Axis
) -> Block:
    """Numbers below each other."""
    quantities = tuple((node.scope, part) for node in nodes)
    return Block(label, len(entries), 1, lambda i, _: entries[i], quantities, tone, axes=(axis, Axis.EXAMPLE))


def _used(block: Block, place: Place) -> Block:
    """All of a column, or the term that the step is about."""
    return whole_used(block) if place.term is None else cell_used(block, place.term)


_FORMULAS = {
    Kind.SUM: _sum,
    Kind.ACTIVATION: _activation,
    Kind.POOL: _pool,
    Kind.ERROR: _error,
    Kind.DELTA: _delta,
    Kind.GRADIENT: _gradient,
    Kind.UPDATE: _update,
}
