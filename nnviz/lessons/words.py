"""What a lesson says in words: its numbering, its narration, and the conventions that it follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnviz.engine.conventions import Convention, Conventions, Subject, describe
from nnviz.engine.graph import Graph, WeightedLayer
from nnviz.engine.notation import Notation
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.ops import ReLU
from nnviz.engine.ops.dropout import Dropped, Mask
from nnviz.engine.optimizers import GradientDescent
from nnviz.engine.preparation import Preparation
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.timeline import Timeline
from nnviz.lessons.errors import BuildError
from nnviz.lessons.kernels import filter_names
from nnviz.lessons.network import scope_of
from nnviz.lessons.schema import NetworkTable
from nnviz.lessons.schema_layers import ConvolutionTable

STAGES = ("start", "forward", "loss", "backward", "gradient", "update")
MAP_STAGES = ("sum", "activation", "pool", "error", "delta")  # of one layer of maps


def conventions_of(
    conventions: Conventions, loss: str | None, timeline: Timeline, preparation: Preparation
) -> tuple[Convention, ...]:
    """Every convention of a lesson, as the panel shows it; `loss` is None where nothing is trained."""
    graph = timeline.graph
    if all(one.b is None for one in graph.layers if isinstance(one, WeightedLayer | RecurrentLayer)):
        conventions = replace(conventions, bias="none")
    subject = Subject(
        loss,
        graph.loss.op.formula if graph.loss is not None else "",
        preparation.describe(),
        preparation.formula(),
        _batch_text(timeline),
        _frozen(graph),
        any(isinstance(layer.a.op, ReLU) for layer in graph.layers),
        graph.has_maps,
    )
    return (*describe(conventions, subject), *(_training_rows(timeline) if graph.trains else ()))


def _training_rows(timeline: Timeline) -> Iterator[Convention]:
    """How the parameters follow their gradients, where that is not plain gradient descent."""
    optimizer, schedule, order = timeline.optimizer, timeline.schedule, timeline.order
    if type(optimizer) is not GradientDescent:
        yield Convention("optimizer", optimizer.title, optimizer.formula)
    if timeline.penalty:
        name = "L2 (weight decay)" if timeline.penalty.l2 else "L1"
        both = timeline.penalty.l1 and timeline.penalty.l2
        yield Convention(
            "penalty", f"{'L2 and L1' if both else name}, on weights only", timeline.penalty.formula
        )
    if schedule.name != "constant":
        yield Convention("learning rate", f"{schedule.name} schedule", schedule.formula)
    if order.method != "listed":
        what = "examples" if order.method == "shuffled" else "mini-batches"
        yield Convention("order", f"{what} shuffled in every epoch, seed {order.seed}", "")
    if timeline.program.clip is not None:
        choice = f"to a length of at most {timeline.program.clip:g}, all weights together"
        yield Convention("clipped gradient", choice, "∂E/∂w · min(1, c/‖∂E/∂w‖)")
    if timeline.carried.size:
        choice = f"truncated after {timeline.graph.inputs.shape[0]} steps, the state is carried on"
        yield Convention("backpropagation through time", choice, "h(0) = h(T) of the piece before")
    yield from _dropout_rows(timeline.graph)


def _dropout_rows(graph: Graph) -> Iterator[Convention]:
    if isinstance(graph.inputs.op, Dropped):
        rho = f"inverted: kept with probability ρ = {graph.inputs.op.keep:g}"
        yield Convention("dropout of inputs", rho, "x = m/ρ · x of the data")
    of_inputs = graph.inputs.inputs
    kept = {node.op.keep for node in graph.masks if isinstance(node.op, Mask) and node.index not in of_inputs}
    if kept:
        shares = ", ".join(f"{keep:g}" for keep in sorted(kept))
        yield Convention("dropout", f"inverted: kept with probability ρ = {shares}", "a = m/ρ · φ(z)")


def _frozen(graph: Graph) -> str:
    """Which parameters a lesson that trains leaves as they are."""
    if not graph.trains:
        return ""
    parts = []
    for layer in graph.layers:
        if not isinstance(layer, WeightedLayer):
            continue
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
        known = STAGES + (MAP_STAGES if place and graph.has_maps else ())
        if stage not in known or (stage in ("start", "loss") and place):
            raise BuildError(f"narration.{name}", f"found “{name}”, wanted one of {', '.join(known)}")
        if place and scope not in scopes:
            raise BuildError(f"narration.{name}", f"found layer “{scope}”, wanted one of {', '.join(scopes)}")
        what = "cell" if graph.has_maps else "neuron"
        if neuron and neuron not in _numbers(graph, network, scope):
            raise BuildError(f"narration.{name}", f"found “{neuron}”, which is no {what} of {scope}")


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


def notation_of(graph: Graph, network: NetworkTable, classes: tuple[str, ...] = ()) -> Notation:
    """How the numbers of a network are written. Raises BuildError for numbers that do not fit it."""
    if graph.has_maps:
        return _notation_of_maps(graph, network, classes)
    inputs = network.inputs or []
    units = len(inputs) + sum(layer.units for layer in graph.layers)
    if network.numbers is not None:
        if len(network.numbers) != units:
            raise BuildError(
                "network.numbers", f"found {len(network.numbers)}, wanted {units}: inputs, then neurons"
            )
        if len(set(network.numbers)) != units:
            raise BuildError("network.numbers", "found a number twice, wanted each once")
    names = classes if graph.has_steps else ()  # the symbols of a text
    return Notation(graph, network.numbering, network.numbers, inputs, class_names=names)


def _notation_of_maps(graph: Graph, network: NetworkTable, classes: tuple[str, ...]) -> Notation:
    if network.numbers is not None:
        raise BuildError("network.numbers", "found in a network that reads images, wanted none")
    try:
        return Notation(graph, network.numbering, maps=_maps(graph, network), class_names=classes)
    except ValueError as error:
        raise BuildError("network.numbering", str(error)) from None


def _maps(graph: Graph, network: NetworkTable) -> MapNotation:
    image = network.image
    assert image is not None
    channels = () if isinstance(image.channels, int) else image.channels
    filters = {
        scope_of(table): filter_names(table)
        for table in network.layers
        if isinstance(table, ConvolutionTable)
    }
    return MapNotation(graph, channels, filters, image.name or "")
