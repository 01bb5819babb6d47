"""Recurrent networks through time: how far gradients reach back, what the gates do, and what is predicted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QLabel, QScrollBar, QSizePolicy, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import counted, show
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.lesson import Lesson, SequenceInfo
from nnviz.ui import style
from nnviz.ui.boxes import stack
from nnviz.ui.chooser import Chooser
from nnviz.ui.scrolling import fill_scrolling
from nnviz.ui.segments import Segments
from nnviz.ui.tabs.time import layout, picture, text
from nnviz.ui.tabs.time.board import TimeBoard
from nnviz.ui.tabs.time.layout import Columns, Plan
from nnviz.ui.tabs.time.made_up_names import MadeUpNames
from nnviz.ui.views.base import View
from nnviz.ui.weight_chooser import WeightChooser, WeightModel

MARGINS = (layout.MARGIN, layout.MARGIN - 4)
NOTHING = Plan((), 0)
ALL_ERRORS = "E of all steps"
SPACE = "␣"  # as it is shown among symbols
MOST_READ = 12  # symbols that are repeated above a prediction


class TimeView(View):
    """Bars of the gradient at each step, the map of a gate, and the uses of one weight, below each other.

    It follows the step at work, until another one is chosen by a click; all parts share their columns.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.graph: Graph | None = None
        self.traced: tuple[picture.Traced, ...] = ()
        self.activities: tuple[picture.Activity, ...] = ()
        self.symbols: tuple[str, ...] = ()
        self.chosen: int | None = None
        self.hovered: int | None = None
        self.weight: Ref | None = None
        self._contributed = picture.Contributed()
        self.scales = Segments()
        self.what = Chooser("What has the gradient", "A state, or the weights of a gate")
        self.source = Chooser("From which error", "The error of all steps, or of one step alone")
        self.gate = Chooser("What is mapped", "A gate, a state or the output over time")
        self.weights = WeightChooser("Weight")
        self.sideways = QScrollBar(Qt.Orientation.Horizontal)
        self.bars, self.cells = TimeBoard("Gradient through time"), TimeBoard("Numbers of one step")
        self.legend = TimeBoard("Colors of the map", Pass.FORWARD)
        self.map = TimeBoard("Activity over time", Pass.FORWARD)
        self.answers = TimeBoard("Predicted symbols", Pass.FORWARD)
        self.uses = TimeBoard("One weight at each step")
        self.gradient_title, self.map_title, self.uses_title = (
            QLabel("Gradient through time"),
            QLabel("Activity"),
            QLabel("One weight over time"),
        )
        self.names = MadeUpNames()
        self._mapped: tuple | None = None  # what the map was planned for
        self._map_plan = NOTHING
        self._place()
        self._connect()

    @property
    def boards(self) -> tuple[TimeBoard, ...]:
        return self.bars, self.cells, self.legend, self.map, self.answers, self.uses

    # What it shows

    def show_lesson(self, lesson: Lesson) -> None:
        super().show_lesson(lesson)
        self.set_sequence(lesson.sequence)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self.graph, self.moment, self.chosen, self.hovered = None, None, None, None
        if not graph.has_steps or not picture.recurrent_layers(graph):
            return
        self.graph = graph
        self._contributed = picture.Contributed()
        self.traced = picture.traced_of(graph, textbook)
        self.activities = picture.activities_of(graph, textbook)
        self.weight = picture.first_weight(graph)
        self._fill(self.what, [traced.title for traced in self.traced])
        self._fill(self.gate, [activity.title for activity in self.activities])
        steps = range(1, graph.inputs.shape[0] + 1)
        self._fill(self.source, [ALL_ERRORS, *(f"E of step {t} alone" for t in steps)])
        self.source.setVisible(picture.has_errors_of_steps(graph))
        if graph.trains:
            self.weights.set_weights(WeightModel(graph, textbook, is_optional=False))
        self._gradient_part.setVisible(graph.trains)
        self._uses_part.setVisible(graph.trains)

    def set_sequence(self, sequence: SequenceInfo | None) -> None:
        """What a sequence of the lesson consists of: the symbols of a text, and the one that ends a line."""
        symbols = sequence.symbols if sequence is not None else ()
        self.symbols = tuple(SPACE if symbol == " " else symbol for symbol in symbols)
        end = sequence.end if sequence is not None else None
        writes = self.graph is not None and text.can_make_up(self.graph, symbols, end)
        self.names.set_text(symbols if writes else (), end or "")

    def show_moment(self, moment: Moment, depth: Depth, digits: int) -> None:
        if self.moment is None or self.moment.cursor != moment.cursor:
            self.chosen = None if picture.step_of(moment) is not None else self.chosen
            self._follow_weight(moment.leaf.ref if moment.leaf is not None else None, moment)
            self._bring_into_sight(picture.step_of(moment))
        super().show_moment(moment, depth, digits)

    def show_selection(self, ref: Ref | None) -> None:
        if self.moment is not None and self.graph is not None:
            self._follow_weight(ref, self.moment)
        super().show_selection(ref)

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._mark()

    def _follow_weight(self, ref: Ref | None, moment: Moment) -> None:
        found = picture.weight_of(moment, ref) if self.graph is not None else None
        self.weight = found or self.weight

    def refresh(self) -> None:
        if not self.isVisible() or self.moment is None or self.graph is None:
            return  # behind another tab: brought up to date when it comes to the front
        self._dress()
        self._fit()
        if self.graph.trains:
            self._refresh_gradients(self.moment)
            self._refresh_uses(self.moment)
        self._refresh_map(self.moment)
        self._refresh_answers(self.moment)
        if self.names.symbols:
            self.names.show_moment(self.moment)
        self._mark()

    def _refresh_gradients(self, moment: Moment) -> None:
        traced, error = self.traced[max(self.what.currentIndex(), 0)], self._error
        found = picture.gradients_at(moment, traced, error, self._contributed)
        columns = self._columns(len(found.lengths))
        self._show(
            self.bars, layout.plan_of_bars(found, columns, bool(self.scales.place), self.digits, self.chosen)
        )
        step = self.chosen
        if step is None or not step < len(found.lengths) or (length := found.lengths[step]) is None:
            self._show(self.cells, NOTHING)
            return
        heading = f"{traced.title}, step {step + 1}: length √Σ(…)² = {show(length, self.digits)}"
        listed = picture.cells_of(moment, traced, step) if error is None else picture.Listed((), 0)
        if listed.count:
            count = counted(listed.count, "number")
            is_few = listed.count == len(listed.items)
            heading += f" of {count if is_few else f'{count}, the {len(listed.items)} largest'}"
        texts = [self._text(moment, ref) for _, ref in listed.items]
        self._show(self.cells, layout.plan_of_cells(listed, texts, self.bars.width(), heading))

    def _refresh_uses(self, moment: Moment) -> None:
        weight = self.weight
        assert weight is not None
        self.weights.choose(weight)
        uses = picture.uses_of(moment, weight)
        numbers = (*uses.steps, (uses.total, uses.sum))
        texts = ["" if one is None else show(one, self.digits, moment.decimals(ref)) for ref, one in numbers]
        columns, now = self._columns(len(uses.steps)), picture.step_of(moment)
        self._show(self.uses, layout.plan_of_uses(uses, texts, columns, now, self.chosen))

    def _refresh_map(self, moment: Moment) -> None:
        shown = picture.map_at(moment, self.activities[max(self.gate.currentIndex(), 0)])
        steps, units = shown.values.shape
        columns = self._columns(steps)
        texts = []
        if layout.has_room_for_numbers(units, columns):
            refs = [[Ref(shown.scope, cell=(t, i)) for i in range(units)] for t in range(steps)]
            texts = [[self._text(moment, ref) for ref in row] for row in refs]
        letters = text.letters_at(moment, self.symbols)
        likeliest = [text.predicted(moment, self.symbols, t)[:1] for t in range(steps)]
        says = [one[0][0] if one else "" for one in likeliest] if any(likeliest) else ()
        now = picture.step_of(moment)
        whole = (shown.scope, shown.values.tobytes(), columns, letters, says, texts, now, self.chosen)
        if (
            whole != self._mapped
        ):  # most steps of a cell are about another gate, and there are thousands of tiles
            self._mapped = whole
            self._map_plan = layout.plan_of_map(shown, columns, letters, says, texts, now, self.chosen)
        self._show(self.map, self._map_plan)
        self._show(self.legend, layout.plan_of_legend(shown, self.map.width(), self.digits))

    def _refresh_answers(self, moment: Moment) -> None:
        step = self._step
        if not text.predicts(moment.graph, self.symbols):
            self._show(self.answers, NOTHING)
            return
        found = () if step is None else text.predicted(moment, self.symbols, step)
        heading = "The next symbol: not predicted yet"
        if step is not None and found:
            read = text.letters_at(moment, self.symbols)[: step + 1]
            heading = f"Step {step + 1}, after “{''.join(read[-MOST_READ:])}”: the next symbol"
        symbols = [(symbol, ref, self._text(moment, ref)) for symbol, ref in found]
        self._show(self.answers, layout.plan_of_symbols(symbols, heading, self.map.width()))

    def _show(self, board: TimeBoard, plan: Plan) -> None:
        board.show_plan(plan, self.moment, self.digits)
        board.setVisible(plan.height > 0)

    def _text(self, moment: Moment, ref: Ref) -> str:
        value = moment.value(ref)
        return "" if value is None else show(value, self.digits, moment.decimals(ref))

    def _mark(self) -> None:
        for board in self.boards:
            board.show_marks(self.selection, self.pointed_at)

    # Steps

    @property
    def _error(self) -> int | None:
        """The step whose error is followed alone."""
        place = self.source.currentIndex()
        return None if place <= 0 or self.source.isHidden() else place - 1

    @property
    def _step(self) -> int | None:
        """The step that is pointed at, chosen, or at work; else the last one that has an answer."""
        assert self.moment is not None
        for step in (self.hovered, self.chosen, picture.step_of(self.moment)):
            if step is not None:
                return step
        steps = self.moment.graph.inputs.shape[0]
        is_answered = bool(text.predicted(self.moment, self.symbols, steps - 1))
        return steps - 1 if is_answered else None

    def _columns(self, steps: int) -> Columns:
        """The steps that are in sight."""
        count = layout.fitting(self._width, steps)
        return Columns(self._width, min(self.sideways.value(), steps - count), count)

    @property
    def _width(self) -> float:
        return float(self._body.width())

    def _fit(self) -> None:
        assert self.graph is not None
        steps = self.graph.inputs.shape[0]
        count = layout.fitting(self._width, steps)
        self.sideways.setRange(0, steps - count)
        self.sideways.setPageStep(count)
        self.sideways.setVisible(steps > count)

    def _bring_into_sight(self, step: int | None) -> None:
        if step is None:
            return
        first, count = self.sideways.value(), self.sideways.pageStep()
        if not first <= step < first + count:
            self.sideways.setValue(step - count // 2)

    def _on_bar_chosen(self, step: int) -> None:
        """A bar shows its numbers; an empty one leads to where it is computed."""
        if self.moment is None or self.graph is None:
            return
        traced = self.traced[max(self.what.currentIndex(), 0)]
        found = picture.gradients_at(self.moment, traced, self._error, self._contributed)
        if found.lengths[step] is None:
            self._go_to(found.comes_with[step])
        else:
            self._choose(step)

    def _choose(self, step: int) -> None:
        """Another step to look at; the same one again goes back to that at work."""
        self.chosen = None if self.chosen == step else step
        self.refresh()

    def _go_to(self, ref: Ref) -> None:
        assert self.moment is not None
        stage = self.moment.outline.stage_of(ref.scope, ref.part)
        position = self.moment.outline.completed_at(ref)
        if self._error is not None and stage is not None:
            position = stage.end
        if position is not None:
            self.sought.emit(self.moment.iteration, position)

    def _on_step_pointed(self, step: int | None) -> None:
        self.hovered = step
        if self.moment is not None and self.graph is not None:
            self._refresh_answers(self.moment)
            self._mark()

    def _on_weight_chosen(self, ref: Ref | None) -> None:
        found = picture.weight_of(self.moment, ref) if self.moment is not None else None
        self.weight = found or self.weight
        self.refresh()

    # Placing

    def _place(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.scales.set_words(("linear", "log"), "Axis")
        for label in (self.gradient_title, self.map_title, self.uses_title):
            label.setFont(style.font(style.HEADING, 600))
        self.names.setContentsMargins(layout.MARGIN, 0, layout.MARGIN, 0)
        self._gradient_part = stack(
            (self.gradient_title, None, self.scales),
            (self.what, self.source),
            self.bars,
            self.cells,
            margins=MARGINS,
        )
        parts = (self.legend, self.answers, self.map, self.sideways)
        map_part = stack((self.map_title, self.gate), *parts, margins=MARGINS)
        self._uses_part = stack((self.uses_title, None, self.weights), self.uses, margins=MARGINS)
        for chooser in (self.what, self.source):
            chooser.setMinimumContentsLength(6)
        for chooser in (self.what, self.source, self.gate):
            chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 8, 0, 10)
        column.setSpacing(14)
        for part in (self.names, self._gradient_part, map_part, self._uses_part):
            column.addWidget(part)
        column.addStretch(1)
        fill_scrolling(self, self._body)

    def _connect(self) -> None:
        for board in self.boards:
            board.picked.connect(self.picked)
            board.pointed.connect(self.pointed)
            board.fixed.connect(self.fixed)
        self.bars.step_chosen.connect(self._on_bar_chosen)
        self.map.widened.connect(self.refresh)
        self.map.step_chosen.connect(self._choose)
        self.map.step_pointed.connect(self._on_step_pointed)
        self.bars.step_pointed.connect(self._on_step_pointed)
        self.scales.chosen.connect(self.refresh)
        for chooser in (self.what, self.source, self.gate):
            chooser.activated.connect(self.refresh)
        self.weights.chosen.connect(self._on_weight_chosen)
        self.sideways.valueChanged.connect(self.refresh)

    def _fill(self, chooser: Chooser, words: list[str]) -> None:
        """Other things to choose from; the place stays where the words are the same."""
        if [chooser.itemText(i) for i in range(chooser.count())] != words:
            chooser.clear()
            chooser.addItems(words)

    def _dress(self) -> None:
        c = style.colors()
        for label in (self.gradient_title, self.map_title, self.uses_title):
            palette = label.palette()
            palette.setColor(label.foregroundRole(), QColor(c.text))
            label.setPalette(palette)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
