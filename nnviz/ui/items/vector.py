"""A vector of few numbers, written out one below the other."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from nnviz.ui.items.number import NumberItem, Placed, text_width
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.parts import Number
from nnviz.ui.picture.steps_parts import Vector

TYPE, LEAST_TYPE = 19.0, 11.5
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
        pixels = min(TYPE, max(0.66 * high, LEAST_TYPE))
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
            "gru": (frame.center.x - TITLE / 2, frame.y + 5),
            "lstm": (frame.right - 12, frame.y + 23),  # vectors have their names beside the title
        }.get(kind, (frame.right - TITLE, frame.y + 5))
        box = Box(right - wide, y, wide, 20)
        self.placed = (Placed(number, box, NOTE, letter=name, ground="tint", is_words=True),)
        self.set_bounds(QRectF(*box).adjusted(-FRAME, -FRAME, FRAME, FRAME))
        self.update()
