"""One moment of a run: what is computed at a cursor, and nothing later. All that a view is given."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from nnviz.engine import changeable
from nnviz.engine.clipping import Clipping
from nnviz.engine.contributions import contributions, gradients_by_step, shares_of
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.formula import Expr
from nnviz.engine.graph import Graph, Node
from nnviz.engine.known import Known, array_of, known_at
from nnviz.engine.landscape import Landscape, landscape_of
from nnviz.engine.lengths import Lengths
from nnviz.engine.measures import Measure
from nnviz.engine.notation import Notation
from nnviz.engine.numbers import MOST_DECIMALS, own_decimals
from nnviz.engine.ops.base import Array, Cell, Elementwise
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.rounding import is_level
from nnviz.engine.optimizers import UPDATE_NUMBERS, GradientDescent, Optimizer
from nnviz.engine.order import Rows
from nnviz.engine.outline import Depth, Kind, Leaf, Outline, Stage
from nnviz.engine.past import is_too_large, losses_until, schedule_line, until
from nnviz.engine.penalty import Penalty
from nnviz.engine.ref import CONSTANTS, LEARNING_RATE, Part, Ref
from nnviz.engine.run import Record
from nnviz.engine.slopes import slope_at, slopes_of
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Edit, Settings
from nnviz.engine.weight_path import WeightPath, path_until

Evaluate = Callable[[Array, Array | None], Record]

AT_STEPS = -1  # in place of an example: all of them, step by step
FOLLOWING = (Part.SLOPE, Part.ERROR, Part.TERM, Part.SHARE, Part.AT_STEP)


@dataclass(frozen=True)
class Moment:
    """A frozen picture of an iteration at a cursor."""

    graph: Graph
    textbook: Textbook
    outline: Outline
    cursor: Cursor
    rows: Rows
    stage: Stage | None
    leaf: Leaf | None
    known: Mapping[tuple[str, Part], Known]
    losses: Sequence[float]
    optimizer: Optimizer
    penalty: Penalty
    clip: float | None  # the most that the length of the gradient may be
    update: int  # of the run, counted from 1
    schedule_line: Expr | None  # α written out, where a schedule changes it
    training: Sequence[Measure]
    validation: Sequence[Measure]
    evaluate: Evaluate = field(repr=False)  # other examples with these parameters, nothing dropped
    path: Callable[[Sequence[Ref]], WeightPath] = field(repr=False)  # of parameters, until this iteration
    landscape: Callable[[Sequence[Ref]], Landscape] = field(repr=False)  # E over parameters, others held
    learning_rate: float
    run_length: int  # how many iterations can be looked at; what is in the later ones is not told
    epoch: int
    diverged: bool
    goes_on: bool  # with the states that the iteration before has ended with
    settings: Settings
    edits: tuple[Edit, ...] = ()
    is_too_large: bool = False  # it has overflowed with numbers that no update has led to
    before: Callable[[], Record] | None = field(default=None, repr=False)  # the iteration before this one
    of_error: Callable[[str, int | None], Array] | None = field(default=None, repr=False)
    clipped: Callable[[], Clipping | None] = field(default=lambda: None, repr=False)
    told: dict[Depth, Any] = field(default_factory=dict, repr=False)  # explanations, each made once
    _decimals: dict[tuple[str, Part], int | None] = field(default_factory=dict, repr=False)
    _shares: dict[tuple[str, int], Array] = field(default_factory=dict, repr=False)
    _there: dict[tuple[str, Part], Known] = field(default_factory=dict, repr=False)

    @property
    def notation(self) -> Notation:
        return self.textbook.notation

    @property
    def iteration(self) -> int:
        return self.cursor.iteration

    @property
    def focus(self) -> int:
        """The row of the data that is in focus."""
        return self.cursor.example

    @cached_property
    def row(self) -> int:
        """The place of the focus example in the batch."""
        return max(self.place_of(self.focus), 0)

    def place_of(self, example: int) -> int:
        """The place of an example in the batch; −1 where this iteration does not work on it."""
        return self.rows.index(example) if example in self.rows else -1

    @cached_property
    def lengths(self) -> Lengths:
        """How long the sequences of the batch are."""
        going = self.graph.going
        known = self.known.get((going.scope, Part.VALUE)) if going is not None else None
        return Lengths(self.graph, None if known is None else known.array)

    def is_over(self, ref: Ref) -> bool:
        """Whether a number belongs to a step that its sequence does not have: nothing is there."""
        row = self.row if ref.example is None else self.place_of(ref.example)
        return row >= 0 and self.lengths.is_over(ref, row)

    def shape(self, node: Node, example: int | None) -> Cell:
        """The shape of what one example has of a node, the one in focus by default."""
        return self.lengths.shape(node, self.row if example is None else self.place_of(example))

    @property
    def is_complete(self) -> bool:
        return self.cursor.position >= self.outline.length

    @property
    def is_plain_descent(self) -> bool:
        """Whether a parameter becomes w − α·∂E/∂w and nothing else takes part."""
        return type(self.optimizer) is GradientDescent and not self.penalty and self.clip is None

    def array(self, scope: str, part: Part = Part.VALUE) -> Known | None:
        """A whole quantity, or None where none of it is computed; NaN at steps that are not there."""
        known = self.known.get((scope, part))
        there = self.lengths.there(self.graph[scope]) if known is not None else None
        if known is None or there is None:
            return known
        if (scope, part) not in self._there:
            mask = there if known.mask is None else known.mask & there
            self._there[scope, part] = Known(np.where(mask, known.array, np.nan), mask)
        return self._there[scope, part]

    def value(self, ref: Ref) -> float | None:
        """One number, or None where it is not computed yet; the focus example unless `ref` names another.

        A step that a sequence does not have is never computed.
        """
        if ref.iteration is not None and ref.iteration != self.iteration:
            return self._earlier(ref)
        if self.is_over(ref):
            return None
        row = self.row if ref.example is None else self.place_of(ref.example)
        known = self.known.get((ref.scope, ref.part))
        if known is None:
            return self._unlisted(ref, row)
        node = self.graph[ref.scope]
        if not 0 <= row < len(self.rows):
            return self._outside_batch(ref)
        cell = ref.cell if node.is_parameter or node is self.graph.loss else (row, *ref.cell)
        if known.mask is not None and not known.mask[cell]:
            return None
        return float(known.array[cell])

    def _unlisted(self, ref: Ref, row: int) -> float | None:
        """A number that is not a cell of a known quantity: given, or following from others."""
        if ref == LEARNING_RATE:
            return self.learning_rate
        if ref in CONSTANTS:
            return CONSTANTS[ref]
        if ref.part in (Part.RAW, Part.LOW, Part.HIGH):
            return self._unprepared(ref)
        if ref.part not in FOLLOWING or not 0 <= row < len(self.rows):
            return None
        return self._following(ref, row) if self._is_done(ref, row) else None

    def _is_done(self, ref: Ref, row: int) -> bool:
        """Whether a number that follows from others is computed; shares are asked for by the thousand."""
        node = self.graph[ref.scope]
        is_whole = len(ref.cell) == len(node.shape) + (ref.part is Part.AT_STEP)
        if ref.part in (Part.SHARE, Part.AT_STEP) and node.is_parameter and is_whole:
            stage = self.outline.stage_of(ref.scope, Part.GRADIENT)
            if stage is not None and not stage.start < self.cursor.position < stage.end:
                is_stepwise = stage.layer is not None and stage.layer.is_stepwise
                return self.cursor.position >= stage.end and (ref.part is Part.SHARE or is_stepwise)
        done = self.outline.completed_at(ref, row)
        return done is not None and self.cursor.position >= done

    def edited_at(self, ref: Ref) -> int | None:
        """The iteration at whose start somebody set this number, None if it is not set by hand."""
        wanted = (ref.scope, ref.part, ref.cell)
        example = self.focus if ref.example is None else ref.example
        for edit in reversed(self.edits):
            for one, _ in edit.values:
                if (one.scope, one.part, one.cell) == wanted and one.example in (None, example):
                    return edit.iteration
        return None

    def _earlier(self, ref: Ref) -> float | None:
        """A parameter, its gradient or α in the iteration before, which is over and has no secrets."""
        if self.before is None or ref.iteration != self.iteration - 1:
            return None
        record = self.before()
        if ref.scope == LEARNING_RATE.scope:
            return record.state.learning_rate
        node = self.graph[ref.scope]
        if not node.is_parameter or ref.part not in {*UPDATE_NUMBERS, Part.VALUE, Part.GRADIENT}:
            return None
        return float(array_of(record, node, ref.part, self.textbook.conventions)[ref.cell])

    def source(self, ref: Ref) -> Ref:
        """What is edited for a number: the data behind an input that may be dropped, else the number."""
        return changeable.source(self, ref)

    def can_edit(self, ref: Ref) -> bool:
        """Whether a number is given rather than computed: data, a parameter or α."""
        return not changeable.why_fixed(self, ref)

    def decimals(self, ref: Ref) -> int | None:
        """How many decimals a number is shown with if it is data; None for what is computed.

        Computed quantities that consist of integers only (thresholds, slopes of a ReLU) count as data.
        """
        if ref.iteration is not None and ref.iteration != self.iteration:
            return self._earlier_decimals(ref)
        if ref == LEARNING_RATE or ref in CONSTANTS:
            return own_decimals([self.learning_rate]) if ref == LEARNING_RATE else 0
        if ref.part in (Part.RAW, Part.LOW, Part.HIGH):
            return self._unprepared_decimals(ref)
        key = (ref.scope, ref.part)
        if key not in self._decimals:
            self._decimals[key] = self._own_decimals(ref)
        return self._decimals[key]

    def _earlier_decimals(self, ref: Ref) -> int | None:
        value = self._earlier(ref)
        is_start = ref.iteration == 0 or ref.scope == LEARNING_RATE.scope
        return own_decimals([value]) if value is not None and is_start and ref.part is Part.VALUE else None

    def _unprepared(self, ref: Ref) -> float | None:
        """A number of the data as the lesson lists it, or what its column is scaled with."""
        preparation, column = self.textbook.preparation, self.column(ref)
        row = self.focus if ref.example is None else ref.example
        if preparation is None or column is None or not 0 <= row < len(preparation.raw):
            return None
        is_own = ref.part is not Part.RAW or preparation.is_read(row, column, self.settings)
        return preparation.number_before(ref.part, row, column).value if is_own else None

    def word(self, ref: Ref) -> str:
        """The word that a number of the raw data stands for; empty for all other numbers."""
        preparation, column = self.textbook.preparation, self.column(ref)
        is_raw = ref.part is Part.RAW and self._unprepared(ref) is not None
        if preparation is None or column is None or not is_raw:
            return ""
        row = self.focus if ref.example is None else ref.example
        return preparation.raw_text(row, preparation.sources[column])

    def _unprepared_decimals(self, ref: Ref) -> int | None:
        preparation, column = self.textbook.preparation, self.column(ref)
        if preparation is None or column is None:
            return None
        return preparation.number_before(ref.part, 0, column).decimals

    def column(self, ref: Ref) -> int | None:
        """The column of the prepared data, inputs first, in which a number stands."""
        if ref.scope == self.graph.data.scope:
            return int(np.ravel_multi_index(ref.cell, self.graph.data.shape))
        is_target = self.graph.target is not None and ref.scope == self.graph.target.scope
        if not is_target:
            return None
        place = np.ravel_multi_index(ref.cell, self.graph[ref.scope].shape)
        return math.prod(self.graph.inputs.shape) + int(place)

    def _outside_batch(self, ref: Ref) -> float | None:
        """Data of an example that this iteration does not work on; nothing else is known of it."""
        target = self.graph.target
        is_target = target is not None and ref.scope == target.scope
        table = self.settings.targets if is_target else self.settings.inputs
        is_data = ref.part is Part.VALUE and (is_target or ref.scope == self.graph.data.scope)
        if not is_data or table is None or ref.example is None or not 0 <= ref.example < len(table):
            return None
        return float(table[(ref.example, *ref.cell)])

    def _own_decimals(self, ref: Ref) -> int | None:
        if ref.part is Part.SLOPE:
            return self._slope_decimals(ref)
        known = self.known.get((ref.scope, ref.part))
        if known is None:
            return None
        if known.mask is not None:
            return 0 if known.is_integral else None
        values, node = known.array, self.graph[ref.scope]
        if node.is_parameter and ref.part is Part.VALUE:
            values = self._parameters_beside(node)
        is_data = ref.part is Part.VALUE and not node.inputs
        return own_decimals(values, MOST_DECIMALS if is_data else 0)

    def _slope_decimals(self, ref: Ref) -> int | None:
        """0 where every slope of the layer is an integer, as those of a ReLU are."""
        node = self.graph[ref.scope]
        if not node.inputs:  # ∂a/∂λ of a learned slope
            return None
        known = self.known.get((self.graph.nodes[node.inputs[0]].scope, Part.VALUE))
        if known is None or known.mask is not None or not isinstance(node.op, Elementwise):
            return own_decimals([value] if (value := self.value(ref)) is not None else [], most=0)
        slopes = slopes_of(self.graph, node, slice(self.row, self.row + 1), self._values)[0]
        return own_decimals(slopes, most=0)

    def _parameters_beside(self, node: Node) -> Array:
        """Weights and biases of a layer, which are written with the same number of decimals."""
        layer = self.graph.layer_of(node)
        beside = layer.parameters if layer is not None else (node,)
        return np.concatenate([self.known[n.scope, Part.VALUE].array.ravel() for n in beside])

    # Numbers that follow from known ones

    def _following(self, ref: Ref, row: int) -> float:
        only = slice(row, row + 1)
        with np.errstate(all="ignore"):
            match ref.part:
                case Part.SLOPE:
                    return slope_at(self.graph, ref, only, self._values)
                case Part.ERROR:
                    return self._error(ref, row)
                case Part.TERM:
                    return self._loss_term(only)
                case Part.AT_STEP:
                    return float(self._all_steps(ref)[ref.cell])
            return self._share(ref, only)

    def _error(self, ref: Ref, row: int) -> float:
        assert self.graph.target is not None
        cell = (row, *ref.cell)
        t, value = self._values(self.graph.target)[cell], self._values(self.graph[ref.scope])[cell]
        return 0.0 if is_level(t, value) else float(t - value)

    def _loss_term(self, only: slice) -> float:
        """One example's part of the loss, summed over the outputs."""
        loss = self.graph.loss
        assert loss is not None and isinstance(loss.op, Loss)
        inputs = [self._values(self.graph.nodes[i])[only] for i in loss.inputs]
        return float(loss.op.cell_terms(*inputs).sum())

    def _share(self, ref: Ref, only: slice) -> float:
        """The contribution of one example to the gradient of a parameter."""
        key = (ref.scope, only.start)
        if key not in self._shares:
            self._shares[key] = shares_of(self.graph, self.graph[ref.scope], self._values, self._errors, only)
        return float(self._shares[key][ref.cell])

    def by_step(self, ref: Ref) -> list[float]:
        """The terms of a gradient that is stepped through: what each use of a shared weight adds."""
        at: Any = (slice(None), *ref.cell)
        return [float(number) for number in self._all_steps(ref)[at]]

    def _all_steps(self, ref: Ref) -> Array:
        key = (ref.scope, AT_STEPS)
        if key not in self._shares:
            parameter = self.graph[ref.scope]
            self._shares[key] = gradients_by_step(self.graph, parameter, self._values, self._errors)
        return self._shares[key]

    def clipping(self, before: bool = False) -> Clipping | None:
        """How gradients are made shorter, once all are computed; or those of the iteration before."""
        if before and self.before is not None:
            return self.before().clipping
        end = max((one.end for one in self.outline.stages if one.kind is Kind.GRADIENT), default=math.inf)
        return self.clipped() if self.cursor.position >= end else None

    def contributions(self, scope: str, error: int | None = None) -> Array | None:
        """What every time step adds to the gradient of a shared weight, (T, …), once all of it is computed.

        With `error` only what the error E(t) of that step brings back, which needs an error at every step.
        Of a node in the steps it is ∂E/∂ of it, (N, T, …).
        """
        stage = self.outline.stage_of(scope, Part.GRADIENT)
        is_known = stage is not None and self.cursor.position >= stage.end
        return self.of_error(scope, error) if is_known and self.of_error is not None else None

    def _values(self, node: Node) -> Array:
        return self.known[node.scope, Part.VALUE].array

    def _errors(self, node: Node) -> Array:
        return self.known[node.scope, Part.GRADIENT].array


