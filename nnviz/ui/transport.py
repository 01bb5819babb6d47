"""The bar at the bottom: steps, depth, timeline, run and play. It tells what is wanted, and does nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLayout, QMenu, QWidget

from nnviz.engine.graph import Graph
from nnviz.engine.moment import Moment
from nnviz.engine.outline import Depth, depths_of
from nnviz.ui.boxes import add_row
from nnviz.ui.layout.names import depth_label, depth_name
from nnviz.ui.style import colors, theme
from nnviz.ui.timeline_bar import INSET, TimelineBar, current_pass
from nnviz.ui.transport_buttons import BUTTON_HEIGHT, StepButton, TransportButton

HEIGHT = 80
FRAME = 3  # around the depths
SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True)
class Fit:
    """How roomy the controls are: spaces, width of a small button, and which labels are written out."""

    margin: int = 18
    gap: int = 24
    space: int = 6
    small: int = 44
    stop_text: bool = True
    play_text: bool = True
    run_text: bool = True
    speed_icon: bool = True
    letters: int = 9  # of the name of a depth
    timeline: int = 190  # its least width


FITS = (
    Fit(),
    Fit(gap=16, stop_text=False),
    Fit(gap=14, margin=14, stop_text=False, speed_icon=False, play_text=False),
    Fit(gap=12, margin=10, small=38, space=4, stop_text=False, speed_icon=False, play_text=False),
    Fit(10, 12, 4, 36, False, False, False, False, 5),
    Fit(8, 10, 4, 36, False, False, False, False, 1),
    Fit(6, 8, 2, 30, False, False, False, False, 1, timeline=150),
)


class Transport(QWidget):
    """The controls of a lecture's pace.

    Labels go one by one where the window is narrow; the timeline always keeps its least width.
    """

    step = Signal()
    back = Signal()
    layer_on = Signal()
    to_start = Signal()
    to_end = Signal()
    depth_chosen = Signal(object)  # Depth
    play_toggled = Signal()
    speed_chosen = Signal(float)
    run_toggled = Signal()
    sought = Signal(int, int)  # iteration, position

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._goal = "Run"
        self._is_playing = self._is_running = False
        self._trains = self._can_step = True
        self._depths: tuple[Depth, ...] = tuple(depth for depth in Depth if depth is not Depth.MAP)
        self._places = (False, False)  # whether units stand in maps, and in steps of time
        self.setProperty("kind", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self._make_steps()
        self._make_depths()
        self.bar = TimelineBar()
        self._make_play()
        self._lay_out()
        self._connect()
        self._measure()
        theme().changed.connect(self._on_theme_changed)

    # What it shows

    def show_moment(self, moment: Moment, depth: Depth, digits: int, last_iteration: int) -> None:
        """A moment of a run whose newest iteration is `last_iteration`."""
        self._show_depths(moment.graph)
        self.step_button.show_pass(current_pass(moment))
        self.depth_buttons[depth].setChecked(True)
        self.end_button.setEnabled(moment.iteration < last_iteration or not moment.is_complete)
        self.bar.show_moment(moment, depth, last_iteration)

    def _show_depths(self, graph: Graph) -> None:
        depths, places = depths_of(graph), (graph.has_maps, graph.has_steps)
        if (depths, places) != (self._depths, self._places):
            self._depths, self._places = depths, places
            self._name_depths()
            self._measure()

    def show_playing(self, is_playing: bool) -> None:
        """Whether steps are made by the clock."""
        self._is_playing = is_playing
        self._write()

    def show_running(self, is_running: bool, text: str = "") -> None:
        """Whether a run to the stop criterion is under way, and how far it has come."""
        self.bar.show_progress(text if is_running else "")
        if is_running != self._is_running:
            self._is_running = is_running
            self._write()

    def show_speed(self, speed: float) -> None:
        """How fast playing goes, as a multiple of its usual speed."""
        self.speed_button.setText(_times(speed))
        for action in self.speed_menu.actions():
            action.setChecked(action.data() == speed)

    def set_stop_text(self, text: str) -> None:
        """Where a run goes: “E < 0.0001”, “iteration 500”."""
        self._goal = f"Run to {text}" if text else "Run"
        self._measure()

    def set_trains(self, trains: bool) -> None:
        """A lesson that only goes forward has nothing to run to."""
        self._trains = trains
        self.run_button.setVisible(trains)
        self._measure()

    def set_can(self, back: bool, step: bool) -> None:
        """Whether there is a way back, and a way on."""
        self._can_step = step
        for button in (self.start_button, self.back_button):
            button.setEnabled(back)
        for button in (self.step_button, self.layer_button):
            button.setEnabled(step)
        self.play_button.setEnabled(step or self._is_playing)

    # How it is built

    def _make_steps(self) -> None:
        self.start_button = TransportButton("To the start", "Home")
        self.back_button = TransportButton("Back", "← or Page Up")
        self.step_button = StepButton("Step", "→, Space or Page Down")
        self.layer_button = TransportButton("A layer on", "Shift+→")
        self.end_button = TransportButton("To the end of what has been run", "End")
        self._small = (self.start_button, self.back_button, self.layer_button, self.end_button)
        for button, name in zip(
            self._small, ("skip-back", "step-back", "fast-forward", "skip-forward"), strict=True
        ):
            button.show_icon(name)

    def _make_depths(self) -> None:
        self.depths = QFrame()
        self.depths.setProperty("kind", "segments")
        row = QHBoxLayout(self.depths)
        row.setContentsMargins(FRAME, FRAME, FRAME, FRAME)
        row.setSpacing(0)
        self._depth_group = QButtonGroup(self)
        self.depth_buttons: dict[Depth, TransportButton] = {}
        for depth in Depth:
            button = TransportButton("Step by")
            button.setProperty("kind", "segment")
            button.setCheckable(True)
            self._depth_group.addButton(button, depth.value)
            self.depth_buttons[depth] = button
            row.addWidget(button)
        self._name_depths()

    def _name_depths(self) -> None:
        """A button for each depth of the network, with its key: 1 for the finest."""
        for key, depth in enumerate(self._depths, 1):
            self.depth_buttons[depth].describe(f"Step by {depth_name(depth, *self._places)}", str(key))
        for depth, button in self.depth_buttons.items():
            button.setVisible(depth in self._depths)

    def _make_play(self) -> None:
        self.run_button = TransportButton("Run")
        self.play_button = TransportButton("Play", "P")
        self.speed_button = TransportButton("Speed of playing")
        self.speed_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow after the text
        self.speed_menu = QMenu(self)
        speeds = QActionGroup(self.speed_menu)
        for speed in SPEEDS:
            action = speeds.addAction(_times(speed))
            action.setData(speed)
            action.setCheckable(True)
        self.speed_menu.addActions(speeds.actions())
        self.show_speed(1.0)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        self._steps = add_row(
            self._row,
            self.start_button,
            self.back_button,
            self.step_button,
            self.layer_button,
            self.end_button,
        )
        self._row.addWidget(self.depths)
        self._row.addWidget(self.bar, 1)
        self._ends = add_row(self._row, self.run_button, self.play_button, self.speed_button)
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)

    def _connect(self) -> None:
        self.start_button.clicked.connect(self.to_start)
        self.back_button.clicked.connect(self.back)
        self.step_button.clicked.connect(self.step)
        self.layer_button.clicked.connect(self.layer_on)
        self.end_button.clicked.connect(self.to_end)
        self.run_button.clicked.connect(self.run_toggled)
        self.play_button.clicked.connect(self.play_toggled)
        self.speed_button.clicked.connect(self._on_speed_clicked)
        self.speed_menu.triggered.connect(self._on_speed_triggered)
        self._depth_group.idClicked.connect(self._on_depth_clicked)
        self.bar.sought.connect(self.sought)
        self.bar.turned.connect(self._on_turned)

    # How it fits

    def _measure(self) -> None:
        """Find out what each fit takes, and use the roomiest that there is room for."""
        self._fit = FITS[0]
        self._needs = [self._use(fit) for fit in FITS]
        self._choose_fit()

    def _choose_fit(self) -> None:
        fitting = (fit for fit, need in zip(FITS, self._needs, strict=True) if need <= self.width())
        wanted = next(fitting, FITS[-1])
        if wanted is not self._fit:
            self._use(wanted)

    def _use(self, fit: Fit) -> int:
        """Take up a fit, and tell the width that it needs."""
        self._fit = fit
        self._row.setContentsMargins(fit.margin, 1, fit.margin, 0)
        self._row.setSpacing(fit.gap - INSET // 2)
        self.bar.setMinimumWidth(fit.timeline)
        for row in (self._steps, self._ends):
            row.setSpacing(fit.space)
        steps = sum(button.fit(least=fit.small) for button in self._small) + self.step_button.width()
        ends = self._write()
        spaces = 2 * fit.margin + 3 * self._row.spacing() + (4 + 2) * fit.space
        return steps + self._size_depths() + fit.timeline + ends + spaces

    def _size_depths(self) -> int:
        width = 2 * FRAME
        for depth in self._depths:
            button = self.depth_buttons[depth]
            button.setText(_shortened(depth_label(depth, *self._places), self._fit.letters))
            width += button.fit(button.text(), height=BUTTON_HEIGHT - 2 * FRAME)
        self.depths.setFixedSize(width, BUTTON_HEIGHT)
        return width

    def _write(self) -> int:
        """The labels that change, as far as there is room; widths stay the same whatever is going on."""
        fit = self._fit
        run = self._goal if fit.stop_text else "Run" if fit.run_text else ""
        stop = "Stop" if fit.run_text else ""
        self.run_button.setText(stop if self._is_running else run)
        self.run_button.describe("Stop the run" if self._is_running else self._goal, "G")
        self.run_button.show_icon("square" if self._is_running else "chevrons-right")
        play, pause = ("Play", "Pause") if fit.play_text else ("", "")
        self.play_button.setText(pause if self._is_playing else play)
        self.play_button.describe("Pause" if self._is_playing else "Play", "P")
        self.play_button.show_icon("pause" if self._is_playing else "play")
        self.play_button.setEnabled(self._can_step or self._is_playing)
        self.speed_button.show_icon("chevron-down" if fit.speed_icon else "")
        ends = self.play_button.fit(play, pause, least=fit.small)
        ends += self.speed_button.fit(*map(_times, SPEEDS))
        return ends + (self.run_button.fit(run, stop, least=fit.small) if self._trains else 0)

    # What the user does

    def _on_depth_clicked(self, number: int) -> None:
        self.depth_chosen.emit(Depth(number))

    def _on_speed_clicked(self) -> None:
        above = QPoint(0, -self.speed_menu.sizeHint().height() - 4)
        self.speed_menu.popup(self.speed_button.mapToGlobal(above))

    def _on_speed_triggered(self, action: QAction) -> None:
        self.show_speed(action.data())
        self.speed_chosen.emit(action.data())

    def _on_turned(self, steps: int) -> None:
        for _ in range(abs(steps)):
            (self.step if steps > 0 else self.back).emit()

    def _on_theme_changed(self) -> None:
        for button in self.findChildren(TransportButton):
            button.recolor()
        self.update()

    # Qt

    def minimumSizeHint(self) -> QSize:
        return QSize(self._needs[-1], HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._choose_fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(colors().panel))
            painter.fillRect(0, 0, self.width(), 1, QColor(colors().line))


def _times(speed: float) -> str:
    return f"{speed:g}×"


def _shortened(name: str, letters: int) -> str:
    """A name in at most so many letters, the last one a point if there is room for it."""
    if len(name) <= letters:
        return name
    return f"{name[: letters - 1]}." if letters > 1 else name[:1]
