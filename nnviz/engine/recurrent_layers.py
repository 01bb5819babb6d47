"""The recurrent layers, as functions that add their nodes to a graph under a scope."""

from __future__ import annotations

from dataclasses import dataclass, field

from nnviz.engine.graph import GraphError, Layer, Node
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops.base import Elementwise, Op, Parameter
from nnviz.engine.ops.dropout import Mask
from nnviz.engine.ops.elementwise import Identity, Logistic, Tanh
from nnviz.engine.ops.gating import Added, Hadamard, Held, Memory, Mixed, Thinned
from nnviz.engine.ops.recurrence import GateSum, InputSum, MemorySum
from nnviz.engine.ops.step_losses import GivenErrors
from nnviz.engine.recurrent import Gate, Later, RecurrentLayer, Start
from nnviz.engine.unrolled.base import Recurrence
from nnviz.engine.unrolled.gru import GRU
from nnviz.engine.unrolled.lstm import LSTM
from nnviz.engine.unrolled.simple import Simple


@dataclass(frozen=True)
class Options:
    """What all recurrent layers may be told.

    `keep` is the probability that a unit is kept, the same units at all steps of a sequence; `going` the node
    that says at which steps a sequence goes on; `given_errors` adds nodes for errors from behind the end.
    """

    bias: bool = True
    train_weights: bool = True
    train_bias: bool = True
    keep: float | None = None
    going: Node | None = None
    given_errors: bool = False


@dataclass
class _Parts:
    """The nodes of a recurrent layer while it is put together."""

    builder: GraphBuilder
    x: Node
    units: int
    scope: str
    options: Options
    parts: list[Node] = field(default_factory=list)
    gates: list[Gate] = field(default_factory=list)
    starts: list[Node] = field(default_factory=list)
    memories: list[Node] = field(default_factory=list)
    later: list[Node] = field(default_factory=list)
    more: list[Node] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.x.shape) != 2:
            raise GraphError(
                f"{self.scope}: found no sequence in {self.x.scope}, wanted steps of units", "kind"
            )
        if self.units < 1:
            raise GraphError(f"{self.scope}: found {self.units} units, wanted 1 or more", "units")

    def add(self, name: str, op: Op, *inputs: Node) -> Node:
        return self.builder.add(f"{self.scope}/{name}", op, *inputs)

    def part(self, name: str, op: Op, *inputs: Node) -> Node:
        """A node that is computed anew at every step."""
        self.parts.append(self.add(name, op, *inputs))
        return self.parts[-1]

    def weights(self, gates: int) -> tuple[Node | None, Node, Node]:
        """Bias, weights of what is remembered, weights of what comes in; a row for each unit of each gate."""
        rows, trained = gates * self.units, self.options.train_weights
        b = self.add("b", Parameter((rows,), self.options.train_bias)) if self.options.bias else None
        w_h = self.add("w_h", Parameter((rows, self.units), trained))
        return b, w_h, self.add("w_x", Parameter((rows, self.x.shape[1]), trained))

    def memory(self, name: str) -> Node:
        """What is remembered of a state."""
        self.starts.append(self.add(f"{name}_start", Start((self.units,))))
        self.memories.append(self.part(f"{name}_prev", Memory(self.x.shape[0]), self.starts[-1]))
        if self.options.given_errors:
            self.later.append(self.add(f"{name}_later", Later((self.units,))))
        return self.memories[-1]

    def gate(self, name: str, title: str, phi: Elementwise, *inputs: Node) -> Node:
        """A layer of neurons inside the cell, with the next rows of the weights."""
        first = len(self.gates) * self.units
        op = GateSum(first, self.units)
        z = self.part(f"z_{name}" if name != "h" else "z", op, *inputs)
        return self.activated(name, title, phi, z, op.rows)

    def activated(self, name: str, title: str, phi: Elementwise, z: Node, rows: slice) -> Node:
        a = self.part(self.first_name if name == "h" else name, phi, z)
        self.gates.append(Gate(name, title, z, a, rows))
        return a

    @property
    def first_name(self) -> str:
        """What the units give is called before some are dropped and finished ones held."""
        return "h_full" if self.options.keep is not None else "h_new" if self.options.going else "h"

    def state(self, given: Node) -> Node:
        """The state that goes on."""
        if self.options.keep is not None:
            mask = self.add("mask", self._mask())
            self.more.append(mask)
            thinned = Thinned(self.options.keep)
            given = self.part("h_new" if self.options.going else "h", thinned, given, mask)
        return self.held("h", given)

    def held(self, name: str, given: Node) -> Node:
        """A state that stays as it is behind the end of a sequence."""
        if self.options.going is None:
            return given
        before = next(node for node in self.memories if node.scope == f"{self.scope}/{name}_prev")
        return self.part(name, Held(), given, before, self.options.going)

    def _mask(self) -> Mask:
        assert self.options.keep is not None
        try:
            return Mask((self.units,), self.options.keep)
        except ValueError as error:
            raise GraphError(f"{self.scope}: {error}", "keep") from None

    def names(self, *states: str) -> list[str]:
        """What the recurrence reads, by name."""
        names = ["x", "w_x", "w_h", *(f"{state}_start" for state in states)]
        names += ["b"] if self.options.bias else []
        names += ["mask"] if self.options.keep is not None else []
        return names + (["going"] if self.options.going is not None else [])


