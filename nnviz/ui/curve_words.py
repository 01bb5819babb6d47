"""The numbers of the curves as texts, and what they are in a sentence."""

from __future__ import annotations

import math

from nnviz.engine.numbers import counted, show
from nnviz.ui.curves import Choice, Numbers, Run, percent
from nnviz.ui.figures import Figure

NOT_YET = "–"


def newest(rows: Numbers, choice: Choice, digits: int, count: int) -> str:
    """What stands at the end of a curve."""
    _, error, share = rows[-1]
    return percent(share, count) if choice.is_correct else show(error, digits)


def epoch_of(row: Numbers, per_epoch: int) -> int:
    """How many epochs are done when this is measured."""
    return round(row[0]) // per_epoch


def measure_tip(name: str, rows: Numbers, per_epoch: int, count: int) -> str:
    """“validation: E per example over 60 examples, after 3 epochs”."""
    after = counted(epoch_of(rows[-1], per_epoch), "epoch")
    error = f"{name}: E per example over {counted(count, 'example')} after {after}"
    right = _how_many_right(rows, count)
    return f"{error}; {right}" if right else error


def _how_many_right(rows: Numbers, count: int) -> str:
    share = rows[-1, 2]
    if not math.isfinite(share):
        return ""
    return f"{round(share * count):,} of {counted(count, 'example')} classified right"


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


def figures_of(run: Run, counts: tuple[int, int], is_classified: bool) -> list[Figure]:
    """Epoch, and how much is classified right where anything is; dashes while nothing is measured."""
    names = ("training", "validation") if is_classified else ()
    if not run.has_measures:
        return [Figure(name, NOT_YET, "not_yet", "Not measured yet") for name in _figure_names(names)]
    epoch = epoch_of(run.validation[-1], run.per_epoch)
    after = counted(epoch, "epoch")
    figures = [Figure("epoch", f"{epoch:,}", "text", f"{after} done")]
    for name, rows, count in zip(names, (run.training, run.validation), counts, strict=False):
        tip = f"{_how_many_right(rows, count)}: {name} set, after {after}"
        figures.append(Figure(f"{name} correct", percent(rows[-1, 2], count), name, tip))
    return figures


def _figure_names(names: tuple[str, ...]) -> list[str]:
    return ["epoch", *(f"{name} correct" for name in names)]
