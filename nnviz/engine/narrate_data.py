"""Sentences about numbers that come in from outside: data, and what dropout makes of the inputs."""

from __future__ import annotations

from nnviz.engine.formula import constant
from nnviz.engine.moment import Moment
from nnviz.engine.ops.dropout import Dropped, Mask
from nnviz.engine.ref import Part, Ref


def about_given(moment: Moment, ref: Ref) -> str:
    """A number of the data, or of a mask; empty for a number that is computed in a layer."""
    node = moment.graph[ref.scope]
    if isinstance(node.op, Mask):
        return _about_mask(moment, ref)
    if node is moment.graph.inputs and isinstance(node.op, Dropped):
        return _about_input(moment, ref, node.op.keep)
    return "" if node.inputs else _about_data(moment, ref)


def at_the_inputs(moment: Moment) -> str:
    """What stands at the inputs before the first step."""
    rows = len(moment.rows)
    what = f"{'one example' if rows == 1 else f'{rows} examples'} at the inputs"
    if moment.graph.data is moment.graph.inputs:
        return what
    mask = moment.array(moment.graph.nodes[moment.graph.inputs.inputs[1]].scope)
    assert mask is not None
    return f"{what}, of which {int((mask.array == 0).sum()):,} of {mask.array.size:,} numbers are dropped"


def _about_data(moment: Moment, ref: Ref) -> str:
    if ref.part in (Part.LOW, Part.HIGH):
        return "What the whole column is scaled with, so that all columns have a similar range."
    by_hand = ", set by hand" if moment.edited_at(ref) is not None else ""
    graph, what = moment.graph, moment.notation.caption(moment.notation.after_dropout(ref))
    before = ", before dropout" if graph.data is not graph.inputs and ref.scope == graph.data.scope else ""
    return f"The {what} in example {_example(moment, ref)}{before}{by_hand}."


def _about_mask(moment: Moment, ref: Ref) -> str:
    """1 or 0, and what it means for the unit or input."""
    unit = _masked(moment, ref)
    kept = "is kept" if moment.value(ref) else "is dropped: it takes no part in this example"
    return f"Drawn at random for this iteration: {unit} {kept}."


def _masked(moment: Moment, ref: Ref) -> str:
    """What the unit of a mask is called."""
    layer = moment.graph.layer_of(moment.graph[ref.scope])
    if layer is None:
        return moment.notation.neuron(None, ref.cell[0])
    if layer.is_stepwise:
        return f"unit {ref.cell[-1] + 1} of {layer.title}"  # at all steps of the sequence
    return moment.notation.neuron(layer, layer.index_of(ref.cell))


def _about_input(moment: Moment, ref: Ref, keep: float) -> str:
    """An input behind its mask."""
    unit = moment.notation.neuron(None, ref.cell[0])
    unit = unit[0].upper() + unit[1:]
    rho = f"ρ = {constant(keep).text}"
    mask = moment.graph.nodes[moment.graph.inputs.inputs[1]]
    if moment.value(Ref(mask.scope, cell=ref.cell, example=ref.example)) == 0:
        return f"{unit} is dropped in this iteration: whatever the data says, it counts as 0 in this example."
    return f"{unit} is kept, and made larger by 1/ρ ({rho}) for those that are dropped in other iterations."


def _example(moment: Moment, ref: Ref) -> str:
    return moment.textbook.example(moment.focus if ref.example is None else ref.example)
