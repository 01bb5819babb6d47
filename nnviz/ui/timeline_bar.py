"""The timeline: where in an iteration, or in the whole run, the class is. Drag it anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.engine.graph import Layer
from nnviz.engine.measures import best
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, Pass, Stage
from nnviz.engine.ref import Part
from nnviz.engine.titles import stage_title
from nnviz.engine.units import WeightsOfFilters
from nnviz.ui.layout.names import group_noun, subscripted, time_step, unit_noun
from nnviz.ui.layout.timeline_line import IterationLine, Line, Segment, iteration_line, run_line
from nnviz.ui.style import CAPTION, CONTROL, colors, font, mixed

INSET = 11  # so that the knob is whole at both ends
BAR, KNOB = 8.0, 18.0
LABEL_TOP, BAR_MIDDLE, CAPTION_TOP = 8.0, 39.0, 52.0
NOTCH = 120  # what a mouse wheel turns by
CAPTIONS = {
    Pass.FORWARD: ("forward →", "→"),
    Pass.LOSS: ("loss",),
    Pass.BACKWARD: ("← backward", "←"),
    Pass.UPDATE: ("update ↻", "↻"),
}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the bar draws."""

    moment: Moment
    depth: Depth
    iterations: int


class TimelineBar(QWidget):
    """A line of all stops at the chosen depth with a knob at the current one.

    From depth Iteration on the line is the whole run. `sought` tells (iteration, position) of the stop
    nearest to the mouse, during a drag as well; `turned` tells how many steps the wheel asks for.
    """

    sought = Signal(int, int)
    turned = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: _Shown | None = None
        self._line: Line | None = None
        self._arranged_for: tuple[object, ...] = ()
        self._progress = ""
        self._target: tuple[int, int] | None = None
        self._wheel = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timeline")

    def show_moment(self, moment: Moment, depth: Depth, last_iteration: int) -> None:
        """Move the knob to a moment of a run whose newest iteration is `last_iteration`."""
        self._shown = _Shown(moment, depth, max(last_iteration, moment.iteration) + 1)
        self._arrange()
        self.setAccessibleDescription(f"{self._where()[0]}, {self._how_far()}")
        self.update()

    def show_progress(self, text: str) -> None:
        """A text about a run under way in place of where the class is; empty when there is none."""
        self._progress = text
        self.update()

    @property
    def line(self) -> Line | None:
        """The line in coordinates of this widget less `INSET`."""
        return self._line

    # Where things are

    def _arrange(self) -> None:
        if self._shown is None:
            return
        moment, width = self._shown.moment, max(1.0, self.width() - 2.0 * INSET)
        if self._shown.depth >= Depth.ITERATION:
            wanted: tuple[object, ...] = (moment.outline, self._shown.iterations, width)
            if wanted != self._arranged_for:
                self._line = run_line(moment.outline, self._shown.iterations, width)
        else:
            wanted = (moment.outline, self._shown.depth, moment.iteration, width)
            if wanted != self._arranged_for:
                self._line = iteration_line(moment.outline, self._shown.depth, moment.iteration, width)
        self._arranged_for = wanted

    def _seek(self, x: float) -> None:
        """Tell the stop at the mouse, once for as long as the mouse stays at it."""
        if self._line is None or self._shown is None:
            return
        target = self._line.place_at(x - INSET)
        if target != self._target:
            self._target = target
            self.sought.emit(*target)

    def _where(self) -> tuple[str, ...]:
        """What stands above the line at the left: in full, and shorter where there is less room."""
        assert self._shown is not None
        moment = self._shown.moment
        iteration = f"Iteration {moment.iteration + 1:,}"
        example = subscripted(moment.textbook.example(moment.focus))
        texts = (f"{iteration}, example {example}", f"{iteration}, {example}", iteration, "")
        if self._shown.depth is Depth.EPOCH:
            return (f"Epoch {moment.epoch + 1:,}, {texts[0].lower()}", *texts)
        return texts

    def _how_far(self) -> str:
        """What stands above the line at the right."""
        assert self._shown is not None
        moment = self._shown.moment
        if isinstance(self._line, IterationLine):
            steps = f"step {self._line.number(moment.cursor.position):,} of {len(self._line.stops):,}"
            return _unit_of_stage(moment, self._shown.depth) or steps
        return f"{moment.iteration + 1:,} of {self._shown.iterations:,}"

    def _place_text(self, x: float) -> str:
        """What is at a place of the line, in words."""
        assert self._shown is not None and self._line is not None
        iteration, position = self._line.place_at(x - INSET)
        if not isinstance(self._line, IterationLine):
            return f"Iteration {iteration + 1:,}" if position else "Start"
        moment = self._shown.moment
        stage = moment.outline.stage_at(position)
        if stage is None:
            return f"Start of iteration {iteration + 1:,}"
        words = [stage.into.capitalize()]
        if stage.layer is not None and self._shown.depth <= Depth.LAYER:
            words.append(stage_title(moment, stage.kind, stage.layer))
        if stage.layer is not None and self._shown.depth <= Depth.NEURON:
            words.append(_unit_words(moment, stage, stage.layer, position))
        return f"{', '.join(words)}: step {self._line.number(position):,}"

    # Painting

    def _paint_segment(self, painter: QPainter, segment: Segment, knob: float) -> None:
        """The past in full hue, the future faint, layers and places set off from each other."""
        c = colors()
        hue, panel = QColor(c.phase(segment.into)[0]), QColor(c.panel)
        area = QRectF(segment.left, BAR_MIDDLE - BAR / 2, segment.right - segment.left, BAR)
        outline = QPainterPath()
        outline.addRoundedRect(area, 4, 4)
        painter.fillPath(outline, mixed(panel, hue, 0.30))
        if knob > segment.left:
            painter.save()
            painter.setClipRect(QRectF(segment.left, 0, knob - segment.left, self.height()))
            painter.fillPath(outline, hue)
            painter.restore()
        for cut in segment.cuts:
            width = 3.0 if cut.is_layer else 1.2
            painter.fillRect(QRectF(cut.x - width / 2, area.top(), width, BAR), panel)

    def _paint_knob(self, painter: QPainter, x: float, into: Pass | None) -> None:
        painter.setPen(QPen(QColor(colors().phase(into)[0]), 3.2))
        painter.setBrush(QColor(colors().panel))
        radius = (KNOB - 3.2) / 2
        painter.drawEllipse(QPointF(x, BAR_MIDDLE), radius, radius)

    def _paint_best(self, painter: QPainter, line: Line) -> None:
        """Along the whole run a small triangle over the lowest error on the validation set so far."""
        assert self._shown is not None
        lowest = best(self._shown.moment.validation)
        if lowest is None or self._shown.depth < Depth.ITERATION:
            return
        x, y = line.x_of(lowest.iteration, 0), BAR_MIDDLE - BAR / 2 - 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors().validation))
        painter.drawPolygon([QPointF(x - 5, y - 8), QPointF(x + 5, y - 8), QPointF(x, y)])

    def _paint_labels(self, painter: QPainter, width: float) -> None:
        """Where the class is; while a run is under way its progress, which is worth the whole width."""
        bold, plain = font(CONTROL, 600), font(CONTROL)
        if self._progress:
            _draw(painter, QRectF(0, LABEL_TOP, width, 20), self._progress, bold, colors().text)
            return
        how_far = self._how_far()
        right = QFontMetricsF(bold).horizontalAdvance(how_far)
        _draw(painter, QRectF(width - right - 1, LABEL_TOP, right + 2, 20), how_far, bold, colors().text)
        metrics, room = QFontMetricsF(plain), width - right - 12
        where = next(text for text in self._where() if not text or metrics.horizontalAdvance(text) <= room)
        _draw(painter, QRectF(0, LABEL_TOP, room + 1, 20), where, plain, colors().muted)

    def _paint_captions(self, painter: QPainter, segments: tuple[Segment, ...]) -> None:
        """The name of each pass under its part, or only its arrow, or nothing where even that is too wide."""
        bold = font(CAPTION, 600)
        metrics = QFontMetricsF(bold)
        for segment in segments:
            for caption in CAPTIONS[segment.into] if segment.into else ():
                width = metrics.horizontalAdvance(caption)
                if width <= segment.right - segment.left + 2:
                    middle = (segment.left + segment.right) / 2
                    area = QRectF(middle - width / 2 - 1, CAPTION_TOP, width + 2, 18)
                    _draw(painter, area, caption, bold, colors().phase(segment.into)[0])
                    break

    def _paint_ends(self, painter: QPainter, width: float) -> None:
        """Under the whole run: where it starts and how far it has come."""
        assert self._shown is not None
        plain = font(CAPTION)
        for text, left in (("start", True), (f"iteration {self._shown.iterations:,}", False)):
            room = QFontMetricsF(plain).horizontalAdvance(text) + 2
            x = 0.0 if left else width - room
            _draw(painter, QRectF(x, CAPTION_TOP, room, 18), text, plain, colors().muted)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(420, 76)

    def minimumSizeHint(self) -> QSize:
        return QSize(190, 76)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._shown is None or self._line is None:
            return
        moment = self._shown.moment
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(INSET, 0)
            knob = self._line.x_of(moment.iteration, moment.cursor.position)
            for segment in self._line.segments:
                self._paint_segment(painter, segment, knob)
            self._paint_best(painter, self._line)
            self._paint_knob(painter, knob, current_pass(moment))
            width = self.width() - 2.0 * INSET
            self._paint_labels(painter, width)
            if self._shown.depth >= Depth.ITERATION:
                self._paint_ends(painter, width)
            else:
                self._paint_captions(painter, self._line.segments)

    def resizeEvent(self, event: QEvent) -> None:
        self._arrange()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._target = None
            self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel -= event.angleDelta().y()
        steps = int(self._wheel / NOTCH)
        self._wheel -= steps * NOTCH
        if steps:
            self.turned.emit(steps)
        event.accept()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._shown is not None:
            QToolTip.showText(event.globalPos(), self._place_text(event.pos().x()), self)
            return True
        return super().event(event)


