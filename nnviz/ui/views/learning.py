"""How the open network learns, and its layers: what a class tries while the run goes on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth
from nnviz.lessons.offers import OPTIMIZER, Offer, refused
from nnviz.ui import style
from nnviz.ui.layer_rows import LayerRows
from nnviz.ui.training_form import TrainingForm
from nnviz.ui.views.base import View

KEEPS = "Goes on from the weights as they are now; R restarts from the first weights. Ctrl+Z takes it back."


class LearningView(View):
    """Choices of training and layers. `applied` tells what the user wants to change, once it is confirmed."""

    title = "Learning"
    applied = Signal(
        object, object, object
    )  # fields of the training that change, all layers or None, ρ or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAccessibleName("Learning")
        self.training = TrainingForm(is_compact=True)
        self.layers = LayerRows(has_output=True, is_compact=True)
        self.apply, self.reset, self.note = QPushButton("Apply"), QPushButton("Reset"), QLabel(KEEPS)
        self._file: Any = None
        self._offered: tuple[Offer, ...] = ()
        self._shown_rate: float | None = None
        self._place()
        self.training.changed.connect(self._on_changed)
        self.layers.changed.connect(self._on_changed)
        self.apply.clicked.connect(self._on_apply)
        self.reset.clicked.connect(self.show_again)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._tell)

    def set_lesson_file(self, file: Any, rate: float, problems: dict[str, str]) -> None:
        """The tables of the open lesson, α as it is now, and why some optimizers are not possible."""
        self._file, self._offered = file, refused(OPTIMIZER, problems)
        self._shown_rate = rate
        self.training.setVisible(file.training is not None)
        self.show_again()

    def show_again(self) -> None:
        """Forget what was chosen and not applied."""
        if self._file is None:
            return
        training = self._file.training
        if training is not None:
            now = training.model_copy(update={"learning_rate": self._shown_rate})
            self.training.show_training(now, self._offered)
        self.layers.show_layers(self._file.network.layers, self._kept)
        self._on_changed()

    @property
    def _kept(self) -> float | None:
        """The chance of every input to be used; None for an image, of which nothing is dropped."""
        network = self._file.network
        return None if network.image is not None else network.keep_inputs or 1.0

    @property
    def changes(self) -> tuple[dict[str, Any], list[Any] | None, float | None]:
        """What is chosen and not applied: fields of the training, layers, ρ of the inputs; None as it was."""
        if self._file is None:
            return {}, None, None
        fields = self.training.changes if self._file.training is not None else {}
        layers, keep = self.layers.tables, self.layers.keep_inputs
        return (
            fields,
            None if layers == list(self._file.network.layers) else layers,
            None if keep == self._kept else keep,
        )

    def _on_changed(self) -> None:
        fields, *others = self.changes
        for button in (self.apply, self.reset):
            button.setEnabled(bool(fields) or any(one is not None for one in others))
        self._tell()

    def _tell(self) -> None:
        """What the choice in focus means, or else what Apply is going to do."""
        now = QApplication.focusWidget()
        is_choice = now is not None and any(form.isAncestorOf(now) for form in (self.training, self.layers))
        self.note.setText((now.toolTip() if now is not None and is_choice else "") or KEEPS)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        """α may have been typed over elsewhere."""
        super().show_moment(moment, depth, digits)
        rate = moment.settings.learning_rate
        if rate != self._shown_rate and not self.apply.isEnabled():
            self._shown_rate = rate
            self.show_again()

    def _on_apply(self) -> None:
        self.applied.emit(*self.changes)

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
        column.addWidget(self.layers)
        column.addWidget(self.training)
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
        whole.addLayout(self._foot())

    def _foot(self) -> QHBoxLayout:
        self.note.setFont(style.font(style.CAPTION))
        self.note.setWordWrap(True)
        self.note.setMinimumHeight(3 * self.note.fontMetrics().height())  # it does not push when it changes
        for button, tip in (
            (self.reset, "Forget what is not applied"),
            (self.apply, "Go on with this network"),
        ):
            button.setFont(style.font(style.CONTROL))
            button.setToolTip(tip)
        foot = QHBoxLayout()
        foot.setContentsMargins(14, 6, 14, 10)
        foot.addWidget(self.note, 1)
        foot.addWidget(self.reset)
        foot.addWidget(self.apply)
        return foot
