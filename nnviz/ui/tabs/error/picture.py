"""What the picture of the error over weights says about a moment: which weights, and in words what E is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.landscape import Landscape
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import counted
from nnviz.engine.ops.losses import Loss
from nnviz.engine.program import is_weight
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import name_text
from nnviz.ui.tabs.error.weight_range import Numbers


def first_choice(graph: Graph) -> tuple[Ref, ...]:
    """The first two weights of the last layer, which always matter; where it has not two, what comes next."""
    learning = [node for node in graph.parameters if node.is_trainable]
    ordered = sorted(reversed(learning), key=lambda node: not is_weight(node))
    refs = (Ref(node.scope, cell=cell) for node in ordered for cell in np.ndindex(node.shape))
    return tuple(islice(refs, 2))


def learns(graph: Graph, ref: Ref | None) -> bool:
    """Whether an address is that of a number that learns, or of one that belongs to its update."""
    return ref is not None and ref.scope in graph and graph[ref.scope].is_trainable


def label_of(moment: Moment, ref: Ref) -> str:
    """The symbol of a number in one line; the cell of a filter stands in parentheses behind its weight."""
    return name_text(moment.notation.name(ref)).replace("^(", "(")


def ahead_of(moment: Moment, refs: Sequence[Ref]) -> Numbers | None:
    """The weights after the update, as soon as all of them are computed."""
    values = [moment.value(ref.of(Part.NEW)) for ref in refs]
    if any(value is None or not np.isfinite(value) for value in values):
        return None
    return np.array(values, dtype=float)


def is_whole(moment: Moment) -> bool:
    """Whether E of this iteration is that of all the data, with nothing dropped."""
    return len(moment.rows) == len(moment.settings.inputs) and not moment.graph.masks


def words_of(moment: Moment, landscape: Landscape) -> str:
    """Which E is drawn, over which examples, and what is held."""
    loss = moment.graph.loss
    how = "averaged" if loss is not None and isinstance(loss.op, Loss) and loss.op.mean else "summed"
    some = f"{landscape.count:,} of " if landscape.count < landscape.examples else "all "
    many = "the example" if landscape.examples == 1 else f"{some}{counted(landscape.examples, 'example')}"
    parts = [f"E {'of' if landscape.examples == 1 else f'{how} over'} {many}"]
    if moment.graph.parameter_size > len(landscape.refs):
        parts.append(f"all else as in iteration {moment.iteration + 1:,}")
    if moment.penalty:
        parts.append("without the penalty")
    if moment.goes_on:  # as no other point of the picture could
        parts.append("every sequence from its start state")
    if not is_whole(moment):
        parts.append("an update sees only its batch")
    return "; ".join(parts)
