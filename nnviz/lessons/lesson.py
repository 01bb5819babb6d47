"""A lesson ready to be taught: what a lesson file becomes once it is read and validated."""

from __future__ import annotations

from dataclasses import dataclass

from nnviz.engine.conventions import Convention
from nnviz.engine.cursor import Cursor
from nnviz.engine.moment import Textbook
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Stop, Timeline


@dataclass(frozen=True, slots=True)
class Expectation:
    """A published number that the lesson must reproduce.

    `iteration` counts from 0 (files count from 1), −1 means where the run stops; `example` is a row of the
    data, None for what belongs to the whole batch.
    """

    address: str
    ref: Ref
    value: float
    tolerance: float
    iteration: int = 0
    example: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Lesson:
    """Everything that is needed to teach: the run from its first state, and how the textbook writes it."""

    name: str
    title: str
    summary: str
    source: str
    timeline: Timeline
    textbook: Textbook
    conventions: tuple[Convention, ...]
    stop: Stop
    start: Cursor
    depth: Depth
    digits: int
    views: tuple[str, ...]
    expectations: tuple[Expectation, ...]
