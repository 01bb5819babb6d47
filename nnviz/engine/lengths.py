"""How long the sequence in focus is."""

from __future__ import annotations

import numpy as np

from nnviz.engine.moment import Moment


def length_of(moment: Moment) -> int:
    """How many steps the sequence of the example in focus has; what is behind its end is filled up."""
    going = moment.graph.going
    known = moment.array(going.scope) if going is not None else None
    steps = moment.graph.inputs.shape[0]
    return steps if known is None else max(1, int(np.count_nonzero(known.array[moment.row])))
