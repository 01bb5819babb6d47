"""What places are called: the crumbs of a step, and the stages of an iteration."""

from __future__ import annotations

from nnviz.engine.graph import Layer, PoolingLayer
from nnviz.engine.moment import Moment
from nnviz.engine.narrate_steps import crumbs_of_steps
from nnviz.engine.outline import Depth, Kind, Stage
from nnviz.engine.ref import Part


def title_of(moment: Moment, depth: Depth) -> tuple[str, ...]:
    """The way to the current place: iteration, layer, neuron, term."""
    stage, leaf = moment.stage, moment.leaf
    crumbs = [f"Iteration {moment.iteration + 1:,}"]
    if stage is None or leaf is None or depth >= Depth.ITERATION:
        return tuple(crumbs)
    if depth is Depth.PASS:
        return (*crumbs, stage.into.capitalize())
    crumbs.append(stage_title(moment, stage.kind, stage.layer))
    is_weight = stage.kind in (Kind.GRADIENT, Kind.UPDATE)
    if stage.layer is not None and stage.layer.is_stepwise:
        crumbs += crumbs_of_steps(moment, stage, stage.layer, depth)
    elif stage.layer is not None and stage.layer.is_map:
        crumbs += _places_in_maps(moment, stage, stage.layer, depth)
    elif depth <= Depth.NEURON and stage.layer is not None:
        crumbs.append(moment.notation.neuron(stage.layer, stage.unit_at(moment.cursor.position)))
    if is_weight and depth <= (Depth.NEURON if _stands_in_maps(stage) else Depth.TERM):
        crumbs.append(moment.notation.caption(leaf.ref.of(Part.VALUE)))
    if depth is Depth.TERM and leaf.term is not None:
        crumbs.append(f"term {leaf.term + 1}")
    return tuple(crumbs)


def _stands_in_maps(stage: Stage) -> bool:
    return stage.layer is not None and stage.layer.is_map


def _places_in_maps(moment: Moment, stage: Stage, layer: Layer, depth: Depth) -> list[str]:
    """The map or filter, and the cell in it; a weight is named by its caption."""
    notation, position = moment.notation, moment.cursor.position
    assert notation.maps is not None
    if depth > Depth.MAP:
        return []
    is_weight = stage.kind in (Kind.GRADIENT, Kind.UPDATE)
    reads_filter = is_weight or stage.kind is Kind.SUM
    title = notation.maps.filter_title if reads_filter else notation.maps.map_title
    crumbs = [title(layer, stage.group_at(position))] if stage.groups > 1 or depth is Depth.MAP else []
    if depth < Depth.MAP and not is_weight:
        crumbs.append(notation.maps.cell(layer, stage.unit_at(position)))
    return crumbs


def stage_title(moment: Moment, kind: Kind, layer: Layer | None) -> str:
    """What the outline calls a stage."""
    if layer is None:
        return "Loss"
    return {
        Kind.SUM: layer.title,
        Kind.ACTIVATION: f"{layer.title}, {layer.a.op.title}",
        Kind.POOL: layer.title,
        Kind.ERROR: f"{layer.title}, ∂E/∂{'p' if isinstance(layer, PoolingLayer) else 'a'}",
        Kind.DELTA: layer.title,
        Kind.GRADIENT: f"{layer.title}, ∂E/∂w",
        Kind.UPDATE: layer.title if not moment.graph.late_weights else f"{layer.title}, update",
    }[kind]
