"""Which examples count where a lesson trains on its mistakes only."""

from __future__ import annotations

from nnviz.engine.moment import Moment
from nnviz.engine.ops.losses import Loss


def counts(moment: Moment, row: int) -> bool:
    """Whether an example of the batch adds to the loss: always, unless only mistakes do and it is none."""
    loss, target = moment.graph.loss, moment.graph.target
    if loss is None or target is None or not isinstance(loss.op, Loss) or not loss.op.only_mistakes:
        return True
    a, t = moment.array(moment.graph.output.a.scope), moment.array(target.scope)
    if a is None or t is None:
        return True
    place = moment.place_of(row)
    only = slice(place, place + 1)
    return not bool(loss.op.is_right(a.array[only], t.array[only])[0])
