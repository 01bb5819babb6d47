"""The choices of data: a drawn set, a shipped table, a CSV file with its columns, or sequences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QPushButton, QWidget

from nnviz.lessons.composing import CSV, DataChoice, Facts, most_classes, sources
from nnviz.lessons.composing_sequences import NAMES, REMEMBER, TEXT
from nnviz.lessons.csv_cells import NO_NUMBER
from nnviz.lessons.offers import SENTENCES, Offer
from nnviz.lessons.records import Column
from nnviz.ui import style
from nnviz.ui.choice_form import Chooser, Form
from nnviz.ui.number_boxes import CountBox, NumberBox
from nnviz.ui.plain import caption
from nnviz.ui.text_box import TextBox
from nnviz.ui.training_form import MOST_STEPS

MOST_LISTED = 200  # columns with a check box of their own
LIST_HEIGHT = 108
USUAL_LINES = 60
KINDS = {
    "number": "numbers",
    "class": "words",
    "mixed": "numbers and words: cannot be read",
    "empty": "nothing at all",
}
READ_AS = (
    Offer("numbers", "a quantity", "The numbers are predicted as they are."),
    Offer("classes", "classes", "Every different number is a class, as 0 … 9 of digits are."),
)
NONE_AS = (
    Offer("word", "a word", "It is one of the classes of its column."),
    Offer("missing", "a missing value", "Rows that have it in a column that is read are left out."),
)


class DataForm(Form):
    """Emits `changed`; `choice` is what is chosen. What the data is found to hold is told by `show_facts`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.source = Chooser("Data")
        self.file = QPushButton("Choose a file…")
        self.examples = CountBox("Points", 2, 10_000)
        self.noise = NumberBox("Noise", 0.0, 100.0, "none")
        self.classes = CountBox("Classes", 2, 6)
        self.seed = CountBox("Seed of the points", 0, 999_999)
        self.none = Chooser("The word none")
        self.features, self.target, self.read_as = QListWidget(), Chooser("Target"), Chooser("Target as")
        self.kept = CountBox("Kept to validate, in percent", 0, 90, "none")
        self.tested = CountBox("Kept to test, in percent", 0, 90, "none")
        self.text, self.steps = TextBox("Text"), CountBox("Steps of a piece", 1, MOST_STEPS)
        self.distance = CountBox("Symbols behind the first", 1, MOST_STEPS - 1)
        self.lines = CountBox("Lines", 10, 1_000)
        self._choice = DataChoice()
        self._path: Path | None = None
        self.source.chosen.connect(self._on_source)  # before anybody hears of the change
        self.target.chosen.connect(self._on_target)
        self._source_row = self.add("Data", self.source)
        self._file_row = self.add("File", self.file, "Its columns are looked at before anything else.")
        self._drawn_rows = (
            self.add("Points", self.examples, SENTENCES["examples"]),
            self.add("Noise", self.noise, SENTENCES["noise"]),
        )
        self._classes_row = self.add("Classes", self.classes, SENTENCES["classes"])
        self._text_row = self.add("Text", self.text, SENTENCES["text"])
        self._steps_row = self.add("Steps", self.steps, SENTENCES["pieces"])
        self._line_rows = (
            self.add("Distance", self.distance, SENTENCES["distance"]),
            self.add("Lines", self.lines, SENTENCES["lines"]),
        )
        self._target_row = self.add("Predict", self.target, SENTENCES["target"])
        self._read_row = self.add("Read as", self.read_as)
        self._none_row = self.add("“none” is", self.none)
        self._features_row = self.add("From", self.features, SENTENCES["features"])
        self.add("Validation", self.kept, SENTENCES["validation"])
        self.add("Test", self.tested, SENTENCES["test"])
        self._seed_row = self.add("Seed", self.seed)
        self._prepare()

    def _prepare(self) -> None:
        self.lines.show_value(USUAL_LINES)
        self.text.show_text(self._choice.text)
        for box in (self.kept, self.tested):
            box.setSuffix(" %")
        self.text.textChanged.connect(self._on_changed)
        self.file.setFont(style.font(style.CONTROL))
        self.file.clicked.connect(self.choose_file)
        self.features.setFont(style.font(style.CONTROL))
        self.features.setAccessibleName("Columns that the network reads")
        self.features.setFixedHeight(LIST_HEIGHT)
        self.features.itemChanged.connect(self._on_changed)
        self.none.offer(NONE_AS, "word")
        self.source.offer(sources(), self._choice.source)

    # What is chosen

    @property
    def choice(self) -> DataChoice:
        """The data as it is chosen now."""
        is_lines = self.source.key == REMEMBER
        choice = DataChoice(
            source=self.source.key,
            examples=self.lines.value() if is_lines else self.examples.value(),
            noise=self.noise.value(),
            classes=self.classes.value(),
            seed=self.seed.value(),
            validation=self.kept.value() / 100,
            test=self.tested.value() / 100,
            text=self.text.toPlainText(),
            steps=self.steps.value(),
            distance=self.distance.value(),
        )
        if choice.is_drawn or choice.is_sequence:
            return choice
        classify = None if self._read_row.control.isHidden() else self.read_as.key == "classes"
        return replace(
            choice,
            csv=self._path if choice.source == CSV else None,
            none_is_missing=choice.source == CSV and self.none.key == "missing",
            target=self.target.key,
            features=self._checked(),
            classify=classify,
        )

    def _listed(self) -> dict[str, bool]:
        """The columns to choose from, and whether each has a check."""
        items = [self.features.item(i) for i in range(self.features.count())]
        return {one.text(): one.checkState() is Qt.CheckState.Checked for one in items}

    def _checked(self) -> tuple[str, ...]:
        """The columns with a check; none at all where every column has one, which is what a lesson means."""
        listed = self._listed()
        return () if all(listed.values()) else tuple(name for name, is_read in listed.items() if is_read)

    def show_choice(self, choice: DataChoice) -> None:
        """Show a choice that the user did not make here."""
        self._choice = choice
        self.source.offer(sources(), choice.source)
        self._show_sequence(choice)
        self.noise.show_value(choice.noise)
        self.classes.setRange(2, max(2, most_classes(choice.source)))
        self.classes.show_value(choice.classes)
        self.seed.show_value(choice.seed)
        self.kept.show_value(round(choice.validation * 100))
        self.tested.show_value(round(choice.test * 100))
        seed = "data_seed" if choice.is_drawn else "lines_seed" if choice.is_sequence else "split_seed"
        self._seed_row.set_sentence(SENTENCES[seed])
        self._path = choice.csv
        self.file.setText(caption(choice.csv.name) if choice.csv is not None else "Choose a file…")
        self._show_rows(choice)

    def _show_sequence(self, choice: DataChoice) -> None:
        """The examples of a drawn set, or the lines of sequences."""
        (self.lines if choice.source == REMEMBER else self.examples).show_value(choice.examples)
        self.text.show_text(choice.text)
        self.steps.show_value(choice.steps)
        self.distance.show_value(choice.distance)

    def _show_rows(self, choice: DataChoice) -> None:
        self._source_row.set_sentence(self.source.sentence)
        self._file_row.set_shown(choice.source == CSV)
        for row in self._drawn_rows:
            row.set_shown(choice.is_drawn)
        self._classes_row.set_shown(choice.is_drawn and most_classes(choice.source) > 2)
        self._text_row.set_shown(choice.source == TEXT)
        self._steps_row.set_shown(choice.source in (TEXT, NAMES))
        for row in self._line_rows:
            row.set_shown(choice.source == REMEMBER)
        self._seed_row.set_shown(choice.source not in (TEXT, NAMES))
        if choice.is_drawn or choice.is_sequence or (choice.source == CSV and choice.csv is None):
            for row in (self._target_row, self._read_row, self._features_row, self._none_row):
                row.set_shown(False)

    def show_facts(self, facts: Facts | None) -> None:
        """The columns of a table, to choose from; None where it cannot be read."""
        choice = self.choice
        has_columns = facts is not None and not choice.is_drawn and not choice.is_sequence
        for row in (self._target_row, self._features_row):
            row.set_shown(has_columns)
        self._read_row.set_shown(False)
        self._none_row.set_shown(has_columns and self._asks_about_none(facts))
        if facts is None or not has_columns:
            return
        self._none_row.set_sentence(self.none.sentence)
        columns = facts.records.columns
        self.target.offer([_as_offer(one) for one in columns], facts.target.name)
        self._target_row.set_sentence(f"{SENTENCES['target']} {_holds(facts.target)}")
        asks = facts.target.may_be_classes or facts.records.classify is not None
        self._read_row.set_shown(asks and not facts.target.words)
        self.read_as.offer(READ_AS, "classes" if facts.classes else "numbers")
        self._read_row.set_sentence(self.read_as.sentence)
        self._list_features(facts)

    def _asks_about_none(self, facts: Facts | None) -> bool:
        """Whether the word is in a file, or was, before it was chosen to mean nothing."""
        holds = facts is not None and any(one.holds(NO_NUMBER) for one in facts.records.columns)
        return holds or self.none.key == "missing"

    def _list_features(self, facts: Facts) -> None:
        chosen = {one.name for one in facts.features}
        names = [one.name for one in facts.records.columns if one.name != facts.target.name]
        self._features_row.set_shown(len(names) <= MOST_LISTED and len(names) > 1)
        wanted = {name: name in chosen for name in names if len(names) <= MOST_LISTED}
        if wanted == self._listed():
            return
        self.features.blockSignals(True)
        self.features.clear()
        for name in wanted:
            item = QListWidgetItem(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if name in chosen else Qt.CheckState.Unchecked)
            item.setToolTip(_holds(facts.records.column(name)))
            self.features.addItem(item)
        self.features.blockSignals(False)

    # What the user does

    def choose_file(self) -> None:
        """Ask for a CSV file."""
        path, _ = QFileDialog.getOpenFileName(
            self, "Choose a table", "", "Tables (*.csv *.tsv *.txt);;All files (*)"
        )
        if path:
            self.use_file(Path(path))

    def use_file(self, path: Path) -> None:
        """Read another CSV file."""
        self._forget_columns()
        self._path = path
        self.changed.emit()

    def _on_source(self, _: str) -> None:
        self._forget_columns()

    def _on_target(self, _: str) -> None:
        """Another target: whether its numbers are classes is open again, and it is no feature."""
        self._read_row.set_shown(False)
        self.features.blockSignals(True)
        self.features.clear()
        self.features.blockSignals(False)

    def _forget_columns(self) -> None:
        self.target.offer((), "")
        self.none.offer(NONE_AS, "word")
        self._on_target("")


def _as_offer(column: Column) -> Offer:
    problem = _holds(column) if column.kind in ("mixed", "empty") else ""
    return Offer(column.name, column.name, _holds(column), problem)


def _holds(column: Column) -> str:
    """What a column holds, in a few words."""
    text = f"It holds {KINDS[column.kind]}"
    if column.kind == "mixed":
        text += f" ({column.problem})"
    if column.is_different_everywhere:
        text += ", another one in every row"
    text += f" ({column.note})" if column.note else ""
    return text + (f", {column.missing:,} missing." if column.missing else ".")
