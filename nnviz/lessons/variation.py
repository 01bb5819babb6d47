"""The same lesson with another form of a layer, other layers or another training: what a class tries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from nnviz.engine.graph import ConvolutionLayer, Graph
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import LEARNING_RATE
from nnviz.engine.settings import flat
from nnviz.engine.timeline import Edit, Settings, Timeline
from nnviz.lessons.build import Values, build
from nnviz.lessons.carrying import Start, carried, going_on
from nnviz.lessons.errors import BuildError, layer_field
from nnviz.lessons.filters import FILTERS, kernel, title
from nnviz.lessons.kernels import filter_names
from nnviz.lessons.layer_edits import cells, field_of, retitled, summed_up_now, titled_now
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.network import scope_of
from nnviz.lessons.reader import problem_message
from nnviz.lessons.schema import InitialTable, LessonFile
from nnviz.lessons.schema_layers import AnyTable, ConvolutionTable, DenseTable, PoolTable
from nnviz.lessons.schema_sequences import TextTable
from nnviz.lessons.schema_training import TrainingTable
from nnviz.lessons.sequences import pieces_of
from nnviz.lessons.snapshot import without_figures
from nnviz.lessons.training import stop_of

CHANGEABLE: dict[type[AnyTable], tuple[str, ...]] = {
    ConvolutionTable: ("stride", "padding", "size", "filters", "activation", "flipped"),
    PoolTable: ("kind", "size", "stride"),
    DenseTable: ("units", "activation"),
}


def varied(
    lesson: Lesson, layer: str, *, timeline: Timeline | None = None, iteration: int = 0, **changes: Any
) -> Lesson:
    """The lesson with another form of one layer, named by its scope; a new run from where this one is.

    `changes` are fields of the layer's table (see CHANGEABLE), sizes as one number or [rows, columns], the
    kind of a pooling layer as "max" or "average". The data and α are those of `timeline` (the lesson's own by
    default) in `iteration`, with all edits; so are the parameters as far as they still have a place. A filter
    that grows gets a border of zeros, one that shrinks loses its border; filters and weights that are new are
    drawn. Raises BuildError.
    """
    timeline = timeline or lesson.timeline
    index = _index(lesson, layer)
    table = _changed(index, lesson.file.network.layers[index], changes)
    return _carrying_on(lesson, _with_layer(lesson.file, index, table), timeline, iteration)


def with_kernel(
    lesson: Lesson,
    layer: str,
    name: str,
    filter: int = 0,
    *,
    timeline: Timeline | None = None,
    iteration: int = 0,
) -> Lesson:
    """The lesson with one filter, counted from 0, replaced by a filter of the notes, in every channel of it.

    The filter is called by its name from now on. Raises BuildError for a name that does not exist, for a
    filter of another size, and for a layer without filters.
    """
    timeline = timeline or lesson.timeline
    index = _index(lesson, layer)
    table = lesson.file.network.layers[index]
    node = next((one for one in lesson.timeline.graph.layers if one.scope == layer), None)
    if not isinstance(table, ConvolutionTable) or not isinstance(node, ConvolutionLayer):
        raise BuildError(layer_field(index, "kernels"), f"{table.name}: found a layer without filters")
    _check_kernel(index, node, name, filter)
    names = list(filter_names(table) or ("",) * node.w.shape[0])
    names[filter] = title(name)
    file = _with_layer(lesson.file, index, table.model_copy(update={"names": names}))
    old, first = Start.of(timeline, iteration), Start.of(lesson.beginning, 0)
    for start in (old, first):
        start.parameters[node.w.scope][filter] = kernel(name)
    return _going_on(lesson, file, old, first)


def _check_kernel(index: int, layer: ConvolutionLayer, name: str, filter: int) -> None:
    filters, _, *size = layer.w.shape
    field = layer_field(index, "kernels")
    if name not in FILTERS:
        raise BuildError(field, f"found “{name}”, wanted one of {', '.join(FILTERS)}")
    if not 0 <= filter < filters:
        raise BuildError(field, f"{layer.title}: found filter {filter + 1}, wanted 1 … {filters}")
    wanted = kernel(name).shape
    if tuple(size) != wanted:
        found = f"filters of {size[0]} × {size[1]}"
        raise BuildError(
            field, f"{layer.title}: found {found}, wanted {wanted[0]} × {wanted[1]} for “{name}”"
        )


def with_layers(
    lesson: Lesson,
    layers: Sequence[AnyTable],
    keep_inputs: float | None = None,
    *,
    timeline: Timeline | None = None,
    iteration: int = 0,
) -> Lesson:
    """The lesson with other layers; a new run from where this one is.

    With `keep_inputs` the inputs are kept with this probability, else as in the lesson. Parameters are kept
    as far as they still have a place, those of layers that are new are drawn. Raises BuildError.
    """
    timeline = timeline or lesson.timeline
    file = _with_layers(lesson.file, layers)
    if keep_inputs is not None:
        network = file.network.model_copy(update={"keep_inputs": field_of(keep_inputs)})
        file = file.model_copy(update={"network": network})
    return _carrying_on(lesson, file, timeline, iteration)


def with_pieces(
    lesson: Lesson, steps: int, *, timeline: Timeline | None = None, iteration: int = 0
) -> Lesson:
    """The lesson whose text is cut into pieces of so many steps: where backpropagation through time ends.

    A new run from the parameters of this one; the text is that of the file. Raises BuildError.
    """
    data = lesson.file.data
    if not isinstance(data, TextTable) or pieces_of(data) is None:
        raise BuildError("data.steps", "found sequences that are not cut, wanted one text")
    file = without_figures(lesson.file)
    fields = {**data.model_dump(exclude_unset=True), "steps": steps, "edits": None}  # other places
    try:
        table = TextTable.model_validate(fields)
    except ValidationError as error:
        raise BuildError("data.steps", problem_message(error.errors()[0])) from None
    told = {
        "title": titled_now(file.title, file.network.layers, steps),
        "summary": summed_up_now(file.title),
    }
    file = file.model_copy(update={"data": table, **told})
    return _carrying_on(lesson, file, timeline or lesson.timeline, iteration)


def with_training(
    lesson: Lesson, *, timeline: Timeline | None = None, iteration: int = 0, **fields: Any
) -> Lesson:
    """The lesson with other fields of its table `training`; a new run from the parameters of this one.

    α is that of `timeline` in `iteration` unless it is among the fields. Raises BuildError.
    """
    timeline = timeline or lesson.timeline
    training = _training(lesson, fields)
    rate = timeline.settings(iteration).learning_rate
    if "learning_rate" not in fields:
        training = training.model_copy(update={"learning_rate": rate})
    file = without_figures(lesson.file).model_copy(update={"training": training})
    return _carrying_on(lesson, file, timeline, iteration, training.learning_rate)


def keeps_run(lesson: Lesson, fields: Iterable[str]) -> bool:
    """Whether fields of the training can be changed in the middle of a run, with its past in place.

    α can where it stays the same from step to step, and so can the end of the run.
    """
    allowed = {"stop", "learning_rate"} if lesson.timeline.schedule.name == "constant" else {"stop"}
    return set(fields) <= allowed


def on_the_way(
    lesson: Lesson, *, timeline: Timeline, iteration: int, **fields: Any
) -> tuple[Lesson, Timeline]:
    """The lesson with another α from an iteration on, another end, or both, and a run that shares the past.

    A restart is with the new α from the first step on. Raises BuildError.
    """
    training, first = _training(lesson, fields), lesson.beginning
    file = without_figures(lesson.file).model_copy(update={"training": training})
    if "learning_rate" in fields:
        timeline = timeline.edited(Edit(iteration, ((LEARNING_RATE, training.learning_rate),)))
        first = first.restarted(learning_rate=training.learning_rate)
    return replace(lesson, file=file, stop=stop_of(training), expectations=(), first=first), timeline


def _training(lesson: Lesson, fields: dict[str, Any]) -> TrainingTable:
    """The training of a lesson with other fields, validated as one that is read from a file."""
    if lesson.file.training is None:
        raise BuildError("training", "found a lesson that does not train")
    try:
        return TrainingTable.model_validate({**lesson.file.training.model_dump(), **fields})
    except ValidationError as error:
        detail = error.errors()[0]
        raise BuildError(f"training.{detail['loc'][0]}", problem_message(detail)) from None


def with_other_weights(
    lesson: Lesson,
    seed: int | None = None,
    *,
    method: str | None = None,
    timeline: Timeline | None = None,
    iteration: int = 0,
) -> Lesson:
    """The lesson with all weights drawn anew, by another seed, another method or both.

    Data and α are those of `timeline` in `iteration`.
    """
    file = _with_layers(lesson.file, lesson.file.network.layers)
    initial = file.network.initial
    assert initial is not None
    if method is not None and method != initial.method:
        initial = InitialTable.model_validate({"method": method, "seed": initial.seed})
    if seed is not None:
        initial = initial.model_copy(update={"seed": seed})
    network = file.network.model_copy(update={"initial": initial})
    settings = (timeline or lesson.timeline).settings(iteration)
    file = file.model_copy(update={"network": network})
    return build(lesson.name, file, lambda graph, drawn, _: (drawn, settings))


def _carrying_on(
    lesson: Lesson, file: LessonFile, timeline: Timeline, iteration: int, rate: float | None = None
) -> Lesson:
    """A lesson from another file that goes on with parameters and data of a run."""
    old = Start.of(timeline, iteration)
    if rate is not None:
        old = replace(old, settings=replace(old.settings, learning_rate=rate))
    return _going_on(lesson, file, old, Start.of(lesson.beginning, 0))


def _going_on(lesson: Lesson, file: LessonFile, old: Start, first: Start) -> Lesson:
    """A lesson from another file that goes on with old numbers, and restarts with first ones."""
    begins: list[Array] = []

    def carry_on(graph: Graph, drawn: Values, made: Settings) -> tuple[Values, Settings]:
        drawn = list(drawn)
        begins.append(flat(graph, carried(graph, drawn, first)))
        return carried(graph, drawn, old), going_on(made, old.settings)

    made = build(lesson.name, file, carry_on)
    return replace(made, first=made.timeline.restarted(begins[0]))


# The file


def _index(lesson: Lesson, scope: str) -> int:
    scopes = [scope_of(table) for table in lesson.file.network.layers]
    if scope not in scopes:
        raise BuildError("network.layers", f"found layer “{scope}”, wanted one of {', '.join(scopes)}")
    return scopes.index(scope)


def _changed(index: int, table: AnyTable, changes: dict[str, Any]) -> AnyTable:
    """A layer's table with other fields, validated as one that is read from a file."""
    allowed = CHANGEABLE.get(type(table), ())
    for field in changes:
        if field not in allowed:
            wanted = f"wanted one of {', '.join(allowed)}" if allowed else "which cannot be changed"
            raise BuildError(layer_field(index, field), f"{table.name}: found {field}, {wanted}")
    plain: dict[str, Any] = {n: list(v) if isinstance(v, tuple) else v for n, v in changes.items()}
    if isinstance(table, PoolTable) and plain.get("kind") in ("max", "average"):
        plain["kind"] += "_pool"
    try:
        return type(table).model_validate({**_loose(table), **plain})
    except ValidationError as error:
        detail = error.errors()[0]
        field = str(detail["loc"][0])
        message = f"{table.name}: {problem_message(detail)}"
        raise BuildError(layer_field(index, field), message) from None


