"""Why a run has no further iteration, in a sentence."""

from __future__ import annotations

from nnviz.engine.past import is_too_large
from nnviz.engine.timeline import Timeline


def why_no_further(timeline: Timeline) -> str:
    """The reason for the end of a run that cannot go on."""
    if not timeline.graph.trains:
        return "Nothing is trained in this lesson: it has one iteration."
    if timeline.diverged_at is not None:
        where = f"The run overflowed in iteration {timeline.diverged_at + 1:,}"
        if is_too_large(timeline):
            return (
                f"{where}: its numbers are too large to compute with, before anything is learned. Smaller "
                "inputs or weights help, no learning rate."
            )
        return f"{where}: the numbers have grown beyond all bounds. A smaller learning rate usually helps."
    return ""
