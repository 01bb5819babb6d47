"""How far a run has come, and why it is over, in words."""

from __future__ import annotations

from nnviz.engine.measures import Measure
from nnviz.engine.numbers import MINUS, counted, show
from nnviz.engine.timeline import Timeline
from nnviz.lessons.ending import why_no_further
from nnviz.lessons.lesson import Lesson


def how_far(iteration: int, loss: float | None, goal: int | None = None) -> str:
    """The iteration that is shown while a run is going on, perhaps towards another one."""
    so_far = f"after {counted(iteration, 'iteration')}"
    if goal is not None:
        so_far = f"{iteration:,} of {counted(goal, 'iteration')}"
    return so_far if loss is None else f"{so_far}, E = {show(loss, 6)}"


def broken_off(timeline: Timeline, goal: int) -> str:
    """Where a run stands that was stopped on the way to an iteration."""
    return f"Stopped at iteration {timeline.length:,}, on the way to iteration {goal + 1:,}."


def why_it_ended(lesson: Lesson, timeline: Timeline) -> str:
    """Why a run to the stop criterion is over."""
    last = timeline.length - 1
    if timeline.diverged_at is not None:
        return f"{why_no_further(timeline)} Everything up to here can still be stepped through."
    below = lesson.stop.loss_below
    if below is not None and timeline.data_loss(last) < below:
        loss = _below(timeline.data_loss(last), below).replace("-", MINUS)
        so_far = _amount(timeline, last)
        return f"Converged after {so_far}: {_over_all(timeline)} = {loss} is below {below:g}."
    early = stopped_early(lesson, timeline)
    if early is not None:
        return _why_early(early, lesson.stop.patience or 0, timeline)
    most = lesson.stop.iterations
    stopped = f"Stopped after {_amount(timeline, last)}, the most this lesson asks for"
    if last > most:  # somebody has stepped on
        stopped = f"This lesson asks for {_amount(timeline, most)}, and {last:,} are done"
    return f"{stopped}. The tab Learning (Ctrl+E) can raise it."


def _below(value: float, limit: float) -> str:
    """A number with so many digits that it can be seen to lie below a limit, three at least."""
    written = (f"{value:.{digits}g}" for digits in range(3, 18))
    return next((one for one in written if float(one) < limit), f"{value:.17g}")


def _amount(timeline: Timeline, iterations: int) -> str:
    """``20 epochs (2,020 iterations)`` where epochs have several and none is broken off."""
    epochs, rest = divmod(iterations, timeline.iterations_per_epoch)
    number = counted(iterations, "iteration")
    is_whole = not rest and timeline.iterations_per_epoch > 1
    return f"{counted(epochs, 'epoch')} ({number})" if is_whole else number


def stopped_early(lesson: Lesson, timeline: Timeline) -> Measure | None:
    """The best measure on the validation set, where a run is over because it has not become better since."""
    patience, best = lesson.stop.patience, timeline.best
    if patience is None or best is None or timeline.diverged_at is not None:
        return None
    since = sum(one.iteration > best.iteration for one in timeline.validated)
    return best if since >= patience else None


def where_it_ended(lesson: Lesson, timeline: Timeline) -> int:
    """The iteration to look at after a run: the last, or the one whose parameters early stopping returns."""
    early = stopped_early(lesson, timeline)
    return timeline.length - 1 if early is None else early.iteration


def _why_early(best: Measure, patience: int, timeline: Timeline) -> str:
    epoch, loss = timeline.epoch(best.iteration), show(best.loss)
    waited = counted(patience, "epoch")
    not_better = f"the validation error has not improved for {waited}"
    return f"Stopped early: {not_better}. Best at epoch {epoch:,}: E = {loss} per example, shown here."


def _over_all(timeline: Timeline) -> str:
    """The error that a run is stopped by; an iteration over a part of the data has another."""
    is_part = timeline.batch_size < timeline.examples
    return f"E over all {timeline.examples:,} examples" if is_part else "E"
