"""One layer at one step of time, opened: every vector in it with its error, and what flows between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nnviz.engine.graph import Layer, Node, WeightedLayer
from nnviz.engine.lengths import end_reader, is_read_at, length_of
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Pass
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.steps_parts import Vector
from nnviz.ui.picture.steps_subject import step_of
from nnviz.ui.picture.steps_vectors import Vectors

SLOPE_CHARACTERS = 6  # of a slope, which has little room in its block


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the cell: what the forward pass writes there, and the error that comes back to it."""

    name: str
    value: Vector | None
    error: Vector | None = None

    @property
    def main(self) -> Vector:
        """What is written out: the error once there is one, but the value while it is in use."""
        value, error = self.value, self.error
        if error is None or (value is not None and not error.is_begun):
            assert value is not None or error is not None
            return value if value is not None else error  # type: ignore[return-value]
        is_in_use = value is not None and value.is_marked and not error.is_marked and not error.new
        return value if is_in_use and value is not None else error

    @property
    def folded(self) -> Vector | None:
        """What stands small beside it."""
        if self.value is None or self.error is None or not self.error.is_begun:
            return None
        return self.value if self.main is self.error else self.error

    @property
    def is_new(self) -> bool:
        return any(one is not None and bool(one.new) for one in (self.value, self.error))

    @property
    def is_back(self) -> bool:
        """Whether its error is there."""
        return self.error is not None and self.error.is_known

    @property
    def is_done(self) -> bool:
        return self.is_back or (self.value is not None and self.value.is_known)

    def shows(self, ref: Ref) -> bool:
        return any(one is not None and one.shows(ref) for one in (self.value, self.error))


@dataclass(frozen=True, slots=True)
class CellPicture:
    """The layer that is open, at which step; `kind` says how it is drawn.

    `phi` is written into the blocks of its activations by name of their site; `lit` are the sums whose
    weights the pointer is on. `slopes` are the slopes of activations that the step, the selection or the
    pointer is about, by name of their site. `is_read`: the layer above reads what the layer makes at this
    step; `is_judged`: an error may come from there.
    """

    kind: str
    title: str
    step: int
    sites: tuple[Site, ...]
    phi: tuple[tuple[str, str], ...]
    into: Pass | None
    is_current: bool
    lit: frozenset[str] = frozenset()
    slopes: tuple[tuple[str, Number], ...] = ()
    is_read: bool = True
    is_judged: bool = True

    def site(self, name: str) -> Site | None:
        return next((one for one in self.sites if one.name == name), None)

    def has_back(self, name: str) -> bool:
        """Whether the error of a site is there; one that is given counts from the backward pass on."""
        site = self.site(name) if self.is_judged or name != "above" else None
        return site is not None and site.is_back and self.into in (Pass.BACKWARD, Pass.UPDATE)

    def shows(self, ref: Ref) -> bool:
        return any(site.shows(ref) for site in self.sites)


def cell_of(vectors: Vectors, layer: Layer, step: int, into: Pass | None, is_current: bool) -> CellPicture:
    """A layer at a step."""
    if isinstance(layer, RecurrentLayer):
        sites = tuple(_recurrent(vectors, layer, step))
        phi = tuple((layer.name_of(gate.a), gate.a.op.symbol) for gate in layer.gates)
        kind = layer.recurrence.name
        lit = frozenset(_lit_sums(layer, vectors.reader.pointed, step))
    else:
        assert isinstance(layer, WeightedLayer)
        sites, kind = tuple(_dense(vectors, layer, step)), "dense"
        phi = (("a", layer.a.op.symbol),)
        pointed = vectors.reader.pointed
        is_lit = pointed is not None and any(pointed.scope == node.scope for node in layer.parameters)
        lit = frozenset({"x"} if is_lit else ())
    when = f", t = {step + 1}" if layer.is_stepwise else ""
    slopes = tuple(_slopes(vectors, layer, step).items())
    ends = _ends(vectors.moment, layer, step)
    return CellPicture(kind, f"{layer.title}{when}", step, sites, phi, into, is_current, lit, slopes, *ends)


def _ends(moment: Moment, layer: Layer, step: int) -> tuple[bool, bool]:
    """Whether something above reads the layer at this step, and whether an error may come from there."""
    if not layer.is_stepwise:
        return True, True
    return is_read_at(moment, layer, step), end_reader(moment, layer, step) is None


