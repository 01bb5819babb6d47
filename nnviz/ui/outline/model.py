"""The outline of an iteration as a tree: iteration → pass → layer → (map →) unit, made where it is opened."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from nnviz.engine.lengths import length_of
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui.outline.place import DEEPEST, Level, Place, State, is_over, numbered, results_of
from nnviz.ui.outline.rows import children_of, is_summed_up, runs_of

MOST_FACTS = 8
MOST_CHANGES = 40  # that are told one by one
Index = QModelIndex | QPersistentModelIndex


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
        self._shows_units = True
        self._summed: list[Place] = []  # places whose units have come up summed up so far
        self._runs: dict[tuple[str, ...], Place] = {}  # the rows in them, shown or not

    def show(self, moment: Moment, depth: Depth, digits: int) -> bool:
        """Take up a moment; True if the rows are other ones than before."""
        before = self.moment
        is_new = before is None or (before.outline, before.textbook) != (moment.outline, moment.textbook)
        self.digits, self._shows_units = digits, depth <= Depth.NEURON
        if is_new:
            self.beginResetModel()
            self.moment = moment
            self._places, self._summed, self._runs = [], [], {}
            length = moment.outline.length
            self._root = self._registered(Place(("iteration",), Level.ITERATION, "", 0, length, None, 0))
            self.endResetModel()
        self.moment = moment
        for place in self._summed:
            self._follow(place)
        left = {self.current, *self._around}
        self.current = self._find(moment.cursor.position, DEEPEST[depth])
        self._around = self.current.around()
        if before is not None and not is_new:
            self._tell_changed(left | self._ended(before), before.cursor.position, moment.cursor.position)
        return is_new

    def state(self, place: Place) -> State:
        assert self.moment is not None
        if place is self.current:
            return State.CURRENT
        if place in self._around:
            return State.AROUND
        if is_over(self.moment, place):
            return State.OVER
        return State.DONE if place.end <= self.moment.cursor.position else State.AHEAD

    def is_done(self, place: Place) -> bool:
        """Whether all of a place is computed, of an example that has it."""
        if self.moment is None or is_over(self.moment, place):
            return False
        return 0 < place.end <= self.moment.cursor.position

    def place(self, index: Index) -> Place:
        return self._places[index.internalId()]

    def index_of(self, place: Place) -> QModelIndex:
        return self.createIndex(place.row, 0, place.number)

    def children_of(self, place: Place) -> tuple[Place, ...]:
        """The places inside a place, made when they are first asked for."""
        if place.children is None:
            place.children = tuple(self._make_children(place))
        return place.children

    def main_ref(self, place: Place) -> Ref | None:
        """The number that a neuron's row stands for."""
        refs = results_of(place.stages[0], place.unit) if place.level is Level.UNIT else []
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
            child = children[bisect_left(children, position, key=_end)]
            if child.level.rank > deepest.rank:
                break
            place = child
        return place

    def _make_children(self, place: Place) -> Iterable[Place]:
        assert self.moment is not None
        if is_summed_up(self.moment, place):
            self._summed.append(place)
            return numbered(map(self._run, self._runs_of(place)))
        return map(self._registered, children_of(self.moment, place))

    # Rows that follow the class

    def _follow(self, place: Place) -> None:
        """Bring the rows of units that are summed up to where the class is now."""
        shown = place.children or ()
        wanted = [self._run(run) for run in self._runs_of(place)]
        for row, run in enumerate(wanted):
            if run not in shown:
                self._insert(place, row, run)
        for run in shown:
            if run not in wanted:
                self._remove(place, run)

    def _runs_of(self, place: Place) -> Iterable[Place]:
        assert self.moment is not None
        return runs_of(self.moment, place, self._shows_units)

    def _run(self, run: Place) -> Place:
        """The row of a run: the one there was for it before, brought up to date."""
        known = self._runs.get(run.key)
        if known is None:
            known = self._runs[run.key] = self._registered(run)
        known.title, known.unit, known.count = run.title, run.unit, run.count
        known.start, known.end = run.start, run.end
        return known

    def _insert(self, parent: Place, row: int, child: Place) -> None:
        before = parent.children or ()
        self.beginInsertRows(self.index_of(parent), row, row)
        parent.children = numbered((*before[:row], child, *before[row:]))
        self.endInsertRows()

    def _remove(self, parent: Place, child: Place) -> None:
        self.beginRemoveRows(self.index_of(parent), child.row, child.row)
        parent.children = numbered(one for one in parent.children or () if one is not child)
        self.endRemoveRows()

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
            return results_of(place.stages[0], place.unit)
        if place.level is Level.STAGE:
            stage = place.stages[0]
            return [
                ref for unit in range(min(stage.units, MOST_FACTS + 1)) for ref in results_of(stage, unit)
            ]
        return [Ref("loss")] if place.into in (None, Pass.LOSS) else []

    def _fact(self, ref: Ref) -> str:
        assert self.moment is not None
        value = self.moment.value(ref) if ref.scope in self.moment.graph else None
        if value is None:
            return ""
        name = name_text(self.moment.notation.name(ref))
        return f"{name} = {show(value, self.digits, self.moment.decimals(ref))}"

    def _ended(self, before: Moment) -> set[Place]:
        """The rows of steps that only one of two sequences has: the one in focus before, and the one now."""
        moment = self.moment
        if moment is None or length_of(before) == length_of(moment):
            return set()
        return {place for place in self._places if is_over(before, place) != is_over(moment, place)}

    def _tell_changed(self, left: set[Place | None], before: int, now: int) -> None:
        """The rows that look otherwise after a move: those on the way, those done or undone, and runs."""
        low, high = sorted((before, now))
        changed = {*left, self.current, *self._around}
        changed |= {place for place in self._places if low < place.end <= high}
        changed |= {run for place in self._summed for run in place.children or ()}
        if len(changed) > MOST_CHANGES:  # more than are in sight
            assert self._root is not None
            passes = self.children_of(self._root)
            self.dataChanged.emit(self.index_of(passes[0]), self.index_of(passes[-1]))
            changed = {self._root}
        for place in changed:
            if place is not None and _has_row(place):
                index = self.index_of(place)
                self.dataChanged.emit(index, index)

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
                return self._facts(place) or (place.title if place.level in (Level.MAP, Level.GATE) else None)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{self._title(place)}, {self.state(place)}"
        return None


def _end(place: Place) -> int:
    return place.end


def _has_row(place: Place) -> bool:
    """Whether a place still stands in the tree, where units are summed up as the class goes."""
    siblings = place.parent.children or () if place.parent is not None else (place,)
    return place.row < len(siblings) and siblings[place.row] is place
