"""The pictures of what a network says, each with what can be chosen for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.measures import Task
from nnviz.engine.moment import Moment
from nnviz.engine.notation import Notation
from nnviz.engine.ops.base import Array
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import name_text
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.chooser import Chooser
from nnviz.ui.picture.answers import ExampleSet, class_names, threshold
from nnviz.ui.picture.axes import Axis, digits_for, input_axis, name_of_column, scale_of_column, spanned
from nnviz.ui.picture.surface import Choice, Plane, Scale, side_for, surface
from nnviz.ui.tabs.output.clouds import Cloud, against_true, on_curve, on_plane, told
from nnviz.ui.tabs.output.inquiry import Inquiry
from nnviz.ui.tabs.output.legend import Entry, PlotLegend
from nnviz.ui.tabs.output.line_plots import AgreementPlot, CurvePlot
from nnviz.ui.tabs.output.outputs import Look, choices_of
from nnviz.ui.tabs.output.plot import Plot
from nnviz.ui.tabs.output.surface_plots import PlanePlot, SurfaceGrid

CURVE_POINTS = 241
MOST_IN_LEGEND = 6


class Page(QWidget):
    """One picture. `ask` says what it needs to know, `show_answer` draws it.

    `changed` tells that the same answers are to be drawn in another way, `unanswered` that others are needed.
    """

    focused = Signal(int)
    changed = Signal()
    unanswered = Signal()
    look: Look

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task: Task | None = None
        self.names: tuple[str, ...] = ()
        self.summary = QLabel()
        self.summary.setFont(style.font(style.CONTROL))
        self.summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(4)
        self.head = add_row(self.column, self.summary)

    def set_network(self, graph: Graph, notation: Notation, task: Task | None, names: Sequence[str]) -> None:
        """Another network; `names` are those of its classes, where it has any."""
        self.task = task
        self.names = class_names(task, names, graph.output.units) if task is not None else ()

    def set_sets(self, sets: Sequence[ExampleSet]) -> None:
        """The sets of examples that there are."""

    def ask(self, moment: Moment, sets: Sequence[ExampleSet]) -> Inquiry:
        """All that the picture of a moment needs; examples that are kept for the end are left out."""
        return Inquiry(moment, [one for one in sets if one.name != "test"])

    def show_answer(self, inquiry: Inquiry, in_focus: int) -> None:
        """Draw what the network has said."""
        raise NotImplementedError

    def show_focus(self, row: int) -> None:
        """Ring another example."""


class NeuronPage(Page):
    """A picture of one neuron, which is chosen from a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chooser = Chooser("Neuron", "Whose output is shown")
        self.chooser.activated.connect(self.changed)
        self.choices: tuple[Choice, ...] = ()
        self.legend = PlotLegend()
        self.head.insertWidget(0, self.chooser, 1)

    def set_network(self, graph: Graph, notation: Notation, task: Task | None, names: Sequence[str]) -> None:
        super().set_network(graph, notation, task, names)
        listed = choices_of(graph, notation, self.look)
        if task != "classes":  # several numbers that are fitted have no winner
            last = len(graph.layers) - 1
            listed = tuple(one for one in listed if one[1] != Choice(last, None))
        self.choices = tuple(choice for _, choice in listed)
        self.chooser.clear()
        self.chooser.addItems([name for name, _ in listed])
        self.chooser.setVisible(len(listed) > 1)

    @property
    def choice(self) -> Choice:
        """The neuron that is shown."""
        return self.choices[max(0, self.chooser.currentIndex())]

    def choose(self, choice: Choice) -> None:
        """Show another neuron."""
        self.chooser.setCurrentIndex(self.choices.index(choice))
        self.changed.emit()

    def is_of_output(self, moment: Moment) -> bool:
        """Whether the output is shown, which has targets to compare with."""
        return self.choice.layer == len(moment.graph.layers) - 1

    def listen_to(self, plot: Plot) -> None:
        """Hand on what is clicked, and tell what is hovered over."""
        plot.focused.connect(self.focused)

    def tell(self, plot: Plot, moment: Moment) -> None:
        plot.told = lambda cloud, place: told(cloud, place, moment, self.task, self.names)

    def entries_of(self, clouds: Sequence[Cloud]) -> list[Entry]:
        """The signs of the points."""
        entries = []
        if self.task is not None and len(self.names) <= MOST_IN_LEGEND:
            entries += [Entry("class", name, place) for place, name in enumerate(self.names)]
        if any(not cloud.source.is_training for cloud in clouds):
            entries.append(Entry("hollow", "validation"))
        if any(cloud.wrong.any() for cloud in clouds):
            entries.append(Entry("wrong", "wrong"))
        return entries


