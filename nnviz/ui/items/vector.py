"""A vector of few numbers, written out one below the other."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from nnviz.ui.items.number import NumberItem, Placed
from nnviz.ui.layout.geometry import Box
from nnviz.ui.picture.steps_parts import Vector

TYPE, LEAST_TYPE = 19.0, 11.5
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
