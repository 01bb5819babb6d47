"""The stages of an iteration, layer by layer: which quantities, in which order, from how many terms."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from nnviz.engine.drafts_steps import backward_of, forward_of
from nnviz.engine.graph import ConvolutionLayer, Graph, Layer, Node, PoolingLayer, WeightedLayer
from nnviz.engine.ops.base import Cell, Contraction, Elementwise, Pooling
from nnviz.engine.ops.elementwise import Identity
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.step_losses import GivenErrors
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.stage import Draft, Kind, Pass, Results, Stage, steppable
from nnviz.engine.units import Cells, Units, WeightsOfFilters, WeightsOfNeurons
from nnviz.engine.units_steps import WeightsOfGates

PartsOfUpdate = Callable[[Node], tuple[Part, ...]]


def only_new(node: Node) -> tuple[Part, ...]:
    """Of plain gradient descent: the new value follows from the gradient at once."""
    return (Part.NEW,)


def stages_of(graph: Graph, examples: int, parts_of_update: PartsOfUpdate = only_new) -> Iterator[Stage]:
    """The stages of an iteration over a batch, in order and with their positions."""
    position = 0
    for draft in _Drafts(graph, examples, parts_of_update).drafts():
        starts = _starts(position, draft)
        position = starts[-1]
        yield Stage(draft.kind, draft.into, draft.layer, draft.places, draft.results, draft.computes, starts)


def _starts(position: int, draft: Draft) -> Sequence[int]:
    if isinstance(draft.lengths, int):
        end = position + draft.places.count * draft.lengths
        return range(position, end + 1, draft.lengths)
    return tuple(accumulate(draft.lengths, initial=position))


class _Drafts:
    def __init__(self, graph: Graph, examples: int, parts_of_update: PartsOfUpdate) -> None:
        self.graph = graph
        self.examples = examples
        self.parts_of_update = parts_of_update

    def drafts(self) -> Iterator[Draft]:
        for layer in self.graph.layers:
            yield from self._forward(layer)
        if self.graph.loss is not None and not isinstance(self.graph.loss.op, GivenErrors):
            yield from self._loss()
        if not self.graph.trains:
            return
        learning = [layer for layer in reversed(self.graph.layers) if self._is_reached(layer)]
        if self.graph.late_weights:
            for layer in learning:
                yield from self._backward(layer)
                yield from self._parameters(layer, Kind.GRADIENT, Pass.BACKWARD)
                yield from self._parameters(layer, Kind.UPDATE, Pass.BACKWARD)
            return
        for layer in learning:
            yield from self._backward(layer)
        for layer in learning:
            yield from self._parameters(layer, Kind.GRADIENT, Pass.BACKWARD)
        for layer in reversed(learning):
            yield from self._parameters(layer, Kind.UPDATE, Pass.UPDATE)

    def _is_reached(self, layer: Layer) -> bool:
        """Whether the error comes back as far as this layer: it or one before it learns."""
        before = self.graph.layers[: self.graph.layers.index(layer) + 1]
        return any(node.is_trainable for each in before for node in each.parameters)

    def _loss(self) -> Iterator[Draft]:
        """The error of every step, if there are steps, and that of the whole batch."""
        outputs = self.graph.output.units * self.examples
        if STEP_LOSSES in self.graph:
            steps = self.graph[STEP_LOSSES]
            cells = Cells(steps.shape)
            yield _draft(Kind.LOSS, Pass.LOSS, None, cells, _each(steps, Part.VALUE, cells))
            outputs = self.examples * steps.shape[0]
        results = ((Ref("loss"), steppable(outputs)),)
        yield _draft(Kind.LOSS, Pass.LOSS, None, Cells(()), lambda _: results)

    # Forward

    def _forward(self, layer: Layer) -> Iterator[Draft]:
        if isinstance(layer, RecurrentLayer):
            yield forward_of(self.graph, layer)
            return
        cells = Cells(layer.a.shape)
        if not isinstance(layer, WeightedLayer):
            yield _draft(Kind.POOL, Pass.FORWARD, layer, cells, _each(layer.a, Part.VALUE, cells))
            return
        assert isinstance(layer.z.op, Contraction)
        sums = _each(layer.z, Part.VALUE, cells, steppable(layer.z.op.term_count(*self._shapes(layer))))
        activations = _each(layer.a, Part.VALUE, cells)
        if _is_together(layer):
            yield _draft(Kind.SUM, Pass.FORWARD, layer, cells, lambda i: sums(i) + activations(i))
        else:
            yield _draft(Kind.SUM, Pass.FORWARD, layer, cells, sums)
            yield _draft(Kind.ACTIVATION, Pass.FORWARD, layer, cells, activations)

    # Backward

    def _backward(self, layer: Layer) -> Iterator[Draft]:
        loss = self.graph.loss
        assert loss is not None and isinstance(loss.op, Loss)
        above = self.graph.consumer_layer(layer.a)
        cells = Cells(layer.a.shape)
        terms = self._error_terms(layer, above)
        if isinstance(layer, RecurrentLayer):
            yield backward_of(
                self.graph, layer, lambda t: terms if isinstance(terms, int) else terms[t * layer.width]
            )
            return
        errors = _each(layer.a, Part.GRADIENT, cells, terms)
        lengths = _lengths(terms)
        if not isinstance(layer, WeightedLayer):
            yield _draft(Kind.ERROR, Pass.BACKWARD, layer, cells, errors, lengths)
            return
        deltas = _each(layer.z, Part.DELTA, cells)
        if above is None and not loss.op.through_slope:
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, cells, deltas)
        elif isinstance(layer.a.op, Elementwise):
            both = _lengths(terms, 1)
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, cells, lambda i: errors(i) + deltas(i), both)
        else:
            yield _draft(Kind.ERROR, Pass.BACKWARD, layer, cells, errors, lengths)
            deltas = _each(layer.z, Part.DELTA, cells, steppable(layer.a.shape[-1]))
            yield _draft(Kind.DELTA, Pass.BACKWARD, layer, cells, deltas)

    def _error_terms(self, layer: Layer, above: Layer | None) -> int | list[int]:
        """From how many terms ∂E/∂a of every unit is made: one for every use in the layer above."""
        if above is None:
            return 0
        if isinstance(above, RecurrentLayer):
            return steppable(above.w_x.shape[0])
        if isinstance(above, PoolingLayer):
            assert isinstance(above.a.op, Pooling)
            counts = above.a.op.use_counts(layer.a.shape)
        else:
            assert isinstance(above, WeightedLayer) and isinstance(above.z.op, Contraction)
            counts = above.z.op.use_counts(0, *self._shapes(above))
        return _alike([steppable(int(count)) for count in counts.ravel()])

    # Parameters

    def _parameters(self, layer: Layer, kind: Kind, into: Pass) -> Iterator[Draft]:
        learning = [node for node in layer.parameters if node.is_trainable]
        if not learning or not isinstance(layer, WeightedLayer | RecurrentLayer):
            return
        is_gradient = kind is Kind.GRADIENT
        terms = {n.scope: self._gradient_terms(layer, n) if is_gradient else 0 for n in learning}
        parts = {n.scope: (Part.GRADIENT,) if is_gradient else self.parts_of_update(n) for n in learning}
        places = _weights_of(layer)

        @lru_cache(maxsize=64)  # asked for number by number
        def weights(i: int) -> Results:
            cells = places.places(i)
            return tuple(
                (Ref(n.scope, part, cell), terms[n.scope])
                for n, cell in cells
                if n.is_trainable
                for part in parts[n.scope]
            )

        def length(i: int) -> int:
            cells = {n.scope: places.before(n, i + 1) - places.before(n, i) for n in learning}
            return sum(count * len(parts[scope]) * (terms[scope] + 1) for scope, count in cells.items())

        lengths = [length(i) for i in range(places.count)]
        computes = tuple((n.scope, part) for n in learning for part in parts[n.scope])
        yield Draft(kind, into, layer, places, weights, computes, _alike(lengths))

    def _gradient_terms(self, layer: WeightedLayer | RecurrentLayer, node: Node) -> int:
        """One for every example and use: at all positions of a filter, by all units of a shared bias.

        Of a weight that is shared by the steps of a sequence it is one for every step, whatever the examples.
        The slope of φ is used by every cell of its map, whether z is above 0 there or not.
        """
        if layer.is_stepwise:
            return steppable(layer.a.shape[0])
        assert isinstance(layer, WeightedLayer)
        if node is layer.slopes:
            return steppable(self.examples * math.prod(layer.a.shape[1:]))
        assert isinstance(layer.z.op, Contraction)
        counts = layer.z.op.use_counts(layer.z.inputs.index(node.index), *self._shapes(layer))
        return steppable(self.examples * int(counts.flat[0]))

    def _shapes(self, layer: WeightedLayer) -> tuple[Cell, ...]:
        return tuple(self.graph.nodes[i].shape for i in layer.z.inputs)


def _weights_of(
    layer: WeightedLayer | RecurrentLayer,
) -> WeightsOfFilters | WeightsOfNeurons | WeightsOfGates:
    if isinstance(layer, RecurrentLayer):
        return WeightsOfGates(layer)
    return WeightsOfFilters(layer) if isinstance(layer, ConvolutionLayer) else WeightsOfNeurons(layer)


def _is_together(layer: WeightedLayer) -> bool:
    """Whether z and a of a unit are one step: of a neuron, and of a map whose φ changes nothing."""
    op = layer.a.op
    return isinstance(op, Identity) if layer.is_map else isinstance(op, Elementwise)


def _draft(
    kind: Kind,
    into: Pass,
    layer: Layer | None,
    places: Units,
    results: Callable[[int], Results],
    lengths: int | Sequence[int] | None = None,
) -> Draft:
    """A stage whose units all compute the same quantities, by default with the same steps."""
    first = results(0)
    if lengths is None:
        lengths = sum(terms + 1 for _, terms in first)
    computes = tuple((ref.scope, ref.part) for ref, _ in first)
    return Draft(kind, into, layer, places, results, computes, lengths)


def _each(node: Node, part: Part, cells: Cells, terms: int | Sequence[int] = 0) -> Callable[[int], Results]:
    """For every unit the same quantity; `terms` may differ from unit to unit."""
    if isinstance(terms, int):
        return lambda i: ((Ref(node.scope, part, cells.cell(i)), terms),)
    return lambda i: ((Ref(node.scope, part, cells.cell(i)), terms[i]),)


def _alike(counts: list[int]) -> int | list[int]:
    """One number for all where they do not differ."""
    return counts[0] if len(set(counts)) == 1 else counts


def _lengths(terms: int | Sequence[int], more: int = 0) -> int | Sequence[int]:
    if isinstance(terms, int):
        return terms + 1 + more
    return [count + 1 + more for count in terms]