def current_pass(moment: Moment) -> Pass:
    """The pass whose hue is the accent now: the one of the last step, at the start the first."""
    return moment.stage.into if moment.stage is not None else Pass.FORWARD


def _unit_of_stage(moment: Moment, depth: Depth) -> str:
    """How far the layer is, where units stand in maps: “cell 25 of 48”; empty for other steps."""
    stage = moment.stage or moment.outline.stages[0]
    if stage.layer is not None and stage.layer.is_stepwise and depth is Depth.MAP:
        return _step_of_stage(stage, moment.cursor.position)
    if not moment.graph.has_maps or stage.layer is None or depth not in (Depth.NEURON, Depth.MAP):
        return ""
    position = moment.cursor.position
    if depth is Depth.NEURON:
        done = stage.unit_at(position) + 1 if position else 0
        return f"{unit_noun(stage)} {done:,} of {stage.units:,}"
    if stage.groups == 1:
        return ""
    done = stage.group_at(position) + 1 if position else 0
    return f"{group_noun(stage)} {done:,} of {stage.groups:,}"


def _step_of_stage(stage: Stage, position: int) -> str:
    """Where the layer is in time: “time step 3 of 20”; of shared weights nothing."""
    step = time_step(stage, stage.group_at(position) if position else 0)
    return "" if step is None else f"time step {step:,} of {stage.groups:,}"


def _unit_words(moment: Moment, stage: Stage, layer: Layer, position: int) -> str:
    """What a stop of a stage is about: a neuron, a cell, a weight of a filter, a unit of a gate."""
    if layer.is_stepwise:
        return moment.notation.caption(stage.leaf(position).ref)
    if isinstance(stage.places, WeightsOfFilters):
        return moment.notation.caption(stage.leaf(position).ref.of(Part.VALUE))
    return moment.notation.neuron(layer, stage.unit_at(position))


def _draw(painter: QPainter, area: QRectF, text: str, one: QFont, color: str) -> None:
    painter.setFont(one)
    painter.setPen(QColor(color))
    shown = QFontMetricsF(one).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
