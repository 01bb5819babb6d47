"""The numbers of the curves as texts, and what they are in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nnviz.engine.measures import Examples, judged, task_of
from nnviz.engine.numbers import counted, show
from nnviz.lessons.lesson import Lesson
from nnviz.ui.loss.curves import Choice, Numbers, Run, percent
from nnviz.ui.loss.figures import Figure

NOT_YET = "–"


@dataclass(frozen=True)
class Count:
    """How many examples are measured, and how many answers: one for each, or one for each step of each.

    `kind` is what is answered, `is_classified` says whether an answer can be right or wrong.
    """

    examples: int
    answers: int
    kind: str
    is_classified: bool


def counts_of(lesson: Lesson) -> tuple[Count, ...]:
    """Of the examples that are learned from, and of those that watch over that; none without these."""
    settings, validation = lesson.timeline.settings(0), lesson.validation
    if validation is None or settings.targets is None:
        return ()
    return (
        _count(lesson, Examples(settings.inputs, settings.targets, settings.given)),
        _count(lesson, validation),
    )


def _count(lesson: Lesson, examples: Examples) -> Count:
    going = lesson.timeline.graph.going
    targets = judged(examples.targets, None if going is None else examples.given[going.scope])
    kind = "step" if examples.targets.ndim > 2 else "example"
    return Count(len(examples.inputs), len(targets), kind, task_of(targets) is not None)


def newest(rows: Numbers, choice: Choice, digits: int, count: Count) -> str:
    """What stands at the end of a curve."""
    _, error, share = rows[-1]
    return percent(share, count.answers) if choice.is_correct else show(error, digits)


def epoch_of(row: Numbers, per_epoch: int) -> int:
    """How many epochs are done when this is measured."""
    return round(row[0]) // per_epoch


def measure_tip(name: str, rows: Numbers, per_epoch: int, count: Count) -> str:
    """“validation: E per example over 60 examples, after 3 epochs”."""
    after = counted(epoch_of(rows[-1], per_epoch), "epoch")
    error = f"{name}: E per example over {counted(count.examples, 'example')} after {after}"
    right = _how_many_right(rows, count)
    return f"{error}; {right}" if right else error


def _how_many_right(rows: Numbers, count: Count) -> str:
    share = rows[-1, 2]
    if not math.isfinite(share):
        return ""
    right = round(share * count.answers)
    return f"{right:,} of {counted(count.answers, count.kind)} classified right"


def best_line(run: Run, digits: int) -> str:
    assert run.best is not None
    row = run.validation[run.best]
    return f"best validation {show(row[1], digits)}, epoch {epoch_of(row, run.per_epoch):,}"


def best_tip(run: Run) -> str:
    assert run.best is not None
    epoch = epoch_of(run.validation[run.best], run.per_epoch)
    return (
        f"The lowest error on the validation set so far, after {counted(epoch, 'epoch')}. Click to go there"
    )


def figures_of(run: Run, counts: Sequence[Count]) -> list[Figure]:
    """Epoch, and how much is classified right where anything is; dashes while nothing is measured."""
    names = ("training", "validation") if any(count.is_classified for count in counts) else ()
    if not run.has_measures:
        return [Figure(name, NOT_YET, "not_yet", "Not measured yet") for name in _figure_names(names)]
    epoch = epoch_of(run.validation[-1], run.per_epoch)
    after = counted(epoch, "epoch")
    figures = [Figure("epoch", f"{epoch:,}", "text", f"{after} done")]
    for name, rows, count in zip(names, (run.training, run.validation), counts, strict=False):
        tip = f"{_how_many_right(rows, count)}: {name} set, after {after}"
        figures.append(Figure(f"{name} correct", percent(rows[-1, 2], count.answers), name, tip))
    return figures


def _figure_names(names: tuple[str, ...]) -> list[str]:
    return ["epoch", *(f"{name} correct" for name in names)]
