"""The texts that sequences of symbols stand for."""

from __future__ import annotations

import numpy as np

from nnviz.lessons.lesson import Lesson

MOST_SHOWN = 12  # symbols of a text beside the name of its example


def text_of(lesson: Lesson, row: int, of_targets: bool = False) -> str:
    """What an example reads, or what it is to lead to, as far as it goes; empty for sequences of numbers."""
    sequence, settings = lesson.sequence, lesson.timeline.settings(0)
    table = settings.targets if of_targets else settings.inputs
    if sequence is None or not sequence.symbols or table is None:
        return ""
    going = lesson.timeline.graph.going
    length = settings.inputs.shape[1] if going is None else int(settings.given[going.scope][row].sum())
    return "".join(sequence.symbols[k] for k in np.atleast_2d(table[row]).argmax(axis=1)[:length])


def titles_of_examples(lesson: Lesson) -> list[str]:
    """What examples are called where one is chosen: d12, and of a text how it begins."""
    titles = []
    for row in range(lesson.timeline.examples):
        text = text_of(lesson, row)
        begins = f"{text[:MOST_SHOWN]}…" if len(text) > MOST_SHOWN else text
        titles.append(f"{lesson.textbook.example(row)}  {begins}".rstrip())
    return titles