def _loose(table: AnyTable) -> dict[str, Any]:
    """The fields of a table without listed parameters, which would tie it to its shape."""
    fields = table.model_dump(exclude_unset=True)
    for name in ("weights", "kernels", "biases", "slopes", "gates", "memory_biases"):
        fields.pop(name, None)
    if isinstance(table, ConvolutionTable):
        fields |= _own_shape(table)
    if isinstance(table, PoolTable) and table.stride is None:
        fields["stride"] = table.size  # in force until another is asked for, also for another window
    return fields


def _own_shape(table: ConvolutionTable) -> dict[str, Any]:
    """Number, size and names of filters that a table gives by its kernels."""
    if table.kernels is None:
        return {}
    first = table.kernels[0]
    rows: Any = FILTERS[first] if isinstance(first, str) else first
    rows = rows[0] if isinstance(rows[0][0], list) else rows
    shape: dict[str, Any] = {"filters": len(table.kernels), "size": [len(rows), len(rows[0])]}
    names = filter_names(table)
    return shape | ({"names": list(names)} if names else {})


def _with_layer(file: LessonFile, index: int, table: AnyTable) -> LessonFile:
    """A lesson file with another layer; without what was written about the numbers of the first form."""
    layers = list(file.network.layers)
    layers[index] = type(table).model_validate(_fitting(_loose(table)))
    return _with_layers(file, layers)


def _with_layers(file: LessonFile, layers: Sequence[AnyTable]) -> LessonFile:
    """A lesson file with other layers, without their listed parameters."""
    layers = [type(one).model_validate(_loose(one)) for one in layers]
    initial = file.network.initial or InitialTable(method="glorot_uniform" if cells(layers) else "he")
    network = file.network.model_copy(update={"layers": layers, "initial": initial})
    told = {"title": retitled(file.title, file.network.layers, layers)}
    if cells(layers) != cells(file.network.layers):
        told["title"] = titled_now(told["title"], layers, pieces_of(file.data))
        told["summary"] = summed_up_now(file.title)
    return without_figures(file).model_copy(update={"network": network, **told})


def _fitting(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with as many names as there are filters."""
    names, count = fields.get("names"), fields.get("filters")
    if names is not None and count is not None:
        fields["names"] = [*names[:count], *[""] * (count - len(names))]
    return fields
