"""What a moment may know of the run so far: losses, measures and α, and nothing of a later iteration."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from nnviz.engine.clipping import norm_of
from nnviz.engine.cursor import Cursor
from nnviz.engine.formula import Expr
from nnviz.engine.measures import Measure
from nnviz.engine.numbers import own_decimals
from nnviz.engine.outline import Outline
from nnviz.engine.prefix import Prefix
from nnviz.engine.ref import Part
from nnviz.engine.timeline import Timeline


def losses_until(timeline: Timeline, outline: Outline, cursor: Cursor) -> Sequence[float]:
    """E of the iterations before this one, and its own once it is computed."""
    stage = outline.stage_of("loss", Part.VALUE)
    if stage is None:
        return ()
    count = cursor.iteration + (cursor.position >= stage.end)
    if count > cursor.iteration:
        timeline.loss(cursor.iteration)
    return Prefix(timeline.losses_until(count), count)


def until(measures: Sequence[Measure], iteration: int) -> Sequence[Measure]:
    """Those that are measured before anything of a later iteration has been run."""
    return measures[: bisect_right(measures, iteration, key=lambda one: one.iteration)]


def schedule_line(timeline: Timeline, iteration: int) -> Expr | None:
    """α written out, where a schedule changes it."""
    start = timeline.settings(iteration).learning_rate
    turn = timeline.schedule.turn(iteration, timeline.iterations_per_epoch)
    return timeline.schedule.line(start, own_decimals([start]), turn)


def is_too_large(timeline: Timeline) -> bool:
    """Whether a run has overflowed in E or its gradient with numbers that no update has led to.

    They are those it starts from, or those that somebody has edited.
    """
    k = timeline.diverged_at
    if k is None or k not in (0, *(edit.iteration for edit in timeline.edits)):
        return False
    record = timeline.record(k)
    with np.errstate(all="ignore"):
        size = norm_of(record.cells[timeline.program.flat_gradient])
    return not (math.isfinite(record.loss) and math.isfinite(size))
