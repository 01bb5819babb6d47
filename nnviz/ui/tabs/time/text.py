"""What the tab “Time” shows of a text: the symbols that are read, and those that are predicted. No Qt."""

from __future__ import annotations

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.ref import Ref

MOST_SYMBOLS = 5


def letters_at(moment: Moment, symbols: tuple[str, ...]) -> tuple[str, ...]:
    """The symbol that is read at each step."""
    known = moment.array(moment.graph.inputs.scope)
    if known is None or not symbols:
        return ()
    return tuple(symbols[int(np.argmax(one))] if (one > 0.0).any() else "" for one in known.array[moment.row])


def predicted(moment: Moment, symbols: tuple[str, ...], step: int) -> tuple[tuple[str, Ref], ...]:
    """The most probable next symbols at a step, each with the address of its probability."""
    output = moment.graph.output.a
    known = moment.array(output.scope)
    if known is None or not predicts(moment.graph, symbols):
        return ()
    chances = known.array[moment.row, step]
    if np.isnan(chances).any():
        return ()
    order = np.argsort(-chances, kind="stable")[:MOST_SYMBOLS]
    return tuple((symbols[k], Ref(output.scope, cell=(step, int(k)))) for k in order)


def predicts(graph: Graph, symbols: tuple[str, ...]) -> bool:
    """Whether the network gives a distribution over the symbols at every step."""
    steps = graph.inputs.shape[0]
    return isinstance(graph.output.a.op, Softmax) and graph.output.a.shape == (steps, len(symbols))


def can_make_up(graph: Graph, symbols: tuple[str, ...], end: str | None) -> bool:
    """Whether the network writes: it gives the next symbol at every step, and a symbol ends a text."""
    return end in symbols and graph.inputs.shape[-1] == len(symbols) and predicts(graph, symbols)
