"""What the columns show of a text: the symbol that a step reads, the one it is to say, and what it says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnviz.engine.graph import Graph, Node
from nnviz.engine.numbers import show
from nnviz.engine.ops.rounding import place_of_largest
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.steps_parts import Answer, Symbol, Vector
from nnviz.ui.picture.steps_vectors import Vectors

MOST_SAID = 3
DIGITS = 4  # of a probability beside its symbol
SPACE = "␣"


def reads(graph: Graph, symbols: tuple[str, ...]) -> bool:
    """Whether each input stands for a symbol."""
    return bool(symbols) and graph.inputs.shape[-1] == len(symbols)


def says(graph: Graph, symbols: tuple[str, ...]) -> bool:
    """Whether the network gives a distribution over the symbols: at every step, or at the end."""
    output = graph.output.a
    return bool(symbols) and isinstance(output.op, Softmax) and output.shape[-1] == len(symbols)


class Texts:
    """The symbols of a text in the pictures of it, kept while the numbers behind them stay the same."""

    def __init__(self, graph: Graph, symbols: tuple[str, ...]) -> None:
        self._graph = graph
        self._symbols = tuple(SPACE if symbol == " " else symbol for symbol in symbols)
        self.reads, self.says = reads(graph, symbols), says(graph, symbols)
        self._read: dict[int, tuple[Vector, Symbol | None]] = {}
        self._answers: dict[int, tuple[Vector, Vector | None, Answer]] = {}

    @property
    def lines(self) -> int:
        """So many symbols of an answer stand one below the other, the target among them."""
        return 1 + min(MOST_SAID, len(self._symbols))

    def read(self, vectors: Vectors, step: int, vector: Vector) -> Symbol | None:
        """The symbol at a step; None behind the end of a sequence."""
        if step not in self._read or self._read[step][0] is not vector:
            self._read[step] = vector, self._likeliest(vectors, self._graph.inputs, step, vector)
        return self._read[step][1]

    def answer(self, vectors: Vectors, step: int, vector: Vector) -> Answer:
        """What a step says, whose probabilities are given."""
        target = self._graph.target
        wanted = vectors.vector(target, Part.VALUE, step) if target is not None else None
        kept = self._answers.get(step)
        if kept is None or kept[0] is not vector or kept[1] is not wanted:
            self._answers[step] = kept = vector, wanted, self._made(vectors, step, vector, wanted)
        return kept[2]

    def _made(self, vectors: Vectors, step: int, vector: Vector, wanted: Vector | None) -> Answer:
        graph = self._graph
        target = None
        if graph.target is not None and wanted is not None:
            target = self._likeliest(vectors, graph.target, step, wanted)
        chances = _numbers(vector)
        if np.isnan(chances).any():
            return Answer(target, (), None)
        right = target.number.ref.cell[-1] if target is not None else None
        places = np.argsort(-chances, kind="stable")[:MOST_SAID].tolist()
        is_beyond = right is not None and right not in places
        if is_beyond:
            places[-1] = right
        said = tuple(self._symbol(vectors, graph.output.a, step, k, k in vector.new) for k in places)
        return Answer(target, said, None if right is None else places.index(right), is_beyond)

    def _likeliest(self, vectors: Vectors, node: Node, step: int, vector: Vector) -> Symbol | None:
        """The symbol with the largest number: of a letter that is read the only 1."""
        values = _numbers(vector)
        if np.isnan(values).any() or not values.any():
            return None
        return self._symbol(vectors, node, step, place_of_largest(values), False)

    def _symbol(self, vectors: Vectors, node: Node, step: int, k: int, is_new: bool) -> Symbol:
        cell = (step, k) if len(node.shape) == 2 else (k,)
        return Symbol(
            self._symbols[k], _shortened(vectors, vectors.reader.number(Ref(node.scope, cell=cell))), is_new
        )


def _numbers(vector: Vector) -> np.ndarray:
    return vector.grid.values.array.ravel()[: vector.units]


def _shortened(vectors: Vectors, number: Number) -> Number:
    """With as many digits as have room beside a symbol."""
    if number.value is None or vectors.reader.digits <= DIGITS:
        return number
    return replace(number, text=show(number.value, DIGITS, vectors.moment.decimals(number.ref)))
