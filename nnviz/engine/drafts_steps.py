"""The stages of a recurrent layer: forward step by step in time, and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from nnviz.engine.graph import Graph, Node
from nnviz.engine.ops.base import Contraction
from nnviz.engine.ops.gating import Held, Memory
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.stage import Draft, Kind, Pass, Results, steppable
from nnviz.engine.units_steps import UnitsOfSteps

Numbers = tuple[tuple[Node, Part], ...]  # what is computed of one unit of a block


def forward_of(graph: Graph, layer: RecurrentLayer) -> Draft:
    """What is remembered, then gate by gate, in every step of time."""
    numbers: list[Numbers] = []
    for node in layer.parts:
        gate = layer.gate_of(node)
        if gate is not None and node is gate.z:
            continue
        numbers.append(((gate.z, Part.VALUE), (node, Part.VALUE)) if gate else ((node, Part.VALUE),))

    def terms(node: Node, part: Part, t: int) -> int:
        if not isinstance(node.op, Contraction):
            return 0
        return steppable(node.op.term_count(*(graph.nodes[i].shape for i in node.inputs)))

    return _draft(Kind.SUM, Pass.FORWARD, layer, numbers, terms, is_back=False)


def backward_of(graph: Graph, layer: RecurrentLayer, from_above: Callable[[int], int]) -> Draft:
    """From the last step back to the first, and in a step from the state to what is remembered.

    `from_above` says from how many terms the error is made that comes into a step from above.
    """
    numbers: list[Numbers] = []
    for node in reversed(layer.parts):
        gate = layer.gate_of(node)
        if gate is not None and node is gate.z:
            continue
        first = ((node, Part.ABOVE),) if node is layer.a else ()
        delta = ((gate.z, Part.DELTA),) if gate else ()
        numbers.append((*first, (node, Part.GRADIENT), *delta))
    handed_back = handed_back_terms(graph, layer)

    def terms(node: Node, part: Part, t: int) -> int:
        if part is Part.ABOVE:
            return from_above(t)
        is_sum = part is Part.GRADIENT and isinstance(node.op, Memory) and node is layer.memories[0][0]
        return steppable(handed_back) if is_sum else 0

    return _draft(Kind.DELTA, Pass.BACKWARD, layer, numbers, terms, is_back=True)


def handed_back_terms(graph: Graph, layer: RecurrentLayer) -> int:
    """From how many terms ∂E/∂h(t−1) is made: one for every use of what is remembered."""
    total = 0
    for node in layer.parts:
        for index in node.inputs:
            if graph.nodes[index] is layer.memories[0][0] and not isinstance(node.op, Held):
                total += layer.width if isinstance(node.op, Contraction) else 1
    return total


def _draft(
    kind: Kind,
    into: Pass,
    layer: RecurrentLayer,
    numbers: Sequence[Numbers],
    terms: Callable[[Node, Part, int], int],
    is_back: bool,
) -> Draft:
    blocks = tuple(tuple(dict.fromkeys(node for node, _ in block)) for block in numbers)
    places = UnitsOfSteps(layer.steps, layer.width, blocks, is_back)

    def results(unit: int) -> Results:
        t, block, i = places.place(unit)
        return tuple((Ref(node.scope, part, (t, i)), terms(node, part, t)) for node, part in numbers[block])

    lengths = list(_lengths(layer, places, numbers, terms))
    computes = tuple((node.scope, part) for block in numbers for node, part in block)
    return Draft(kind, into, layer, places, results, computes, lengths)


def _lengths(
    layer: RecurrentLayer,
    places: UnitsOfSteps,
    numbers: Sequence[Numbers],
    terms: Callable[[Node, Part, int], int],
) -> Iterator[int]:
    for turn in range(layer.steps):
        t = places.step_of(turn)
        for block in numbers:
            length = sum(terms(node, part, t) + 1 for node, part in block)
            yield from (length for _ in range(layer.width))
