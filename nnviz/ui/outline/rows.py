"""What is inside a place of the outline: passes, layers, maps and filters, units.

Where units stand in maps, and in the layers after them, there are too many to list: those that are done and
those that are still to come are summed up in a row each, around the current one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nnviz.engine.graph import Layer
from nnviz.engine.moment import Moment
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.outline import Kind, Stage
from nnviz.engine.ref import Ref
from nnviz.engine.titles import stage_title
from nnviz.engine.units import WeightsOfFilters
from nnviz.ui.layout.names import group_noun, unit_noun
from nnviz.ui.outline import steps
from nnviz.ui.outline.place import Level, Place, inside, units_inside

MOST_LISTED = 8
DONE, CURRENT, COMING = "done", "current", "coming"


def children_of(moment: Moment, place: Place) -> Iterator[Place]:
    """The places inside a place that stay the same while the class goes on."""
    match place.level:
        case Level.ITERATION:
            yield from _passes(moment, place)
        case Level.PASS if not place.is_leaf:
            yield from _stages(moment, place, _groups(moment, place))
        case Level.GROUP:
            yield from _stages(moment, place, [(stage,) for stage in place.stages])
        case Level.STAGE | Level.RANGE if place.stages[0].groups > 1:
            yield from _maps(moment, place)
        case Level.STAGE | Level.MAP if steps.has_gates(place):
            yield from steps.gates_inside(moment, place)
        case Level.STAGE | Level.MAP | Level.GATE:
            yield from _units(moment, place)


def is_summed_up(moment: Moment, place: Place) -> bool:
    """Whether the units inside a place are too many to have a row each."""
    if not (moment.graph.has_maps or moment.graph.has_steps) or place.is_leaf or not place.stages:
        return False
    is_whole = place.level is Level.STAGE and place.stages[0].groups == 1
    has_units = place.level in (Level.MAP, Level.GATE) or is_whole
    return has_units and not steps.has_gates(place) and units_in(place)[1] > MOST_LISTED


def units_in(place: Place) -> tuple[int, int]:
    """The first unit of a stage, map, filter or gate, and how many there are."""
    is_part = place.level in (Level.MAP, Level.GATE)
    return (place.unit, place.count) if is_part else (0, place.stages[0].units)


def runs_of(moment: Moment, place: Place, shows_current: bool) -> Iterator[Place]:
    """The rows of units that are summed up, at a moment: those done, the current one, those to come."""
    stage, position = place.stages[0], moment.cursor.position
    first, count = units_in(place)
    unit, last = first, first + count - 1
    if position > stage.starts[last + 1]:
        unit = last + 1
    elif position > stage.starts[first]:
        unit = stage.unit_at(position)
        if shows_current:
            yield from _run(moment, place, DONE, first, unit - first)
            yield _current(moment, place, unit)
            yield from _run(moment, place, COMING, unit + 1, last - unit)
            return
        unit += position >= stage.starts[unit + 1]
    yield from _run(moment, place, DONE, first, unit - first)
    yield from _run(moment, place, COMING, unit, last + 1 - unit)


def _run(moment: Moment, place: Place, name: str, first: int, count: int) -> Iterator[Place]:
    if count:
        noun = unit_noun(place.stages[0])
        title = f"{count:,} {noun}{'' if count == 1 else 's'}"
        yield units_inside(place, 0, Level.RUN, name, title, first, count)


def _current(moment: Moment, place: Place, unit: int) -> Place:
    return units_inside(place, 0, Level.UNIT, CURRENT, unit_title(moment, place.stages[0], unit), unit, 1)


# Passes and stages


def _passes(moment: Moment, parent: Place) -> Iterator[Place]:
    passes = [(into, stages) for into, stages in moment.outline.passes().items() if stages]
    for row, (into, stages) in enumerate(passes):
        yield inside(parent, row, Level.PASS, into.value, into.capitalize(), stages)


def _groups(moment: Moment, place: Place) -> list[tuple[Stage, ...]]:
    """The stages of a pass one by one, but all ∂E/∂w together where they follow each other."""
    if moment.graph.late_weights:
        return [(stage,) for stage in place.stages]
    single: list[tuple[Stage, ...]] = [(stage,) for stage in place.stages if stage.kind is not Kind.GRADIENT]
    gradients = tuple(stage for stage in place.stages if stage.kind is Kind.GRADIENT)
    return [*single, gradients] if gradients else single


def _stages(moment: Moment, parent: Place, groups: Sequence[tuple[Stage, ...]]) -> Iterator[Place]:
    is_group = parent.level is Level.GROUP
    for row, stages in enumerate(groups):
        kind, layer = stages[0].kind, stages[0].layer
        if kind is Kind.GRADIENT and not is_group and not moment.graph.late_weights:
            yield inside(parent, row, Level.GROUP, "weights", "Weights ∂E/∂w", stages)
            continue
        if kind is Kind.LOSS:
            yield inside(parent, row, Level.STAGE, f"loss {row}", "Sum" if row else "Every step", stages)
            continue
        title = layer.title if is_group and layer else _stage_title(moment, stages[0])
        name = f"{layer.scope if layer else ''}/{kind}"
        yield inside(parent, row, Level.STAGE, name, title, stages)


def _stage_title(moment: Moment, stage: Stage) -> str:
    """The layer; in networks of maps an activation by its name alone where only one stage has it."""
    title = stage_title(moment, stage.kind, stage.layer)
    if stage.layer is None or stage.kind is not Kind.ACTIVATION or not moment.graph.has_maps:
        return title
    symbol = stage.layer.a.op.symbol
    same = [s.layer for s in moment.outline.stages if s.kind is stage.kind and s.layer]
    if sum(layer.a.op.symbol == symbol for layer in same) > 1:
        return title
    name = title.removeprefix(f"{stage.layer.title}, ")
    return name[:1].upper() + name[1:]


# Maps, filters and units


def _maps(moment: Moment, parent: Place) -> Iterator[Place]:
    stage = parent.stages[0]
    if stage.layer is not None and stage.layer.is_stepwise:
        yield from steps.groups_inside(moment, parent)
        return
    size, notation = stage.places.group, moment.notation.maps
    assert stage.layer is not None and notation is not None
    for i in range(stage.groups):
        title = _map_title(notation, stage, stage.layer, i)
        yield units_inside(parent, i, Level.MAP, str(i), title, i * size, size)


def _map_title(notation: MapNotation, stage: Stage, layer: Layer, index: int) -> str:
    if group_noun(stage) == "filter":
        return notation.filter_title(layer, index)
    name = notation.map_name(layer, index)
    return f"Map {index + 1}{f': {name}' if name else ''}"


def _units(moment: Moment, parent: Place) -> Iterator[Place]:
    """The units of a layer or map, without those that have nothing to do here."""
    stage = parent.stages[0]
    first, count = units_in(parent)
    units = [i for i in range(first, first + count) if stage.starts[i] < stage.starts[i + 1]]
    for row, i in enumerate(units):
        yield units_inside(parent, row, Level.UNIT, str(i), unit_title(moment, stage, i), i, 1)


def unit_title(moment: Moment, stage: Stage, unit: int) -> str:
    """A unit by its place in its map or filter: “cell (2,0)”, “weight (0,1)”, “bias”, else “neuron 7”."""
    if stage.layer is None:
        return f"step {unit + 1}"  # of the loss
    if stage.layer.is_stepwise:
        return steps.unit_title(stage, unit)
    notation = moment.notation.maps
    if notation is None or not stage.layer.is_map:
        return f"neuron {moment.notation.number(stage.layer, unit)}"
    ref = stage.results(unit)[0][0]
    if not isinstance(stage.places, WeightsOfFilters):
        return f"cell {_at(notation, ref.cell[1:])}"
    if len(ref.cell) == 1:
        return "slope λ" if ref.scope.endswith("/lambda") else "bias"
    return f"weight {_at(notation, ref.cell[2:])}{_channel(notation, stage.layer, ref)}"


def _at(notation: MapNotation, place: tuple[int, ...]) -> str:
    return str(place[1]) if notation.is_sequence else f"({place[0]},{place[1]})"


def _channel(notation: MapNotation, layer: Layer, ref: Ref) -> str:
    return f", {notation.channel_title(layer, ref.cell[1])}" if layer.x.shape[0] > 1 else ""
