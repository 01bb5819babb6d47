"""A vector of few numbers, written out one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from PySide6.QtCore import QRectF

from nnviz.ui.items.number import NARROWEST, NumberItem, Placed, text_width
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.steps_parts import Vector

TYPE, LEAST_TYPE = 19.0, 12.2
SLOPE, ROOMY = 12.2, 60.0  # type of a slope in its block, and a width with room for a word
NOTE, TITLE = 13.0, 140.0  # type of a note, and the room for the title beside it
EMPTY = "0.0000"
FRAME = 14.0  # of what is selected, and of tags


class VectorItem(NumberItem):
    """The numbers of a vector in the hue of the pass that made them; filled where the step just did."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Vector, Box, float] | None = None
        self.setZValue(2)

    def show_part(self, part: Vector, box: Box, high: float) -> None:
        if (part, box, high) == self._shown:
            return
        self._shown = (part, box, high)
        pixels = _type_for(part, box, high)
        self.placed = tuple(
            Placed(
                number,
                Box(box.x, box.y + i * high, box.width, high),
                pixels,
                ground="fill" if i in part.new else "tint",
                radius=3.0,
            )
            for i, number in enumerate(part.numbers)
        )
        self.set_bounds(QRectF(*box).adjusted(-FRAME, -FRAME, FRAME, FRAME))
        self.update()


def _type_for(part: Vector, box: Box, high: float) -> float:
    """One size for all numbers of a vector, so that the longest has room."""
    pixels = min(TYPE, max(0.66 * high, LEAST_TYPE))
    widest = max((text_width(number.text, pixels) for number in part.numbers), default=0.0)
    room = (box.width - 2) / NARROWEST
    return pixels if widest <= room else pixels * room / widest


class SlopesItem(NumberItem):
    """Slopes of activations, each over the block of its own."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self.setZValue(3)

    def show_slopes(self, slopes: Sequence[tuple[Number, str, Box]]) -> None:
        """Numbers, with the activations that they are slopes of and the blocks of these."""
        if slopes == self._shown:
            return
        self._shown = slopes
        self.placed = tuple(
            Placed(number, _over(box, number, letter), SLOPE, letter=letter, ground="tint", is_words=True)
            for number, letter, box in ((number, _slope_letter(phi, box), box) for number, phi, box in slopes)
        )
        rects = [placed.rect for placed in self.placed]
        self.set_bounds(reduce(QRectF.united, rects, QRectF()).adjusted(-FRAME, -FRAME, FRAME, FRAME))
        self.update()


def _slope_letter(phi: str, block: Box) -> str:
    """σ′, or φ′ for a function whose name is too long for the block."""
    return f"{phi}′" if len(phi) == 1 or block.width > ROOMY else "φ′"


def _over(block: Box, number: Number, letter: str) -> Box:
    """Over the block, between the words at its left and those of the next one at its right."""
    wide = text_width(number.text, SLOPE) + text_width(letter, SLOPE, 400) + 10
    left = max(block.center.x - wide / 2, block.x + 8)
    return Box(left, block.center.y - 10, wide, 20)


class NoteItem(NumberItem):
    """A number that belongs to no place of the picture, as the gradient of a weight: its name, and itself."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(3)

    def show_note(self, number: Number | None, name: str, frame: Box, kind: str) -> None:
        """At the title of an opened layer of a kind, where that has room; nothing for None."""
        self.setVisible(number is not None)
        if number is None:
            return
        text = number.text or EMPTY
        wide = text_width(text, NOTE) + text_width(name, NOTE, 400) + 22
        right, y = {
            "gru": (frame.center.x - TITLE / 2, frame.y + 3),
        }.get(kind, (frame.right - TITLE, frame.y + 3))
        box = Box(right - wide, y, wide, 18)
        self.placed = (Placed(number, box, NOTE, letter=name, ground="tint", is_words=True),)
        self.set_bounds(QRectF(*box).adjusted(-FRAME, -FRAME, FRAME, FRAME))
        self.update()
