"""The picture of a network of dense layers at a moment."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property

import numpy as np

from nnviz.engine.graph import DenseLayer, Node
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.dropout import Dropped
from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.ref import Part, Ref
from nnviz.ui.layout.labels import Edge
from nnviz.ui.layout.network import Shape
from nnviz.ui.layout.sketch import sketch_of
from nnviz.ui.picture.conditions import Condition, Conditions, conditions_of, conditions_of_inputs
from nnviz.ui.picture.parts import (
    ColumnPart,
    EdgePart,
    Flow,
    InputPart,
    NetworkPicture,
    NeuronPart,
    Number,
    ParameterPart,
    StripPart,
    TargetPart,
)
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.spotlight import Spotlight

THIN, THICKEST, BY_WEIGHT = 1.2, 8.0, 6.0
LARGE_WEIGHT = (THICKEST - THIN) / BY_WEIGHT
BELOW = {
    Kind.SUM: ("w·a", Pass.FORWARD),
    Kind.DELTA: ("δ·w", Pass.BACKWARD),
    Kind.ERROR: ("δ·w", Pass.BACKWARD),
    Kind.GRADIENT: ("∂E/∂w", Pass.BACKWARD),
    Kind.UPDATE: ("new", Pass.UPDATE),
}


class _Painting:
    """One picture in the making."""

    def __init__(self, reader: Reader, shape: Shape, drawn: frozenset[int]) -> None:
        self.reader = reader
        self.moment: Moment = reader.moment
        self.graph = reader.moment.graph
        self.light = Spotlight(reader.moment, reader.depth)
        self.drawn = drawn
        self.strips = shape.strips

    def picture(self) -> NetworkPicture:
        edges = dict(self._edges())
        has_below = any(edge.parameter.below is not None for edge in edges.values())
        kind = self.light.kind
        return NetworkPicture(
            self._columns(),
            self._inputs(),
            {
                (index, unit): self._neuron(index, layer, unit)
                for index, layer in enumerate(self.graph.dense)
                if index + 1 not in self.strips
                for unit in range(layer.units)
            },
            edges,
            self._targets(),
            self.reader.known(Ref("loss")) if self.graph.loss is not None else None,
            self._strips(),
            BELOW.get(kind, ("", None)) if has_below and kind else ("", None),
            tuple(one for one in Condition if any(each.units.get(one) for each in self._of_columns)),
        )

    def _columns(self) -> tuple[ColumnPart, ...]:
        light = self.light
        return (
            ColumnPart("Inputs"),
            *(ColumnPart(x.title, light.into, i == light.layer) for i, x in enumerate(self.graph.dense)),
        )

    def _inputs(self) -> tuple[InputPart, ...]:
        count = self.graph.inputs.shape[0]
        if 0 in self.strips:
            return ()
        notation, scope = self.moment.notation, self.graph.inputs.scope
        names = notation.input_names
        values = [self.reader.number(Ref(scope, cell=(i,))) for i in range(count)]
        return tuple(
            InputPart(
                notation.number(None, i), names[i] if i < len(names) else "", value, self._is_dropped(-1, i)
            )
            for i, value in enumerate(values)
        )

    def _targets(self) -> tuple[TargetPart, ...]:
        target, output = self.graph.target, self.graph.output
        if target is None or len(self.graph.dense) in self.strips:
            return ()
        return tuple(
            TargetPart(
                self.reader.number(Ref(target.scope, cell=(i,))),
                self.reader.known(Ref(output.a.scope, Part.ERROR, (i,))),
            )
            for i in range(output.units)
        )

    # Neurons

    def _neuron(self, index: int, layer: DenseLayer, unit: int) -> NeuronPart:
        reader, is_on = self.reader, self.light.is_on(index, unit)
        z, a = (reader.number(Ref(node.scope, cell=(unit,))) for node in (layer.z, layer.a))
        badge, letter = self._badge(layer, unit)
        backward = is_on and self.light.kind in (Kind.DELTA, Kind.ERROR)
        elementwise = isinstance(layer.a.op, Elementwise)
        has_delta = letter == "δ" and badge is not None and badge.is_computed
        uses_slope = backward and elementwise and has_delta and len(self.light.units) == 1
        slope = reader.known(Ref(layer.a.scope, Part.SLOPE, (unit,))) if uses_slope else None
        return NeuronPart(
            number=self.moment.notation.number(layer, unit),
            z=z,
            a=a,
            delta=badge,
            bias=self._bias(index, layer, unit),
            bias_into=self.light.into if self.light.bias_is_lit(index, unit) else None,
            ring=self.light.into if is_on else None,
            badge_letter=letter,
            badge_is_new=backward and badge is not None and badge.is_computed,
            slope=slope,
            sketch=sketch_of(layer.a.op) if isinstance(layer.a.op, Elementwise) else None,
            share=a.value if not elementwise else None,
            share_of=1.0 if not elementwise else self._largest(layer.a),
            conditions=self._conditions[index].of(unit),
            level=self._level(layer, a),
            learned_slope=self._learned_slope(layer, unit),
            shows_one=self.reader.depth is Depth.TERM and is_on and self.light.kind is Kind.SUM,
        )

    def _badge(self, layer: DenseLayer, unit: int) -> tuple[Number | None, str]:
        """δ, or ∂E/∂a on the way to it; None where no error ever comes."""
        if self.moment.outline.stage_of(layer.z.scope, Part.DELTA) is None:
            return None, ""
        delta = self.reader.number(Ref(layer.z.scope, Part.DELTA, (unit,)))
        if not delta.is_computed:
            gradient = self.reader.known(Ref(layer.a.scope, Part.GRADIENT, (unit,)))
            if gradient is not None:
                return gradient, "∂E/∂a"
        return delta, "δ"

    @cached_property
    def _conditions(self) -> tuple[Conditions, ...]:
        return tuple(conditions_of(self.moment, layer) for layer in self.graph.dense)

    @cached_property
    def _of_columns(self) -> tuple[Conditions, ...]:
        """The conditions column by column, the inputs first."""
        return (conditions_of_inputs(self.moment), *self._conditions)

    def _is_dropped(self, layer: int, unit: int) -> bool:
        """Whether a unit is left out, or an input where `layer` is −1."""
        return unit in self._of_columns[layer + 1].units.get(Condition.DROPPED, ())

    def _level(self, layer: DenseLayer, a: Number) -> float | None:
        """φ(z), which a unit with dropout that is kept makes larger by 1/ρ."""
        op = layer.a.op
        return a.value * op.keep if isinstance(op, Dropped) and a.value is not None else a.value

    def _learned_slope(self, layer: DenseLayer, unit: int) -> Number | None:
        """λ of a unit that learns it: the new one as soon as there is one."""
        if layer.slopes is None:
            return None
        ref = Ref(layer.slopes.scope, cell=(unit,))
        return self.reader.known(ref.of(Part.NEW)) or self.reader.number(ref)

    def _largest(self, node: Node) -> float:
        known = self.moment.array(node.scope)
        if known is None:
            return 1.0
        values = np.abs(known.array[self.moment.row])
        return float(np.nanmax(values)) if np.isfinite(values).any() else 1.0

    # Parameters

    def _bias(self, index: int, layer: DenseLayer, unit: int) -> ParameterPart | None:
        if layer.b is None:
            return None
        cell = (min(unit, layer.b.shape[0] - 1),)
        return self._parameter(layer.b, cell, self.light.bias_is_lit(index, unit))

    def _parameter(self, node: Node, cell: tuple[int, ...], is_lit: bool) -> ParameterPart:
        """Old → new in the step of the update; before it the gradient stands below the weight."""
        ref = Ref(node.scope, cell=cell)
        value = self.reader.number(ref)
        weight = value.value or 0.0
        new = self.reader.known(ref.of(Part.NEW))
        if new is not None:
            if is_lit and self.light.kind is Kind.UPDATE:
                return ParameterPart(value, new, True, weight)
            return ParameterPart(new, None, False, new.value or 0.0)
        gradient = self.reader.number(ref.of(Part.GRADIENT))
        awaited = is_lit and self.light.kind is Kind.GRADIENT
        return ParameterPart(value, gradient if gradient.is_computed or awaited else None, False, weight)

    # Edges

    def _edges(self) -> Iterator[tuple[Edge, EdgePart]]:
        for index, layer in enumerate(self.graph.dense):
            known = self.moment.array(layer.w.scope)
            assert known is not None
            finite = np.abs(known.array[np.isfinite(known.array)])
            scale = BY_WEIGHT * min(1.0, LARGE_WEIGHT / max(float(finite.max(initial=0.0)), 1e-300))
            for edge in self._edges_of(index, layer):
                yield edge, self._edge(layer, edge, scale)

    def _edges_of(self, index: int, layer: DenseLayer) -> list[Edge]:
        """All edges into a layer, or only those of the unit that is looked at."""
        sources = layer.w.shape[1]
        if index in self.drawn:
            return [(index, i, k) for i in range(layer.units) for k in range(sources)]
        if self.light.kind in (Kind.DELTA, Kind.ERROR):
            below = self.light.units if self.light.layer == index - 1 else range(0)
            return [(index, i, k) for k in below[:1] for i in range(layer.units)]
        units = self.light.units if self.light.layer == index else range(0)
        return [(index, i, k) for i in units[-1:] for k in range(sources)]

    def _edge(self, layer: DenseLayer, edge: Edge, scale: float) -> EdgePart:
        flow = self.light.flow(edge)
        parameter = self._parameter(layer.w, edge[1:], flow is Flow.WEIGHED)
        if parameter.below is None and edge in self.light.products and self.light.sum_ref is not None:
            role = "forward" if self.light.kind is Kind.SUM else "backward"
            echo = self.reader.echo(self.light.sum_ref, self.light.products[edge], role)
            parameter = ParameterPart(parameter.value, echo, False, parameter.weight)
        width = THIN + scale * abs(parameter.weight) if math.isfinite(parameter.weight) else THICKEST
        into = self.light.into if flow is not Flow.REST else None
        is_faded = self._is_dropped(edge[0], edge[1]) or self._is_dropped(edge[0] - 1, edge[2])
        return EdgePart(parameter, flow, into, min(width, THICKEST), edge[0] not in self.drawn, is_faded)

    # Large layers

    def _strips(self) -> dict[int, StripPart]:
        nodes = [self.graph.inputs, *(layer.a for layer in self.graph.dense)]
        return {column: self._strip(column, nodes[column]) for column in self.strips}

    def _strip(self, column: int, node: Node) -> StripPart:
        known = self.moment.array(node.scope)
        units = node.shape[0]
        values = [math.nan] * units if known is None else known.array[self.moment.row].tolist()
        on = self.light.units if self.light.layer == column - 1 else range(0)
        return StripPart(
            node.scope,
            tuple(None if math.isnan(v) else v for v in values),
            self._largest(node),
            on[-1] if on else None,
            self.light.into,
            self.reader.marked_cell(node.scope),
            self._of_columns[column].drawn(),
        )


def picture_of(reader: Reader, shape: Shape, drawn: frozenset[int]) -> NetworkPicture:
    """The picture at a moment; `drawn` are the layers of which all edges are shown."""
    return _Painting(reader, shape, drawn).picture()
