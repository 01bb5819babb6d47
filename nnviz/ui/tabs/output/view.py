"""What the network says over its whole input, with the parameters of the moment's iteration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.measures import Examples, Task, task_of
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Array
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.engine.timeline import Settings
from nnviz.lessons.lesson import Lesson
from nnviz.ui.boxes import add_row
from nnviz.ui.picture.answers import ExampleSet, said_of, sets_of
from nnviz.ui.picture.axes import scale_of_column
from nnviz.ui.scrolling import fill_scrolling
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.output.confusion_page import ConfusionPage
from nnviz.ui.tabs.output.inquiry import Inquiry
from nnviz.ui.tabs.output.outputs import Look, looks_of, parameters_at
from nnviz.ui.tabs.output.pages import CurvePage, Page, PredictedPage, SurfacePage
from nnviz.ui.views.base import View

WORK_SECONDS, PAUSE = 0.008, 12  # of an inquiry that takes long, and the pause in milliseconds after it


class OutputView(View):
    """Decision surface, fitted curve, confusion matrix or predicted against true: what fits the network.

    The network is asked only while the view is to be seen, and only again when its parameters or the data
    have changed. What takes longer than a picture may is asked in slices, and until all is answered
    the picture before it stays and names its iteration.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.pages: dict[Look, Page] = {
            page.look: page for page in (SurfacePage(), CurvePage(), ConfusionPage(), PredictedPage())
        }
        self.looks: tuple[Look, ...] = ()
        self._graph: Graph | None = None
        self._textbook: Textbook | None = None
        self._validation: Examples | None = None
        self._test: Examples | None = None
        self._classes: tuple[str, ...] = ()
        self._task: Task | None = None
        self._settings: Settings | None = None
        self._sets: tuple[ExampleSet, ...] = ()
        self._inquiry: Inquiry | None = None
        self._asked: Array = np.empty(0)
        self._shown: Inquiry | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._keep_up)
        self._place()

    def _place(self) -> None:
        self.segments, self.stack = Segments(), QStackedWidget()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(8, 8, 8, 6)
        column.setSpacing(6)
        add_row(column, self.segments, None)
        column.addWidget(self.stack, 1)
        for page in self.pages.values():
            self.stack.addWidget(page)
            page.focused.connect(self.focused)
            page.changed.connect(self._on_changed)
            page.unanswered.connect(self._on_unanswered)
        fill_scrolling(self, body)
        self.segments.chosen.connect(self._on_look_chosen)
        self.setAccessibleName("What the network says over its whole input")

    def show_lesson(self, lesson: Lesson) -> None:
        super().show_lesson(lesson)
        settings = lesson.timeline.settings(0)
        self.set_examples(settings, lesson.validation, lesson.test, lesson.classes)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self._graph, self._textbook, self.moment = graph, textbook, None

    def set_examples(
        self,
        settings: Settings,
        validation: Examples | None,
        test: Examples | None,
        classes: Sequence[str],
    ) -> None:
        """The data that is trained on and what is kept from training, and the names of the classes."""
        self._validation, self._test, self._classes = validation, test, tuple(classes)
        self._use(settings)

    def _use(self, settings: Settings) -> None:
        """The data says which pictures there can be."""
        assert self._graph is not None and self._textbook is not None
        self._settings, self._task = settings, task_of(settings.targets)
        self._inquiry = self._shown = None
        self._timer.stop()
        before, self.looks = self.looks, looks_of(self._graph, self._task)
        self._sets = sets_of(settings, self._validation, self._test)
        for look in self.looks:
            self.pages[look].set_network(self._graph, self._textbook.notation, self._task, self._classes)
            self.pages[look].set_sets(self._sets)
            self.pages[look].summary.clear()
        if self.looks != before:
            self.segments.set_words([look.value for look in self.looks], "Picture")
            self.segments.setVisible(len(self.looks) > 1)
        if self.page is not None:
            self.stack.setCurrentWidget(self.page)

    @property
    def page(self) -> Page | None:
        """The picture in front; None for a network of which there is none."""
        return self.pages[self.looks[min(self.segments.place, len(self.looks) - 1)]] if self.looks else None

    @property
    def is_up_to_date(self) -> bool:
        """Whether the picture in front is that of the moment."""
        is_answered = self._shown is not None and self._shown is self._inquiry
        return is_answered and self.moment is not None and self._is_of(self.moment)

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        is_other_focus = self.moment is None or self.moment.focus != moment.focus
        self.moment, self.stepping, self.digits = moment, depth, digits
        if is_other_focus and self.page is not None:
            self.page.show_focus(moment.focus)
        self._keep_up()

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref

    # Asking the network

    def _keep_up(self) -> None:
        """Ask what the picture in front is to show of this moment, unless that is known or being asked."""
        moment, page = self.moment, self.page
        if moment is None or page is None or not self.isVisible():
            return
        if moment.settings is not self._settings:
            self._use(moment.settings)
            page = self.page
            assert page is not None
        if self._inquiry is None or (self._inquiry.is_done and not self._is_of(moment)):
            self._asked = parameters_at(moment)
            self._inquiry = page.ask(moment, self._sets)
        if not self._inquiry.is_done and not self._timer.isActive():
            self._work(self._inquiry)
        self._summarize()

    def _work(self, inquiry: Inquiry) -> None:
        if not inquiry.go_on(WORK_SECONDS):
            self._timer.start(PAUSE)
            return
        self._shown = inquiry
        self._show()
        if self.moment is not None and not self._is_of(self.moment):
            self._timer.start(PAUSE)  # the run has gone on meanwhile

    def _is_of(self, moment: Moment) -> bool:
        """Whether what was asked last is what this moment would ask."""
        return np.array_equal(self._asked, parameters_at(moment), equal_nan=True)

    def _show(self) -> None:
        if self._shown is not None and self.page is not None and self.moment is not None:
            self.page.show_answer(self._shown, self.moment.focus)
            self._summarize()

    def _summarize(self) -> None:
        """How good the answers are, and of which iteration they are where that is not this one."""
        if self._shown is None or self.moment is None or self.page is None:
            return
        moment, several = self._shown.moment, len(self._shown.sets) > 1
        column = int(np.prod(moment.graph.inputs.shape))
        gain = scale_of_column(moment, column)[0] if moment.graph.output.units == 1 else 1.0
        parts = []
        for place, one in enumerate(self._shown.sets):
            said = said_of(self._shown.outputs(place), one.targets, self._task, gain)
            parts += [f"{one.name} {said}" if several else said] if said else []
        if self._task is not None:
            parts = [f"{part} right" for part in parts]
        if not self.is_up_to_date:
            parts.append(f"iteration {moment.iteration + 1:,}")
        self.page.summary.setText("\n".join(parts))

    def _ask_anew(self) -> None:
        self._inquiry = self._shown = None
        self._timer.stop()
        self._keep_up()

    # What is chosen

    def _on_look_chosen(self, place: int) -> None:
        if self.page is not None:
            self.stack.setCurrentWidget(self.page)
        self._ask_anew()

    def _on_unanswered(self) -> None:
        self._ask_anew()

    def _on_changed(self) -> None:
        self._show()

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 420)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._keep_up()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)
