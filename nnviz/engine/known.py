"""What is computed of an iteration at a position of its outline, and nothing later."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.conventions import Conventions
from nnviz.engine.graph import Node
from nnviz.engine.numbers import own_decimals
from nnviz.engine.ops.base import Array
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.outline import Kind, Outline, Stage
from nnviz.engine.ref import Part
from nnviz.engine.run import Record


class Known(NamedTuple):
    """The cells of a quantity; `mask` is True where one is computed, None where all are.

    What is not computed is NaN in `array`, so that a later value cannot be read even by mistake. All that is
    told of it is whether the quantity `is_integral`: how a number is written does not change while others
    are computed.
    """

    array: Array
    mask: NDArray[np.bool_] | None = None
    is_integral: bool = False  # of a quantity that is computed in part


def known_at(
    record: Record, outline: Outline, position: int, conventions: Conventions
) -> dict[tuple[str, Part], Known]:
    """All quantities of which an iteration has computed anything at a position."""
    graph = record.program.graph
    known: dict[tuple[str, Part], Known] = {}
    for node in graph.nodes:
        is_given = not node.inputs or node is graph.inputs  # what is dropped is drawn before the start
        if is_given and record.cells[node.index] is not None:
            known[node.scope, Part.VALUE] = Known(record.cells[node.index])
    for stage in outline.stages:
        if stage.start >= position:
            break
        for scope, part in stage.computes:
            array = array_of(record, graph[scope], part, conventions)
            mask = None if position >= stage.end else _mask(array, stage, scope, part, position, graph[scope])
            if mask is not None and not mask.any():
                continue
            known[scope, part] = Known(array) if mask is None else _in_part(array, mask)
    _add_gradients_of_z(known, conventions)
    _add_memory(known, record)
    return known


def _in_part(array: Array, mask: NDArray[np.bool_]) -> Known:
    return Known(np.where(mask, array, np.nan), mask, own_decimals(array, most=0) == 0)


def array_of(record: Record, node: Node, part: Part, conventions: Conventions) -> Array:
    """A quantity of a record, whole, as it is read."""
    program = record.program
    if part in UPDATE_NUMBERS:
        return record.trace(node)[part]
    match part:
        case Part.NEW:
            return record.new_value(node)
        case Part.GRADIENT:
            return np.asarray(record.rounded.gradient(node))
        case Part.ABOVE:
            return np.asarray(record.cells[program.unrollings[node.index].above])
        case Part.DELTA:
            gradient = np.asarray(record.rounded.gradient(node))
            return gradient if conventions.delta_sign > 0 else -gradient
    return np.asarray(record.rounded.value(node))


def _add_gradients_of_z(known: dict[tuple[str, Part], Known], conventions: Conventions) -> None:
    """∂E/∂z is δ without its sign convention: known where δ is."""
    for (scope, part), delta in list(known.items()):
        if part is Part.DELTA:
            array = delta.array if conventions.delta_sign > 0 else -delta.array
            known[scope, Part.GRADIENT] = delta._replace(array=array)


def _add_memory(known: dict[tuple[str, Part], Known], record: Record) -> None:
    """What the optimizer has kept of the updates before: known from the start."""
    graph = record.program.graph
    for place, (after, before) in enumerate(record.program.optimizer.remembers):
        for node in graph.parameters:
            if node.is_trainable and before is not after:
                kept = record.state.kept[place, graph.slices[node.index]]
                known[node.scope, before] = Known(kept.reshape(node.shape))


def _mask(array: Array, stage: Stage, scope: str, part: Part, position: int, node: Node) -> NDArray[np.bool_]:
    """Which cells of a quantity a stage has computed when it has come as far as `position`."""
    mask = np.zeros(array.shape, dtype=bool)
    unit = stage.unit_at(position)
    of_examples = not node.is_parameter and (stage.kind is not Kind.LOSS or bool(node.shape))
    cells = mask.reshape(len(array) if of_examples else 1, -1)
    for part_done in stage.places.done(node, unit):
        cells[:, part_done] = True
    done = stage.starts[unit]
    for ref, terms in stage.results(unit):
        done += terms + 1
        if done <= position and (ref.scope, ref.part) == (scope, part):
            cell: tuple[Any, ...] = (slice(None), *ref.cell) if of_examples else ref.cell
            mask[cell] = True
    return mask
