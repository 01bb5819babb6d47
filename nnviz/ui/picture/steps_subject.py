"""What a picture of a recurrent network is about: a layer at a step of time."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.graph import Graph, Layer
from nnviz.engine.lengths import length_of
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Pass
from nnviz.engine.recurrent import RecurrentLayer, Start
from nnviz.engine.ref import STEP_LOSSES, Ref


@dataclass(frozen=True, slots=True)
class StepSubject:
    """A layer at a step; `step` is None for what belongs to all of them, as the gradient of a weight."""

    layer: Layer
    step: int | None
    into: Pass | None


def current_subject(moment: Moment) -> StepSubject:
    """What the last step of the lesson was about; before the first one, what it is going to be about."""
    graph = moment.graph
    if moment.stage is None or moment.leaf is None:
        return StepSubject(first_recurrent(graph), 0, None)
    layer = moment.stage.layer or graph.layers[-1]
    step = step_of(moment, moment.leaf.ref)
    if step is None and moment.leaf.term is not None and moment.stage.into is Pass.BACKWARD:
        step = min(moment.leaf.term, steps_in(graph) - 1) if layer.is_stepwise else None
    return StepSubject(layer, step, moment.stage.into)


def layer_shown_for(graph: Graph, ref: Ref) -> Layer | None:
    """The layer whose picture a number stands in, if it stands in one."""
    if ref.scope not in graph:
        return None
    node = graph[ref.scope]
    if node is graph.target or ref.scope == STEP_LOSSES or node is graph.loss:
        return graph.layers[-1]
    return graph.layer_of(node) or graph.consumer_layer(node)


def layer_at(moment: Moment, layer: Layer, step: int) -> Layer:
    """What is opened at a step: the layer, or where it only reads the end the highest that has the step."""
    if layer.is_stepwise or step == length_of(moment) - 1:
        return layer
    return [one for one in moment.graph.layers if one.is_stepwise][-1]


def step_of(moment: Moment, ref: Ref) -> int | None:
    """The step of time at which a number stands: of an output at the end, the last one of the sequence."""
    graph = moment.graph
    step = graph.step_of(ref)
    if step is not None or ref.scope not in graph or not ref.cell or graph[ref.scope].is_parameter:
        return step
    return 0 if isinstance(graph[ref.scope].op, Start) else length_of(moment) - 1


def steps_in(graph: Graph) -> int:
    return graph.inputs.shape[0]


def first_recurrent(graph: Graph) -> RecurrentLayer:
    return next(layer for layer in graph.layers if isinstance(layer, RecurrentLayer))
