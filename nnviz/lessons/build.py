"""From the tables of a lesson file to a lesson that can be taught."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from nnviz.engine.conventions import Conventions
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.graph import Graph, GraphError
from nnviz.engine.measures import Examples, judged
from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.outline import Depth
from nnviz.engine.program import LATE
from nnviz.engine.settings import flat
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings, Timeline
from nnviz.lessons.concerns import concerns
from nnviz.lessons.data import Prepared, prepared
from nnviz.lessons.edits import count_of, edited
from nnviz.lessons.errors import BuildError
from nnviz.lessons.expectations import expectations
from nnviz.lessons.images import prepared_images
from nnviz.lessons.lesson import Lesson, SequenceInfo
from nnviz.lessons.network import Listed, chain, graph_of, scope_of
from nnviz.lessons.records import prepared_records
from nnviz.lessons.recurrent import given_states, recurrent_layers
from nnviz.lessons.schema import ConventionsTable, LessonFile, NetworkTable
from nnviz.lessons.schema_data import ColumnsTable, DataForm, GenerateTable, ImagesTable, RecordsTable
from nnviz.lessons.schema_layers import DenseTable
from nnviz.lessons.schema_sequences import RecurrentTable, SequencesTable, TextTable
from nnviz.lessons.sequences import prepared_sequences
from nnviz.lessons.sources import records_of
from nnviz.lessons.start_values import start_values
from nnviz.lessons.training import plan_of, stop_of
from nnviz.lessons.words import check_narration, conventions_of, notation_of

MOST_NAMED = 6

Values = Iterable[tuple[str, Array]]  # parameters by scope
Continue = Callable[[Graph, Values, Settings], tuple[Values, Settings]]


def build(name: str, file: LessonFile, carry_on: Continue | None = None) -> Lesson:
    """A lesson from its file. Raises BuildError with the field that does not fit the others.

    `carry_on` may replace what the run starts from: it gets the graph, the start values and the settings.
    """
    conventions = _conventions(file.conventions)
    ordered = chain(file.network.layers)
    data = _data(file, ordered)
    graph = _graph(file, ordered, data, conventions)
    values: Values = start_values(file.network, ordered, graph, conventions)
    data = _with_states(file, graph, data)
    textbook = _textbook(file, graph, data, conventions)
    listed = _settings(file, graph, data)
    settings = edited(file.data.edits or (), listed, graph, textbook.notation)
    if carry_on is not None:
        values, settings = carry_on(graph, values, settings)
    timeline = _timeline(file, graph, values, settings, data)
    loss = file.training.loss if file.training else None
    return Lesson(
        name=name,
        title=file.title,
        summary=file.summary.strip(),
        source=_source(file, data, count_of(listed, settings, graph)),
        timeline=timeline,
        textbook=textbook,
        conventions=conventions_of(conventions, loss, timeline, data.preparation),
        stop=stop_of(file.training),
        start=_start(file, timeline, textbook.notation),
        depth=_depth(file, graph),
        digits=file.digits,
        views=tuple(file.start.views),
        expectations=tuple(expectations(file.expect, textbook.notation, timeline.examples)),
        file=file,
        image=data.image,
        classes=data.classes,
        test=data.test,
        validation=data.validation,
        encoding=data.encoding,
        sequence=data.sequence,
        concerns=concerns(graph, settings),
    )


def _graph(file: LessonFile, ordered: list[Listed], data: Prepared, conventions: Conventions) -> Graph:
    shape = data.inputs.shape[1:]
    graph = graph_of(file, ordered, conventions, shape, data.targets.shape[1:], "going" in data.given)
    _check_targets(file, data)
    return graph


def _textbook(file: LessonFile, graph: Graph, data: Prepared, conventions: Conventions) -> Textbook:
    network = _named(file.network, data)
    check_narration(file.narration, graph, network)
    notation = notation_of(graph, network, data.classes if data.encoding == "one_hot" else ())
    return Textbook(notation, conventions, data.preparation, file.narration, data.names)


def _conventions(table: ConventionsTable) -> Conventions:
    return Conventions(
        squared_error_half=table.squared_error == "half",
        reduction=table.reduction,
        bias=table.bias,
        bias_trained=table.bias_trained,
        delta=table.delta,
        relu_slope_at_zero=table.relu_slope_at_zero,
        backward_weights=table.backward_weights,
    )


def _data(file: LessonFile, layers: list[Listed]) -> Prepared:
    """The data, which must be of the kind that the network reads."""
    network, table = file.network, file.data
    if network.image is not None and network.inputs is not None:
        raise BuildError("network.image", "found beside inputs, wanted one of them")
    if network.image is None:
        return _columns(network, table)
    if not isinstance(table, ImagesTable):
        field = "data.columns" if isinstance(table, ColumnsTable) else "data"
        raise BuildError(field, "found columns for network.image, wanted images or dataset")
    data = prepared_images(table, network.image)
    is_dense = layers[-1].table.kind == "dense"
    if table.dataset is None or is_dense or file.training is not None:
        return data
    targets = np.zeros((len(data.inputs), 0))
    return replace(data, targets=targets, classes=(), test=None, validation=None, encoding=None)


def _columns(network: NetworkTable, table: DataForm) -> Prepared:
    """The data of a network that reads columns; they have names where the lesson does not list them."""
    if isinstance(table, ImagesTable):
        raise BuildError("data", "found images for a network that reads columns, wanted network.image")
    if isinstance(table, SequencesTable | TextTable):
        at_the_end = any(isinstance(one, DenseTable) and one.steps == "last" for one in network.layers)
        return prepared_sequences(table, network.inputs, at_the_end)
    if isinstance(table, ColumnsTable):
        if network.inputs is None:
            raise BuildError("network.inputs", "missing, wanted inputs or a table network.image")
        return prepared(table, len(network.inputs))
    assert isinstance(table, RecordsTable | GenerateTable)
    data = prepared_records(records_of(table), table)
    if network.inputs is not None and len(network.inputs) != len(data.input_names):
        names = ", ".join(data.input_names[:MOST_NAMED]) + (
            ", …" if len(data.input_names) > MOST_NAMED else ""
        )
        message = f"found {len(network.inputs)}, wanted {len(data.input_names)} as in the data: {names}"
        raise BuildError("network.inputs", message)
    return data


def _named(network: NetworkTable, data: Prepared) -> NetworkTable:
    """The network with names for its inputs."""
    if network.inputs is not None or network.image is not None:
        return network
    return network.model_copy(update={"inputs": list(data.input_names)})


def _check_targets(file: LessonFile, data: Prepared) -> None:
    """Whether the targets are classes where a loss takes them for classes. Raises BuildError."""
    if file.training is None:
        return
    is_perceptron = file.training.loss == "perceptron"
    if not is_perceptron and file.training.only is None:
        return
    classes = (-1.0, 1.0) if is_perceptron else (0.0, 1.0)
    targets = judged(data.targets, data.given.get("going"))
    other = targets[~np.isin(targets, classes)]
    if other.size:
        field, who = ("loss", "perceptron") if is_perceptron else ("only", "training on mistakes")
        wanted = "−1 and 1" if is_perceptron else "0 and 1"
        message = f"found a target of {other[0]:g}, wanted targets {wanted} for {who}"
        raise BuildError(f"training.{field}", message)


def _settings(file: LessonFile, graph: Graph, data: Prepared) -> Settings:
    targets = data.targets if graph.target is not None else None
    return Settings(data.inputs, targets, file.training.learning_rate if file.training else 0.0, data.given)


def _with_states(file: LessonFile, graph: Graph, data: Prepared) -> Prepared:
    """The data with the states that sequences start from, also those that are kept from training."""

    def given(of: Prepared | Examples) -> dict[str, Array]:
        return {**of.given, **dict(_states(file, graph, len(of.inputs)))}

    validation, test = (
        None if part is None else replace(part, given=given(part)) for part in (data.validation, data.test)
    )
    return replace(data, given=given(data), validation=validation, test=test)


def _states(file: LessonFile, graph: Graph, examples: int) -> Iterator[tuple[str, Array]]:
    """What the lesson says about the states of its recurrent layers."""
    layers = recurrent_layers(graph)
    for index, table in enumerate(file.network.layers):
        if isinstance(table, RecurrentTable):
            yield from given_states(table, layers[scope_of(table)], index, examples)


def _timeline(file: LessonFile, graph: Graph, values: Values, settings: Settings, data: Prepared) -> Timeline:
    """The run. Raises BuildError for an optimizer that this network cannot be trained with."""
    plan = plan_of(file.training)
    if data.sequence is not None and data.sequence.streams:
        plan |= _plan_of_streams(file, data.sequence)
    try:
        return Timeline(graph, flat(graph, values), settings, validation=data.validation, **plan)
    except GraphError as error:
        field = f"conventions.{LATE}" if error.about == LATE else "training.optimizer"
        raise BuildError(field, str(error)) from None


def _plan_of_streams(file: LessonFile, sequence: SequenceInfo) -> dict[str, Any]:
    """All streams side by side in every batch, in order where their states are carried on."""
    training = file.training
    if training is not None and training.batch not in ("all", sequence.streams):
        message = f"found {training.batch}, wanted {sequence.streams}, one piece of each stream"
        raise BuildError("training.batch", message)
    if training is not None and sequence.carries and training.order != "listed":
        raise BuildError("training.order", f"found “{training.order}” with carried states, wanted “listed”")
    return {"batch_size": sequence.streams, "carry": sequence.carries}


def _source(file: LessonFile, data: Prepared, edits: int) -> str:
    """Where a lesson comes from, its data where that has a license of its own, and what is not from there."""
    hand = f"{counted(edits, 'number')} of the data changed by hand" if edits else ""
    return " · ".join(part for part in (file.source.strip(), data.source, hand) if part)


def _depth(file: LessonFile, graph: Graph) -> Depth:
    depth = file.start.depth
    if depth in ("cell", "map") and not graph.has_maps:
        raise BuildError("start.depth", f"found “{depth}” in a network without maps, wanted neuron or layer")
    if depth == "step" and not graph.has_steps:
        raise BuildError("start.depth", "found “step” in a network without sequences, wanted neuron or layer")
    if depth == "step":
        return Depth.MAP
    return Depth.NEURON if depth == "cell" else Depth[depth.upper()]


def _start(file: LessonFile, timeline: Timeline, notation: Notation) -> Cursor:
    start = file.start
    if start.example > timeline.examples:
        raise BuildError("start.example", f"found {start.example}, wanted 1 … {timeline.examples}")
    if start.iteration > 1 and not timeline.graph.trains:
        raise BuildError(
            "start.iteration", f"found {start.iteration} in a lesson that does not train, wanted 1"
        )
    position = 0
    if start.at is not None:
        try:
            ref = notation.parse(start.at)
        except AddressError as error:
            raise BuildError("start.at", str(error)) from None
        found = Walk(timeline).outline(0).completed_at(ref)
        if found is None:
            raise BuildError(
                "start.at", f"found “{start.at}”, which no step computes; wanted a place to start at"
            )
        position = found
    return Cursor(start.iteration - 1, position, start.example - 1)
