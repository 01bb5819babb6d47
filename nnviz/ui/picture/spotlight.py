"""What a step is about: the layer, its units, the edges that carry something, and the terms on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from nnviz.engine.formula import evaluate
from nnviz.engine.graph import DenseLayer
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, Kind, Pass
from nnviz.engine.ref import Part, Ref
from nnviz.engine.terms import all_terms
from nnviz.ui.layout.labels import Edge
from nnviz.ui.picture.parts import Flow

BACKWARD_KINDS = (Kind.DELTA, Kind.ERROR)
WEIGHT_KINDS = (Kind.GRADIENT, Kind.UPDATE)


@dataclass(frozen=True)
class Spotlight:
    """The current place of a moment at a depth."""

    moment: Moment
    depth: Depth

    @property
    def kind(self) -> Kind | None:
        return self.moment.stage.kind if self.moment.stage else None

    @property
    def into(self) -> Pass | None:
        return self.moment.stage.into if self.moment.stage else None

    @cached_property
    def layer(self) -> int | None:
        """The index of the layer that is worked on."""
        stage = self.moment.stage
        if stage is None or stage.layer is None:
            return None
        return self.moment.graph.layers.index(stage.layer)

    @cached_property
    def units(self) -> range:
        """The units that the last step was about: one neuron, or those of the layer that are done."""
        stage = self.moment.stage
        if stage is None or stage.layer is None or self.depth > Depth.LAYER:
            return range(0)
        unit = stage.unit_at(self.moment.cursor.position)
        return range(unit, unit + 1) if self.depth <= Depth.NEURON else range(unit + 1)

    def is_on(self, layer: int, unit: int) -> bool:
        return layer == self.layer and unit in self.units

    @property
    def _layer(self) -> DenseLayer:
        assert self.layer is not None
        return self.moment.graph.dense[self.layer]

    # Edges

    def flow(self, edge: Edge) -> Flow:
        layer, unit, source = edge
        if self.kind is Kind.SUM and self.is_on(layer, unit):
            return Flow.FORWARD if self._is_reached(source + self._has_bias) else Flow.REST
        if self.kind in BACKWARD_KINDS and self.is_on(layer - 1, source):
            return Flow.BACKWARD if self._is_reached(unit) else Flow.REST
        if self.kind in WEIGHT_KINDS and self.is_on(layer, unit):
            return (
                Flow.WEIGHED if self._is_parameter_reached(self._layer.w.scope, (unit, source)) else Flow.REST
            )
        return Flow.REST

    @property
    def _has_bias(self) -> int:
        return int(self._layer.b is not None)

    def _is_reached(self, term: int) -> bool:
        """At the finest depth only the term of this step is in the light."""
        leaf = self.moment.leaf
        if self.depth is not Depth.TERM or leaf is None or leaf.term is None:
            return True
        return leaf.term == term

    def _is_parameter_reached(self, scope: str, cell: tuple[int, ...]) -> bool:
        leaf = self.moment.leaf
        return (
            self.depth is not Depth.TERM or leaf is None or (leaf.ref.scope, leaf.ref.cell) == (scope, cell)
        )

    def bias_is_lit(self, layer: int, unit: int) -> bool:
        b = self.moment.graph.dense[layer].b
        if b is None or not self.is_on(layer, unit):
            return False
        if self.kind is Kind.SUM:
            return self._is_reached(0)
        return self.kind in WEIGHT_KINDS and self._is_parameter_reached(b.scope, (min(unit, b.shape[0] - 1),))

    # Terms

    @cached_property
    def products(self) -> dict[Edge, float]:
        """The terms of the current sum, on the edges that carry them."""
        return dict(self._terms()) if len(self.units) == 1 else {}

    @cached_property
    def sum_ref(self) -> Ref | None:
        """The sum whose terms travel along the edges now."""
        if len(self.units) != 1 or self.layer is None:
            return None
        unit = self.units[0]
        if self.kind is Kind.SUM:
            return Ref(self._layer.z.scope, cell=(unit,))
        above = self.moment.graph.consumer_layer(self._layer.a)
        if self.kind in BACKWARD_KINDS and above is not None:
            return Ref(self._layer.a.scope, Part.GRADIENT, (unit,))
        return None

    def _terms(self) -> Iterator[tuple[Edge, float]]:
        if self.sum_ref is None or self.layer is None:
            return
        unit = self.units[0]
        terms = all_terms(self.moment, self.sum_ref)
        leaf = self.moment.leaf
        done = len(terms)
        if leaf is not None and leaf.term is not None and leaf.ref == self.sum_ref:
            done = leaf.term + 1
        for index, term in enumerate(terms[:done]):
            if self.kind in BACKWARD_KINDS:
                yield (self.layer + 1, index, unit), evaluate(term)
            elif index >= self._has_bias:
                yield (self.layer, unit, index - self._has_bias), evaluate(term)
