"""A lesson ready to be taught: what a lesson file becomes once it is read and validated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from nnviz.engine.conventions import Convention
from nnviz.engine.cursor import Cursor
from nnviz.engine.measures import Examples
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Stop, Timeline

if TYPE_CHECKING:  # the reader of lesson files is slow to import, and the window stands before it
    from nnviz.lessons.schema import LessonFile


Encoding = Literal["one_hot", "single", "signs"]


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


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """The images that a lesson reads: their size, and what stands for the two ends of the gray scale.

    `channels` are their names, empty where the lesson has none. `low` and `high` are in the numbers that the
    network reads, after preprocessing; None where the lesson gives no range.
    """

    name: str
    rows: int
    columns: int
    channels: tuple[str, ...]
    low: float | None = None
    high: float | None = None

    @property
    def is_sequence(self) -> bool:
        return self.rows == 1


@dataclass(frozen=True, slots=True)
class SequenceInfo:
    """The sequences that a lesson reads: the symbols of a text, one for each input, empty for numbers.

    `is_every_step` says whether every step has a target, or only the end. Where a text is cut into pieces,
    `streams` of them belong side by side in each batch, and with `carries` the next batch goes on with their
    states. `end` is the symbol behind every line of a text, None where it has none.
    """

    symbols: tuple[str, ...]
    is_every_step: bool
    carries: bool = False
    streams: int = 0
    end: str | None = None


@dataclass(frozen=True)
class Lesson:
    """Everything that is needed to teach: the run from its first state, and how the textbook writes it.

    `first` is the run that a restart goes back to, where `timeline` goes on from weights that were trained
    already. `file` is what it was built from, `image` describes what a network with maps reads, `test` are
    examples that are kept for the end, and `validation` those that watch over the training. `classes` names
    what its targets stand for, in their order, and `encoding` says how: one output a class (one_hot), or one
    output for the second of two classes against the first, 1 against 0 (single) or +1 against −1 (signs).
    `concerns` are sentences about numbers from which nothing can be learned.
    """

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
    file: LessonFile
    image: ImageInfo | None = None
    classes: tuple[str, ...] = ()
    test: Examples | None = None
    validation: Examples | None = None
    encoding: Encoding | None = None
    sequence: SequenceInfo | None = None
    first: Timeline | None = None
    concerns: tuple[str, ...] = ()

    @property
    def beginning(self) -> Timeline:
        """The run from the first weights."""
        return self.first or self.timeline

    @property
    def symbols(self) -> tuple[str, ...]:
        """Those of a text, one for each input; empty where there is none."""
        return self.sequence.symbols if self.sequence is not None else ()
