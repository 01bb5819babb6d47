"""What a network writes that predicts the next symbol: each is drawn from its own prediction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array


class Written(NamedTuple):
    """A text that is made up, and the distribution that each of its symbols was drawn from."""

    text: str
    chances: tuple[Array, ...]


def made_up(moment: Moment, symbols: Sequence[str], end: str, seed: int, most: int | None = None) -> Written:
    """A text that starts behind an `end` and goes on to the next one, at most as long as a piece.

    The network is that of the iteration, with the state 0 at the start; where it has overflowed nothing
    follows. Raises ValueError where a network does not give a distribution over the symbols at every step,
    or `end` is none of them.
    """
    graph = moment.graph
    steps, width = graph.inputs.shape if graph.has_steps else (0, 0)
    if width != len(symbols) or graph.output.a.shape != (steps, width) or end not in symbols:
        raise ValueError("found a network that predicts no next symbol, wanted one output for each symbol")
    random = np.random.default_rng(seed)
    inputs = np.zeros((1, steps, width))
    text, chances, symbol = "", [], end
    for t in range(min(most or steps, steps)):
        inputs[0, t, symbols.index(symbol)] = 1.0
        record = moment.evaluate(inputs, None)
        chance = np.asarray(record.cells[graph.output.a.index])[0, t]
        if not np.isfinite(chance).all():
            break
        chances.append(chance)
        symbol = symbols[int(random.choice(width, p=chance / chance.sum()))]
        if symbol == end:
            break
        text += symbol
    return Written(text, tuple(chances))
