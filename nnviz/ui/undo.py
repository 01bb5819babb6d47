"""What can be undone: the window goes from one run to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtGui import QUndoCommand

from nnviz.engine.cursor import Cursor
from nnviz.engine.timeline import Timeline
from nnviz.lessons.lesson import Lesson

STROKE = 1  # the kind of command that may be merged


class Place(NamedTuple):
    """Where undo and redo lead to. Timelines share their common past, so keeping many costs little."""

    lesson: Lesson | None
    timeline: Timeline
    cursor: Cursor


class Switch(QUndoCommand):
    """From one place, or one drawing, to another; commands of the same stroke become one."""

    def __init__(
        self,
        text: str,
        switch: Callable[[Any], None],
        before: Any,
        after: Any,
        stroke: int | None = None,
    ) -> None:
        super().__init__(text)
        self._switch, self._before, self._after, self._stroke = switch, before, after, stroke

    def redo(self) -> None:
        self._switch(self._after)

    def undo(self) -> None:
        self._switch(self._before)

    def id(self) -> int:
        return -1 if self._stroke is None else STROKE

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, Switch) or other._stroke != self._stroke:
            return False
        self._after = other._after
        return True
