"""The examples of a set as points of a plot: where they stand, what they are, and what is told of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.measures import Task, decided
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui.picture.answers import ExampleSet, Places, class_names, classes_said, wrong
from nnviz.ui.picture.axes import name_of_column, scale_of_column

MOST_TOLD = 4  # outputs that are told one by one


@dataclass(frozen=True, eq=False)
class Cloud:
    """`kinds` are the classes, −1 where there are none; `values` colors a point that has no class.

    Only points of the examples that are trained on can be put into focus.
    """

    source: ExampleSet
    x: Array
    y: Array
    kinds: Places
    wrong: NDArray[np.bool_]
    outputs: Array
    values: Array | None = None

    def __len__(self) -> int:
        return len(self.x)


def on_plane(source: ExampleSet, outputs: Array, task: Task | None, unit: int) -> Cloud:
    """Examples where their two inputs are; of a fit colored by their target."""
    values = source.targets[:, unit] if source.targets is not None and task is None else None
    return _cloud(source, source.inputs[:, 0], source.inputs[:, 1], outputs, task, values)


def on_curve(source: ExampleSet, outputs: Array, task: Task | None, unit: int) -> Cloud:
    """Examples at the height of their target, of several classes on the curve of their own class."""
    assert source.targets is not None
    heights = source.targets[:, unit]
    if task == "classes":
        heights = outputs[np.arange(len(outputs)), decided(source.targets, task)]
    return _cloud(source, source.inputs[:, 0], heights, outputs, task, None)


def against_true(source: ExampleSet, outputs: Array, unit: int) -> Cloud:
    """Targets to the right, outputs upward."""
    assert source.targets is not None
    return _cloud(source, source.targets[:, unit], outputs[:, unit], outputs, None, None)


def _cloud(
    source: ExampleSet, x: Array, y: Array, outputs: Array, task: Task | None, values: Array | None
) -> Cloud:
    targets, count = source.targets, len(x)
    if targets is None or task is None:
        return Cloud(source, x, y, np.full(count, -1), np.zeros(count, dtype=bool), outputs, values)
    return Cloud(source, x, y, decided(targets, task), wrong(outputs, targets, task), outputs)


def told(cloud: Cloud, place: int, moment: Moment, task: Task | None, names: tuple[str, ...]) -> str:
    """An example in a few lines: its name, its inputs, its target and what the network says."""
    source = cloud.source
    lines = [source.example(moment, place)]
    if source.inputs.ndim == 2 and source.inputs.shape[1] <= MOST_TOLD:
        lines.append(", ".join(_input(moment, source, place, i) for i in range(source.inputs.shape[1])))
    if source.targets is not None:
        lines.append(f"target {_target(moment, source, place, task, names)}")
    lines.append(f"output {_output(moment, cloud.outputs[place], task, names)}")
    return "\n".join(lines)


def _input(moment: Moment, source: ExampleSet, place: int, index: int) -> str:
    symbol = name_text(moment.notation.name(Ref(moment.graph.inputs.scope, cell=(index,))))
    name = name_of_column(moment, index) or symbol
    return f"{name} = {_given(moment, source, place, index, float(source.inputs[place, index]))}"


def _target(moment: Moment, source: ExampleSet, place: int, task: Task | None, names: tuple[str, ...]) -> str:
    assert source.targets is not None
    targets = source.targets[place]
    if task is not None:
        return class_names(task, names, len(targets))[int(decided(targets[None], task)[0])]
    first = int(np.prod(moment.graph.inputs.shape))
    texts = [_given(moment, source, place, first + i, float(v)) for i, v in enumerate(targets[:MOST_TOLD])]
    return ", ".join(texts) + (", …" if len(targets) > MOST_TOLD else "")


def _given(moment: Moment, source: ExampleSet, place: int, column: int, value: float) -> str:
    """A number of the data as the lesson lists it: what was rounded on the way to the network does not come
    back by scaling. Where it has been edited since, or is not listed, it is scaled back."""
    preparation = moment.textbook.preparation
    if source.is_training and preparation is not None and column < len(preparation.sources):
        raw = preparation.raw_quantity(place, preparation.sources[column])
        if float(preparation.scalings[column].apply(np.array([raw.value]))[0]) == value:
            return raw.text or show(raw.value, decimals=raw.decimals)
    gain, offset = scale_of_column(moment, column)
    return show(value * gain + offset)


def _output(moment: Moment, outputs: Array, task: Task | None, names: tuple[str, ...]) -> str:
    """The class it speaks for and the number that decides it, or the numbers that it fits."""
    if task is None:
        return _numbers(moment, outputs)
    said = int(classes_said(outputs[None], task)[0])
    deciding = outputs[said] if task == "classes" and said >= 0 else outputs[0]
    word = class_names(task, names, len(outputs))[said] if said >= 0 else "undecided"
    return f"{word} ({show(float(deciding))})"


def _numbers(moment: Moment, values: Array) -> str:
    """Numbers of the outputs on their original scale."""
    first = int(np.prod(moment.graph.inputs.shape))
    scales = [scale_of_column(moment, first + i) for i in range(len(values))]
    texts = [show(float(v) * gain + offset) for v, (gain, offset) in zip(values, scales, strict=True)]
    return ", ".join(texts[:MOST_TOLD]) + (", …" if len(texts) > MOST_TOLD else "")
