"""Vectors out of a moment: the numbers of one quantity at one step of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nnviz.engine.formula import Name
from nnviz.engine.graph import Node
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth, Stage
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import SUBSCRIPTS, SUPERSCRIPTS
from nnviz.ui.picture.maps_parts import Grid, Tone
from nnviz.ui.picture.maps_planes import Planes, vector_shape
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.reader import Reader
from nnviz.ui.picture.steps_parts import MOST_WRITTEN, Vector

MOST_CHARACTERS, MOST_DIGITS = 8, 5  # of a number in a cell
NARROW_CHARACTERS = 7  # where cells are narrow
ERRORS = (Part.DELTA, Part.GRADIENT, Part.ABOVE)


Kept = dict[tuple[str, Part, int], tuple[object, Vector]]  # vectors, and all that they depend on


class Vectors:
    """Makes the vectors of one picture; what is not computed is NaN in them.

    `kept` holds those of the picture before: most of them are the same again.
    """

    def __init__(
        self, reader: Reader, kept: Kept | None = None, most_characters: int = MOST_CHARACTERS
    ) -> None:
        self._most = most_characters
        self._kept = {} if kept is None else kept
        self.reader, self.moment = reader, reader.moment
        self.graph, self.notation = reader.moment.graph, reader.moment.notation
        self._planes = Planes(reader)
        self._new = _new_refs(reader)
        self._marks = _marks_of(reader, self._new)

    def vector(self, node: Node, part: Part, step: int) -> Vector:
        """A quantity at a step; one without steps has the same numbers at all of them."""
        base = (step, 0) if len(node.shape) == 2 else (0,)
        key, state = (node.scope, part, step), self._state(node, part, base)
        if key not in self._kept or self._kept[key][0] != state:
            grid = self._marked(self._grid(node, part, base, len(base) - 1))
            self._kept[key] = state, self._made(grid, self._new_places(node, part, base[:-1]))
        return self._kept[key][1]

    def _state(self, node: Node, part: Part, base: tuple[int, ...]) -> object:
        """All that a vector depends on; cheaper than the vector."""
        planes, reader = self._planes, self.reader
        return (
            planes.array(node, part)[base[:-1]].tobytes(),
            planes.largest(node, part),
            self.moment.decimals(Ref(node.scope, part, base)),
            (reader.digits, self._most),
            self._marks.get((node.scope, part, base[:-1])),
        )

    def _made(self, grid: Grid, new: tuple[int, ...]) -> Vector:
        address = grid.address
        units = [address.ref(i, 0) for i in range(grid.cells)] if grid.cells <= MOST_WRITTEN else []
        numbers = tuple(self.number(ref) for ref in units)
        ref = address.ref(0, 0)
        name = self.notation.name(ref)
        letter, sub = _symbol(name)
        if not sub and grid.cells == 1:  # of no step: what tells its number apart is the unit
            letter += (name.by or name).sub.translate(SUBSCRIPTS)
        return Vector(letter + self._number_of(ref), sub, grid, numbers, new)

    def _number_of(self, ref: Ref) -> str:
        """The number of a layer that reads the end of a sequence; of a recurrent one where there are several.

        Other layers have letters of their own.
        """
        node, layers = self.graph[ref.scope], self.graph.layers
        layer = self.graph.layer_of(node)
        if not isinstance(layer, RecurrentLayer) and not self.graph.is_in_steps(node):
            name = self.notation.name(ref)
            return (name.by or name).over.translate(SUPERSCRIPTS)
        several = sum(isinstance(one, RecurrentLayer) for one in layers) > 1
        if not several or not isinstance(layer, RecurrentLayer):
            return ""
        return f"({layers.index(layer) + 1})".translate(SUPERSCRIPTS)

    def _new_places(self, node: Node, part: Part, before: tuple[int, ...]) -> tuple[int, ...]:
        """The places of a vector that the current step has filled."""
        found = (ref for ref in self._new if (ref.scope, ref.part) == (node.scope, part))
        return tuple(sorted(ref.cell[-1] for ref in found if ref.cell[:-1] == before))

    def single(self, node: Node, step: int) -> Vector:
        """The only number of a node at a step: E(t)."""
        ref = Ref(node.scope, Part.VALUE, (step,))
        grid = self._marked(self._planes.grid(node, Part.VALUE, (step,), (0,), (1, 1)))
        new = (0,) if ref in self._new else ()
        return Vector("E", sub_of(step), grid, (self.number(ref),), new)

    def number(self, ref: Ref, most: int | None = None) -> Number:
        """A number with as many digits as have room in a cell; all of them are where the mouse rests."""
        number, characters = self.reader.number(ref), self._most if most is None else min(most, self._most)
        if number.value is None or len(number.text) <= characters:
            return number
        decimals, text = self.moment.decimals(ref), number.text
        for digits in range(min(MOST_DIGITS, self.reader.digits), 0, -1):
            text = show(number.value, digits, None if decimals is None else min(decimals, digits))
            if len(text) <= characters:
                break
        return replace(number, text=text)

    def is_known(self, node: Node, part: Part, step: int) -> bool:
        """Whether all numbers of a quantity are computed at a step."""
        return bool(np.isfinite(self._planes.array(node, part)[step]).all())

    def is_one_of_new(self, node: Node, part: Part, step: int) -> bool:
        return any((ref.scope, ref.part, ref.cell[:1]) == (node.scope, part, (step,)) for ref in self._new)

    def _grid(self, node: Node, part: Part, base: tuple[int, ...], axis: int) -> Grid:
        grid = self._planes.grid(node, part, base, (axis,), vector_shape(node.shape[axis]))
        role = "backward" if part in ERRORS else grid.role
        return replace(grid, role=role, tone=Tone.SIGNED, is_wide=grid.columns == 1)

    def _marked(self, grid: Grid) -> Grid:
        """With frames for what is selected and pointed at, and the tags of the factors."""
        place, reader = grid.address.place, self.reader
        found = ((place(ref), tag) for ref, tag in reader.tags.items())
        tags = tuple((at, tag) for at, tag in found if at is not None)
        return replace(grid, selected=place(reader.selection), pointed=place(reader.pointed), tags=tags)


WAYS = ("↓", "←")  # from above, and from the next step


def sub_of(step: int) -> str:
    """The index of a step below a letter."""
    return str(step + 1)


def _symbol(name: Name) -> tuple[str, str]:
    """Letter and index of a vector out of the name of one of its numbers: δ and f of δ with 1,t=1 and (f)."""
    inner = name.by or name
    marks = [mark for mark in ("new", "all") if mark in inner.over]
    gate = inner.over.partition(")")[0].removeprefix("(") if inner.over.startswith("(") else ""
    is_of_gate = inner.letter in ("z", "δ") and gate and not gate.isdecimal()
    sub = gate if is_of_gate else marks[0] if marks else _step(inner)
    if name.by is None:
        return name.letter, sub
    way = name.over if name.over in WAYS else _step(name).translate(SUBSCRIPTS)
    return f"∂{name.letter}{way}/∂{inner.letter}", sub


def _step(name: Name) -> str:
    """The step in the index of a name, 3 as in 2,t=3, or ≥3 for all steps from one on."""
    return name.sub.rpartition("t")[2].removeprefix("=") if "t" in name.sub else ""


def _marks_of(reader: Reader, new: frozenset[Ref]) -> dict[tuple[str, Part, tuple[int, ...]], object]:
    """What is marked in which vector: factors, new numbers, the selection, what is pointed at."""
    found: dict[tuple[str, Part, tuple[int, ...]], set[tuple[int, str, int]]] = {}
    marked = [*((ref, "tag", tag) for ref, tag in reader.tags.items()), *((ref, "new", 0) for ref in new)]
    for ref, what, tag in (*marked, (reader.selection, "selected", 0), (reader.pointed, "pointed", 0)):
        if ref is not None and ref.cell and ref.example is None and ref.iteration is None:
            key = (ref.scope, ref.part, ref.cell[:-1])
            found.setdefault(key, set()).add((ref.cell[-1], what, tag))
    return {key: frozenset(marks) for key, marks in found.items()}


def _new_refs(reader: Reader) -> frozenset[Ref]:
    """What the current step has computed: a unit or less, or what a whole step of time leads to."""
    moment = reader.moment
    if moment.stage is None or moment.leaf is None or reader.depth > Depth.MAP:
        return frozenset()
    if reader.depth is Depth.MAP:
        return _led_to(moment, moment.stage, moment.leaf.ref)
    if reader.depth is Depth.TERM:
        return frozenset({moment.leaf.ref} if moment.leaf.term is None else ())
    unit = moment.stage.unit_at(moment.cursor.position)
    refs = (ref for ref, _ in moment.stage.results(unit))
    return frozenset(ref for ref in refs if moment.value(ref) is not None)


def _led_to(moment: Moment, stage: Stage, last: Ref) -> frozenset[Ref]:
    """The last vector that a layer computes at a step of time: its state, or the error that it hands back."""
    if stage.layer is None or not stage.layer.is_stepwise or moment.graph[last.scope].is_parameter:
        return frozenset()
    scope, part = stage.computes[-1]
    units = range(moment.graph[scope].shape[-1])
    refs = (Ref(scope, part, (last.cell[0], i)) for i in units)
    return frozenset(ref for ref in refs if moment.value(ref) is not None)
