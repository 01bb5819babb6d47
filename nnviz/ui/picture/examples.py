"""What is told about an example whose data is an image: its name, its target and what the network says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.rounding import place_of_largest
from nnviz.engine.ref import Ref
from nnviz.ui.layout.names import subscripted


@dataclass(frozen=True, slots=True)
class Example:
    """`target` and `output` are words; `is_right` is None until the network has an answer to compare."""

    name: str
    target: str = ""
    output: str = ""
    is_right: bool | None = None
    in_focus: bool = False
    in_batch: bool = True

    @property
    def text(self) -> str:
        """All of it in one line."""
        return ", ".join(part for part in (self.name, self.target, self.output) if part)


def example_at(moment: Moment, row: int, digits: int) -> Example:
    """An example by its row in the data, with its output as soon as this iteration has computed it."""
    target, wanted = _target(moment, row, digits)
    answer = _answer(moment, row)
    return Example(
        subscripted(moment.textbook.example(row)),
        f"target {target}" if target else "",
        "" if answer is None else f"network {class_name(moment, answer)}",
        None if answer is None or wanted is None else answer == wanted,
        row == moment.focus,
        row in moment.rows,
    )


def class_name(moment: Moment, output: int) -> str:
    """What an output stands for: its class, or its place among the outputs."""
    names = moment.notation.class_names
    return names[output] if output < len(names) else str(output + 1)


def _target(moment: Moment, row: int, digits: int) -> tuple[str, int | None]:
    """The target in words, and its class where it names one."""
    targets, node = moment.settings.targets, moment.graph.target
    if targets is None or node is None:
        return "", None
    values, decimals = targets[row], moment.decimals(Ref(node.scope, cell=(0,)))
    if len(values) > 1 and _names_one(values):
        return class_name(moment, int(values.argmax())), int(values.argmax())
    return ", ".join(show(float(value), digits, decimals) for value in values), None


def _names_one(values: Array) -> bool:
    return float(values.max()) == 1.0 and int(np.count_nonzero(values)) == 1


def _answer(moment: Moment, row: int) -> int | None:
    """The largest output of an example of this batch, once all of them are computed."""
    output = moment.graph.output
    known = moment.array(output.a.scope)
    is_known = known is not None and known.mask is None and row in moment.rows
    if known is None or not is_known or output.is_map or output.units == 1:
        return None
    return place_of_largest(known.array[moment.place_of(row)])