class SurfacePage(NeuronPage):
    """Two inputs: the plane, or all planes of a layer."""

    look = Look.SURFACE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.grid = PlanePlot(), SurfaceGrid()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.plot)
        self.stack.addWidget(self.grid)
        self.column.addWidget(self.stack, 1)
        self.column.addWidget(self.legend)
        self._plane: Plane | None = None
        self.listen_to(self.plot)
        self.grid.chosen.connect(self._on_neuron_chosen)

    def ask(self, moment: Moment, sets: Sequence[ExampleSet]) -> Inquiry:
        shown = [one for one in sets if one.name != "test"]
        inputs = np.concatenate([one.inputs for one in shown])
        x, y = (input_axis(moment, i, inputs[:, i]) for i in range(2))
        self._plane = Plane(x, y, side_for(moment.graph))
        return Inquiry(moment, shown, self._plane.points())

    def show_answer(self, inquiry: Inquiry, in_focus: int) -> None:
        if self.choice.unit is None and not self.is_of_output(inquiry.moment):
            self._show_layer(inquiry)
        else:
            self._show_neuron(inquiry, in_focus)

    def show_focus(self, row: int) -> None:
        self.plot.show_focus(row)

    def _show_neuron(self, inquiry: Inquiry, in_focus: int) -> None:
        moment, choice, plane, record = inquiry.moment, self.choice, self._plane, inquiry.record
        assert plane is not None and record is not None
        shown = surface(record, moment, plane, choice, self.task)
        unit = choice.unit or 0 if self.is_of_output(moment) else 0
        clouds = [
            on_plane(one, inquiry.outputs(place), self.task, unit) for place, one in enumerate(inquiry.sets)
        ]
        self.stack.setCurrentWidget(self.plot)
        self.tell(self.plot, moment)
        self.plot.show_points(plane.x, plane.y, clouds, in_focus)
        self.plot.show_surface(shown, symbol_of(moment, choice), self.names)
        entries = [Entry("line", shown.scale.line)] if shown.scale.line else self._ramp(moment, shown.scale)
        self.legend.show_entries(entries + self.entries_of(clouds))

    def _ramp(self, moment: Moment, scale: Scale) -> list[Entry]:
        """From which number to which the colors reach, on the original scale."""
        first = int(np.prod(moment.graph.inputs.shape))
        column = first + (self.choice.unit or 0)
        axis = Axis("", 0.0, 1.0, *scale_of_column(moment, column))
        ends = [scale.center + by * scale.limit for by in (-1, 1)]
        low, high = (axis.text(end, digits_for(2 * scale.limit * axis.gain)) for end in ends)
        return [Entry("ramp", f"{low} … {high}  {name_of_column(moment, column)}")]

    def _show_layer(self, inquiry: Inquiry) -> None:
        moment, layer, plane = inquiry.moment, self.choice.layer, self._plane
        assert plane is not None and inquiry.record is not None
        choices = [Choice(layer, unit) for unit in range(moment.graph.layers[layer].units)]
        surfaces = [surface(inquiry.record, moment, plane, one, self.task) for one in choices]
        self.stack.setCurrentWidget(self.grid)
        self.grid.show_surfaces(surfaces, [symbol_of(moment, one) for one in choices])
        self.legend.show_entries([Entry("line", "z = 0")])

    def _on_neuron_chosen(self, unit: int) -> None:
        self.choose(Choice(self.choice.layer, unit))


