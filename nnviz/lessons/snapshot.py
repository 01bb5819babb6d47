"""A run as it is now as a lesson file: what a lesson becomes when it is saved in the middle of its run."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Graph, WeightedLayer
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.timeline import Settings, Timeline
from nnviz.lessons.build import build
from nnviz.lessons.edits import edits_of, is_same_data
from nnviz.lessons.errors import BuildError
from nnviz.lessons.kernels import filter_names
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.network import scope_of
from nnviz.lessons.schema import ConventionsTable, LessonFile, StartTable
from nnviz.lessons.schema_layers import AnyTable, ConvolutionTable, PoolTable
from nnviz.lessons.schema_sequences import RecurrentTable
from nnviz.lessons.snapshot_sequences import listed_recurrent

Parameters = dict[str, Array]


def snapshot(lesson: Lesson, timeline: Timeline, iteration: int) -> LessonFile:
    """The file of a lesson that starts where a run is at the start of an iteration.

    Where that is what the lesson's file starts with, it is the file itself. Else every parameter is listed
    with all its digits, α is that of the iteration, edits of the data are listed beside it, and what was
    written about the first numbers is left away. Momentum, the mean squares of an optimizer, the masks of
    dropout and the place in an epoch begin anew.
    """
    parameters, settings = parameters_of(timeline, iteration), timeline.settings(iteration)
    first = build(lesson.name, lesson.file).timeline  # a lesson that was varied went on from other numbers
    is_first = _same(parameters, parameters_of(first, 0))
    _check_shape(first.settings(0), settings)
    is_same_rate = settings.learning_rate == first.settings(0).learning_rate
    if is_first and is_same_rate and is_same_data(first.settings(0), settings, timeline.graph):
        return lesson.file
    file = without_figures(lesson.file)
    layers = [_listed(table, timeline.graph, parameters, file.conventions) for table in file.network.layers]
    network = file.network.model_copy(update={"layers": layers})
    file = file.model_copy(update={"network": network})
    return _with_settings(file, lesson, settings, first.settings(0))


def parameters_of(timeline: Timeline, iteration: int) -> Parameters:
    """What an iteration starts from, by scope."""
    flat, graph = timeline.state(iteration).parameters, timeline.graph
    return {n.scope: flat[graph.slices[n.index]].reshape(n.shape).copy() for n in graph.parameters}


def without_figures(file: LessonFile) -> LessonFile:
    """A lesson file without what was written about the numbers of its first run."""
    start = StartTable(example=file.start.example, depth=file.start.depth, views=file.start.views)
    narration = {name: text for name, text in file.narration.items() if _is_general(name)}
    return file.model_copy(update={"start": start, "narration": narration, "expect": []})


def left_out(before: LessonFile, saved: LessonFile) -> tuple[str, ...]:
    """What was written about the numbers of a first run, and does not stand in what is saved."""
    found = []
    gone = before.narration.keys() - saved.narration.keys()
    if "start" in gone:
        found.append("the opening sentence")
    if others := len(gone - {"start"}):
        found.append(counted(others, "sentence") + " about single numbers")
    if before.expect and not saved.expect:
        found.append(counted(len(before.expect), "expected number"))
    return tuple(found)


def _is_general(name: str) -> bool:
    """Whether a sentence is about more than single numbers, which are others now."""
    return name.count("/") < 2 and name != "start"


def _same(first: Parameters, second: Parameters) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[one], second[one]) for one in first)


def _check_shape(first: Settings, now: Settings) -> None:
    """Raises BuildError where a file has changed since the lesson was opened."""
    if first.inputs.shape != now.inputs.shape:
        rows = f"found {len(first.inputs):,} examples and not {len(now.inputs):,} as when it was opened"
        raise BuildError("data", f"{rows}: its file has changed, wanted the lesson opened again")


# Layers


def _listed(table: AnyTable, graph: Graph, parameters: Parameters, conventions: ConventionsTable) -> AnyTable:
    """A layer with its parameters written out."""
    layer = next((one for one in graph.layers if one.scope == scope_of(table)), None)
    if isinstance(layer, RecurrentLayer) and isinstance(table, RecurrentTable):
        return listed_recurrent(table, layer, parameters)
    if not isinstance(layer, WeightedLayer) or isinstance(table, PoolTable):
        return table
    update: dict[str, Any] = {}
    if layer.slopes is not None:
        update["slopes"] = parameters[layer.slopes.scope].ravel().tolist()
    bias = None if layer.b is None else parameters[layer.b.scope]
    weights = parameters[layer.w.scope]
    if isinstance(layer, DenseLayer):
        rows = weights if bias is None else np.column_stack([np.broadcast_to(bias, len(weights)), weights])
        update["weights"] = rows.tolist()
    elif isinstance(layer, ConvolutionLayer) and isinstance(table, ConvolutionTable):
        update |= {"kernels": weights.tolist(), "names": list(filter_names(table)) or None}
        update["biases"] = None if bias is None else bias.tolist()
    return table.model_copy(update=update)


# α and data


def _with_settings(file: LessonFile, lesson: Lesson, settings: Settings, first: Settings) -> LessonFile:
    """A lesson file with the α and the edited data of a run, where they are not those of its start."""
    graph = lesson.timeline.graph
    training = file.training
    if training is not None and settings.learning_rate != first.learning_rate:
        training = training.model_copy(update={"learning_rate": settings.learning_rate})
        file = file.model_copy(update={"training": training})
    if is_same_data(first, settings, graph):
        return file
    listed = _unedited(lesson) if lesson.file.data.edits else first
    edits = edits_of(listed, settings, graph, lesson.textbook.notation)
    return file.model_copy(update={"data": file.data.model_copy(update={"edits": edits or None})})


def _unedited(lesson: Lesson) -> Settings:
    """The data of a lesson before any number of it was changed by hand."""
    data = lesson.file.data.model_copy(update={"edits": None})
    return build(lesson.name, lesson.file.model_copy(update={"data": data})).timeline.settings(0)