def resolve(walk: Walk, cursor: Cursor, textbook: Textbook) -> Moment:
    """The moment at a cursor, without anything that a later leaf computes."""
    timeline = walk.timeline
    outline = walk.outline(cursor.iteration)
    position = cursor.position
    record = timeline.record(cursor.iteration)
    stage = outline.stage_at(position)
    return Moment(
        graph=timeline.graph,
        textbook=textbook,
        outline=outline,
        cursor=cursor,
        rows=timeline.rows(cursor.iteration),
        stage=stage,
        leaf=stage.leaf(position) if stage else None,
        known=MappingProxyType(known_at(record, outline, position, textbook.conventions)),
        losses=losses_until(timeline, outline, cursor),
        optimizer=timeline.optimizer,
        penalty=timeline.penalty,
        clip=timeline.program.clip,
        update=cursor.iteration + 1,
        schedule_line=schedule_line(timeline, cursor.iteration),
        training=until(timeline.training, cursor.iteration),
        validation=until(timeline.validated, cursor.iteration),
        evaluate=partial(timeline.evaluate, cursor.iteration),
        path=partial(path_until, timeline, cursor.iteration),
        landscape=partial(landscape_of, timeline, cursor.iteration),
        learning_rate=record.state.learning_rate,
        run_length=timeline.length,
        epoch=timeline.epoch(cursor.iteration),
        goes_on=timeline.goes_on(cursor.iteration),
        diverged=timeline.diverged_at == cursor.iteration,
        is_too_large=timeline.diverged_at == cursor.iteration and is_too_large(timeline),
        settings=timeline.settings(cursor.iteration),
        edits=tuple(edit for edit in timeline.edits if edit.iteration <= cursor.iteration),
        before=partial(timeline.record, cursor.iteration - 1) if cursor.iteration > 0 else None,
        clipped=lambda: record.clipping,
        of_error=partial(contributions, record) if timeline.graph.has_steps else None,
    )
