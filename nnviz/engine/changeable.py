"""Which numbers of a moment can be changed, and why the others cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nnviz.engine.numbers import show
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.recurrent import Going, Start
from nnviz.engine.ref import CONSTANTS, LEARNING_RATE, Part, Ref

if TYPE_CHECKING:
    from nnviz.engine.moment import Moment


def holds(moment: Moment, ref: Ref) -> bool:
    """Whether an address is one of this network and its data; the screen may still show another one."""
    if ref.scope not in moment.graph:
        return ref in CONSTANTS or ref.scope == LEARNING_RATE.scope
    shape = moment.graph[ref.scope].shape
    if ref.part is Part.AT_STEP:
        shape = (moment.graph.inputs.shape[0], *shape)
    is_inside = len(ref.cell) == len(shape) and all(map(_is_below, ref.cell, shape))
    return is_inside and (ref.example is None or _is_below(ref.example, len(moment.settings.inputs)))


def _is_below(place: int, size: int) -> bool:
    return 0 <= place < size


def source(moment: Moment, ref: Ref) -> Ref:
    """What is edited for a number: the data behind an input that may be dropped, else the number."""
    is_input = ref.scope == moment.graph.inputs.scope
    return replace(ref, scope=moment.graph.data.scope) if is_input else ref


def edited(moment: Moment, ref: Ref) -> Ref:
    """The address under which a number is changed: data is that of one example, in focus unless named."""
    graph, ref = moment.graph, source(moment, ref)
    is_data = any(ref.scope == node.scope for node in (graph.data, graph.target, *graph.given) if node)
    if is_data and ref.example is None:
        return replace(ref, example=moment.focus)
    return replace(ref, iteration=None)


def why_fixed(moment: Moment, ref: Ref) -> str:
    """Why a number cannot be changed, in a sentence; empty for data, parameters and α, which can."""
    if not holds(moment, ref):
        return "This number belongs to another network."
    ref = source(moment, ref)
    if ref.scope == LEARNING_RATE.scope:
        return "" if moment.graph.trains else "This lesson does not train: α changes nothing."
    caption = moment.notation.caption(ref)
    if ref in CONSTANTS:
        return f"{_capital(caption)}: always {CONSTANTS[ref]:g}."
    if moment.is_over(ref):
        return f"{_capital(caption)} lies behind the end of its sequence."
    node = moment.graph[ref.scope]
    if ref.part is not Part.VALUE or node.inputs:
        return f"{_capital(caption)} is computed: change weights, data or α, and it follows."
    if isinstance(node.op, Mask):
        return f"{_capital(caption)} is drawn at random in every iteration."
    if isinstance(node.op, Going):
        return f"{_capital(caption)} says where a sequence goes on, which the data decides."
    if isinstance(node.op, Start) and moment.goes_on:
        return f"{_capital(caption)} is what the iteration before has ended with."
    return ""


def why_not(ref: Ref, value: float) -> str:
    """Why a number that can be changed cannot be this one: no lesson file holds it. Empty where it can."""
    if ref.scope == LEARNING_RATE.scope and value <= 0.0:
        return f"The learning rate α: found {show(value)}, wanted more than 0."
    return ""


def _capital(caption: str) -> str:
    """A caption at the start of a sentence; symbols stay as they are."""
    return caption[:1].upper() + caption[1:] if caption[:1].isascii() and caption[1:2].isalpha() else caption
