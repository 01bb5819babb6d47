"""How the open network learns, and its layers: what a class tries while the run goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.engine.program import MOST_FOR_CURVATURE
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.offers import INITIAL, LISTED, OPTIMIZER, SENTENCES, Offer, fixed_by, refused
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.choice_form import Chooser, Form
from nnviz.ui.layer_rows import LayerRows
from nnviz.ui.number_boxes import CountBox, NumberBox
from nnviz.ui.training_form import PiecesForm, StopForm, TrainingForm
from nnviz.ui.views.base import View

KEEPS = "Goes on from the weights as they are now; R restarts from the first weights. Ctrl+Z takes it back."
CHOICES = "What is chosen in the tab Learning is not applied: “Apply” goes on with it."
LOST = "Some of what was chosen does not fit this network any more, and is forgotten."
DRAWS = "Begins anew, with first weights that are drawn. Ctrl+Z takes it back."


@dataclass(frozen=True)
class Changes:
    """Fields of the training, all layers, ρ of the inputs, how first weights are drawn: what is another.

    `pieces` is how many steps the pieces have that a text is cut into.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    layers: list[Any] | None = None
    keep_inputs: float | None = None
    initial: str | None = None
    pieces: int | None = None

    def __bool__(self) -> bool:
        others = (self.layers, self.keep_inputs, self.initial, self.pieces)
        return bool(self.fields) or any(one is not None for one in others)


