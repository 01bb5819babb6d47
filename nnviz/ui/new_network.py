"""The dialog “New network”: choices at the left, what they lead to at the right."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.numbers import counted
from nnviz.lessons import composing
from nnviz.lessons.build import build
from nnviz.lessons.composing import (
    Choices,
    compose,
    endings_of,
    facts,
    suggested,
    text_of,
    with_data,
    with_ending,
)
from nnviz.lessons.composing_sequences import excerpt
from nnviz.lessons.errors import BuildError
from nnviz.lessons.layer_edits import chance, field_of
from nnviz.lessons.lesson import Lesson
from nnviz.lessons.offers import ENDINGS, INITIAL, SENTENCES, fixed_by
from nnviz.lessons.schema_training import TrainingTable
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.choice_form import Chooser, Form
from nnviz.ui.data_form import DataForm
from nnviz.ui.data_preview import DataPreview
from nnviz.ui.dialogs import fit_screen
from nnviz.ui.layer_rows import LayerRows
from nnviz.ui.number_boxes import CountBox
from nnviz.ui.training_form import MOST_PATIENCE, MOST_SEED, TrainingForm

SIZE, LEFT_WIDTH = (960, 620), 410
NAME = "my-network"


class OutputForm(Form):
    """How the network ends, what is minimized, and how its weights start."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.ending, self.loss, self.initial = Chooser("Output"), Chooser("Loss"), Chooser("First weights")
        self.seed = CountBox("Seed of the weights", 0, MOST_SEED)
        self._ending_row = self.add("Output", self.ending)
        self._loss_row = self.add("Loss", self.loss)
        self._initial_row = self.add("First weights", self.initial)
        self.add("Seed", self.seed, SENTENCES["seed"])

    def show_choices(self, choices: Choices) -> None:
        """Show what is chosen, with what else may be chosen for this data."""
        try:
            possible = endings_of(choices.data)
        except BuildError:
            possible = (ENDINGS[choices.ending],)
        self.ending.offer([one.offer for one in possible], choices.ending)
        self.loss.offer(composing.losses(choices.ending), choices.training.loss)
        self.initial.offer(INITIAL.values(), choices.initial.method)
        self.seed.show_value(choices.initial.seed)
        for row in (self._ending_row, self._loss_row, self._initial_row):
            assert isinstance(row.control, Chooser)
            row.set_sentence(row.control.sentence)


