"""Where everything of an opened step stands: vectors, gates, and the ways between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from nnviz.ui.layout.geometry import Box, Point, centered

FOLD, FOLD_GAP = 11.0, 3.0  # a vector that stands small beside another
LETTER = 28.0  # left of a vector
ABOVE = 17.0  # a letter above it
BLOCK = (42.0, 27.0)
WIDE_BLOCK = (76.0, 30.0)  # with a word in it, as softmax
KNOT = 11.0  # radius of ⊙ and +
WRITTEN, NARROW = 60.0, 50.0
SIZES = (30.0, 26.0, 23.0, 21.0, 19.0, 17.5, 16.0)
COLOR = 38.0  # the side of a vector of colors
COLORS = (COLOR, 24.0, 18.0)
PAD, HEAD = 12.0, 26.0  # inside of the frame, and its title
FUNNEL = 14.0


class VectorSize(NamedTuple):
    """Width and height of a vector, and of a cell of it."""

    width: float
    height: float
    cell: tuple[float, float]


class Sizes(NamedTuple):
    """Of the vectors of units, and of what comes in."""

    units: VectorSize
    inputs: VectorSize


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a site: its vector, what is folded beside it, and its letter."""

    name: str
    box: Box
    cell: tuple[float, float]
    letter: Box
    is_above: bool = False

    @property
    def fold(self) -> Box:
        return Box(self.box.right + FOLD_GAP, self.box.y, FOLD, self.box.height)


class Block(NamedTuple):
    """A gate: `site` is what it makes, `word` is written below or beside it."""

    site: str
    box: Box
    word: str = ""


class Knot(NamedTuple):
    """⊙, + or Σ; without a text a fork, where the errors of the sites that it `joins` are added."""

    text: str
    site: str
    center: Point
    joins: tuple[str, ...] = ()


class Track(NamedTuple):
    """A way that the value of a site goes, and an error back; a head where it ends.

    `back` is the site whose error that is, empty where none comes. `is_up`: it leads to the layer above.
    """

    site: str
    points: tuple[Point, ...]
    has_head: bool = True
    word: str = ""
    back: str = ""
    is_up: bool = False


@dataclass(frozen=True, slots=True)
class CellPlace:
    frame: Box
    slots: tuple[Slot, ...]
    blocks: tuple[Block, ...] = ()
    knots: tuple[Knot, ...] = ()
    tracks: tuple[Track, ...] = ()

    def slot(self, name: str) -> Slot | None:
        return next((one for one in self.slots if one.name == name), None)


def vector_size(rows: int, columns: int, high: float | None, wide: float, side: float) -> VectorSize:
    """A vector written out with cells so high and wide, or in colors in a square of a side."""
    if high is not None:
        return VectorSize(wide, rows * high, (wide, high))
    high = max(1.0, int(2 * side / max(rows, columns)) / 2)
    cell = (side, min(high, 10.0)) if columns == 1 else (high, high)
    return VectorSize(columns * cell[0], rows * cell[1], cell)


@dataclass
class Drawing:
    """An opened step while it is laid out."""

    frame: Box
    sizes: Sizes
    slots: list[Slot] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    knots: list[Knot] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)

    def vector(self, name: str, at: Point, is_above: bool = False, is_input: bool = False) -> Box:
        """A vector with its middle at a point; its letter stands left of it or above."""
        size = self.sizes.inputs if is_input else self.sizes.units
        box = centered(at, size.width, size.height)
        box = box._replace(x=round(box.x), y=round(box.y))
        letter = Box(box.x - LETTER - 2, box.y, LETTER, box.height)
        if is_above:
            letter = Box(box.x - 14, box.y - ABOVE - 2, box.width + 28, ABOVE)
        self.slots.append(Slot(name, box, size.cell, letter, is_above))
        return box

    def block(self, site: str, at: Point, word: str = "", size: tuple[float, float] = BLOCK) -> Box:
        box = centered(at, *size)
        self.blocks.append(Block(site, box, word))
        return box

    def knot(self, text: str, site: str, at: Point) -> Point:
        self.knots.append(Knot(text, site, at))
        return at

    def fork(self, site: str, at: Point, joins: tuple[str, ...]) -> None:
        """Where what a site holds goes two ways."""
        self.knots.append(Knot("", site, at, joins))

    def track(
        self,
        site: str,
        *points: Point,
        head: bool = True,
        word: str = "",
        back: str | None = None,
        is_up: bool = False,
    ) -> None:
        """A way of a site; the error that comes back is its own, or that of another one."""
        self.tracks.append(Track(site, points, head, word, site if back is None else back, is_up))

    def slot_of(self, name: str) -> Box:
        """Where a vector that is already placed stands."""
        return next(slot.box for slot in self.slots if slot.name == name)

    def done(self) -> CellPlace:
        return CellPlace(
            self.frame, tuple(self.slots), tuple(self.blocks), tuple(self.knots), tuple(self.tracks)
        )
