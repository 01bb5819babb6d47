"""The tables of a walk-through: the data, and what an iteration leaves behind, as a textbook prints them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nnviz.engine.formula import Name
from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, PoolingLayer
from nnviz.engine.lengths import Lengths
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import own_decimals, show
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.gating import Memory
from nnviz.engine.preparation import Preparation
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import name_text
from nnviz.engine.units import WeightsOfNeurons
from nnviz.engine.units_steps import WeightsOfGates
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.texts import text_of

MOST_EXAMPLES = 100
MOST_WEIGHTS = 2000  # of a dense layer: more make no table that anybody reads


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with what stands above it."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]


# The data


def data_sheets(lesson: Lesson, example: int) -> Iterator[Sheet]:
    """The data of a lesson; of images, the one in focus."""
    if lesson.image is not None:
        yield from _image_sheets(lesson, example)
        return
    if lesson.sequence is not None and lesson.sequence.symbols:
        yield _text_sheet(lesson)
        return
    preparation = lesson.textbook.preparation
    assert preparation is not None
    prepared = _as_read(lesson, preparation.prepare())
    rows = []
    for row in range(min(len(prepared), MOST_EXAMPLES)):
        cells = [
            _data_cell(preparation, row, column, prepared[row, column])
            if _is_there(lesson, row, column)
            else ""
            for column in range(prepared.shape[1])
        ]
        rows.append((lesson.textbook.example(row), *cells))
    if len(prepared) > MOST_EXAMPLES:
        rows.append(("…", *["…"] * prepared.shape[1]))
    yield Sheet("", ("example", *map(preparation.column_name, range(prepared.shape[1]))), rows)


def _as_read(lesson: Lesson, prepared: Array) -> Array:
    """The columns as the run reads them: prepared, or changed by hand."""
    settings = lesson.timeline.settings(0)
    read = [one.reshape(len(one), -1) for one in (settings.inputs, settings.targets) if one is not None]
    width = sum(one.shape[1] for one in read)
    return np.concatenate([*read, prepared[:, width:]], axis=1)


def _is_there(lesson: Lesson, row: int, column: int) -> bool:
    """Whether a number belongs to a step that a sequence has."""
    graph, settings = lesson.timeline.graph, lesson.timeline.settings(0)
    if graph.going is None:
        return True
    inputs = math.prod(graph.inputs.shape)
    node = graph.inputs if column < inputs else graph.target
    assert node is not None
    place = column if column < inputs else column - inputs
    cell = tuple(int(i) for i in np.unravel_index(place, node.shape))
    return not Lengths(graph, settings.given[graph.going.scope]).is_over(Ref(node.scope, cell=cell), row)


def _text_sheet(lesson: Lesson) -> Sheet:
    """The text of every example, and what it is to lead to: the next symbols, or one at the end."""
    settings = lesson.timeline.settings(0)
    count, has_targets = len(settings.inputs), settings.targets is not None
    rows = []
    for row in range(min(count, MOST_EXAMPLES)):
        leads_to = (text_of(lesson, row, of_targets=True),) if has_targets else ()
        rows.append((lesson.textbook.example(row), text_of(lesson, row), *leads_to))
    if count > MOST_EXAMPLES:
        rows.append(("…",) * len(rows[0]))
    return Sheet("", ("example", "text", "target")[: len(rows[0])], rows)


def _data_cell(preparation: Preparation, row: int, column: int, value: float) -> str:
    decimals = own_decimals([value])
    shown = show(value, 6, decimals)
    if preparation.expression(row, column) is None or preparation.gives(row, column) != value:
        return shown
    raw = preparation.raw_quantity(row, preparation.sources[column])
    return f"{raw.text or show(raw.value, 10, raw.decimals)} → {shown}"


def _image_sheets(lesson: Lesson, example: int) -> Iterator[Sheet]:
    image = lesson.timeline.settings(0).inputs[example]
    decimals = own_decimals(image)
    for k, channel in enumerate(image):
        title = lesson.textbook.notation.map_title(None, k)
        rows = [[show(float(x), 4, decimals) for x in row] for row in channel]
        yield _grid(f"{title}, {lesson.textbook.example(example)}", rows)


def _grid(title: str, rows: Sequence[Sequence[str]]) -> Sheet:
    """Numbers with the number of their row in front and of their column above, both from 0."""
    header = ("", *map(str, range(len(rows[0]))))
    return Sheet(title, header, [(str(r), *row) for r, row in enumerate(rows)])


# An iteration


def result_sheets(moment: Moment, digits: int) -> Iterator[Sheet]:
    """What an iteration leaves behind: maps as grids, neurons and weights as lists."""
    for layer in moment.graph.layers:
        if layer.is_map:
            yield from _map_sheets(moment, layer, digits)
        if isinstance(layer, RecurrentLayer):
            yield from _state_sheets(moment, layer, digits)
    if moment.graph.dense:
        yield Sheet("Neurons", *_neuron_table(moment, digits))
    if moment.graph.trains:
        yield Sheet("Weights", *_weight_table(moment, digits))


def _state_sheets(moment: Moment, layer: RecurrentLayer, digits: int) -> Iterator[Sheet]:
    """Everything that a recurrent layer computes at its steps, and the errors of it."""
    parts = [node for node in layer.parts if not isinstance(node.op, Memory)]
    tables = [("", [(node, Part.VALUE) for node in parts])]
    if moment.graph.trains:
        sums = [gate.z for gate in layer.gates]
        errors = [(node, Part.DELTA if node in sums else Part.GRADIENT) for node in parts]
        tables.append((", errors", errors))
    for what, columns in tables:
        names = [moment.notation.name(Ref(node.scope, part, (0, 0))) for node, part in columns]
        header = ("step", "unit", *(name_text(replace(name, sub="")) for name in map(_plain, names)))
        rows = [
            (
                str(cell[0] + 1),
                str(cell[1] + 1),
                *(_shown(moment, Ref(node.scope, part, cell), digits) for node, part in columns),
            )
            for cell in np.ndindex(moment.shape(layer.a, None))
        ]
        yield Sheet(f"{layer.title}{what}", header, rows)


def _plain(name: Name) -> Name:
    """The name of a vector: that of its numbers without their indices."""
    return name if name.by is None else replace(name, by=replace(name.by, sub=""))


def _map_sheets(moment: Moment, layer: Layer, digits: int) -> Iterator[Sheet]:
    quantities: list[tuple[str, str, Part]] = [("p", "p", Part.VALUE)]
    errors: list[tuple[str, str, Part]] = [("∂E/∂p", "p", Part.GRADIENT)]
    if not isinstance(layer, PoolingLayer):
        quantities = [("z", "z", Part.VALUE), ("a", "a", Part.VALUE)]
        errors = [("δ", "z", Part.DELTA)]
    for name, role, part in quantities + (errors if moment.graph.trains else []):
        maps, rows, columns = layer.a.shape
        for f in range(maps):
            refs = [
                [Ref(f"{layer.scope}/{role}", part, (f, r, c)) for c in range(columns)] for r in range(rows)
            ]
            if all(moment.value(ref) is None for row in refs for ref in row):
                continue
            title = f"{layer.title}, {moment.notation.map_title(layer, f)}: {name}"
            yield _grid(title, [[_shown(moment, ref, digits) for ref in row] for row in refs])


def _neuron_table(moment: Moment, digits: int) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    columns = [("z", "z", Part.VALUE), ("a", "a", Part.VALUE)]
    if moment.graph.trains:
        columns += [("∂E/∂a", "a", Part.GRADIENT), ("slope of φ", "a", Part.SLOPE), ("δ", "z", Part.DELTA)]
    rows = []
    for layer in moment.graph.dense:
        for i, cell in enumerate(np.ndindex(moment.shape(layer.a, None))):
            refs = [Ref(f"{layer.scope}/{role}", part, cell) for _, role, part in columns]
            number = moment.notation.number(layer, i)
            if layer.is_stepwise:
                number += f", step {cell[0] + 1}"
            rows.append((layer.title, number, *(_shown(moment, ref, digits) for ref in refs)))
    return ("layer", "neuron", *(column[0] for column in columns)), rows


def _weight_table(moment: Moment, digits: int) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    rows = []
    for layer in moment.graph.layers:
        refs = list(_weights(layer))
        for ref in refs[:MOST_WEIGHTS]:
            parts = (Part.VALUE, Part.SHARE, Part.GRADIENT, Part.NEW)
            numbers = [_shown(moment, ref.of(part), digits) for part in parts]
            rows.append((moment.notation.address(ref), *numbers))
        if len(refs) > MOST_WEIGHTS:
            rows.append((f"… {len(refs) - MOST_WEIGHTS:,} more", "", "", "", ""))
    name = moment.textbook.example(moment.focus)
    return ("weight", "before", f"∂E/∂w from {name}", "∂E/∂w", "after"), rows


def _weights(layer: Layer) -> Iterator[Ref]:
    """The weights of a layer, those that lead into one neuron or make one filter together, bias first."""
    if isinstance(layer, ConvolutionLayer):
        for f in range(layer.w.shape[0]):
            if layer.b is not None:
                yield Ref(layer.b.scope, cell=(f,))
            yield from (Ref(layer.w.scope, cell=(f, *tap)) for tap in np.ndindex(layer.w.shape[1:]))
            if layer.slopes is not None:
                yield Ref(layer.slopes.scope, cell=(f,))
    elif isinstance(layer, DenseLayer):
        places = WeightsOfNeurons(layer)
        for unit in range(places.count):
            yield from (Ref(node.scope, cell=cell) for node, cell in places.places(unit))
    elif isinstance(layer, RecurrentLayer):
        gates = WeightsOfGates(layer)
        for unit in range(gates.count):
            yield from (Ref(node.scope, cell=cell) for node, cell in gates.places(unit))


def _shown(moment: Moment, ref: Ref, digits: int) -> str:
    value = moment.value(ref)
    return "" if value is None else show(value, digits, moment.decimals(ref))
