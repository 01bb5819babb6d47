"""The image that the network reads: to look at, type over, draw on, and see classified."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QLabel,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.ops import Softmax
from nnviz.engine.ops.base import Array
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.lesson import ImageInfo, Lesson
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.dialogs import open_dialog
from nnviz.ui.scrolling import fill_scrolling
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.image.class_bars import ClassBars
from nnviz.ui.tabs.image.file import ImageFileError, dropped_file, read_image
from nnviz.ui.tabs.image.pixel_grid import PixelGrid, Scale, scale_of
from nnviz.ui.tabs.image.pixel_pen import NO_STROKE, Scratch, Stroke, Values, differences, shifted
from nnviz.ui.tabs.image.scratch_bar import ScratchBar
from nnviz.ui.tabs.image.tools import ImageTools
from nnviz.ui.tabs.image.words import channel_names, channel_words, size_in_words
from nnviz.ui.typing_guard import finish_typing
from nnviz.ui.views.base import View

DRAWING = "A drawing beside the data is in no file: “Use for training” puts it into the data."
INVERTED = "Dark ink on light paper: inverted, because ink is the larger number here."


class ImageView(View):
    """The image of the example in focus above the probabilities of its classes.

    What is drawn is the image of the moment, that of a stroke while it lasts, or a drawing beside the data.
    """

    drawn = Signal(object, int)  # all (Ref, value) that are changed, the number of the stroke or NO_STROKE
    live_toggled = Signal(bool)  # by the user
    target_chosen = Signal(object)  # all (Ref, value) that make a class the target

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: Graph | None = None
        self.info: ImageInfo | None = None
        self.original: Array | None = None
        self.tools, self.grid, self.channels = ImageTools(), PixelGrid(), Segments()
        self.live, self.beside = QCheckBox("Live"), ScratchBar()
        self.bars = ClassBars()
        self._labels = [QLabel() for _ in range(5)]
        self.heading, self.about, self.message, self.class_heading, self.state = self._labels
        self.class_heading.setText("Classes")
        self._stroke: Stroke | None = None
        self._strokes = 0
        self.folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self._scale: Scale | None = None
        self._dress()
        self._place()
        self._connect()
        self.setAcceptDrops(True)
        self.refresh()

    # What it shows

    def show_lesson(self, lesson: Lesson) -> None:
        super().show_lesson(lesson)
        self.set_image(lesson.image)
        has_maps = lesson.timeline.graph.has_maps
        self.set_original(lesson.timeline.settings(0).inputs if has_maps else None)
        self.set_classes(lesson.classes)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        is_other = self.graph is None or graph.inputs.shape != self.graph.inputs.shape
        was_classifier = self.is_classifier
        self.graph, self.moment, self._stroke = graph, None, None
        if is_other:
            self.forget_drawings()
            self.info = self.original = None
            self.tools.choose("")
        self._say("")
        self._set_up()
        self.bars.set_classes(graph, ())
        self._class_part.setVisible(self.is_classifier)
        if is_other or was_classifier != self.is_classifier:
            self._set_live(self.is_classifier)

    def _set_live(self, live: bool) -> None:
        self.live.blockSignals(True)
        self.live.setChecked(live)
        self.live.blockSignals(False)

    def set_image(self, info: ImageInfo | None) -> None:
        """How the lesson describes its images; None leaves it to the numbers."""
        self.info = info
        self._set_up()

    def set_classes(self, names: Sequence[str]) -> None:
        """The names of the outputs; empty where the lesson has none."""
        if self.graph is not None:
            self.bars.set_classes(self.graph, names)
            self.refresh()

    def set_original(self, images: Array | None) -> None:
        """The images of the lesson (example, channel, row, column), for the way back to them."""
        fits = images is not None and self.graph is not None and images.shape[1:] == self.graph.inputs.shape
        self.original = images if fits else None
        self._set_up()

    @property
    def is_classifier(self) -> bool:
        return self.graph is not None and isinstance(self.graph.output.a.op, Softmax)

    @property
    def unkept(self) -> dict[str, str]:
        return {"the drawing": DRAWING} if self.beside.scratch is not None else {}

    @property
    def is_live(self) -> bool:
        """Whether every change is to be computed through to the output at once."""
        return self.is_classifier and self.live.isChecked()

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        if self.moment is not moment:
            self._say("")  # it was said of another image
        if self.moment is not None and self.moment.focus != moment.focus and not self.beside.takes_drawings:
            self._stroke = None
        super().show_moment(moment, depth, digits)

    def forget_drawings(self) -> None:
        """What was drawn belongs to a lesson that is left, or to images of another size."""
        self.show_scratch(None)
        self.beside.originals.clear()

    def show_scratch(self, scratch: Scratch | None) -> None:
        """A drawing that is not in the data, or the image of the moment again."""
        self.beside.scratch, self.grid.is_of_moment = scratch, scratch is None
        self.refresh()

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref
        self._mark()

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._mark()

    def _mark(self) -> None:
        for board in (self.grid, self.bars):
            board.show_marks(self.selection, self.pointed_at)

    def refresh(self) -> None:
        c = style.colors()
        for label, color in zip(self._labels, (c.text, c.muted, c.muted, c.text, c.muted), strict=True):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(color))
            label.setPalette(palette)
        style.frame_control(self.live)
        if self.moment is None or not self._has_image:
            return
        if self._scale is None:
            self._scale = scale_of(np.asarray(self.moment.settings.inputs))
            self._set_up()
        scratch = self.beside.scratch
        if self._stroke is None:  # the image must not move under the pen
            self.beside.show_example(scratch and self.moment.textbook.example(scratch.example))
        self.grid.show_image(self._image(), self.moment, self.digits)
        self.bars.show_answers(self.moment, scratch and scratch.image)
        self.bars.show_numbers(self.moment, self.digits)
        self._mark()
        self.state.setText("not computed yet" if None in self.bars.values else self.bars.legend)
        self._arrange()

    @property
    def _has_image(self) -> bool:
        return self.graph is not None and len(self.graph.inputs.shape) == 3

    def _image(self) -> Array:
        """The image of the moment, or what the stroke has made of it so far."""
        assert self.moment is not None and self.graph is not None
        if self._stroke is not None:
            return self._stroke.image
        if self.beside.scratch is not None:
            return self.beside.scratch.image
        known = self.moment.array(self.graph.inputs.scope)
        row = self.moment.row
        is_in_batch = known is not None and 0 <= row < len(known.array)
        table = known.array if known is not None and is_in_batch else self.moment.settings.inputs
        image: Array = np.asarray(table[row if is_in_batch else self.moment.focus])
        return image

    def _set_up(self) -> None:
        """Bring the grid and its surroundings up to the description of the images."""
        self._body.setVisible(self._has_image)
        if self.graph is None or not self._has_image:
            return
        shape = self.graph.inputs.shape
        self._scale = self._known_scale()
        names = channel_names(self.info, shape[0])
        self.grid.set_image(self.graph.inputs.scope, shape, names, self._scale or Scale())
        self.channels.set_words(channel_words(self.info, shape[0]), "Channel")
        self.tools.set_can(shape[1] > 1, self.original is not None)
        self.heading.setText((self.info.name if self.info else "") or "Image")
        self.about.setText(size_in_words(shape, self._scale, self.digits))
        if self.moment is not None and self._scale is not None:
            self.refresh()

    def _known_scale(self) -> Scale | None:
        if self.info is not None and self.info.low is not None and self.info.high is not None:
            return Scale(self.info.low, self.info.high)
        return scale_of(self.original) if self.original is not None else None

    # Changes

    def clear(self) -> None:
        """Background everywhere."""
        self._change_to(np.full_like(self._image(), self._ends[0]))

    def shift(self, down: int, right: int) -> None:
        """Move the image; what leaves is lost."""
        self._change_to(shifted(self._image(), down, right, self._ends[0]))

    def restore(self) -> None:
        """Back to the image as the lesson has it."""
        if self.beside.scratch is not None:
            self.beside.put_away()
        elif self.original is not None and self.moment is not None:
            self._change_to(self.original[self.moment.focus])

    def choose_file(self) -> None:
        """Ask for a picture and load it."""
        kinds = "Pictures (*.png *.jpg *.jpeg *.bmp);;All files (*)"
        path, _ = QFileDialog.getOpenFileName(self, "Load an image", self.folder, kinds)
        if path:
            self.folder = str(Path(path).parent)
            self.load(Path(path))

    def load(self, path: Path) -> None:
        """Put a picture in place of the image; a bad file is explained and changes nothing."""
        assert self.graph is not None
        channels, rows, columns = self.graph.inputs.shape
        try:
            found = read_image(path, rows, columns, channels, *self._ends)
        except ImageFileError as error:
            self._complain(str(error))
            return
        self._change_to(found.pixels)
        self._say(INVERTED if found.was_inverted else "")

    def _complain(self, why: str) -> None:
        box = QMessageBox(QMessageBox.Icon.Warning, "This image cannot be loaded", why, parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        open_dialog(box)

    @property
    def _ends(self) -> tuple[float, float]:
        """The numbers of background and ink."""
        scale = self._scale or Scale()
        return (0.0 if scale.is_signed else scale.low), scale.high

    def _change_to(self, image: Array) -> None:
        self._say("")
        if self.moment is None:
            return
        self.beside.remember(self.moment, self._image())
        values = self._with_refs(differences(self._image(), image))
        if values and self.beside.takes_drawings:
            self.beside.draw(self.moment.focus, image)
        elif values:
            self.drawn.emit(values, NO_STROKE)

    def _with_refs(self, values: Values) -> tuple[tuple[Ref, float], ...]:
        assert self.graph is not None
        return tuple((Ref(self.graph.inputs.scope, cell=cell), value) for cell, value in values)

    def _on_typed(self, ref: Ref, value: float) -> None:
        self.drawn.emit(((ref, value),), NO_STROKE)

    def _on_began(self, channel: int, row: int, column: int, erases: bool) -> None:
        self._say("")
        self._strokes += 1
        self.beside.remember(self.moment, self._image())
        self._stroke = Stroke(self._strokes, self._image(), channel, self._ends, erases)
        self._on_moved(row, column)

    def _on_moved(self, row: int, column: int) -> None:
        stroke = self._stroke
        if stroke is None or not stroke.to(row, column):
            return
        assert self.moment is not None
        self.grid.show_image(stroke.image, self.moment, self.digits)
        if self.beside.takes_drawings:
            self.beside.draw(self.moment.focus, stroke.image, stroke.number)
        else:
            self.drawn.emit(self._with_refs(stroke.values), stroke.number)

    def _on_ended(self) -> None:
        self._stroke = None
        self.refresh()

    def _on_targeted(self, place: int) -> None:
        """One for a class and zero for all others, as far as that is not so already."""
        assert self.graph is not None and self.graph.target is not None and self.moment is not None
        refs = [Ref(self.graph.target.scope, cell=(i,)) for i in range(len(self.bars.names))]
        wanted = [(ref, float(i == place)) for i, ref in enumerate(refs)]
        values = tuple((ref, value) for ref, value in wanted if self.moment.value(ref) != value)
        if values:
            self.target_chosen.emit(values)

    def _on_tool_chosen(self, tool: str) -> None:
        self.grid.tool = tool

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))

    # Placing

    def _place(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(14, 8, 14, 6)
        column.setSpacing(5)
        column.addWidget(self.tools)
        add_row(column, self.heading, None, self.about).setSpacing(8)
        column.addWidget(self.channels, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.grid, 1)
        column.addWidget(self.beside)
        column.addWidget(self.message)
        self._class_part = self._placed_classes()
        column.addWidget(self._class_part)
        fill_scrolling(self, self._body)

    def _dress(self) -> None:
        """Fonts. Before placing: a font set inside a scroll area does not outlast a move."""
        for label, weight in zip(self._labels, (600, 400, 400, 600, 400), strict=True):
            label.setFont(style.font(style.HEADING if weight == 600 else style.CONTROL, weight))
        self.live.setFont(style.font(style.CONTROL))
        self.message.setWordWrap(True)
        self.message.hide()

    def _placed_classes(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 2, 0, 0)
        column.setSpacing(4)
        self.state.setMinimumWidth(1)  # rather cut off than wider than the tab
        add_row(column, self.class_heading, self.state, None, self.live).setSpacing(8)
        column.addWidget(self.bars)
        self.live.setToolTip("Whenever the image is changed, compute to the end of the forward pass")
        return part

    def _arrange(self) -> None:
        self.channels.setVisible(not self.grid.has_room_for_all())

    def _connect(self) -> None:
        for board in (self.grid, self.bars):
            board.picked.connect(self.picked)
            board.pointed.connect(self.pointed)
            board.edited.connect(self._on_typed)
            board.fixed.connect(self.fixed)
        self.grid.began.connect(self._on_began)
        self.grid.moved.connect(self._on_moved)
        self.grid.ended.connect(self._on_ended)
        self.channels.chosen.connect(self.grid.show_channel)
        self.bars.targeted.connect(self._on_targeted)
        self.live.toggled.connect(self.live_toggled)
        self.tools.tool_chosen.connect(self._on_tool_chosen)
        self.tools.clear_requested.connect(self.clear)
        self.tools.shift_requested.connect(self.shift)
        self.tools.load_requested.connect(self.choose_file)
        self.tools.original_requested.connect(self.restore)

    # Qt

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.tools.load.isEnabled() and dropped_file(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event)
        if path is not None and finish_typing(self.window()):
            event.acceptProposedAction()
            self.load(path)
