"""The picture of a recurrent network at a moment: it unrolled, one column for each step of time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nnviz.engine.graph import Graph, Layer, Node, WeightedLayer
from nnviz.engine.lengths import end_reader, length_of
from nnviz.engine.outline import Pass
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.typeset import name_text
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.steps_cell import CellPicture, cell_of
from nnviz.ui.picture.steps_parts import MOST_WRITTEN, Column, Handed, Row, StepsPicture, Vector
from nnviz.ui.picture.steps_subject import StepSubject, current_subject
from nnviz.ui.picture.steps_text import Texts
from nnviz.ui.picture.steps_vectors import Vectors, sub_of

ERRORS = "errors"


def rows_of(graph: Graph, texts: Texts) -> tuple[Row, ...]:
    """From below to above: what comes in, every layer, the errors of the steps."""
    nodes = (graph.inputs, *(layer.a for layer in graph.layers))
    rows = [Row(node.scope, node.shape[-1], node.shape[-1] <= MOST_WRITTEN) for node in nodes]
    if texts.reads:
        rows[0] = replace(rows[0], lines=1)
    if texts.says:
        rows[-1] = replace(rows[-1], lines=texts.lines)
    if STEP_LOSSES in graph:
        rows.append(Row(ERRORS, 1, True))
    return tuple(rows)


def steps_picture_of(vectors: Vectors, texts: Texts, window: range, opened: int) -> StepsPicture:
    """The columns of the steps in `window`, that of the step `opened` marked as open."""
    graph, subject = vectors.graph, current_subject(vectors.moment)
    columns = tuple(_column(vectors, texts, subject, step, opened) for step in window)
    handed = tuple(_handed(vectors, window))
    pointed = vectors.reader.pointed
    lit, framed = frozenset(_lit_rows(graph, pointed)), frozenset(_framed_rows(graph, pointed))
    done, rows = _done(vectors), rows_of(graph, texts)
    return StepsPicture(rows, columns, handed, subject.into, done, lit, framed, used_at(pointed))


def used_at(pointed: Ref | None) -> int | None:
    """The step whose use of a weight alone is pointed at."""
    is_one = pointed is not None and pointed.part is Part.AT_STEP and pointed.cell
    return pointed.cell[0] if pointed is not None and is_one else None


def open_cell(vectors: Vectors, layer: Layer, step: int) -> CellPicture:
    """A layer at a step, opened."""
    subject = current_subject(vectors.moment)
    is_current = subject.into is not None and subject.step == step and subject.layer is layer
    return cell_of(vectors, layer, step, subject.into, is_current)


def weight_of(vectors: Vectors) -> tuple[Number | None, str]:
    """The weight that the current step is about, with its name; it stands in no column."""
    leaf = vectors.moment.leaf
    if leaf is None or leaf.ref.scope not in vectors.graph or not vectors.graph[leaf.ref.scope].is_parameter:
        return None, ""
    return vectors.number(leaf.ref), name_text(vectors.notation.name(leaf.ref)).replace("^(", " (")


def _column(vectors: Vectors, texts: Texts, subject: StepSubject, step: int, opened: int) -> Column:
    graph = vectors.graph
    found: list[Vector | None] = [_input(vectors, step)]
    found += [_layer(vectors, layer, step) for layer in graph.layers]
    read, answer, is_over = None, None, _is_over(vectors, step)
    if texts.reads and found[0] is not None:
        read = texts.read(vectors, step, found[0])
    if texts.says and found[-1] is not None and not is_over:
        answer = texts.answer(vectors, step, found[-1])
    if STEP_LOSSES in graph:
        found.append(vectors.single(graph[STEP_LOSSES], step))
    if is_over:
        found = [None for _ in found]
    is_current = step == subject.step and subject.into is not None
    back = frozenset(_back(vectors, step))
    return Column(step, tuple(found), back, is_current, step == opened, is_over, read, answer)


def _input(vectors: Vectors, step: int) -> Vector:
    return vectors.vector(vectors.graph.inputs, Part.VALUE, step)


def _layer(vectors: Vectors, layer: Layer, step: int) -> Vector | None:
    """What a layer hands on at a step; one that only reads the end of a sequence does so at the last."""
    if not layer.is_stepwise and step != length_of(vectors.moment) - 1:
        return None
    return vectors.vector(layer.a, Part.VALUE, step)


def _is_over(vectors: Vectors, step: int) -> bool:
    return step >= length_of(vectors.moment)


def _handed(vectors: Vectors, window: range) -> Iterator[Handed]:
    """What every recurrent layer hands to the next step in the window, and what comes from the one before."""
    graph = vectors.graph
    is_back = vectors.moment.stage is not None and vectors.moment.stage.into in (Pass.BACKWARD, Pass.UPDATE)
    for row, layer in enumerate(graph.layers, start=1):
        if not isinstance(layer, RecurrentLayer):
            continue
        lit = _is_lit(vectors, layer)
        for memory, state in layer.memories:
            letter = layer.name_of(memory).removesuffix("_prev")
            for step in range(window.start - 1, min(window.stop, length_of(vectors.moment))):
                done, back, new = _state_of(vectors, memory, state, step, is_back)
                is_lit = lit and letter == "h" and used_at(vectors.reader.pointed) in (None, step + 1)
                cut = back and step < 0 and vectors.moment.goes_on
                yield Handed(letter, sub_of(step), row, step, done, back, new, is_lit, cut)


def _state_of(
    vectors: Vectors, memory: Node, state: Node, step: int, is_back: bool
) -> tuple[bool, bool, bool]:
    """(done, back, new) of what goes from a step to the next one."""
    after, last = step + 1, length_of(vectors.moment) - 1
    if is_back and after <= last and vectors.is_known(memory, Part.GRADIENT, after):
        return True, True, vectors.is_one_of_new(memory, Part.GRADIENT, after)
    if step < 0:
        return True, False, False
    return vectors.is_known(state, Part.VALUE, step), False, vectors.is_one_of_new(state, Part.VALUE, step)


def _is_lit(vectors: Vectors, layer: RecurrentLayer) -> bool:
    """Whether the pointer is on a weight that leads from step to step."""
    pointed = vectors.reader.pointed
    return pointed is not None and pointed.scope == layer.w_h.scope


def _lit_rows(graph: Graph, pointed: Ref | None) -> Iterator[int]:
    """The rows whose arrows from below stand for the weight under the pointer."""
    for row, layer in enumerate(graph.layers, start=1):
        assert isinstance(layer, RecurrentLayer | WeightedLayer)
        weights = layer.w_x if isinstance(layer, RecurrentLayer) else layer.w
        if pointed is not None and pointed.scope == weights.scope:
            yield row


def _framed_rows(graph: Graph, pointed: Ref | None) -> Iterator[int]:
    """The rows that the number under the pointer is a bias of."""
    for row, layer in enumerate(graph.layers, start=1):
        assert isinstance(layer, RecurrentLayer | WeightedLayer)
        added = (layer.b, *layer.extra) if isinstance(layer, RecurrentLayer) else (layer.b,)
        if pointed is not None and any(node and node.scope == pointed.scope for node in added):
            yield row


def _done(vectors: Vectors) -> tuple[bool, ...]:
    """Of every step, whether its states are computed."""
    last = [layer for layer in vectors.graph.layers if isinstance(layer, RecurrentLayer)][-1]
    is_known = (vectors.is_known(last.a, Part.VALUE, step) for step in range(last.steps))
    return tuple(is_there or _is_over(vectors, step) for step, is_there in enumerate(is_known))


def _back(vectors: Vectors, step: int) -> Iterator[int]:
    """The rows that an error has come into from above at a step; none where nothing is judged."""
    for row, layer in enumerate(vectors.graph.layers, start=1):
        if not layer.is_stepwise or end_reader(vectors.moment, layer, step) is not None:
            continue
        if isinstance(layer, WeightedLayer):
            is_there = vectors.is_known(layer.z, Part.DELTA, step)
        else:
            is_there = vectors.is_known(layer.a, Part.ABOVE, step)
        if is_there:
            yield row