class CurvePage(NeuronPage):
    """One input: the curve over it, and the examples that it should meet."""

    look = Look.CURVE

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = CurvePlot()
        self.column.addWidget(self.plot, 1)
        self.column.addWidget(self.legend)
        self._axis: Axis | None = None
        self.listen_to(self.plot)

    def ask(self, moment: Moment, sets: Sequence[ExampleSet]) -> Inquiry:
        shown = [one for one in sets if one.name != "test"]
        self._axis = input_axis(moment, 0, np.concatenate([one.inputs[:, 0] for one in shown]))
        across = np.linspace(self._axis.low, self._axis.high, CURVE_POINTS)
        return Inquiry(moment, shown, across[:, None])

    def show_focus(self, row: int) -> None:
        self.plot.show_focus(row)

    def show_answer(self, inquiry: Inquiry, in_focus: int) -> None:
        moment, record = inquiry.moment, inquiry.record
        assert self._axis is not None and record is not None and inquiry.points is not None
        cells = record.cells[moment.graph.layers[self.choice.layer].a.index]
        unit = self.choice.unit
        curves = [cells[:, i] for i in range(cells.shape[1])] if unit is None else [cells[:, unit]]
        clouds = self._clouds(inquiry)
        self.tell(self.plot, moment)
        self.plot.show_points(self._axis, self._upward(moment, curves, clouds), clouds, in_focus)
        level = threshold(self.task) if clouds and self.task in ("binary", "signs") else None
        self.plot.show_curves(inquiry.points[:, 0], curves, level)
        entries = [Entry("curve", symbol_of(moment, self.choice))] if unit is not None else []
        entries += [Entry("dash", f"{level:g}")] if level is not None else []
        entries += [Entry("class", "data", -1)] if clouds and self.task is None else []
        self.legend.show_entries(entries + (self.entries_of(clouds) if clouds else []))

    def _clouds(self, inquiry: Inquiry) -> list[Cloud]:
        if not self.is_of_output(inquiry.moment) or inquiry.sets[0].targets is None:
            return []
        unit = self.choice.unit or 0
        return [on_curve(one, inquiry.outputs(i), self.task, unit) for i, one in enumerate(inquiry.sets)]

    def _upward(self, moment: Moment, curves: list[Array], clouds: list[Cloud]) -> Axis:
        numbers = np.concatenate([*curves, *(cloud.y for cloud in clouds)])
        if not clouds or self.task is not None:
            return spanned(symbol_of(moment, self.choice), numbers)
        column = int(np.prod(moment.graph.inputs.shape)) + (self.choice.unit or 0)
        name = name_of_column(moment, column) or symbol_of(moment, self.choice)
        return spanned(name, numbers, *scale_of_column(moment, column))


class PredictedPage(NeuronPage):
    """Numbers that are fitted: predicted against true."""

    look = Look.PREDICTED

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = AgreementPlot()
        self.column.addWidget(self.plot, 1)
        self.column.addWidget(self.legend)
        self.listen_to(self.plot)

    def show_focus(self, row: int) -> None:
        self.plot.show_focus(row)

    def show_answer(self, inquiry: Inquiry, in_focus: int) -> None:
        moment, unit = inquiry.moment, self.choice.unit or 0
        clouds = [against_true(one, inquiry.outputs(place), unit) for place, one in enumerate(inquiry.sets)]
        column = int(np.prod(moment.graph.inputs.shape)) + unit
        numbers = np.concatenate([part for cloud in clouds for part in (cloud.x, cloud.y)])
        axis = spanned("", numbers, *scale_of_column(moment, column))
        what = name_of_column(moment, column)
        x, y = (
            Axis(f"{word}: {what}" if what else word, axis.low, axis.high, axis.gain, axis.offset)
            for word in ("true", "predicted")
        )
        self.tell(self.plot, moment)
        self.plot.show_points(x, y, clouds, in_focus)
        entries = [Entry("dash", "predicted = true"), Entry("class", "training")]
        self.legend.show_entries(entries + self.entries_of(clouds))


def symbol_of(moment: Moment, choice: Choice) -> str:
    """The output of a neuron as it is written, a₈; of all classes the word."""
    if choice.unit is None:
        return "outputs"
    layer = moment.graph.layers[choice.layer]
    return name_text(moment.notation.name(Ref(layer.a.scope, cell=(choice.unit,))))


def small_label(text: str = "") -> QLabel:
    """A line of small type below or above a picture."""
    label = QLabel(text)
    label.setFont(style.font(style.CAPTION))
    label.setContentsMargins(12, 0, 8, 0)
    return label
