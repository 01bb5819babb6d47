"""What a picture of maps is about: a stage, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.graph import Layer, WeightedLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Cell
from nnviz.engine.outline import Depth, Kind, Stage
from nnviz.engine.ref import Part, Ref
from nnviz.engine.units import Cells


@dataclass(frozen=True, slots=True)
class Subject:
    """A stage with the map and the unit of it that are looked at; None where all of them are.

    `ref` is the number that the step computed, `term` the place of the term in its sum, at the finest depth.
    `reached` is the last term of it that is there at any depth: one may stand in the middle of a sum.
    """

    stage: Stage
    group: int | None = None
    unit: int | None = None
    ref: Ref | None = None
    term: int | None = None
    reached: int | None = None

    @property
    def cell(self) -> Cell | None:
        """The cell of a map or vector that is looked at; None for many, and for weights."""
        places = self.stage.places
        return places.cell(self.unit) if self.unit is not None and isinstance(places, Cells) else None


def current_subject(moment: Moment, depth: Depth) -> Subject:
    """What the last step was about; before the first step, what it is going to be about."""
    stage = moment.stage
    if stage is None or moment.leaf is None:
        return Subject(moment.outline.stages[0], 0)
    position = moment.cursor.position
    if depth >= Depth.LAYER:
        return Subject(stage)
    group = stage.group_at(position)
    if depth is Depth.MAP:
        return Subject(stage, group) if stage.groups > 1 else Subject(stage)
    unit = stage.unit_at(position)
    term = moment.leaf.term if depth is Depth.TERM else None
    return Subject(stage, group, unit, moment.leaf.ref, term, moment.leaf.term)


def subject_of(moment: Moment, ref: Ref) -> Subject | None:
    """The place where a number is computed, or first used; None for what belongs to no stage."""
    stage = moment.outline.stage_of(ref.scope, ref.part)
    if stage is not None:
        unit = stage.places.unit_of(moment.graph[ref.scope], ref.cell)
        if unit is None or unit >= stage.units:
            return None
        return Subject(stage, unit // stage.places.group, unit, ref)
    return _where_used(moment, ref)


def _where_used(moment: Moment, ref: Ref) -> Subject | None:
    """The forward stage of the layer that reads an input or a parameter."""
    graph = moment.graph
    if ref.scope not in graph:
        return None
    node = graph[ref.scope]
    if graph.target is not None and node is graph.target:
        return _first(moment, None, Kind.LOSS, 0)
    layer = graph.layer_of(node) or graph.consumer_layer(node)
    if layer is None:
        return None
    group = ref.cell[0] if node.is_parameter and layer.is_map else 0
    kind = Kind.SUM if isinstance(layer, WeightedLayer) else Kind.POOL
    subject = _first(moment, layer, kind, group)
    if subject is None or not node.is_parameter or layer.is_map or ref.part is not Part.VALUE:
        return subject
    return Subject(subject.stage, 0, min(ref.cell[0], subject.stage.units - 1))


def _first(moment: Moment, layer: Layer | None, kind: Kind, group: int) -> Subject | None:
    stage = next((s for s in moment.outline.stages if s.layer is layer and s.kind is kind), None)
    return Subject(stage, group) if stage is not None else None
