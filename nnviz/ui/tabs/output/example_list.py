"""A few examples with their names, as small images where they are images."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QListView, QListWidget, QListWidgetItem

from nnviz.engine.moment import Moment
from nnviz.ui import style
from nnviz.ui.image_list import image_of_example
from nnviz.ui.picture.answers import ExampleSet

MOST, PICTURE = 60, 44


class ExampleList(QListWidget):
    """A click on an example that is trained on asks for it by `focused`. Keys belong to the window."""

    focused = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._source: ExampleSet | None = None
        self._rows: tuple[int, ...] = ()
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setIconSize(QSize(PICTURE, PICTURE))
        self.setFont(style.font(style.CAPTION))
        self.setSpacing(3)
        self.setAccessibleName("Examples of the chosen cell")
        self.itemClicked.connect(self._on_item_clicked)

    def show_examples(self, moment: Moment, source: ExampleSet, rows: Sequence[int]) -> None:
        """Other examples; the same ones stay where they are."""
        if source is self._source and self._rows == tuple(rows):
            return
        self._source, self._rows = source, tuple(rows)
        self.clear()
        for row in self._rows[:MOST]:
            self.addItem(self._item(moment, source, row))
        hand = Qt.CursorShape.PointingHandCursor if source.is_training else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(hand)

    def _item(self, moment: Moment, source: ExampleSet, row: int) -> QListWidgetItem:
        name = source.example(moment, row)
        short = name.removeprefix(f"{source.name} ")
        item = QListWidgetItem(name if source.is_training else short)
        item.setToolTip(f"{name}: click to look at it" if source.is_training else name)
        item.setData(Qt.ItemDataRole.UserRole, row)
        if source.inputs.ndim == 4:
            image = image_of_example(source.inputs[row])
            square = Qt.AspectRatioMode.KeepAspectRatio
            item.setIcon(QIcon(QPixmap.fromImage(image.scaled(PICTURE, PICTURE, square))))
        return item

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        if self._source is not None and self._source.is_training:
            self.focused.emit(item.data(Qt.ItemDataRole.UserRole))

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()