class LearningView(View):
    """Choices of training and layers. `applied` tells what the user wants to change, once it is confirmed.

    Until then they wait, whatever else becomes of the network; `waiting` tells whether there are any.
    """

    applied = Signal(object, object, object, object, object)  # the five of Changes
    waiting = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Learning")
        self.training = TrainingForm(is_compact=True)
        self.layers = LayerRows(has_output=True, is_compact=True)
        self.start, self.initial = Form(is_compact=True), Chooser("First weights")
        self._initial_row = self.start.add("First weights", self.initial)
        self.pieces, self.stop = PiecesForm(is_compact=True), StopForm(is_compact=True)
        self.forms: tuple[Form | LayerRows, ...] = (
            self.layers,
            self.pieces,
            self.start,
            self.training,
            self.stop,
        )
        self.apply, self.reset, self.note = QPushButton("Apply"), QPushButton("Reset"), QLabel(KEEPS)
        self._lesson: Lesson | None = None
        self._coming: Lesson | None = None
        self._offered: tuple[Offer, ...] = ()
        self._shown_rate: float | None = None
        self._lost = ""
        self._place()
        for form in self.forms:
            form.changed.connect(self._on_changed)
            form.typed.connect(self._on_changed)
        self.apply.clicked.connect(self._on_apply)
        self.reset.clicked.connect(self.show_again)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._tell)

    def show_lesson(self, lesson: Lesson) -> None:
        self.show_plan(lesson)

    def show_plan(self, lesson: Lesson) -> None:
        """The open lesson; it is shown with its moment, which knows α as it is by now."""
        self._coming = lesson

    @property
    def unkept(self) -> dict[str, str]:
        return {"the choices not applied": CHOICES} if self.changes else {}

    def set_lesson(self, lesson: Lesson, rate: float, problems: dict[str, str]) -> None:
        """The open lesson, α as it is now, and why some optimizers are not possible."""
        chosen = self._chosen
        self._lesson, self._offered = lesson, refused(OPTIMIZER, problems)
        self.pieces.setVisible(lesson.timeline.graph.has_steps)
        self._shown_rate = rate
        for form in (self.start, self.training, self.stop):
            form.setVisible(lesson.file.training is not None)
        self.show_again()
        self._choose(chosen)

    @property
    def _chosen(self) -> list[Any]:
        """What waits for Apply, form by form; nothing where nothing does."""
        return [form.chosen for form in self.forms] if self.changes else []

    def _choose(self, chosen: list[Any]) -> None:
        """Let choices wait in the network that is shown now, as far as they fit."""
        fits = [form.choose(one) for form, one in zip(self.forms, chosen, strict=False)]
        self._on_changed()
        self._lost = "" if all(fits) else LOST
        self._tell()

    def show_again(self) -> None:
        """Forget what was chosen and not applied."""
        if self._lesson is None:
            return
        lesson, network, training = self._lesson, self._lesson.file.network, self._lesson.file.training
        if training is not None:
            now = training.model_copy(update={"learning_rate": self._shown_rate})
            self.training.show_training(now, self._offered, fixed_by(lesson.sequence))
            per_epoch = lesson.timeline.iterations_per_epoch
            self.stop.show_stop(training.stop, per_epoch, lesson.validation is not None)
        listed = () if network.initial else (LISTED,)
        self.initial.offer((*listed, *INITIAL.values()), _method(lesson))
        self._initial_row.set_sentence(SENTENCES["initial"])
        self.layers.show_layers(network.layers, _kept(lesson))
        if lesson.timeline.graph.has_steps:
            self.pieces.show_steps(_pieces(lesson), lesson.timeline.graph.inputs.shape[0])
        for form in self.forms:
            form.settle()
        self._on_changed()

    @property
    def changes(self) -> Changes:
        """What is chosen and not applied."""
        if self._lesson is None:
            return Changes()
        others, keep = self._other_layers()
        pieces = self.pieces.change if self._lesson.timeline.graph.has_steps else None
        if self._lesson.file.training is None:
            return Changes(layers=others, keep_inputs=keep, pieces=pieces)
        fields = {**self.training.changes, **self.stop.changes}
        initial = None if self.initial.key == _method(self._lesson) else self.initial.key
        return Changes(fields, others, keep, initial, pieces)

    def _other_layers(self) -> tuple[list[Any] | None, float | None]:
        """The layers where they are others, and what is kept of the inputs where that is another share."""
        lesson = self._lesson
        if lesson is None:
            return None, None
        layers, keep = self.layers.tables, self.layers.keep_inputs
        others = None if layers == list(lesson.file.network.layers) else layers
        return others, None if keep == _kept(lesson) else keep

    def _on_changed(self) -> None:
        is_waiting = self._is_being_typed or bool(self.changes)
        for button in (self.apply, self.reset):
            button.setEnabled(is_waiting)
        self.waiting.emit(is_waiting)
        self._lost = ""
        self._tell()

    @property
    def _is_being_typed(self) -> bool:
        """Whether a number is not finished yet, which it is when a button is pressed."""
        now = self.window().focusWidget()
        return isinstance(now, CountBox | NumberBox) and self.isAncestorOf(now) and now.is_typed_over

    def _tell(self) -> None:
        """What the choice in focus means, or else what Apply is going to do."""
        now = QApplication.focusWidget()
        is_choice = now is not None and any(form.isAncestorOf(now) for form in self.forms)
        self.note.setText((now.toolTip() if now is not None and is_choice else "") or self._promise)

    @property
    def _promise(self) -> str:
        """What Apply is going to do."""
        return self._lost or (KEEPS if self.changes.initial is None else DRAWS)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        """α may have been typed over elsewhere."""
        super().show_moment(moment, depth, digits)
        rate = moment.settings.learning_rate
        if self._coming is not None:
            lesson, self._coming = self._coming, None
            self.set_lesson(lesson, rate, impossible(lesson.timeline.graph))
        if rate != self._shown_rate and not self._is_being_typed:
            chosen, self._shown_rate = self._chosen, rate
            self.show_again()
            self._choose(chosen)

    def _on_apply(self) -> None:
        changes = self.changes
        self.applied.emit(
            changes.fields, changes.layers, changes.keep_inputs, changes.initial, changes.pieces
        )

    def refresh(self) -> None:
        palette = self.note.palette()
        palette.setColor(self.note.foregroundRole(), QColor(style.colors().muted))
        self.note.setPalette(palette)

    # Placing

    def _place(self) -> None:
        page = QWidget()
        page.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 10, 12, 8)
        column.setSpacing(12)
        for form in self.forms:
            column.addWidget(form)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(page)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(area, 1)
        foot = add_row(whole, self.note, self.reset, self.apply)
        foot.setContentsMargins(14, 6, 14, 10)
        foot.setStretchFactor(self.note, 1)
        self._dress_foot()

    def _dress_foot(self) -> None:
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(3 * self.note.fontMetrics().height())  # it does not push when it changes
        for button, tip in (
            (self.reset, "Forget what is not applied"),
            (self.apply, "Go on with this network"),
        ):
            button.setFont(style.font(style.CONTROL))
            button.setToolTip(tip)


def impossible(graph: Graph) -> dict[str, str]:
    """Why some optimizers cannot train a network, by their keys."""
    parameters = graph.trainable_size
    most = f"It needs at most {MOST_FOR_CURVATURE} parameters, and this network has {parameters:,}."
    return {"newton": most} if parameters > MOST_FOR_CURVATURE else {}


def _method(lesson: Lesson) -> str:
    """How the first weights of a lesson are drawn; "" where it lists them."""
    initial = lesson.file.network.initial
    return "" if initial is None else initial.method


def _pieces(lesson: Lesson) -> int | None:
    """How many steps the pieces have that the text of a lesson is cut into."""
    from nnviz.lessons.sequences import pieces_of

    return pieces_of(lesson.file.data)


def _kept(lesson: Lesson) -> float | None:
    """The chance of every input to be used; None for images and sequences, of which nothing is dropped."""
    network = lesson.file.network
    is_whole = network.image is not None or lesson.timeline.graph.has_steps
    return None if is_whole else network.keep_inputs or 1.0
