"""A run as it is now as a lesson file: what a lesson becomes when it is saved in the middle of its run."""

from __future__ import annotations

from typing import Any

import numpy as np

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Graph, WeightedLayer
from nnviz.engine.ops.base import Array
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.timeline import Settings, Timeline
from nnviz.lessons.build import build
from nnviz.lessons.kernels import filter_names
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.network import scope_of
from nnviz.lessons.schema import ConventionsTable, LessonFile, StartTable
from nnviz.lessons.schema_data import ColumnsTable, ImagesTable
from nnviz.lessons.schema_layers import AnyTable, ConvolutionTable, PoolTable
from nnviz.lessons.schema_sequences import RecurrentTable
from nnviz.lessons.snapshot_sequences import listed_recurrent, listed_sequences

Parameters = dict[str, Array]


def snapshot(lesson: Lesson, timeline: Timeline, iteration: int) -> LessonFile:
    """The file of a lesson that starts where a run is at the start of an iteration.

    Where that is what the lesson's file starts with, it is the file itself. Else every parameter is listed
    with all its digits, α and edited data are those of the iteration, and what was written about the first
    numbers is left away. Momentum, the mean squares of an optimizer, the masks of dropout and the place in an
    epoch begin anew.
    """
    parameters, settings = parameters_of(timeline, iteration), timeline.settings(iteration)
    first = build(lesson.name, lesson.file).timeline  # a lesson that was varied went on from other numbers
    is_first = _same(parameters, parameters_of(first, 0))
    if is_first and _same_settings(settings, first.settings(0)):
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


def _is_general(name: str) -> bool:
    """Whether a sentence is about more than single numbers, which are others now."""
    return name.count("/") < 2 and name != "start"


def _same(first: Parameters, second: Parameters) -> bool:
    return first.keys() == second.keys() and all(np.array_equal(first[one], second[one]) for one in first)


def _same_settings(first: Settings, second: Settings) -> bool:
    return _same_data(first, second) and first.learning_rate == second.learning_rate


def _same_data(first: Settings, second: Settings) -> bool:
    if not np.array_equal(first.inputs, second.inputs):
        return False
    if first.targets is None or second.targets is None:
        return first.targets is second.targets
    return np.array_equal(first.targets, second.targets)


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


def data_is_kept(lesson: Lesson, settings: Settings) -> bool:
    """Whether a snapshot holds the data of a run: not edits of a text, or beside kept examples."""
    first = build(lesson.name, lesson.file).timeline.settings(0)
    return _same_data(settings, first) or not _keeps_back(lesson)


def _keeps_back(lesson: Lesson) -> bool:
    """Whether edited data has no place in a file: beside examples for later, or in a text."""
    is_text = lesson.sequence is not None and bool(lesson.sequence.symbols)
    return is_text or lesson.validation is not None or lesson.test is not None


def _with_settings(file: LessonFile, lesson: Lesson, settings: Settings, first: Settings) -> LessonFile:
    """A lesson file with the α and the edited data of a run, where they are not those of its start."""
    training = file.training
    if training is not None and settings.learning_rate != first.learning_rate:
        training = training.model_copy(update={"learning_rate": settings.learning_rate})
        file = file.model_copy(update={"training": training})
    if _same_data(settings, first) or _keeps_back(lesson):
        return file
    if lesson.sequence is not None:
        going = lesson.timeline.graph.going
        data = listed_sequences(settings, None if going is None else settings.given[going.scope])
        return file.model_copy(update={"data": data})
    targets = np.zeros((len(settings.inputs), 0)) if settings.targets is None else settings.targets
    return (
        _with_images(file, lesson, settings.inputs, targets)
        if lesson.image
        else _with_rows(file, lesson, settings.inputs, targets)
    )


def _with_rows(file: LessonFile, lesson: Lesson, inputs: Array, targets: Array) -> LessonFile:
    """The columns as the network reads them, each with its name."""
    preparation = lesson.textbook.preparation
    assert preparation is not None
    columns = [preparation.column_name(i) for i in range(inputs.shape[1] + targets.shape[1])]
    names = file.network.inputs or columns[: inputs.shape[1]]
    network = file.network.model_copy(update={"inputs": names})
    rows = np.concatenate([inputs, targets], axis=1).tolist()
    data = ColumnsTable(columns=columns, targets=targets.shape[1], rows=rows, names=_names(lesson))
    return file.model_copy(update={"network": network, "data": data})


def _with_images(file: LessonFile, lesson: Lesson, inputs: Array, targets: Array) -> LessonFile:
    """The images as the network reads them; targets that are one class each keep its name."""
    info, classes = lesson.image, list(lesson.classes)
    assert info is not None and file.network.image is not None
    is_range = info.low is not None and info.high is not None and info.low < info.high
    image = file.network.image.model_copy(update={"range": [info.low, info.high] if is_range else None})
    what: dict[str, Any] = {"targets": targets.tolist()} if targets.shape[1] else {}
    if classes and lesson.encoding == "one_hot" and _is_one_hot(targets):
        labels = [classes[place] for place in targets.argmax(axis=1)]
        what = {"labels": labels, "classes": classes}
    data = ImagesTable(images=inputs.tolist(), names=_names(lesson), **what)
    network = file.network.model_copy(update={"image": image})
    return file.model_copy(update={"network": network, "data": data})


def _is_one_hot(targets: Array) -> bool:
    return bool(np.isin(targets, (0.0, 1.0)).all() and (targets.sum(axis=1) == 1.0).all())


def _names(lesson: Lesson) -> list[str]:
    return [lesson.textbook.example(row) for row in range(lesson.timeline.examples)]
