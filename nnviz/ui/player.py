"""The one stateful object between engine and views: lesson, cursor, depth, selection, edits, playing."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from nnviz.engine.changeable import edited, holds
from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import Explanation, explain, explain_place, words_of_place
from nnviz.engine.moment import Moment, resolve
from nnviz.engine.notation import Notation
from nnviz.engine.outline import Depth, Pass, depths_of
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Edit, Timeline
from nnviz.lessons.lesson import Lesson
from nnviz.ui.motion import Motion
from nnviz.ui.undo import Place, Switch

SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)
DIGITS = range(2, 11)


class Player(Motion):
    """Where the class is in a lesson, and every way to go on.

    Views are shown what `moment` says; what the user does arrives here as a method call and leaves as a
    signal.
    """

    lesson_left = Signal()  # another one is about to be opened
    lesson_changed = Signal()
    plan_changed = Signal()  # α or the end of the run, in the same network
    moment_changed = Signal()
    selection_changed = Signal(object)
    pointed_changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._saved: tuple[Lesson | None, tuple[Edit, ...]] = (None, ())  # what is in the file
        self.digits = 4
        self.selection: Ref | None = None
        self.pointed_at: Ref | None = None
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(100)

    # What there is to see

    def open(self, lesson: Lesson, is_saved: bool = True) -> None:
        """Start a lesson from its beginning; one that is in no file yet is not saved."""
        self.lesson_left.emit()
        self._finish_motion()
        self.lesson = lesson
        self.undo_stack.clear()
        self.depth = lesson.depth
        self.digits = lesson.digits
        self.selection = self.pointed_at = None
        self._use(lesson.timeline)
        self._saved = lesson if is_saved else None, self.timeline.edits
        start, is_there = lesson.start, self._runner.reaches(lesson.timeline, lesson.start.iteration)
        self.cursor = self.walk.at(start.iteration if is_there else 0, start.position, start.example)
        self._resolve()
        self.lesson_changed.emit()
        self.selection_changed.emit(None)
        self.moment_changed.emit()
        if not is_there:
            self._reach_place(start.iteration, start.position, start.example)

    @property
    def is_saved(self) -> bool:
        """Whether opening the lesson again gives what there is now: training alone repeats itself exactly."""
        if self.lesson is None:
            return True
        lesson, edits = self._saved
        return lesson is self.lesson and edits == self.timeline.edits

    def mark_saved(self) -> None:
        """What there is now has been written into a file."""
        self._saved = self.lesson, self.timeline.edits

    @property
    def textbook(self) -> Textbook:
        assert self.lesson is not None
        return self.lesson.textbook

    @property
    def notation(self) -> Notation:
        return self.textbook.notation

    @property
    def explanation(self) -> Explanation:
        """What the equation strip says: about the selected number, or about the step that was made last."""
        if self.selection is not None:
            return explain(self.moment, self.selection)
        if self.is_running:
            return words_of_place(self.moment, self.depth)
        return explain_place(self.moment, self.depth)

    @property
    def can_go_back(self) -> bool:
        return self.cursor.iteration > 0 or self.cursor.position > 0

    @property
    def can_step(self) -> bool:
        """Whether there is anything after the cursor, run already or still to be run."""
        if self.cursor.position < self.walk.outline(self.cursor.iteration).length:
            return True
        is_last = self.cursor.iteration >= self.timeline.length - 1
        return not is_last or (self.timeline.graph.trains and self.timeline.diverged_at is None)

    # Moves

    def step(self) -> None:
        """On to the end of the next place of the chosen depth."""
        self.over(self.depth)

    def back(self) -> None:
        """Exactly back to what was shown before."""
        self._move(self.walk.back(self.cursor, self.depth))

    def into(self) -> None:
        """One depth finer, and one step there."""
        finer = [depth for depth in depths_of(self.timeline.graph) if depth < self.depth]
        self.set_depth(finer[-1] if finer else self.depth)
        self.step()

    def out(self) -> None:
        """To the end of the place one depth coarser, and go on there."""
        coarser = [depth for depth in depths_of(self.timeline.graph) if depth > self.depth]
        self.set_depth(coarser[0] if coarser else self.depth)
        if self.cursor.position == 0:
            self.over(self.depth)
        else:
            self._move(self.walk.out(self.cursor, self.depth))

    def over(self, depth: Depth) -> None:
        """A step of another depth, keeping the chosen one."""
        before = self.cursor
        self._reach(self.walk.ahead(before, depth), lambda: self._move(self.walk.over(before, depth)))

    def back_by(self, depth: Depth) -> None:
        self._move(self.walk.back(self.cursor, depth))

    def to_start(self) -> None:
        self._move(self.walk.at(0, 0, self.cursor.example))

    def to_end(self) -> None:
        """To the last iteration that has been run."""
        last = self.timeline.length - 1
        self._move(self.walk.at(last, self.walk.outline(last).length, self.cursor.example))

    def seek(self, iteration: int, position: int) -> None:
        self._reach_place(iteration, position, self.cursor.example)

    def _reach_place(self, iteration: int, position: int, example: int) -> None:
        self._reach(iteration, lambda: self._move(self.walk.at(iteration, position, example)))

    def seek_ref(self, ref: Ref) -> None:
        """To the step that computes a number."""
        position = self.walk.outline(self.cursor.iteration).completed_at(ref)
        if position is not None:
            self.select(None)
            self.seek(self.cursor.iteration, position)

    def set_depth(self, depth: Depth) -> None:
        if depth is not self.depth:
            self.depth = depth
            self.moment_changed.emit()

    def set_digits(self, digits: int) -> None:
        digits = min(max(digits, DIGITS[0]), DIGITS[-1])
        if digits != self.digits:
            self.digits = digits
            self.moment_changed.emit()

    def set_example(self, example: int) -> None:
        """Focus on another example; online, on the iteration of this epoch that works on it."""
        cursor = replace(self.cursor, example=example)
        if example not in self.timeline.rows(cursor.iteration):
            cursor = replace(cursor, iteration=self.walk.working_on(example, cursor.iteration))
        self._reach_place(cursor.iteration, cursor.position, example)

    def next_example(self, by: int = 1) -> None:
        self.set_example((self.cursor.example + by) % self.timeline.examples)

    # Selection

    def select(self, ref: Ref | None) -> None:
        """The number that the strip explains; None, or a number of another network, goes back to the step."""
        if ref is not None:
            ref = self._here(ref) if holds(self.moment, ref) else None
        if ref == self.selection:
            return
        if ref is not None:
            self._finish_motion()
        self.selection = ref
        self.selection_changed.emit(ref)

    def _here(self, ref: Ref) -> Ref:
        """A number as this moment addresses it; one of another iteration takes the class there."""
        if ref.iteration is not None:
            if ref.iteration != self.cursor.iteration:
                self.seek(ref.iteration, self.walk.outline(ref.iteration).length)
            ref = replace(ref, iteration=None)
        return replace(ref, example=None) if ref.example == self.cursor.example else ref

    def point_at(self, ref: Ref | None) -> None:
        if ref is not None and not holds(self.moment, ref):
            ref = None
        if ref != self.pointed_at:
            self.pointed_at = ref
            self.pointed_changed.emit(ref)

    # Edits

    def edit(self, ref: Ref, value: float) -> None:
        self.edit_many(((ref, value),))

    def edit_many(self, values: tuple[tuple[Ref, float], ...]) -> None:
        """Change numbers from this iteration on; everything after it is computed anew. Can be undone."""
        what = self.notation.caption(values[0][0]) if len(values) == 1 else f"{len(values)} numbers"
        self._push_edit(f"edit {what}", values, self.cursor)

    def edit_image(
        self, values: tuple[tuple[Ref, float], ...], is_live: bool, stroke: int | None = None
    ) -> None:
        """Change pixels; all that belongs to one stroke of the pen is undone at once.

        Live, the class sees at once what the network makes of the new image.
        """
        self._push_edit("edit image", values, self._after_forward() if is_live else self.cursor, stroke)

    def to_output(self) -> None:
        """On to the end of the forward pass, where that is still ahead."""
        if self.cursor.position < self._after_forward().position:
            self._move(self._after_forward())

    def _after_forward(self) -> Cursor:
        """Where the forward pass of this iteration is done."""
        done = self.walk.outline(self.cursor.iteration).passes()[Pass.FORWARD][-1].end
        return replace(self.cursor, position=max(self.cursor.position, done))

    def _push_edit(
        self, text: str, values: tuple[tuple[Ref, float], ...], cursor: Cursor, stroke: int | None = None
    ) -> None:
        self._finish_motion()
        full = tuple((edited(self.moment, ref), value) for ref, value in values)
        branch = self.timeline.edited(Edit(self.cursor.iteration, full))
        self._push(text, Place(self.lesson, branch, cursor), stroke)

    def vary(self, variant: Lesson, what: str, run: Timeline | None = None) -> None:
        """Go on with a lesson whose network or training is another, in its run or in `run`. Can be undone."""
        self._finish_motion()
        self.select(None)
        cursor = Walk(variant.timeline).like(self.walk, self.cursor) if run is None else self.cursor
        self._push(what, Place(variant, run or variant.timeline, cursor))

    def _push(self, text: str, after: Place, stroke: int | None = None) -> None:
        before = Place(self.lesson, self.timeline, self.cursor)
        self.undo_stack.push(Switch(text, self._switch_to, before, after, stroke))

    def restart(self) -> None:
        """Back to the first weights of the lesson, in the network as it is now. Can be undone."""
        assert self.lesson is not None
        self._finish_motion()
        self.select(None)
        start = Cursor(0, 0, self.cursor.example)
        self._push("restart", Place(self.lesson, self.lesson.beginning, start))

    def undo(self) -> None:
        self._finish_motion()
        self.undo_stack.undo()

    def redo(self) -> None:
        self._finish_motion()
        self.undo_stack.redo()

    # Inside

    def _go(self, cursor: Cursor) -> None:
        if cursor == self.cursor:
            return
        self.cursor = cursor
        if self.selection is not None:
            self.selection = None
            self.selection_changed.emit(None)
        self._resolve()
        self.moment_changed.emit()

    def _resolve(self) -> None:
        self.moment: Moment = resolve(self.walk, self.cursor, self.textbook)

    def _switch_to(self, place: Place) -> None:
        is_other, is_other_plan = (
            place.timeline.graph is not self.timeline.graph,
            place.lesson is not self.lesson,
        )
        self.lesson = place.lesson
        self._use(place.timeline)
        self.cursor = self.walk.at(place.cursor.iteration, place.cursor.position, place.cursor.example)
        self._resolve()
        if is_other:
            self.selection = self.pointed_at = None
            self.lesson_changed.emit()
        elif is_other_plan:
            self.plan_changed.emit()
        self.moment_changed.emit()