def _slopes(vectors: Vectors, layer: RecurrentLayer | WeightedLayer, step: int) -> dict[str, Number]:
    """φ′ at the operating point: of every activation at most one, as it is used."""
    reader, found = vectors.reader, {}
    for ref in (*reader.tags, reader.pointed, reader.selection):
        if ref is None or ref.part is not Part.SLOPE or ref.example is not None:
            continue
        scope, _, name = ref.scope.rpartition("/")
        if scope == layer.scope and step_of(vectors.moment, ref) == step:
            found[name] = vectors.number(ref, SLOPE_CHARACTERS)
    return {name: number for name, number in found.items() if number.is_computed}


def _recurrent(vectors: Vectors, layer: RecurrentLayer, step: int) -> Iterator[Site]:
    yield Site("x", vectors.vector(layer.x, Part.VALUE, step))
    for node in layer.parts:
        name, gate = layer.name_of(node), layer.gate_of(node)
        part = Part.DELTA if gate is not None and gate.z is node else Part.GRADIENT
        yield Site(name, vectors.vector(node, Part.VALUE, step), _error(vectors, node, part, step))
    for node in layer.more:
        if layer.name_of(node) == "mask":
            yield Site("mask", vectors.vector(node, Part.VALUE, step))
    if vectors.graph.loss is None:
        return
    yield Site("above", None, vectors.vector(layer.a, Part.ABOVE, step))
    for memory, _ in layer.memories:
        later = _from_later(vectors, layer, memory, step)
        if later is not None:
            yield Site(layer.name_of(memory).replace("prev", "next"), None, later)


def _error(vectors: Vectors, node: Node, part: Part, step: int) -> Vector | None:
    return vectors.vector(node, part, step) if vectors.graph.loss is not None else None


def _from_later(vectors: Vectors, layer: RecurrentLayer, memory: Node, step: int) -> Vector | None:
    """The error that the next step hands back, or that is given behind the end."""
    if step + 1 < length_of(vectors.moment):
        return vectors.vector(memory, Part.GRADIENT, step + 1)
    name = layer.name_of(memory).replace("prev", "later")
    node = next((one for one in layer.later if layer.name_of(one) == name), None)
    return vectors.vector(node, Part.VALUE, step) if node is not None else None


def _dense(vectors: Vectors, layer: WeightedLayer, step: int) -> Iterator[Site]:
    for name, node, part in (
        ("x", layer.x, Part.ABOVE if _is_computed(vectors, layer.x, Part.ABOVE) else Part.GRADIENT),
        ("z", layer.z, Part.DELTA),
        ("a", layer.a, Part.GRADIENT),
    ):
        error = vectors.vector(node, part, step) if _is_computed(vectors, node, part) else None
        yield Site(name, vectors.vector(node, Part.VALUE, step), error)
    target = vectors.graph.target
    if target is not None and layer is vectors.graph.layers[-1]:
        yield Site("t", vectors.vector(target, Part.VALUE, step))


def _is_computed(vectors: Vectors, node: Node, part: Part) -> bool:
    """Whether the lesson ever computes a quantity."""
    return vectors.moment.outline.stage_of(node.scope, part) is not None


def _lit_sums(layer: RecurrentLayer, pointed: Ref | None, step: int) -> Iterator[str]:
    """The sums that the weight under the pointer is used in."""
    if pointed is not None and pointed.part is Part.AT_STEP and pointed.cell[:1] != (step,):
        return  # one use of it at another step
    if pointed is None or all(pointed.scope != node.scope for node in layer.parameters) or not pointed.cell:
        return
    row = pointed.cell[-len(_shape(layer, pointed))]
    if len(layer.gates) == 1:
        yield {layer.w_h.scope: "h_prev", layer.w_x.scope: "x"}.get(pointed.scope, "z")
        return
    if pointed.scope in {node.scope for node in layer.extra}:
        yield "m"
        return
    gate = layer.gate_at(row)
    yield layer.name_of(gate.z)


def _shape(layer: RecurrentLayer, pointed: Ref) -> tuple[int, ...]:
    return next(node.shape for node in layer.parameters if node.scope == pointed.scope)
