"""The columns of a table of sequences: its steps side by side, numbers or the symbols of a text."""

from __future__ import annotations

from collections.abc import Iterator

from nnviz.engine.graph import Graph, Node
from nnviz.engine.ref import Part
from nnviz.engine.textbook import Textbook
from nnviz.engine.typeset import SUBSCRIPTS
from nnviz.ui.tabs.data.model import Column


def columns_of_steps(graph: Graph, textbook: Textbook, symbols: tuple[str, ...]) -> tuple[Column, ...]:
    """Step by step what comes in and the target of the step; a target at the end only stands in front.

    With `symbols` a step is one column, for the symbol that it stands for.
    """
    notation = textbook.notation.steps
    assert notation is not None
    names = notation.input_names
    target = graph.target
    columns: list[Column] = []
    if target is not None and len(target.shape) == 1:
        columns += _columns("target", 0, target, (), symbols, ())
    for t in range(graph.inputs.shape[0]):
        columns += _columns(f"step {t + 1}", t + 1, graph.inputs, (t,), symbols, names)
        if target is not None and len(target.shape) == 2:
            columns += _columns(f"step {t + 1}", t + 1, target, (t,), symbols, ())
    return tuple(columns)


def _columns(
    title: str, source: int, node: Node, at: tuple[int, ...], symbols: tuple[str, ...], names: tuple[str, ...]
) -> Iterator[Column]:
    """The numbers of one step; one column for all of them where exactly one of them is 1."""
    letter, count = "t" if node.scope == "t" else "x", node.shape[-1]
    if symbols:
        yield Column(title, letter, source, node.scope, Part.VALUE, at, symbols)
        return
    for k in range(count):
        name = names[k] if k < len(names) else letter
        subscript = str(k + 1).translate(SUBSCRIPTS) if count > 1 and k >= len(names) else ""
        yield Column(title, f"{name}{subscript}", source, node.scope, Part.VALUE, (*at, k))
