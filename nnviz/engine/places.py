"""Which numbers the last step of a depth has computed, and which of them are written out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import NamedTuple

import numpy as np

from nnviz.engine.graph import DenseLayer, WeightedLayer
from nnviz.engine.lengths import length_of
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Contraction, Elementwise
from nnviz.engine.ops.gating import Memory
from nnviz.engine.outline import Depth, Kind, Pass, Stage
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.units import Cells
from nnviz.engine.units_steps import UnitsOfSteps

MOST_EQUATIONS = 12
MOST_LONG_EQUATIONS, FEW_EXAMPLES = 4, 6  # sums over more of them, or over more steps, take a few lines each


class Place(NamedTuple):
    """What has been computed in a place: so many numbers, and those of them that are written out."""

    shown: tuple[Ref, ...]
    total: int


def place_of(moment: Moment, depth: Depth) -> Place:
    """The current place; hidden steps that an equation spells out are left away.

    Of maps only one cell is written out, since all others are made in the same way.
    """
    stage = moment.stage
    assert stage is not None
    if depth >= Depth.PASS:
        into = stage.into if depth is Depth.PASS else None
        return _listed(moment, _ends_of_pass(moment, into), sums=into is not Pass.FORWARD)
    unit = stage.unit_at(moment.cursor.position)
    if depth is Depth.NEURON:
        return _listed(moment, [(stage, range(unit, unit + 1))])
    first = stage.group_at(moment.cursor.position) * stage.places.group if depth is Depth.MAP else 0
    if stage.layer is None or isinstance(stage.layer, DenseLayer | RecurrentLayer):
        return _listed(moment, [(stage, range(first, unit + 1))], copies=False)
    told = _refs_of_unit(moment, stage, _most_telling(moment, stage, first, unit))
    return Place(tuple(told), (unit + 1 - first) * len(told))


def _most_telling(moment: Moment, stage: Stage, first: int, last: int) -> int:
    """Of the cells that are computed from one to another, the one with the largest amount."""
    if not _refs_of_unit(moment, stage, last):
        last = max(last - 1, first)
    known = moment.array(*stage.computes[-1])
    if known is None or not isinstance(stage.places, Cells):
        return last
    amounts = np.abs(known.array[moment.row]).ravel()[first : last + 1]
    return first + int(np.nanargmax(amounts)) if np.isfinite(amounts).any() else last


def _listed(
    moment: Moment, stretches: list[tuple[Stage, range]], sums: bool = True, copies: bool = True
) -> Place:
    """The first numbers of stretches of units, and how many there are: large layers are not gone through.

    Without `sums` the weighted sums are left away from which activations go on, without `copies` the states
    that are handed on to the next step.
    """

    def refs_of(stage: Stage, unit: int) -> list[Ref]:
        refs = _refs_of_unit(moment, stage, unit)
        ops = [moment.graph[ref.scope].op if ref.part is Part.VALUE else None for ref in refs]
        left_away = (*(() if sums else (Contraction,)), *(() if copies else (Memory,)))
        return [ref for ref, op in zip(refs, ops, strict=True) if not isinstance(op, left_away)]

    def count(stage: Stage, units: range) -> int:
        if isinstance(stage.places, UnitsOfSteps):
            return _count_of_steps(stage.places, units, lambda unit: len(refs_of(stage, unit)))
        scopes = {ref.scope for ref in refs_of(stage, units[0])}
        ends = [stage.places.before(moment.graph[scope], units[-1]) for scope in scopes]
        starts = [stage.places.before(moment.graph[scope], units[0]) for scope in scopes]
        return sum(ends) - sum(starts) + len(refs_of(stage, units[-1]))

    stretches = [(stage, units) for stage, all_of in stretches if (units := _there(moment, stage, all_of))]
    steps = length_of(moment) if moment.graph.has_steps else 1
    is_long = max(len(moment.rows), steps) > FEW_EXAMPLES
    most = MOST_LONG_EQUATIONS if is_long else MOST_EQUATIONS
    total = sum(count(*stretch) for stretch in stretches)
    if total > most:
        wanted = stretches[-1:] if stretches[-1][0].layer is None else stretches
        stretches = [(stage, _leading_to(stage, units)) for stage, units in wanted]
    all_refs = (ref for stage, units in stretches for unit in units for ref in refs_of(stage, unit))
    return Place(tuple(islice(all_refs, most)), total)


def _there(moment: Moment, stage: Stage, units: range) -> range:
    """Without the units of steps that the sequence in focus does not have."""
    scope, _ = stage.computes[0]
    if not moment.graph.is_in_steps(moment.graph[scope]):
        return units
    steps, places = moment.graph.inputs.shape[0], stage.places
    each = stage.units // steps
    if isinstance(places, UnitsOfSteps) and places.is_back:
        return range(max(units.start, (steps - length_of(moment)) * each), units.stop)
    return range(units.start, min(units.stop, length_of(moment) * each))


def _leading_to(stage: Stage, units: range) -> range:
    """The units that many others only lead to: the states of the last step of time, and the whole error."""
    if isinstance(stage.places, UnitsOfSteps):
        return units[-stage.places.width :]
    return units[-1:] if stage.layer is None else units


def _count_of_steps(places: UnitsOfSteps, units: range, numbers: Callable[[int], int]) -> int:
    """How many numbers units of time steps have: as many for every unit of a block, but for the last unit."""
    if len(units) == 1:
        return numbers(units[0])
    starts = range(units[0], min(units[0] + places.group, units[-1] + 1), places.width)
    each = [numbers(start) for start in starts]
    whole, rest = divmod(len(units) - 1, places.group)
    left = [min(max(rest - block * places.width, 0), places.width) for block in range(len(each))]
    of_whole = places.width * whole * sum(each)
    return of_whole + sum(n * k for n, k in zip(each, left, strict=True)) + numbers(units[-1])


def _ends_of_pass(moment: Moment, into: Pass | None) -> list[tuple[Stage, range]]:
    """What a pass leads to: activations, the loss, every δ or every new weight; of an iteration its loss.

    Maps are left away where there are layers of neurons, whose numbers can be read one by one.
    """
    stages = [stage for stage in moment.outline.stages if into in (None, stage.into)]
    if into is None:
        stages = [s for s in stages if s.into is Pass.LOSS] or stages
    if into is Pass.BACKWARD:
        stages = [s for s in stages if s.kind is Kind.DELTA]
    if into is not Pass.UPDATE:
        stages = [s for s in stages if s.layer is None or isinstance(s.layer, DenseLayer)] or stages
    return [(stage, range(stage.units)) for stage in stages]


def _refs_of_unit(moment: Moment, stage: Stage, unit: int) -> list[Ref]:
    computed, done = [], stage.starts[unit]
    for ref, terms in stage.results(unit):
        done += terms + 1
        if done <= moment.cursor.position:
            computed.append(ref)
    has_delta = any(ref.part is Part.DELTA for ref in computed)
    is_plain = stage.layer is not None and stage.layer.is_map and stage.kind is Kind.SUM
    if is_plain and computed:  # where φ changes nothing, a is the sum again
        computed = computed[:1]
    return [ref for ref in computed if not (has_delta and _is_spelled_out(moment, ref))]


def _is_spelled_out(moment: Moment, ref: Ref) -> bool:
    """Whether the equation of δ contains the equation of this ∂E/∂a."""
    if ref.part is not Part.GRADIENT or moment.graph[ref.scope].is_parameter:
        return False
    layer = moment.graph.layer_of(moment.graph[ref.scope])
    if layer is None or isinstance(layer, RecurrentLayer) or not isinstance(layer.a.op, Elementwise):
        return False
    return isinstance(moment.graph.consumer_layer(layer.a), WeightedLayer)
