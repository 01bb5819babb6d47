"""The cursor: where the class is, and the moves it can make. Integers only, so back is exact."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nnviz.engine.outline import Depth, Outline
from nnviz.engine.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Cursor:
    """So many leaves of an iteration are computed; one example of its batch is in focus."""

    iteration: int = 0
    position: int = 0
    example: int = 0


class Walk:
    """The moves over a timeline: each gives a new cursor, or the same where there is no way on.

    A walk over a branch of another timeline shares what is made once per network: `like` the other walk.
    """

    def __init__(self, timeline: Timeline, like: Walk | None = None) -> None:
        self.timeline = timeline
        is_same_network = like is not None and like.timeline.graph is timeline.graph
        self._outlines: dict[int, Outline] = like._outlines if like and is_same_network else {}

    def outline(self, iteration: int) -> Outline:
        examples = len(self.timeline.rows(iteration))
        if examples not in self._outlines:
            parts_of_update = self.timeline.program.parts_of_update
            self._outlines[examples] = Outline(self.timeline.graph, examples, parts_of_update)
        return self._outlines[examples]

    def over(self, cursor: Cursor, depth: Depth) -> Cursor:
        """On to the end of the next place of this depth."""
        outline = self.outline(cursor.iteration)
        if depth is Depth.EPOCH:
            return self._at_end(self._in(self.ahead(cursor, depth), cursor))
        if cursor.position < outline.length:
            return replace(cursor, position=outline.ends(depth, cursor.position)[1])
        following = self._in(cursor.iteration + 1, cursor)
        if following.iteration == cursor.iteration:
            return cursor
        return replace(following, position=self.outline(following.iteration).ends(depth, 0)[1])

    def ahead(self, cursor: Cursor, depth: Depth) -> int:
        """The iteration that a step of this depth leads to, run already or not."""
        is_at_end = cursor.position == self.outline(cursor.iteration).length
        if depth is not Depth.EPOCH:
            return cursor.iteration + is_at_end
        per = self.timeline.iterations_per_epoch
        last = (cursor.iteration // per + 1) * per - 1
        return last + per if cursor.iteration == last and is_at_end else last

    def back(self, cursor: Cursor, depth: Depth) -> Cursor:
        """Back to the end of the place of this depth before the one that was reached last.

        The end of an iteration and the start of the next are the same place between two updates; going
        back passes it as the end, where its numbers can still be seen.
        """
        if depth is Depth.EPOCH:
            return self._epoch_back(cursor)
        start = self.outline(cursor.iteration).ends(depth, max(cursor.position - 1, 0))[0]
        if cursor.position > 0 and (start > 0 or cursor.iteration == 0):
            return replace(cursor, position=start)
        if cursor.iteration == 0:
            return cursor
        return self._at_end(self._in(cursor.iteration - 1, cursor))

    def out(self, cursor: Cursor, depth: Depth) -> Cursor:
        """On to the end of the place of this depth in which the last leaf lies."""
        outline = self.outline(cursor.iteration)
        if cursor.position == 0:
            return self.over(cursor, depth)
        return replace(cursor, position=outline.ends(depth, cursor.position - 1)[1])

    def at(self, iteration: int, position: int, example: int) -> Cursor:
        """A cursor kept inside the run: an iteration that can be reached, a position and example it has."""
        iteration = max(0, iteration)
        if not self.timeline.ensure(iteration):
            iteration = self.timeline.length - 1
        position = min(max(0, position), self.outline(iteration).length)
        rows = self.timeline.rows(iteration)
        if example not in rows:
            example = rows[0]
        return Cursor(iteration, position, example)

    def working_on(self, example: int, iteration: int) -> int:
        """The iteration of the same epoch that works on an example."""
        return self.timeline.iteration_with(example, self.timeline.epoch(iteration))

    def like(self, old: Walk, cursor: Cursor) -> Cursor:
        """The place in a run that begins anew which `cursor` has in the run of another form of the network.

        Where every size is as before it is the same place, else the end of the same stage, or the start.
        """
        example = min(cursor.example, self.timeline.examples - 1)
        was, outline = old.outline(cursor.iteration), self.outline(0)
        stage = was.stage_at(cursor.position)
        if stage is None or was.length == outline.length:
            return Cursor(0, cursor.position, example)
        ends = (found.end for found in outline.stages if found.name == stage.name)
        return Cursor(0, next(ends, 0), example)

    def _in(self, iteration: int, cursor: Cursor) -> Cursor:
        """The start of another iteration, with the focus on the same place in its batch."""
        there = self.at(iteration, 0, cursor.example)
        before = self.timeline.rows(cursor.iteration)
        place = before.index(cursor.example) if cursor.example in before else 0
        rows = self.timeline.rows(there.iteration)
        return self.at(there.iteration, 0, rows[min(place, len(rows) - 1)])

    def _at_end(self, cursor: Cursor) -> Cursor:
        return replace(cursor, position=self.outline(cursor.iteration).length)

    def _epoch_back(self, cursor: Cursor) -> Cursor:
        per = self.timeline.iterations_per_epoch
        last = cursor.iteration // per * per - 1
        if last < 0:
            return self._in(0, cursor)
        return self._at_end(self._in(last, cursor))