class NewNetwork(QDialog):
    """Every choice has a default that works: Create may be pressed at once. `created` brings the lesson."""

    created = Signal(object)  # Lesson

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("New network")
        self.choices = suggested()
        self.lesson: Lesson | None = None
        self.data, self.layers, self.output = DataForm(), LayerRows(), OutputForm()
        self.training, self.stop = TrainingForm(follows=True), Form()
        self.epochs = CountBox("Epochs", 1, 100_000)
        self.patience = CountBox("Patience", 0, MOST_PATIENCE, "off")
        self.stop.add("Epochs", self.epochs, SENTENCES["epochs"])
        self._patience_row = self.stop.add("Patience", self.patience, SENTENCES["patience"])
        self.preview, self.title, self.message = DataPreview(), QLabel(), QLabel()
        self._place()
        for part in (self.data, self.layers, self.output, self.training, self.stop):
            part.changed.connect(self._on_changed)
        self.output.ending.chosen.connect(self._on_ending)
        style.theme().changed.connect(self._recolor)
        self._show()

    # What is chosen

    def _on_changed(self) -> None:
        """Take what the forms say, and let the rest follow."""
        initial = {"method": self.output.initial.key, "seed": self.output.seed.value()}
        fields = {**self.choices.training.model_dump(), **self.training.fields}
        fields["loss"] = self.output.loss.key or fields["loss"]
        fields["stop"] = {"patience": self.patience.value() or None}
        fields = {name: _plain(value) for name, value in fields.items()}
        chosen = replace(
            self.choices,
            hidden=tuple(self.layers.tables),
            keep_inputs=field_of(self.layers.keep_inputs or 1.0),
            initial=self.choices.initial.model_copy(update=initial),
            training=TrainingTable.model_validate(fields),
            epochs=self.epochs.value(),
        )
        data = self.data.choice
        self.choices = chosen if data == self.choices.data else with_data(chosen, data)
        self._show()

    def _on_ending(self, key: str) -> None:
        self.choices = with_ending(self.choices, key)
        self._show()

    def _show(self) -> None:
        """Bring forms and preview up to date with the choices."""
        choices = self.choices
        self.data.show_choice(choices.data)
        keep = None if choices.data.is_sequence else chance(choices.keep_inputs)
        self.layers.show_layers(choices.hidden, keep)
        self.output.show_choices(choices)
        self.epochs.show_value(choices.epochs)
        self.patience.show_value(choices.training.stop.patience or 0)
        self._patience_row.set_shown(choices.data.validation > 0)
        self._show_data()
        self._show_lesson()
        lesson = self.lesson
        count = 0 if lesson is None else lesson.timeline.graph.trainable_size
        fixed = fixed_by(None if lesson is None else lesson.sequence)
        self.training.show_training(choices.training, composing.optimizers(count), fixed)

    def _show_data(self) -> None:
        choice = self.choices.data
        try:
            if choice.is_sequence:
                self.preview.show_lines(excerpt(text_of(choice)))
                self.data.show_facts(None)
                return
            known = facts(choice)
        except BuildError:
            self.data.show_facts(None)
            self.preview.clear()
            return
        self.data.show_facts(known)
        self.preview.show_facts(known, choice.is_drawn)

    def _show_lesson(self) -> None:
        """The network that would be created, or why it cannot be."""
        try:
            self.lesson = build(NAME, compose(self.choices))
        except BuildError as error:
            self.lesson = None
            self.title.setText("Not possible yet")
            self.message.setText(error.problem.message)
        else:
            self.title.setText(_sketch(self.lesson))
            self.message.setText(_told(self.lesson))
        self.ok.setEnabled(self.lesson is not None)
        self._recolor()

    def _recolor(self) -> None:
        c = style.colors()
        palette = self.message.palette()
        palette.setColor(self.message.foregroundRole(), QColor(c.muted if self.lesson else c.backward))
        self.message.setPalette(palette)

    def accept(self) -> None:
        """Open the network."""
        if self.lesson is not None:
            self.created.emit(self.lesson)
            super().accept()

    # Placing

    def _place(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setFont(style.font(style.CONTROL))
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.addTab(_page(self.data), "1  Data")
        self.tabs.addTab(_page(self.layers, self.output), "2  Network")
        self.tabs.addTab(_page(self.training, self.stop), "3  Learning")
        self.tabs.setFixedWidth(LEFT_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(12)
        row = add_row(column, self.tabs, stretch=1)
        row.setSpacing(0)
        right = QVBoxLayout()
        row.addLayout(right, 1)
        self._fill_right(right)
        add_row(column, None, self._buttons()).setContentsMargins(18, 0, 18, 0)
        self.ok.setDefault(True)  # of a dialog, in which it now is
        self.data.source.setFocus()
        fit_screen(self, *SIZE)

    def _fill_right(self, right: QVBoxLayout) -> None:
        self.title.setFont(style.font(style.TITLE, 600))
        self.title.setWordWrap(True)
        self.message.setFont(style.font(style.CONTROL))
        self.message.setWordWrap(True)
        right.setContentsMargins(18, 18, 18, 0)
        right.setSpacing(8)
        right.addWidget(self.preview, 1)
        right.addWidget(self.title)
        right.addWidget(self.message)

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton("Create", QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setProperty("kind", "primary")
        self.ok.setToolTip("Open this network as a lesson (Enter)")
        for button in buttons.buttons():
            button.setFont(style.font(style.CONTROL))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons


def _plain(table: object) -> object:
    """A table as the validator wants it."""
    dump = getattr(table, "model_dump", None)
    return table if dump is None else dump(exclude_none=True)


def _page(*parts: QWidget) -> QScrollArea:
    """Parts below each other, scrolled where they need more room than there is."""
    page = QWidget()
    page.setProperty("kind", "panel")
    column = QVBoxLayout(page)
    column.setContentsMargins(18, 14, 14, 14)
    column.setSpacing(16)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(page)
    return area


def _sketch(lesson: Lesson) -> str:
    """``2 – 8 – 8 – 1, 105 parameters``."""
    graph = lesson.timeline.graph
    if graph.has_steps:
        way = " – ".join(f"{layer.title} {layer.a.shape[-1]}" for layer in graph.layers)
        return f"{graph.inputs.shape[-1]} symbols – {way}, {graph.trainable_size:,} parameters"
    return composing.sizes_line(lesson.file, graph.inputs.shape[0], graph.trainable_size)


def _told(lesson: Lesson) -> str:
    """What the network is going to do."""
    training = lesson.timeline.examples
    per = lesson.timeline.iterations_per_epoch
    examples, step = ("sequence", "update") if lesson.timeline.graph.has_steps else ("example", "step")
    preparation = lesson.textbook.preparation
    notes = [] if preparation is None else [f"\n{one[0].upper()}{one[1:]}." for one in preparation.notes]
    return f"Learns from {counted(training, examples)}; {counted(per, step)} an epoch.{''.join(notes)}"
