"""A drawing that is not in the data, and the line that says so: what training sees of it, and the ways on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.ui import style
from nnviz.ui.layout.names import subscripted
from nnviz.ui.tabs.image.pixel_pen import NO_STROKE, Scratch


class ScratchBar(QWidget):
    """Hidden while there is no such drawing, which begins as a copy of the image that the pen is put on.

    Its room is kept: the image must not move under the pen.
    """

    sketched = Signal(object, object, int)  # the Scratch before and after, the stroke's number or NO_STROKE
    used = Signal(object)  # the Scratch that shall be put into the data

    def __init__(self) -> None:
        super().__init__()
        self.is_training = False
        self.scratch: Scratch | None = None
        self.originals: dict[int, Array] = {}  # images of the data, as they were before they were drawn on
        self._words = QLabel()
        self._words.setMinimumWidth(1)  # rather cut off than on another line
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self.use = QPushButton("Use for training")
        self.use.setToolTip("Put the drawing into the data, in place of the image that it was begun on")
        self.away = QPushButton("Put away")
        self.away.setToolTip("Back to the images of the data")
        for widget in (self._words, self.use, self.away):
            widget.setFont(style.font(style.CONTROL))
        place = QGridLayout(self)
        place.setContentsMargins(0, 0, 0, 0)
        place.addWidget(self._words, 0, 0, 1, 3)
        place.addWidget(self.use, 1, 0)
        place.addWidget(self.away, 1, 1)
        place.setColumnStretch(2, 1)
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._words.setText(" ")  # as high as a line
        self.use.clicked.connect(lambda: self.used.emit(self.scratch))
        self.away.clicked.connect(self.put_away)
        self.hide()

    def set_training(self, is_training: bool) -> None:
        """Whether a run is going on."""
        self.is_training = is_training

    @property
    def takes_drawings(self) -> bool:
        """Whether what is drawn now is not put into the data."""
        return self.is_training or self.scratch is not None

    def remember(self, moment: Moment | None, image: Array) -> None:
        """The image of the example in focus is about to be drawn on."""
        if moment is not None and not self.takes_drawings:
            self.originals.setdefault(moment.focus, image.copy())

    def draw(self, focus: int, image: Array, stroke: int = NO_STROKE) -> None:
        """Draw on; the example that it was begun on stays its own, whichever is in focus by now."""
        example = focus if self.scratch is None else self.scratch.example
        self.sketched.emit(self.scratch, Scratch(example, image.copy()), stroke)

    def put_away(self) -> None:
        self.sketched.emit(self.scratch, None, NO_STROKE)

    def show_example(self, name: str | None) -> None:
        """The example whose image was drawn on; None where nothing is drawn beside the data."""
        self.setVisible(name is not None)
        self._words.setText(f"Drawn on {subscripted(name or '')}. Training does not see it.")
        palette = self._words.palette()
        palette.setColor(self._words.foregroundRole(), QColor(style.colors().update))
        self._words.setPalette(palette)
