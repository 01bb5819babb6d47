"""The curves of a run, how it compares with others, and where on it the class is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, QSizeF, Qt, QTimer
from PySide6.QtGui import QColor, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.ref import Ref
from nnviz.engine.textbook import Textbook
from nnviz.lessons.lesson import Lesson
from nnviz.ui import style
from nnviz.ui.boxes import add_row
from nnviz.ui.layout.names import subscripted
from nnviz.ui.loss.controls import CurveControls
from nnviz.ui.loss.curves import Drawing, Pin, RunReader, drawing_of
from nnviz.ui.loss.figures import Figures
from nnviz.ui.loss.pins import PinRow, pin_name, with_pin
from nnviz.ui.loss.plot_texts import NUMBER, PinNumbers, PlotText, TextLine, apart
from nnviz.ui.loss.words import Count, best_line, best_tip, counts_of, figures_of, measure_tip, newest
from nnviz.ui.views.base import View

if TYPE_CHECKING:
    from nnviz.ui.loss.plot import LossPlot

LOSS = Ref("loss")
NOTHING_YET = "No output yet:\nthe curve starts after Loss"
LABELS_WIDTH, PIN_WIDTH, BEST_HEIGHT = 84, 18, 22  # what the plot leaves free for its texts
LABEL_GAP = 8
LEAST_FOR_FIGURES = 240  # height of the view
READOUT_LINE = 19


class LossView(View):
    """E of every iteration so far as a curve, or where there is a validation set the errors on both sets.

    Numbers can be picked, points be gone to, and runs be pinned to compare the next one with them. The plot
    is made on the first show, when the window has been painted: importing it takes half a second.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.plot: LossPlot | None = None
        self.pins: tuple[Pin, ...] = ()
        self.lesson: Lesson | None = None
        self.drawing = Drawing()
        self._reader = RunReader()
        self._formula = ""
        self._counts: tuple[Count, ...] = ()
        self._colors: style.Colors | None = None
        self.controls = CurveControls("Loss")
        self.controls.chosen.connect(self._on_chosen)
        self.controls.pin_asked.connect(self.pin)
        self._make_area()
        self._make_below()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 10, 6)
        layout.setSpacing(2)
        layout.addWidget(self.controls)
        layout.addWidget(self._area, 1)
        add_row(layout, self.quantity_caption, None, self.axis_caption, self.controls.units)
        layout.addWidget(self.pin_row)
        layout.addWidget(self.figures)
        self.setAccessibleName("Loss over the iterations")
        self.refresh()

    def _make_area(self) -> None:
        """Where the plot will be, with texts on it."""
        self._area = QWidget()
        self._area_layout = QVBoxLayout(self._area)
        self._area_layout.setContentsMargins(0, 0, 0, 0)
        self.message = QLabel(NOTHING_YET, self._area)
        self.message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.message.setFont(style.font(style.CONTROL))
        self.pin_numbers = PinNumbers(self._area)
        self.readout = PlotText(self._area, READOUT_LINE)
        self.training_end, self.validation_end = PlotText(self._area), PlotText(self._area)
        self.best_text = PlotText(self._area)
        self.best_text.clicked.connect(self._on_best_clicked)
        for text in (self.readout, self.training_end):
            text.clicked.connect(self._on_loss_clicked)
            text.hovered.connect(self._on_loss_hovered)

    def _make_below(self) -> None:
        """What stands below the plot: what its axes show, the pins, the figures."""
        self.quantity_caption, self.axis_caption = QLabel(), QLabel()
        for caption in (self.quantity_caption, self.axis_caption):
            caption.setFont(style.font(style.CAPTION))
            caption.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.pin_row = PinRow()
        self.pin_row.removed.connect(self.unpin)
        self.figures = Figures()
        self.figures.hide()

    def make_plot(self) -> None:
        """Make the plot now, if it is not made yet."""
        if self.plot is not None:
            return
        from nnviz.ui.loss.plot import LossPlot

        self.plot = LossPlot(self)
        self.plot.clicked.connect(self._on_curve_clicked)
        self.plot.resized.connect(self._place_texts)  # only now the axes have their new size
        self._area_layout.addWidget(self.plot.widget)
        self._area_layout.activate()
        for text in (self.message, self.pin_numbers, self.readout, self.best_text, *self._ends()):
            text.raise_()
        self._draw()

    def _ends(self) -> tuple[PlotText, PlotText]:
        return self.training_end, self.validation_end

    # What is shown

    def show_lesson(self, lesson: Lesson) -> None:
        super().show_lesson(lesson)
        self.show_plan(lesson)

    def set_graph(self, graph: Graph, textbook: Textbook) -> None:
        self._formula = graph.loss.op.formula.removeprefix("E = ") if graph.loss is not None else ""

    def show_plan(self, lesson: Lesson) -> None:
        """The lesson that runs, perhaps in another form: pins stay until it is another one."""
        if self.lesson is None or self.lesson.name != lesson.name:
            self._set_pins(())
        self.lesson = lesson
        per_epoch = lesson.timeline.iterations_per_epoch
        self._counts = counts_of(lesson)
        self._reader = RunReader(per_epoch, self.has_validation)
        self.controls.set_run(self.has_validation, self._is_classified, per_epoch)
        self._place_parts()

    @property
    def _is_classified(self) -> bool:
        return any(count.is_classified for count in self._counts)

    @property
    def has_validation(self) -> bool:
        return self.lesson is not None and self.lesson.validation is not None

    def refresh(self) -> None:
        """Only what differs: painting the plot anew costs more than all the other views of a step."""
        if self._colors is not style.colors():
            self._colors = style.colors()
            self._recolor()
        if self.moment is None:
            return
        if self._reader.read(self.moment):
            self._draw()
        else:
            self._write(self.moment)

    def show_selection(self, ref: Ref | None) -> None:
        self.selection = ref
        self._show_marks()

    def show_pointed(self, ref: Ref | None) -> None:
        self.pointed_at = ref
        self._show_marks()

    def _draw(self) -> None:
        self.drawing = drawing_of(self._reader, self.controls.choice, self.pins)
        self.controls.show_pin(len(self._reader.seen.losses) > 1, len(self.pins))
        if self.plot is not None:
            right = LABELS_WIDTH * self._reader.with_measures + PIN_WIDTH * bool(self.pins)
            self.plot.show(self.drawing)
            self.plot.keep_free(right, BEST_HEIGHT * (self.drawing.best is not None))
        if self.moment is not None:
            self._write(self.moment)
        self._place_texts()

    # Words and numbers

    def _write(self, moment: Moment) -> None:
        """All texts, with the digits of the window; where one has another width it is placed anew."""
        before = [text.lines for text in (self.readout, self.best_text, *self._ends())]
        self._write_captions()
        if self._reader.run.has_measures:
            self._write_measures()
        elif len(self._reader.run.losses):
            self._write_loss(moment)
        if self.has_validation:
            self.figures.show_figures(figures_of(self._reader.run, self._counts))
        self._show_marks()
        if before != [text.lines for text in (self.readout, self.best_text, *self._ends())]:
            self._place_texts()

    def _write_loss(self, moment: Moment) -> None:
        formula = f"{self._formula} {_over(moment)}"
        number = f"E = {show(float(self._reader.run.losses[-1]), self.digits)}"
        lines = (TextLine(number, "text", 600, style.VALUE), TextLine(formula, "muted"))
        mean = self.drawing.lines.main.y[-1:] if len(self.drawing.lines.raw) else ()
        means = [TextLine(f"mean of an epoch {show(float(one), self.digits)}", "training") for one in mean]
        self.readout.show_lines((*lines, *means), formula)

    def _write_measures(self) -> None:
        run, choice, digits = self._reader.run, self.controls.choice, self.digits
        for name, end, rows, count in zip(
            ("training", "validation"),
            self._ends(),
            (run.training, run.validation),
            self._counts,
            strict=True,
        ):
            number = newest(rows, choice, digits, count)
            lines = (TextLine(name, name, 600), TextLine(number, name, 600, style.CONTROL))
            end.show_lines(lines, measure_tip(name, rows, run.per_epoch, count))
        if self.drawing.best is not None:
            self.best_text.show_lines((TextLine(best_line(run, digits)),), best_tip(run))

    def _write_captions(self) -> None:
        choice = self.controls.choice
        quantity = "E per example" if self.has_validation else "E of an iteration"
        self.quantity_caption.setText("classified right" if choice.is_correct else quantity)
        unit = "epoch" if choice.by_epoch else "updates"
        self.axis_caption.setText(unit)

    @property
    def _is_loss(self) -> bool:
        """Whether the newest training error is E of this iteration, but for the number of examples."""
        run = self._reader.run
        is_newest = run.has_measures and run.training[-1, 0] == len(run.losses) - 1
        return run.per_epoch == 1 and is_newest and not self.controls.choice.is_correct

    def _show_marks(self) -> None:
        marks = (self.selection == LOSS, self.pointed_at == LOSS)
        self.readout.show_marks(*marks)
        self.training_end.show_marks(*(mark and self._is_loss for mark in marks))

    # Where things are

    def _place_parts(self) -> None:
        """Figures where there are numbers for them, and room."""
        self.figures.setVisible(self.has_validation and self.height() >= LEAST_FOR_FIGURES)
        has_units = self._reader.per_epoch > 1
        self.axis_caption.setVisible(not has_units)

    def _place_texts(self) -> None:
        """The message in the middle, the numbers beside their points, where the curves leave room."""
        run = self._reader.run
        is_empty, is_made = len(run.losses) == 0, self.plot is not None
        self.message.setVisible(is_empty and not self.pins)
        self.message.setGeometry(self._area.rect())
        self.pin_numbers.setGeometry(self._area.rect())
        self.readout.setVisible(is_made and not is_empty and not run.has_measures)
        for end in self._ends():
            end.setVisible(is_made and run.has_measures)
        self.best_text.setVisible(is_made and self.drawing.best is not None)
        if self.plot is None:
            return
        self._place_pin_numbers(self.plot)
        if is_empty:
            return
        if not run.has_measures:
            size = self.readout.sizeHint()
            self.readout.resize(min(size.width(), round(self.plot.area().width()) - 12), size.height())
            self.readout.move(self.plot.room_for(QSizeF(self.readout.size())).toPoint())
        else:
            self._place_ends(self.plot)
            self._place_best(self.plot)

    def _place_ends(self, plot: LossPlot) -> None:
        """Right of the dots, one above the other."""
        lines = self.drawing.lines
        if self.drawing.goes_on:
            self._place_ends_aside(plot)
            return
        points = [plot.pixel_of(curve.x[-1], curve.y[-1]) for curve in (lines.main, lines.validation)]
        area, height = plot.area(), self.training_end.sizeHint().height()
        middles = [point.y() if math.isfinite(point.y()) else area.bottom() for point in points]
        high = area.top() + BEST_HEIGHT * (self.drawing.best is not None)
        tops = apart(middles, height, high, area.bottom())
        for end, top in zip(self._ends(), tops, strict=True):
            x = min(points[0].x() + LABEL_GAP + PIN_WIDTH * bool(self.pins), self._area.width() - end.width())
            end.move(round(x), round(top))

    def _place_ends_aside(self, plot: LossPlot) -> None:
        """Side by side where they hide little, while curves go on right of the dots."""
        sizes = [end.sizeHint() for end in self._ends()]
        corner = plot.room_for(QSizeF(sum(size.width() for size in sizes), sizes[0].height()))
        for end, x in zip(self._ends(), (0, sizes[0].width()), strict=True):
            end.move(round(corner.x()) + x, round(corner.y()))

    def _place_best(self, plot: LossPlot) -> None:
        """On top of its line, and inside."""
        if self.drawing.best is None:
            return
        area, x = plot.area(), plot.pixel_of(*self.drawing.best).x()
        left = min(max(area.left(), x - 6), self._area.width() - self.best_text.width())
        self.best_text.move(round(left), round(area.top()))

    def _place_pin_numbers(self, plot: LossPlot) -> None:
        """Right of the ends, above each other where those lie together."""
        ends = [
            (n, lines.validation if len(lines.validation) else lines.main) for n, lines in self.drawing.pins
        ]
        points = [(n, plot.pixel_of(curve.x[-1], curve.y[-1])) for n, curve in ends if len(curve)]
        points = [(n, point) for n, point in points if math.isfinite(point.y())]
        area = plot.area()
        tops = apart([point.y() for _, point in points], NUMBER, area.top(), area.bottom())
        corners = [QPointF(point.x() + 2, top) for (_, point), top in zip(points, tops, strict=True)]
        self.pin_numbers.show_places([(n, corner) for (n, _), corner in zip(points, corners, strict=True)])

    def _recolor(self) -> None:
        palette = self.message.palette()
        palette.setColor(self.message.foregroundRole(), QColor(style.colors().muted))
        self.message.setPalette(palette)
        self.controls.recolor()
        if self.plot is not None:
            self.plot.recolor()

    # Pins

    def pin(self) -> None:
        """Keep the curve of this run, as far as it has been seen."""
        if self.moment is not None and self.controls.pin.isEnabled():
            self._set_pins(with_pin(self.pins, pin_name(self.moment), self._reader.seen))
            self._draw()

    def unpin(self, place: int) -> None:
        """Forget the pinned curve of this number."""
        self._set_pins(tuple(pin for pin in self.pins if pin.place != place))
        self._draw()

    def _set_pins(self, pins: tuple[Pin, ...]) -> None:
        self.pins = pins
        self.pin_row.show_pins(pins)

    # What is clicked

    def _on_chosen(self) -> None:
        self._draw()

    def _on_loss_clicked(self) -> None:
        if self._is_loss or not self._reader.run.has_measures:
            self.picked.emit(LOSS)

    def _on_loss_hovered(self, inside: bool) -> None:
        if self._is_loss or not self._reader.run.has_measures:
            self.pointed.emit(LOSS if inside else None)

    def _on_best_clicked(self) -> None:
        best = self._reader.run.best
        if best is not None:
            self._on_curve_clicked(round(self._reader.run.validation[best, 0]))

    def _on_curve_clicked(self, iteration: int) -> None:
        if self.moment is not None:
            self.sought.emit(iteration, self.moment.outline.completed_at(LOSS) or 0)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(350, 350 if self.has_validation else 262)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot is made once the window has been painted: importing its library takes its time."""
        super().paintEvent(event)
        if self.plot is None:
            QTimer.singleShot(0, self, self.make_plot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_parts()
        self._place_texts()


def _over(moment: Moment) -> str:
    """The examples that the newest loss is summed over, which may be that of the iteration before."""
    is_earlier = len(moment.losses) <= moment.iteration and moment.before is not None
    rows = moment.before().batch.examples if is_earlier and moment.before is not None else moment.rows
    first, last = (subscripted(moment.textbook.example(row)) for row in (rows[0], rows[-1]))
    return f"of {first}" if first == last else f"over {first}…{last}"
