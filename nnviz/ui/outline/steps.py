"""What is inside a layer of time steps in the outline: steps, long sequences in ranges, gates, units."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Pass, Stage
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.units_steps import UnitsOfSteps, WeightsOfGates
from nnviz.ui.layout.names import time_step
from nnviz.ui.outline.place import Level, Place, units_inside

MOST_STEPS = 12  # that are listed one by one
RANGE = 10  # steps in a row of a long sequence
WORDS = {
    "c_kept": "kept",
    "i": "added",
    "c": "cell",
    "c_new": "new cell",
    "h": "state",
    "h_new": "new",
    "h_full": "before dropout",
    "m": "remembered",
    "rm": "let through",
}


def groups_inside(moment: Moment, parent: Place) -> Iterator[Place]:
    """The steps of a layer, in ranges where there are many; of shared weights the gates."""
    stage = parent.stages[0]
    if isinstance(stage.places, WeightsOfGates):
        yield from _groups(parent, range(stage.groups))
    elif parent.level is Level.STAGE and stage.groups > MOST_STEPS:
        yield from _ranges(parent)
    elif parent.level is Level.STAGE:
        yield from _groups(parent, range(stage.groups))
    else:
        size = stage.places.group
        first = parent.unit // size
        yield from _groups(parent, range(first, first + parent.count // size))


def _ranges(parent: Place) -> Iterator[Place]:
    stage = parent.stages[0]
    size = stage.places.group
    for row, first in enumerate(range(0, stage.groups, RANGE)):
        last = min(first + RANGE, stage.groups) - 1
        title = f"Steps {time_step(stage, first)} – {time_step(stage, last)}"
        units = (first * size, (last - first + 1) * size)
        yield units_inside(parent, row, Level.RANGE, f"steps {row}", title, *units)


def _groups(parent: Place, groups: range) -> Iterator[Place]:
    stage = parent.stages[0]
    size = stage.places.group
    for row, group in enumerate(groups):
        yield units_inside(parent, row, Level.MAP, str(group), _group_title(stage, group), group * size, size)


def _group_title(stage: Stage, group: int) -> str:
    if isinstance(stage.places, WeightsOfGates):
        title = stage.places.layer.gate_at(group * stage.places.group).title
        return title[:1].upper() + title[1:]
    return f"Step {time_step(stage, group)}"


def has_gates(place: Place) -> bool:
    """Whether a place is one step of a recurrent layer, in which more than one vector is computed."""
    places = place.stages[0].places
    is_step = place.level is Level.MAP or place.stages[0].groups == 1
    return isinstance(places, UnitsOfSteps) and is_step and place.level is not Level.GATE


def gates_inside(moment: Moment, parent: Place) -> Iterator[Place]:
    """The vectors that a step computes one after the other: gates, cell state, state."""
    places = parent.stages[0].places
    assert isinstance(places, UnitsOfSteps)
    for block in range(len(places.blocks)):
        title = _gate_title(moment, parent.stages[0], block)
        first = parent.unit + block * places.width
        yield units_inside(parent, block, Level.GATE, f"gate {block}", title, first, places.width)


def _gate_title(moment: Moment, stage: Stage, block: int) -> str:
    """A vector of a step by its letter and a word; in the backward pass what its error is called."""
    places, layer, notation = stage.places, stage.layer, moment.notation.steps
    assert isinstance(places, UnitsOfSteps) and isinstance(layer, RecurrentLayer) and notation is not None
    nodes = places.blocks[block]
    gate = next((gate for gate in layer.gates if gate.z in nodes), None)
    node = gate.a if gate is not None else nodes[-1]
    name = layer.name_of(node)
    state, _, what = name.rpartition("_")
    letter = f"{state} before" if what == "prev" else notation.letter(layer, name)
    if stage.into is Pass.BACKWARD:
        return f"∂E/∂{letter}{' and δ' if gate is not None else ''}"
    if what == "prev":
        return f"{state} before"
    is_gate = gate is not None and len(layer.gates) > 1
    return f"{letter} {gate.title if is_gate and gate else WORDS.get(name, name)}"


def unit_title(stage: Stage, unit: int) -> str:
    """A unit by its place in its vector."""
    places = stage.places
    if isinstance(places, UnitsOfSteps):
        return f"unit {places.place(unit)[2] + 1}"
    return f"unit {unit % places.group + 1}"
