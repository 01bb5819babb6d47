"""The confusion matrix of a set of examples, and the examples of one of its cells."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.measures import Task
from nnviz.engine.moment import Moment
from nnviz.engine.notation import Notation
from nnviz.engine.numbers import counted
from nnviz.ui.picture.answers import Confusion, ExampleSet, SetName, confusion
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.output.confusion_table import ConfusionTable
from nnviz.ui.tabs.output.example_list import MOST, ExampleList
from nnviz.ui.tabs.output.inquiry import Inquiry
from nnviz.ui.tabs.output.outputs import Look
from nnviz.ui.tabs.output.pages import Page, small_label


class ConfusionPage(Page):
    """Training, validation or test; a click on a cell lists what it counts."""

    look = Look.CONFUSION

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segments = Segments()
        self.table, self.list, self.caption = ConfusionTable(), ExampleList(), small_label()
        self.head.insertWidget(0, self.segments)
        self.head.insertStretch(1, 1)
        self.column.addWidget(self.table, 3)
        self.column.addWidget(self.caption)
        self.column.addWidget(self.list, 2)
        self._words: tuple[SetName, ...] = ()
        self._open: tuple[int, int] | None = None
        self.segments.chosen.connect(self._on_set_chosen)
        self.table.opened.connect(self._on_cell_opened)
        self.list.focused.connect(self.focused)

    def set_network(self, graph: Graph, notation: Notation, task: Task | None, names: Sequence[str]) -> None:
        super().set_network(graph, notation, task, names)
        self._open = None
        self.table.show_confusion(None, None)
        self._show_list(None)

    def set_sets(self, sets: Sequence[ExampleSet]) -> None:
        words = tuple(one.name for one in sets)
        if words != self._words:
            self._words = words
            self.segments.set_words([word.capitalize() for word in words], "Examples")
        self.segments.setVisible(len(words) > 1)

    def ask(self, moment: Moment, sets: Sequence[ExampleSet]) -> Inquiry:
        return Inquiry(moment, [sets[min(self.segments.place, len(sets) - 1)]])

    def show_answer(self, inquiry: Inquiry, in_focus: int) -> None:
        source = inquiry.sets[0]
        assert self.task is not None and source.targets is not None
        made = confusion(inquiry.outputs(0), source.targets, self.task, self.names)
        if self._open is not None and self._open[1] >= len(made.columns):
            self._open = None
        self.table.show_confusion(made, self._open)
        self._show_list(made, inquiry)

    def _show_list(self, made: Confusion | None, inquiry: Inquiry | None = None) -> None:
        """The examples of the open cell."""
        is_open = self._open is not None and made is not None and inquiry is not None
        self.list.setVisible(is_open)
        if not is_open or made is None or inquiry is None or self._open is None:
            self.caption.setText("Click a cell to see its examples" if made is not None else "")
            return
        row, column = self._open
        rows = made.examples(row, column)
        what = "right" if row == column else f"taken for {made.columns[column]}"
        what = "undecided" if column >= len(made.names) else what
        more = f", the first {MOST}" if len(rows) > MOST else ""
        self.caption.setText(f"{made.names[row]} {what}: {counted(len(rows), 'example')}{more}")
        self.list.show_examples(inquiry.moment, inquiry.sets[0], rows)

    def _on_set_chosen(self, place: int) -> None:
        self.unanswered.emit()

    def _on_cell_opened(self, row: int, column: int) -> None:
        self._open = None if self._open == (row, column) else (row, column)
        self.changed.emit()
