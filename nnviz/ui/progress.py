"""How far a run has come, and why it is over, in words."""

from __future__ import annotations

from nnviz.engine.numbers import MINUS, counted, show
from nnviz.engine.timeline import Timeline
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.lesson import Lesson


def how_far(timeline: Timeline, loss: float | None) -> str:
    """While a run is going on."""
    so_far = f"after {counted(timeline.length - 1, 'iteration')}"
    return so_far if loss is None else f"{so_far}, E = {show(loss, 6)}"


def why_it_ended(lesson: Lesson, timeline: Timeline) -> str:
    """Why a run to the stop criterion is over."""
    last = timeline.length - 1
    if timeline.diverged_at is not None:
        return f"{why_no_further(timeline)} Everything up to here can still be stepped through."
    below = lesson.stop.loss_below
    if below is not None and timeline.data_loss(last) < below:
        loss = f"{timeline.data_loss(last):.3g}".replace("-", MINUS)
        so_far = counted(last, "iteration")
        return f"Converged after {so_far}: {_over_all(timeline)} = {loss} is below {below:g}."
    return f"Stopped after {counted(last, 'iteration')}, the most this lesson asks for."


def _over_all(timeline: Timeline) -> str:
    """The error that a run is stopped by; an iteration over a part of the data has another."""
    is_part = timeline.batch_size < timeline.examples
    return f"E over all {timeline.examples:,} examples" if is_part else "E"
