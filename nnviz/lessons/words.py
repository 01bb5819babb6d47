"""What a lesson says in words: its numbering, its narration, and the conventions that it follows."""

from __future__ import annotations

from nnviz.engine.conventions import Convention, Conventions, Subject, describe
from nnviz.engine.graph import Graph
from nnviz.engine.notation import Notation
from nnviz.engine.ops import ReLU
from nnviz.engine.preparation import Preparation
from nnviz.engine.timeline import Timeline
from nnviz.lessons.errors import BuildError
from nnviz.lessons.schema import NetworkTable

STAGES = ("start", "forward", "loss", "backward", "gradient", "update")


def conventions_of(
    conventions: Conventions, loss: str | None, timeline: Timeline, preparation: Preparation
) -> tuple[Convention, ...]:
    """Every convention of a lesson, as the panel shows it; `loss` is None where nothing is trained."""
    graph = timeline.graph
    subject = Subject(
        loss,
        graph.loss.op.formula if graph.loss is not None else "",
        preparation.describe(),
        preparation.formula(),
        _batch_text(timeline),
        _frozen(graph),
        any(isinstance(layer.a.op, ReLU) for layer in graph.layers),
    )
    return tuple(describe(conventions, subject))


def _frozen(graph: Graph) -> str:
    """Which parameters a lesson that trains leaves as they are."""
    if not graph.trains:
        return ""
    parts = []
    for layer in graph.layers:
        still = [node is layer.w for node in layer.parameters if not node.is_trainable]
        if still:
            both = len(still) == len(layer.parameters)
            parts.append(f"{layer.title} ({'all' if both else 'weights' if still[0] else 'biases'})")
    return ", ".join(parts)


def check_narration(narration: dict[str, str], graph: Graph, network: NetworkTable) -> None:
    """Every sentence must belong to a stage, else it would never be shown."""
    scopes = [layer.scope for layer in graph.layers]
    for name in narration:
        stage, _, place = name.partition("/")
        scope, _, neuron = place.partition("/")
        if stage not in STAGES or (stage in ("start", "loss") and place):
            raise BuildError(f"narration.{name}", f"found “{name}”, wanted one of {', '.join(STAGES)}")
        if place and scope not in scopes:
            raise BuildError(f"narration.{name}", f"found layer “{scope}”, wanted one of {', '.join(scopes)}")
        if neuron and neuron not in _numbers(graph, network, scope):
            raise BuildError(f"narration.{name}", f"found “{neuron}”, which is no neuron of {scope}")


def _numbers(graph: Graph, network: NetworkTable, scope: str) -> list[str]:
    notation = notation_of(graph, network)
    layer = next(layer for layer in graph.layers if layer.scope == scope)
    return [notation.number(layer, unit) for unit in range(layer.units)]


def _batch_text(timeline: Timeline) -> str:
    if timeline.batch_size == timeline.examples:
        return (
            f"batch: one update for all {timeline.examples} examples"
            if timeline.examples > 1
            else "one example"
        )
    if timeline.batch_size == 1:
        return "online: an update after every example"
    return f"mini-batch: an update after every {timeline.batch_size} examples"


def notation_of(graph: Graph, network: NetworkTable) -> Notation:
    units = len(network.inputs) + sum(layer.units for layer in graph.layers)
    if network.numbers is not None:
        if len(network.numbers) != units:
            raise BuildError(
                "network.numbers", f"found {len(network.numbers)}, wanted {units}: inputs, then neurons"
            )
        if len(set(network.numbers)) != units:
            raise BuildError("network.numbers", "found a number twice, wanted each once")
    return Notation(graph, network.numbering, network.numbers, network.inputs)
