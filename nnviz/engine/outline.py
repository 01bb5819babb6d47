"""One iteration as a tree of places: pass → layer → (map →) neuron or cell → term.

The leaves are numbered from 1; position p means that the first p of them are computed. Everything finer than
a layer is arithmetic on the shapes of the graph, so the outline of a large layer costs no more than that of a
small one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from nnviz.engine.drafts import PartsOfUpdate, only_new, stages_of
from nnviz.engine.graph import Graph, WeightedLayer
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.stage import Depth, Kind, Leaf, Pass, Results, Stage, depths_of

__all__ = ["Depth", "Kind", "Leaf", "Outline", "Pass", "Results", "Stage", "depths_of"]


class Outline:
    """The stages of an iteration over a batch of `examples` examples."""

    def __init__(self, graph: Graph, examples: int, parts_of_update: PartsOfUpdate = only_new) -> None:
        self.graph = graph
        self.examples = examples
        self.stages: tuple[Stage, ...] = tuple(stages_of(graph, examples, parts_of_update))
        self.length = self.stages[-1].end if self.stages else 0
        self._stops: dict[Depth, Sequence[int]] = {}

    # Where a position is

    def stage_at(self, position: int) -> Stage | None:
        """The stage in which a position lies; None at the start, where nothing is computed."""
        if position <= 0:
            return None
        return self.stages[bisect_right(self._stage_starts, position - 1) - 1]

    def passes(self) -> dict[Pass, tuple[Stage, ...]]:
        """The stages by pass, in order."""
        return {into: tuple(s for s in self.stages if s.into is into) for into in Pass}

    def ends(self, depth: Depth, position: int) -> tuple[int, int]:
        """(start, end) of the place of a depth in which the leaf after `position` lies.

        A step over goes to the end; the places of a depth follow each other without gaps.
        """
        if depth >= Depth.ITERATION or position >= self.length:
            return 0, self.length
        if depth is Depth.TERM:
            return position, position + 1
        stage = self.stages[bisect_right(self._stage_starts, position) - 1]
        if depth is Depth.LAYER:
            return stage.start, stage.end
        if depth is Depth.PASS:
            group = [s for s in self.stages if s.into is stage.into]
            return group[0].start, group[-1].end
        if depth is Depth.MAP:
            return stage.group_ends(stage.group_at(position + 1))
        unit = stage.unit_at(position + 1)
        return stage.starts[unit], stage.starts[unit + 1]

    def stops(self, depth: Depth) -> Sequence[int]:
        """The ends of all places of a depth, in order: where stepping over them comes to rest."""
        if depth is Depth.TERM:
            return range(1, self.length + 1)
        if depth not in self._stops:  # a unit with nothing to learn ends where it starts
            self._stops[depth] = tuple(dict.fromkeys(self._ends(depth)))
        return self._stops[depth]

    def _ends(self, depth: Depth) -> list[int]:
        if depth is Depth.NEURON:
            return [end for stage in self.stages for end in stage.starts[1:]]
        if depth is Depth.MAP:
            return [stage.group_ends(group)[1] for stage in self.stages for group in range(stage.groups)]
        if depth is Depth.LAYER:
            return [stage.end for stage in self.stages]
        if depth is Depth.PASS:
            return [group[-1].end for group in self.passes().values() if group]
        return [self.length]

    def completed_at(self, ref: Ref, row: int | None = None) -> int | None:
        """The position at which a number is computed; None for what an iteration does not compute.

        `row` is the place in the batch of a number that belongs to one example only: its share of a sum.
        Without it, all examples are meant.
        """
        row = self.examples - 1 if row is None else row
        match ref.part:
            case Part.ERROR | Part.TERM:
                return self._loss_reaches(ref, row)
            case Part.SLOPE:
                return self._slope_at(ref)
            case Part.SHARE:
                return self._share_at(ref, row)
            case Part.AT_STEP:
                return self._at_step(ref)
            case Part.GRADIENT if self.stage_of(ref.scope, Part.DELTA):
                return self._result_at(ref.of(Part.DELTA))  # ∂E/∂z is δ without its sign convention
        return self._result_at(ref)

    def _result_at(self, ref: Ref) -> int | None:
        stage, unit = self._place_of(ref)
        if stage is None or unit is None:
            return None
        position = stage.starts[unit]
        for result, terms in stage.results(unit):
            position += terms + 1
            if result.scope == ref.scope and result.part is ref.part and result.cell == ref.cell:
                return position
        return None

    def _place_of(self, ref: Ref) -> tuple[Stage | None, int | None]:
        """The stage and the unit of it that compute a number."""
        stage = self.stage_of(ref.scope, ref.part)
        unit = stage.places.unit_of(self.graph[ref.scope], ref.cell) if stage else None
        return stage, unit if stage and unit is not None and unit < stage.units else None

    def _loss_reaches(self, ref: Ref, row: int) -> int | None:
        """Where the loss comes to one output of one example, or to the last output of the example."""
        stage = self.stage_of("loss", Part.VALUE)
        if stage is None or ref.scope != (self.graph.output.a.scope if ref.part is Part.ERROR else "loss"):
            return None
        of_steps = self.stage_of(STEP_LOSSES, Part.VALUE)
        if of_steps is not None:
            return stage.end if ref.part is Part.TERM else of_steps.starts[ref.cell[0] + 1]
        unit = ref.cell[0] if ref.part is Part.ERROR else self.graph.output.units - 1
        return stage.start + row * self.graph.output.units + unit + 1

    def _slope_at(self, ref: Ref) -> int | None:
        """φ′ is looked at with the first leaf of the neuron whose δ it goes into."""
        node = self.graph[ref.scope]
        layer = self.graph.layer_of(node)
        if isinstance(layer, WeightedLayer) and node is layer.slopes:  # ∂a/∂λ, looked at with φ′
            node = layer.a
        if not node.inputs or not isinstance(node.op, Elementwise):
            return None
        z = self.graph.nodes[node.inputs[0]]
        stage, unit = self._place_of(replace(ref, scope=z.scope, part=Part.DELTA))
        return None if stage is None or unit is None else stage.starts[unit] + 1

    def _share_at(self, ref: Ref, row: int) -> int | None:
        """Where the sum over the examples has come past the terms of one example."""
        gradient = replace(ref, part=Part.GRADIENT, example=None)
        stage, unit = self._place_of(gradient)
        done = self._result_at(gradient)
        if stage is None or unit is None or done is None or not self.graph[ref.scope].is_parameter:
            return None
        terms = dict(stage.results(unit))[gradient]
        layer = self.graph.layer_of(self.graph[ref.scope])
        if layer is not None and layer.is_stepwise:
            return done
        return done - terms + (row + 1) * (terms // self.examples) - 1 if terms else done

    def _at_step(self, ref: Ref) -> int | None:
        """Where the sum over the steps of time has come past one of them."""
        node = self.graph[ref.scope]
        layer = self.graph.layer_of(node)
        if len(ref.cell) != 1 + len(node.shape) or not node.is_parameter:
            return None
        gradient = replace(ref, part=Part.GRADIENT, cell=ref.cell[1:], example=None)
        done = self._result_at(gradient) if layer is not None and layer.is_stepwise else None
        if done is None or layer is None or not 0 <= ref.cell[0] < layer.a.shape[0]:
            return None
        steps = layer.a.shape[0]
        return done if steps == 1 else done - steps + ref.cell[0]

    def stage_of(self, scope: str, part: Part) -> Stage | None:
        """The stage that computes a quantity."""
        return self._places.get((scope, part))

    @cached_property
    def _stage_starts(self) -> list[int]:
        return [stage.start for stage in self.stages]

    @cached_property
    def _places(self) -> dict[tuple[str, Part], Stage]:
        return {quantity: stage for stage in self.stages for quantity in stage.computes}