def simple_recurrent(
    builder: GraphBuilder,
    x: Node,
    units: int,
    activation: Elementwise,
    scope: str,
    title: str,
    options: Options = Options(),
) -> RecurrentLayer:
    """h(t) = φ(W_hh·h(t−1) + W_hx·x(t) + w_0). Raises GraphError where x is no sequence."""
    if not isinstance(activation, Elementwise) or len(activation.arguments) > 1:
        raise GraphError(f"{scope}: found {activation.symbol}, wanted a function of one number", "activation")
    parts = _Parts(builder, x, units, scope, options)
    b, w_h, w_x = parts.weights(1)
    h_prev = parts.memory("h")
    sources = (x, h_prev, w_x, w_h) if b is None else (x, h_prev, w_x, w_h, b)
    h = parts.state(parts.gate("h", title, activation, *sources))
    recurrence = Simple(units, parts.names("h"), activation, options.keep)
    return _layer(parts, title, h, recurrence, (b, w_h, w_x), ((parts.memories[0], h),))


def lstm(
    builder: GraphBuilder, x: Node, units: int, scope: str, title: str, options: Options = Options()
) -> RecurrentLayer:
    """A layer of LSTM units, its gates as in the notes: hx = [1, h(t−1), x(t)] goes into all of them."""
    parts = _Parts(builder, x, units, scope, options)
    b, w_h, w_x = parts.weights(4)
    h_prev, c_prev = parts.memory("h"), parts.memory("c")
    sources = (x, h_prev, w_x, w_h) if b is None else (x, h_prev, w_x, w_h, b)
    sigma, tanh = Logistic(), Tanh()
    kept = parts.part("c_kept", Hadamard(), c_prev, parts.gate("f", "forget gate", sigma, *sources))
    i_sigma = parts.gate("i_sigma", "input gate σ", sigma, *sources)
    i_tanh = parts.gate("i_tanh", "input gate tanh", tanh, *sources)
    added = parts.part("i", Hadamard(), i_sigma, i_tanh)
    c = parts.held("c", parts.part("c_new" if options.going else "c", Added(), kept, added))
    o_sigma = parts.gate("o_sigma", "output gate σ", sigma, *sources)
    fork = parts.part("z_o_tanh", Identity(), c)
    o_tanh = parts.activated("o_tanh", "output gate tanh", tanh, fork, slice(0, 0))
    h = parts.state(parts.part(parts.first_name, Hadamard(), o_sigma, o_tanh))
    recurrence = LSTM(units, parts.names("h", "c"), options.keep)
    return _layer(parts, title, h, recurrence, (b, w_h, w_x), ((h_prev, h), (c_prev, c)))


def gru(
    builder: GraphBuilder, x: Node, units: int, scope: str, title: str, options: Options = Options()
) -> RecurrentLayer:
    """A layer of gated recurrent units (see `GRU`)."""
    parts = _Parts(builder, x, units, scope, options)
    b, w_h, w_x = parts.weights(3)
    b_h = parts.add("b_h", Parameter((units,), options.train_bias)) if options.bias else None
    h_prev = parts.memory("h")
    sources = (x, h_prev, w_x, w_h) if b is None else (x, h_prev, w_x, w_h, b)
    r = parts.gate("r", "reset gate", Logistic(), *sources)
    u = parts.gate("u", "update gate", Logistic(), *sources)
    first = 2 * units
    remembered = (h_prev, w_h) if b_h is None else (h_prev, w_h, b_h)
    m = parts.part("m", MemorySum(first, units), *remembered)
    rm = parts.part("rm", Hadamard(), r, m)
    incoming = (x, w_x, rm) if b is None else (x, w_x, rm, b)
    z = parts.part("z_n", InputSum(first, units), *incoming)
    n = parts.activated("n", "candidate", Tanh(), z, slice(first, first + units))
    h = parts.state(parts.part(parts.first_name, Mixed(), u, n, h_prev))
    names = [*parts.names("h"), *(("b_h",) if b_h is not None else ())]
    recurrence = GRU(units, names, options.keep)
    return _layer(parts, title, h, recurrence, (b, w_h, w_x), ((h_prev, h),), b_h)


def given_errors(builder: GraphBuilder, output: Layer, target: Node) -> Node:
    """In place of a loss: targets that are ∂E/∂ of what a recurrent layer hands on, step by step.

    Raises GraphError where the last layer is another one, or the targets have another shape.
    """
    if not isinstance(output, RecurrentLayer):
        raise GraphError(f"loss: found {output.title} at the end, wanted a recurrent layer for given errors")
    if output.a.shape != target.shape:
        found, wanted = (" × ".join(map(str, node.shape)) for node in (target, output.a))
        message = f"found targets of {found}, wanted {wanted}: an error for each unit and step"
        raise GraphError(f"loss: {message}", "targets")
    return builder.add("loss", GivenErrors(), output.a, target)


def _layer(
    parts: _Parts,
    title: str,
    h: Node,
    recurrence: Recurrence,
    weights: tuple[Node | None, Node, Node],
    memories: tuple[tuple[Node, Node], ...],
    b_h: Node | None = None,
) -> RecurrentLayer:
    b, w_h, w_x = weights
    going = (parts.options.going,) if parts.options.going is not None else ()
    return parts.builder.add_layer(
        RecurrentLayer(
            parts.scope,
            title,
            parts.x,
            h,
            recurrence,
            tuple(parts.parts),
            tuple(parts.gates),
            w_x,
            w_h,
            b,
            tuple(parts.starts),
            memories,
            tuple(parts.later),
            (*parts.more, *going),
            () if b_h is None else (b_h,),
        )
    )


CELLS: dict[str, type[Recurrence]] = {kind.name: kind for kind in (Simple, LSTM, GRU)}
GATED = {LSTM.name: lstm, GRU.name: gru}  # what adds a layer whose activations are fixed
