"""A network in a notebook: built in a line, stepped, read and edited by address, trained, and shown.

docs/engine.md shows all of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import entry_points
from itertools import islice
from typing import Any, overload

from numpy.typing import ArrayLike

from nnviz.engine.changeable import edited, why_fixed
from nnviz.engine.conventions import Conventions
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import Explanation, explain, explain_place
from nnviz.engine.first_weights import Initial, first_parameters
from nnviz.engine.fitting import number_of, numbers_of
from nnviz.engine.graph import Graph, GraphError
from nnviz.engine.layer_forms import LayerLike, Phi, graph_of, known, whole
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.numbers import counted
from nnviz.engine.ops.base import Array
from nnviz.engine.ops.losses import Loss
from nnviz.engine.optimizers import OPTIMIZERS, Optimizer
from nnviz.engine.outline import Depth, Outline, Pass, depths_of
from nnviz.engine.ref import Part, Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Edit, Settings, Timeline
from nnviz.engine.written import as_html, as_text

PICTURES = "nnviz.pictures"  # the group of entry points that draw a network
OF_THE_NOTES = Conventions()
MOST_SHOWN = 40  # steps of a pass that are printed


class NotComputedError(LookupError):
    """A number that a later step computes."""


def network(
    layers: Sequence[LayerLike | Sequence[int]],
    activation: Phi = "logistic",
    loss: str | Loss | None = "squared_error",
    *,
    inputs: ArrayLike | None = None,
    targets: ArrayLike | None = None,
    initial: str | Initial = "uniform",
    seed: int = 0,
    learning_rate: float = 0.1,
    optimizer: str | Optimizer = "gradient_descent",
    batch_size: int | None = None,
    conventions: Conventions = OF_THE_NOTES,
    **plan: Any,
) -> Network:
    """A network from the shape of one example and its layers, such as ``network([2, 3, 1], "tanh")``.

    A number is a dense layer of so many units with the given activation. Weights that are not listed are
    drawn by the method `initial`. Without a loss there is a forward pass only. `plan` has further arguments
    of `Timeline`: schedule, penalty, order, clip, carry. Raises GraphError that names what does not fit.
    """
    graph, listed = graph_of(layers, activation, loss, conventions)
    method = Initial(initial) if isinstance(initial, str) else initial
    parameters = first_parameters(graph, listed, method, seed)
    method_of_update = optimizer
    if not isinstance(method_of_update, Optimizer):
        method_of_update = known("optimizer", optimizer, OPTIMIZERS)()
    rate = number_of("learning_rate", learning_rate)
    training = {"optimizer": method_of_update, "batch_size": batch_size, **plan}
    if batch_size is not None:
        whole("batch_size", batch_size, least=1)
    made = Network(graph, parameters, Textbook(Notation(graph), conventions), rate, training)
    if inputs is not None:
        made.give(inputs, targets)
    return made


class Network:
    """A network, its run, and the place that has been reached in it.

    Iterations and examples count from 1, as in lessons and in the window. Numbers have the addresses that
    lessons use: ``net["w[3,1]"]``, ``net["delta[6]"]``; a number of another example is
    ``net["delta[6]", 2]``. What is not computed at the place that has been reached cannot be read.
    """

    def __init__(
        self, graph: Graph, parameters: Array, textbook: Textbook, rate: float, training: Mapping[str, Any]
    ) -> None:
        self.graph = graph
        self.textbook = textbook
        self._parameters, self._rate, self._training = parameters, rate, training
        self._walk: Walk | None = None
        self._cursor = Cursor()
        self._before: list[tuple[Walk, Cursor]] = []  # what undo goes back to

    # Data

    def give(
        self,
        inputs: ArrayLike,
        targets: ArrayLike | None = None,
        given: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        """Data, a row for each example; a new run begins from the weights of now.

        `given` has the states that sequences start from, by node: ``{"lstm1/h_start": …}``. Raises GraphError
        where shapes do not fit.
        """
        if (targets is None) != (self.graph.target is None):
            found = "no targets, wanted them: the network has a loss"
            found = found if targets is None else "targets of a network without a loss, wanted none"
            raise GraphError(f"targets: found {found}")
        parameters, rate = self._start()
        settings = Settings(
            numbers_of("inputs", inputs),
            None if targets is None else numbers_of("targets", targets),
            rate,
            {scope: numbers_of(scope, rows) for scope, rows in (given or {}).items()},
        )
        self._go_on_in(Timeline(self.graph, parameters, settings, **self._training), Cursor())

    def _start(self) -> tuple[Array, float]:
        """What a run with new data begins from: the weights and α of now."""
        if self._walk is None:
            return self._parameters, self._rate
        now = self._cursor.iteration
        return self.timeline.state(now).parameters, self.timeline.settings(now).learning_rate

    def _go_on_in(self, timeline: Timeline, cursor: Cursor) -> None:
        if self._walk is not None:
            self._before.append((self._walk, self._cursor))
        walk = Walk(timeline, self._walk)
        self._walk, self._cursor = walk, walk.at(cursor.iteration, cursor.position, cursor.example)

    @property
    def walk(self) -> Walk:
        if self._walk is None:
            raise GraphError("found no data, wanted give(inputs, targets) before the first step")
        return self._walk

    @property
    def timeline(self) -> Timeline:
        """The run: all its states and records."""
        return self.walk.timeline

    # Where it is

    @property
    def iteration(self) -> int:
        return self._cursor.iteration + 1

    @property
    def example(self) -> int:
        """The example in focus: whose numbers are read and explained."""
        return self._cursor.example + 1

    @example.setter
    def example(self, number: int) -> None:
        row = self._row(number)
        if row not in self.timeline.rows(self._cursor.iteration):
            raise GraphError(f"example: iteration {self.iteration} does not work on example {number}")
        self._cursor = replace(self._cursor, example=row)

    def _row(self, number: int) -> int:
        if not 1 <= whole("example", number) <= self.timeline.examples:
            raise GraphError(f"example: found {number}, wanted 1 … {self.timeline.examples}")
        return number - 1

    @property
    def moment(self) -> Moment:
        """What is computed now, and nothing later."""
        return resolve(self.walk, self._cursor, self.textbook)

    @property
    def losses(self) -> list[float]:
        """E of every iteration up to this one; none without a loss."""
        if self.graph.loss is None:
            return []
        return self.timeline.losses_until(self.iteration)[: self.iteration]

    # Steps

    def step(self, depth: str = "neuron") -> Explanation:
        """On by one term, neuron, map, layer, pass, iteration or epoch; says what has been computed."""
        return self._moved(self.walk.over(self._cursor, self._depth(depth)), depth)

    def back(self, depth: str = "neuron") -> Explanation:
        """Back by as much, exactly."""
        return self._moved(self.walk.back(self._cursor, self._depth(depth)), depth)

    def _moved(self, cursor: Cursor, depth: str) -> Explanation:
        self._cursor = cursor
        return explain_place(self.moment, self._depth(depth))

    def _depth(self, depth: str) -> Depth:
        return known("depth", depth, {one.name.lower(): one for one in depths_of(self.graph)})

    def forward(self, depth: str = "neuron") -> Steps:
        """On to the end of the next forward pass, E included; returns the steps that lead there."""
        return self._through((Pass.FORWARD, Pass.LOSS), depth)

    def backward(self, depth: str = "neuron") -> Steps:
        """On to the end of the next backward pass: every δ and ∂E/∂w is computed."""
        return self._through((Pass.BACKWARD,), depth)

    def update(self, depth: str = "neuron") -> Steps:
        """On to the end of the next update, which is the end of the iteration."""
        return self._through((Pass.UPDATE,), depth)

    def _through(self, passes: tuple[Pass, ...], named: str) -> Steps:
        depth = self._depth(named)
        start, end = self._ends(passes)
        if self._cursor.position >= end:
            self._cursor = self._reached(self._cursor.iteration + 1)
            start, end = self._ends(passes)
        start = max(start, self._cursor.position)
        stops = [stop for stop in self._outline.stops(depth) if start < stop < end]
        cursors = [replace(self._cursor, position=position) for position in (*stops, end)]
        self._cursor = cursors[-1]
        return Steps(self.walk, cursors, self.textbook, depth)

    def _ends(self, passes: tuple[Pass, ...]) -> tuple[int, int]:
        by_pass = self._outline.passes()
        stages = [stage for one in passes for stage in by_pass[one]]
        if not stages:
            raise GraphError(f"found no {passes[0]} pass in this network, which does not learn")
        return stages[0].start, stages[-1].end

    @property
    def _outline(self) -> Outline:
        return self.walk.outline(self._cursor.iteration)

    # Far moves

    def seek(self, iteration: int, at: str = "start", example: int | None = None) -> None:
        """To a place of an iteration: its start or end, or where the number of an address is computed."""
        row = self._cursor.example if example is None else self._row(example)
        wanted = whole("iteration", iteration, least=1) - 1
        found = self._reached(wanted)
        position = self._position(at, self.walk.outline(wanted))
        if example is not None and row not in self.timeline.rows(wanted):
            raise GraphError(f"example: iteration {iteration} does not work on example {example}")
        self._cursor = self.walk.at(found.iteration, position, row)

    def _reached(self, iteration: int) -> Cursor:
        """The start of an iteration. Raises GraphError where the run ends before it."""
        found = self.walk.at(iteration, 0, self._cursor.example)
        if found.iteration != iteration:
            last = f"this run ends with iteration {self.timeline.length:,}"
            raise GraphError(f"iteration: found {iteration + 1:,}, but {last}")
        return found

    def _position(self, at: str, outline: Outline) -> int:
        if at in ("start", "end"):
            return 0 if at == "start" else outline.length
        position = outline.completed_at(self._ref(at))
        if position is None:
            raise GraphError(f"at: found “{at}”, which no step of an iteration computes")
        return position

    def train(self, iterations: int) -> float:
        """On to the start of a later iteration; returns E of that iteration.

        Raises GraphError where the run ends before it: numbers have overflowed, or nothing is learned.
        """
        self._cursor = self._reached(self._cursor.iteration + whole("iterations", iterations))
        return self.losses[-1]

    # Numbers

    def _ref(self, address: str | tuple[str, int]) -> Ref:
        name, example = address if isinstance(address, tuple) else (address, None)
        ref = self.textbook.notation.parse(name)
        if example is None:
            return ref
        is_share = (
            ref.scope in self.graph and self.graph[ref.scope].is_parameter and ref.part is Part.GRADIENT
        )
        return replace(ref, part=Part.SHARE if is_share else ref.part, example=self._row(example))

    def __getitem__(self, address: str | tuple[str, int]) -> float:
        """One number. Raises NotComputedError, and AddressError for an address that means none."""
        ref, moment = self._ref(address), self.moment
        value = moment.value(ref)
        if value is None:
            stage = moment.outline.stage_of(ref.scope, ref.part)
            when = f": that is a part of the {stage.into} pass" if stage else ""
            raise NotComputedError(f"{address} is not computed yet{when}")
        return value

    def __setitem__(self, address: str | tuple[str, int], value: float) -> None:
        """Change a weight, a number of the data or α from this iteration on; the rest is computed anew."""
        moment = self.moment
        ref = edited(moment, self._ref(address))
        if why := why_fixed(moment, ref):
            raise ValueError(f"{address}: {why}")
        number = number_of(str(address), value)
        self._go_on_in(self.timeline.edited(Edit(self._cursor.iteration, ((ref, number),))), self._cursor)

    def undo(self) -> None:
        """Take the last change back, with the run as it was."""
        if not self._before:
            raise GraphError("undo: found no change, wanted one")
        self._walk, self._cursor = self._before.pop()

    def array(self, node: str, part: str = "value") -> Array | None:
        """All numbers of a node, such as ``hidden1/w`` or ``output/z``; a row for each example of the batch.

        `part` is value, gradient, delta, … (`Part`). None where nothing of it is computed, NaN where a
        number is not.
        """
        known("node", node, {one.scope: one for one in self.graph.nodes})
        found = self.moment.array(node, known("part", part, {str(one): one for one in Part}))
        return None if found is None else found.array.copy()

    def explain(self, address: str | tuple[str, int]) -> Explanation:
        """Where a number comes from."""
        return explain(self.moment, self._ref(address))

    # In a notebook

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.graph.inputs.shape))
        layers = ", ".join(f"{one.scope} {' × '.join(map(str, one.a.shape))}" for one in self.graph.layers)
        weights = counted(self.graph.parameter_size, "parameter")
        where = "no data" if self._walk is None else f"iteration {self.iteration:,}"
        return f"<Network: x {shape}, {layers}; {weights}; {where}>"

    def _repr_svg_(self) -> str | None:
        """Its picture, where something is installed that draws one."""
        if self._walk is None:
            return None
        for found in entry_points(group=PICTURES):
            try:
                picture: str = found.load()(self)
            except ImportError:  # of the window, without which the engine works
                continue
            return picture
        return None


class Steps(Sequence[Explanation]):
    """The steps of a pass; each is explained when it is looked at."""

    def __init__(self, walk: Walk, cursors: Sequence[Cursor], textbook: Textbook, depth: Depth) -> None:
        self._walk, self._cursors, self._textbook, self._depth = walk, cursors, textbook, depth

    def __len__(self) -> int:
        return len(self._cursors)

    @overload
    def __getitem__(self, place: int) -> Explanation: ...
    @overload
    def __getitem__(self, place: slice) -> Steps: ...
    def __getitem__(self, place: int | slice) -> Explanation | Steps:
        if isinstance(place, slice):
            return Steps(self._walk, self._cursors[place], self._textbook, self._depth)
        return explain_place(resolve(self._walk, self._cursors[place], self._textbook), self._depth)

    def __repr__(self) -> str:
        return "\n".join((*map(as_text, self._first()), *self._more()))

    def _repr_html_(self) -> str:
        return "".join((*map(as_html, self._first()), *(f"<div>{more}</div>" for more in self._more())))

    def _first(self) -> Iterator[Explanation]:
        return islice(self, MOST_SHOWN)

    def _more(self) -> Iterator[str]:
        if len(self) > MOST_SHOWN:
            yield f"… and {counted(len(self) - MOST_SHOWN, 'step')} more"
