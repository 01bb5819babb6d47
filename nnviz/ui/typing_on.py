"""Typing number after number, as in a table: from one of a matrix to the next, wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from nnviz.engine.graph import Graph
from nnviz.engine.ref import Ref
from nnviz.ui.number_field import Way
from nnviz.ui.player import Player


def go_on(player: Player, edit: Callable[[], None], ref: Ref | None, way: Way | None) -> None:
    """Open the number beside the one that has just been typed. Enter stays with what it has changed."""
    if ref is None or way is None or way is Way.DOWN:
        return
    there = beside(player.timeline.graph, ref, way)
    while there is not None and not player.moment.can_edit(there):
        there = beside(player.timeline.graph, there, way)
    if there is not None:
        player.select(there)
        edit()


def beside(graph: Graph, ref: Ref, way: Way) -> Ref | None:
    """The next number of a matrix, row by row, or the one before; None at its ends."""
    if ref.scope not in graph:
        return None
    shape = graph[ref.scope].shape
    place = int(np.ravel_multi_index(ref.cell, shape)) + (1 if way is Way.NEXT else -1)
    if not 0 <= place < int(np.prod(shape)):
        return None
    return replace(ref, cell=tuple(int(i) for i in np.unravel_index(place, shape)))
