"""The outline of an iteration as a tree: iteration → pass → layer → neuron, made where it is opened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnviz.engine.moment import Moment
from nnviz.engine.narrate import stage_title
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth, Kind, Pass, Stage
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text

MOST_FACTS = 8
Index = QModelIndex | QPersistentModelIndex


class Level(StrEnum):
    """What kind of place a row is."""

    ITERATION = "iteration"
    PASS = "pass"
    GROUP = "group"  # all ∂E/∂w, which are computed after all δ
    STAGE = "stage"
    UNIT = "unit"


class State(StrEnum):
    """How a place lies to the current one."""

    AHEAD = "ahead"
    AROUND = "around"  # the current place is inside it
    CURRENT = "current"
    DONE = "done"


DEEPEST = {  # the level on which the current place of a depth is marked
    Depth.TERM: Level.UNIT,
    Depth.NEURON: Level.UNIT,
    Depth.LAYER: Level.STAGE,
    Depth.PASS: Level.PASS,
    Depth.ITERATION: Level.ITERATION,
    Depth.EPOCH: Level.ITERATION,
}


@dataclass(eq=False, slots=True)
class Place:
    """A row: what takes an iteration from `start` to `end`. `key` names it, whatever the iteration."""

    key: tuple[str, ...]
    level: Level
    title: str
    start: int
    end: int
    parent: Place | None
    row: int
    into: Pass | None = None
    stages: tuple[Stage, ...] = ()
    unit: int = 0
    number: int = 0  # its place in the model's list, which Qt's indices carry
    children: tuple[Place, ...] | None = None

    @property
    def is_leaf(self) -> bool:
        return self.level is Level.UNIT or self.into is Pass.LOSS

    def around(self) -> tuple[Place, ...]:
        """The places it is part of, from the outermost."""
        return (*self.parent.around(), self.parent) if self.parent else ()


class OutlineModel(QAbstractItemModel):
    """The places of the iteration of a moment, and how far they are computed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.moment: Moment | None = None
        self.digits = 4
        self.current: Place | None = None
        self._root: Place | None = None
        self._places: list[Place] = []
        self._around: tuple[Place, ...] = ()

    def show(self, moment: Moment, depth: Depth, digits: int) -> bool:
        """Take up a moment; True if the rows are other ones than before."""
        before = self.moment
        is_new = before is None or (before.outline, before.textbook) != (moment.outline, moment.textbook)
        self.digits = digits
        if is_new:
            self.beginResetModel()
            self.moment = moment
            self._places = []
            length = moment.outline.length
            self._root = self._registered(Place(("iteration",), Level.ITERATION, "", 0, length, None, 0))
            self.endResetModel()
        self.moment = moment
        self.current = self._find(moment.cursor.position, DEEPEST[depth])
        self._around = self.current.around()
        self._tell_changed()
        return is_new

    def state(self, place: Place) -> State:
        assert self.moment is not None
        if place is self.current:
            return State.CURRENT
        if place in self._around:
            return State.AROUND
        return State.DONE if place.end <= self.moment.cursor.position else State.AHEAD

    def is_done(self, place: Place) -> bool:
        """Whether all of a place is computed."""
        return self.moment is not None and 0 < place.end <= self.moment.cursor.position

    def place(self, index: Index) -> Place:
        return self._places[index.internalId()]

    def index_of(self, place: Place) -> QModelIndex:
        return self.createIndex(place.row, 0, place.number)

    def children_of(self, place: Place) -> tuple[Place, ...]:
        """The places inside a place, made when they are first asked for."""
        if place.children is None:
            place.children = tuple(map(self._registered, self._make_children(place)))
        return place.children

    def main_ref(self, place: Place) -> Ref | None:
        """The number that a neuron's row stands for."""
        refs = _refs(place.stages[0], place.unit) if place.level is Level.UNIT else []
        return refs[-1] if len(refs) == 1 else None

    # Places

    def _registered(self, place: Place) -> Place:
        place.number = len(self._places)
        self._places.append(place)
        return place

    def _find(self, position: int, deepest: Level) -> Place:
        """The place, down to a level, in which the last leaf before a position lies."""
        place = self._root
        assert place is not None
        while position > 0 and place.level is not deepest and not place.is_leaf:
            children = self.children_of(place)
            place = children[bisect_left(children, position, key=_end)]
        return place

    def _make_children(self, place: Place) -> Iterator[Place]:
        match place.level:
            case Level.ITERATION:
                yield from self._passes(place)
            case Level.PASS if not place.is_leaf:
                yield from self._stages(place, self._groups(place))
            case Level.GROUP:
                yield from self._stages(place, [(stage,) for stage in place.stages])
            case Level.STAGE:
                yield from self._units(place)

    def _passes(self, parent: Place) -> Iterator[Place]:
        assert self.moment is not None
        passes = [(into, stages) for into, stages in self.moment.outline.passes().items() if stages]
        for row, (into, stages) in enumerate(passes):
            yield _inside(parent, row, Level.PASS, into.value, into.capitalize(), stages)

    def _groups(self, place: Place) -> list[tuple[Stage, ...]]:
        """The stages of a pass one by one, but all ∂E/∂w together where they follow each other."""
        if self._has_late_weights:
            return [(stage,) for stage in place.stages]
        single: list[tuple[Stage, ...]] = [
            (stage,) for stage in place.stages if stage.kind is not Kind.GRADIENT
        ]
        gradients = tuple(stage for stage in place.stages if stage.kind is Kind.GRADIENT)
        return [*single, gradients] if gradients else single

    @property
    def _has_late_weights(self) -> bool:
        return self.moment is not None and self.moment.graph.late_weights

    def _stages(self, parent: Place, groups: Sequence[tuple[Stage, ...]]) -> Iterator[Place]:
        assert self.moment is not None
        is_group = parent.level is Level.GROUP
        for row, stages in enumerate(groups):
            kind, layer = stages[0].kind, stages[0].layer
            if kind is Kind.GRADIENT and not is_group and not self._has_late_weights:
                yield _inside(parent, row, Level.GROUP, "weights", "Weights ∂E/∂w", stages)
                continue
            title = layer.title if is_group and layer else stage_title(self.moment, kind, layer)
            name = f"{layer.scope if layer else ''}/{kind}"
            yield _inside(parent, row, Level.STAGE, name, title, stages)

    def _units(self, parent: Place) -> Iterator[Place]:
        """The neurons of a layer, without those that have nothing to do here."""
        stage = parent.stages[0]
        assert self.moment is not None and stage.layer is not None
        units = [i for i in range(stage.units) if stage.starts[i] < stage.starts[i + 1]]
        for row, i in enumerate(units):
            title = f"neuron {self.moment.notation.number(stage.layer, i)}"
            unit = _inside(parent, row, Level.UNIT, str(i), title, parent.stages)
            unit.unit, unit.start, unit.end = i, stage.starts[i], stage.starts[i + 1]
            yield unit

    # Words

    def _title(self, place: Place) -> str:
        assert self.moment is not None
        return place.title or f"Iteration {self.moment.iteration + 1:,}"

    def _facts(self, place: Place) -> str:
        """The main numbers of a place as far as they are computed, one a line."""
        lines = [text for ref in self._refs_of(place) if (text := self._fact(ref))]
        more = ["…"] if len(lines) > MOST_FACTS else []
        return "\n".join(lines[:MOST_FACTS] + more)

    def _refs_of(self, place: Place) -> list[Ref]:
        if place.level is Level.UNIT:
            return _refs(place.stages[0], place.unit)
        if place.level is Level.STAGE:
            stage = place.stages[0]
            return [ref for unit in range(min(stage.units, MOST_FACTS + 1)) for ref in _refs(stage, unit)]
        return [Ref("loss")] if place.into in (None, Pass.LOSS) else []

    def _fact(self, ref: Ref) -> str:
        assert self.moment is not None
        value = self.moment.value(ref) if ref.scope in self.moment.graph else None
        if value is None:
            return ""
        name = name_text(self.moment.notation.name(ref))
        return f"{name} = {show(value, self.digits, self.moment.decimals(ref))}"

    def _tell_changed(self) -> None:
        """A step can change the look of every row; told once, which repaints what is in sight."""
        assert self._root is not None
        root = self.index_of(self._root)
        passes = self.children_of(self._root)
        self.dataChanged.emit(root, root)
        self.dataChanged.emit(self.index_of(passes[0]), self.index_of(passes[-1]))

    # Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not parent.isValid():
            is_root = self._root is not None and (row, column) == (0, 0)
            return self.createIndex(0, 0, 0) if is_root else QModelIndex()
        children = self.children_of(self.place(parent))
        return self.createIndex(row, 0, children[row].number) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: Index) -> QModelIndex:  # type: ignore[override]
        above = self.place(index).parent if index.isValid() else None
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return int(self._root is not None)
        return len(self.children_of(self.place(parent)))

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        return not self.place(parent).is_leaf if parent.isValid() else self._root is not None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        leaf = Qt.ItemFlag.ItemNeverHasChildren if self.place(index).is_leaf else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | leaf

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        place = self.place(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._title(place)
            case Qt.ItemDataRole.ToolTipRole:
                return self._facts(place) or None
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._title(place)}, {self.state(place)}"
        return None


def _end(place: Place) -> int:
    return place.end


def _inside(parent: Place, row: int, level: Level, name: str, title: str, stages: tuple[Stage, ...]) -> Place:
    key = (*parent.key, name)
    return Place(key, level, title, stages[0].start, stages[-1].end, parent, row, stages[0].into, stages)


def _refs(stage: Stage, unit: int) -> list[Ref]:
    """What a unit computes in a stage, without the steps on the way: a rather than z, δ rather than ∂E/∂a."""
    refs = [ref for ref, _ in stage.results(unit)]
    return refs if stage.kind in (Kind.GRADIENT, Kind.UPDATE) else refs[-1:]
