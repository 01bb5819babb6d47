"""The transport with a mouse and keys: what it tells, what it shows, and that it fits."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolButton, QVBoxLayout, QWidget

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.ui import style
from nnviz.ui.timeline_bar import BAR_MIDDLE, INSET
from nnviz.ui.transport import FITS, SPEEDS, Transport

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def walk(lesson):
    return Walk(lesson.timeline)


@pytest.fixture
def transport(qtbot):
    style.theme().use(style.LIGHT)
    widget = Transport()
    qtbot.addWidget(widget)
    widget.set_stop_text("E < 0.0001")
    widget.resize(1440, 80)
    with qtbot.waitActive(widget):
        widget.show()
    yield widget
    style.theme().use(style.LIGHT)


@pytest.fixture
def show(transport, walk, lesson):
    def at(position, depth=Depth.NEURON, iteration=0, last=None):
        moment = resolve(walk, walk.at(iteration, position, 1), lesson.textbook)
        transport.show_moment(moment, depth, 4, iteration if last is None else last)
        return moment

    return at


def heard(signal):
    """Everything that a signal tells from now on."""
    told = []
    signal.connect(lambda *values: told.append(values[0] if len(values) == 1 else values))
    return told


@pytest.mark.parametrize(
    ("button", "signal", "key"),
    (
        ("start_button", "to_start", "Home"),
        ("back_button", "back", "←"),
        ("step_button", "step", "→"),
        ("layer_button", "layer_on", "Shift+→"),
        ("end_button", "to_end", "End"),
        ("run_button", "run_toggled", "G"),
        ("play_button", "play_toggled", "P"),
    ),
)
def test_a_button_tells_its_signal_and_names_its_key(qtbot, transport, button, signal, key):
    widget = getattr(transport, button)
    with qtbot.waitSignal(getattr(transport, signal)):
        qtbot.mouseClick(widget, LEFT)
    assert key in widget.toolTip()


@pytest.mark.parametrize(
    ("key", "depth"),
    tuple(enumerate((Depth.TERM, Depth.NEURON, Depth.LAYER, Depth.PASS, Depth.ITERATION, Depth.EPOCH), 1)),
)
def test_a_depth_is_chosen(qtbot, transport, show, key, depth):
    show(41, Depth.NEURON)
    told = heard(transport.depth_chosen)
    qtbot.mouseClick(transport.depth_buttons[depth], LEFT)
    assert told == [depth] and told[0] is depth
    assert f"({key})" in transport.depth_buttons[depth].toolTip()


def test_showing_a_depth_checks_it_and_tells_nothing(transport, show):
    told = heard(transport.depth_chosen)
    show(41, Depth.LAYER)
    assert [depth for depth, button in transport.depth_buttons.items() if button.isChecked()] == [Depth.LAYER]
    assert not told


@pytest.mark.parametrize("back", (True, False))
@pytest.mark.parametrize("step", (True, False))
def test_there_is_no_button_where_there_is_no_way(transport, back, step):
    transport.set_can(back=back, step=step)
    ways = {"start": back, "back": back, "step": step, "layer": step, "play": step}
    assert {name: getattr(transport, f"{name}_button").isEnabled() for name in ways} == ways


@pytest.mark.parametrize(("iteration", "position", "can"), ((0, 41, True), (0, 175, True), (2, 175, False)))
def test_the_end_is_where_the_run_ends(transport, walk, show, iteration, position, can):
    walk.at(2, 0, 0)
    show(position, iteration=iteration, last=2)
    assert transport.end_button.isEnabled() is can


@pytest.mark.parametrize(
    ("position", "hue"), ((0, "forward"), (20, "forward"), (41, "backward"), (170, "update"), (37, "outline"))
)
@pytest.mark.parametrize("colors", (style.LIGHT, style.DARK))
def test_the_step_button_has_the_hue_of_the_pass(transport, show, position, hue, colors):
    style.theme().use(colors)
    show(position)
    picture = transport.step_button.grab().toImage()
    assert picture.pixelColor(8, picture.height() // 2) == QColor(getattr(colors, hue))


def test_play_and_run_turn_into_their_ends(transport):
    widths = [transport.play_button.width(), transport.run_button.width()]
    transport.show_playing(True)
    transport.show_running(True, "Iteration 12, E = 0.1")
    assert (transport.play_button.text(), transport.run_button.text()) == ("Pause", "Stop")
    assert [transport.play_button.width(), transport.run_button.width()] == widths
    transport.show_playing(False)
    transport.show_running(False, "")
    assert (transport.play_button.text(), transport.run_button.text()) == ("Play", "Run to E < 0.0001")


def test_the_progress_of_a_run_is_drawn(transport, show):
    show(41)
    before = transport.bar.grab().toImage()
    transport.show_running(True, "Iteration 12, E = 0.1")
    during = transport.bar.grab().toImage()
    transport.show_running(True, "Iteration 90, E = 0.02")
    assert during != before and transport.bar.grab().toImage() != during


def test_a_lesson_that_does_not_train_has_no_run(transport):
    transport.set_trains(False)
    assert not transport.run_button.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support")  # what a menu asks of a screen
@pytest.mark.parametrize("speed", SPEEDS)
def test_a_speed_is_chosen(qtbot, transport, speed):
    told = heard(transport.speed_chosen)
    qtbot.mouseClick(transport.speed_button, LEFT)
    assert transport.speed_menu.isVisible()
    qtbot.mouseClick(transport.speed_menu, LEFT, pos=_middle_of(transport.speed_menu, SPEEDS.index(speed)))
    assert told == [speed]
    assert transport.speed_button.text() == f"{speed:g}×"
    assert [a.data() for a in transport.speed_menu.actions() if a.isChecked()] == [speed]


def _middle_of(menu, number):
    return menu.actionGeometry(menu.actions()[number]).center()


# The timeline


def x_of(bar, iteration, position):
    return QPoint(round(bar.line.x_of(iteration, position) + INSET), round(BAR_MIDDLE))


@pytest.mark.parametrize("position", (0, 5, 32, 37, 39, 41, 155, 175))
def test_a_click_seeks_the_stop_under_the_mouse(qtbot, transport, show, position):
    show(41)
    told = heard(transport.sought)
    qtbot.mouseClick(transport.bar, LEFT, pos=x_of(transport.bar, 0, position))
    assert told == [(0, position)]


def test_a_drag_tells_every_stop_once(qtbot, transport, show):
    show(0)
    told = heard(transport.sought)
    bar = transport.bar
    first, last = x_of(bar, 0, 0), x_of(bar, 0, 32)
    qtbot.mousePress(bar, LEFT, pos=first)
    for x in range(first.x(), last.x() + 1):
        qtbot.mouseMove(bar, QPoint(x, 60))
    qtbot.mouseMove(bar, QPoint(-40, 60))
    qtbot.mouseRelease(bar, LEFT, pos=QPoint(-40, 60))
    qtbot.mouseMove(bar, QPoint(last.x(), 60))
    assert told == [(0, p) for p in (0, 5, 10, 15, 21, 27, 32, 0)]


def test_from_depth_iteration_on_the_whole_run_is_scrubbed(qtbot, transport, walk, show):
    walk.at(99, 0, 0)
    show(37, Depth.ITERATION, iteration=4, last=99)
    told = heard(transport.sought)
    end = walk.outline(0).length
    for iteration, position in ((0, 0), (49, end), (99, end)):
        qtbot.mouseClick(transport.bar, LEFT, pos=x_of(transport.bar, iteration, position))
    assert [iteration for iteration, _ in told] == [0, 49, 99]
    assert [position >= end for _, position in told] == [False, True, True]


@pytest.mark.parametrize(("angle", "steps", "backs"), ((-120, 1, 0), (120, 0, 1), (-360, 3, 0), (40, 0, 0)))
def test_the_wheel_steps(transport, show, angle, steps, backs):
    show(41)
    on, back = heard(transport.step), heard(transport.back)
    at = QPointF(40, 40)
    none = Qt.MouseButton.NoButton
    turn = QWheelEvent(
        at, at, QPoint(), QPoint(0, angle), none, Qt.KeyboardModifier(0), Qt.ScrollPhase(0), False
    )
    QApplication.sendEvent(transport.bar, turn)
    assert (len(on), len(back)) == (steps, backs)


@pytest.mark.parametrize("colors", (style.LIGHT, style.DARK))
def test_the_past_is_full_and_the_future_faint(transport, show, colors):
    style.theme().use(colors)
    show(41)
    picture = transport.bar.grab().toImage()
    lines = {segment.into: segment for segment in transport.bar.line.segments}

    def color(into, share):
        segment = lines[into]
        x = INSET + segment.left + share * (segment.right - segment.left)
        return picture.pixelColor(round(x), round(BAR_MIDDLE))

    assert color("forward", 0.08) == QColor(colors.forward)
    assert color("backward", 0.04) == QColor(colors.backward)
    faint = style.mixed(QColor(colors.panel), QColor(colors.backward), 0.30)
    assert color("backward", 0.96).name() == faint.name()


# Room, keys and focus


@pytest.mark.parametrize("width", (860, 960, 1000, 1100, 1280, 1440, 1920))
@pytest.mark.parametrize("trains", (True, False))
def test_nothing_is_clipped_or_overlaps(qtbot, transport, show, width, trains):
    transport.set_trains(trains)
    show(41)
    transport.resize(width, 80)
    QApplication.processEvents()
    parts = [transport.depths, transport.bar]
    parts += [b for b in transport.findChildren(QToolButton) if b.parent() is transport and b.isVisible()]
    areas = sorted((part.geometry() for part in parts), key=lambda area: area.left())
    assert areas[0].left() >= 8 and areas[-1].right() <= width - 8
    assert all(one.right() < other.left() for one, other in zip(areas, areas[1:], strict=False))
    assert transport.bar.width() >= transport.bar.minimumSizeHint().width()
    for button in transport.depth_buttons.values():
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 18
    assert transport.minimumSizeHint().width() <= 860


def test_wide_windows_spell_everything_out(transport):
    transport.resize(1440, 80)
    assert transport._fit is FITS[0]
    transport.resize(800, 80)
    assert transport._fit is FITS[-1]
    transport.resize(1440, 80)
    assert transport.run_button.text() == "Run to E < 0.0001"


def test_tab_reaches_every_button(qtbot, transport, show):
    show(41)
    transport.set_can(True, True)
    transport.start_button.setFocus(Qt.FocusReason.TabFocusReason)
    reached = []
    for _ in range(20):
        reached.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    buttons = {button for button in transport.findChildren(QToolButton) if button.isVisible()}
    assert buttons <= set(reached)


@pytest.mark.parametrize("button", ("start_button", "step_button", "run_button"))
def test_focus_shows(transport, show, button):
    show(41)
    widget = getattr(transport, button)
    transport.speed_button.setFocus(Qt.FocusReason.TabFocusReason)
    before = widget.grab().toImage()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.grab().toImage() != before


def test_keys_stay_with_the_window_but_for_space_on_a_focused_button(qtbot, lesson, show, transport):
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(transport)
    told = []
    for key in ("Right", "Left", "Up", "Down", "Return", "Space"):
        QShortcut(QKeySequence(key), window).activated.connect(lambda key=key: told.append(key))
    transport.show()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    ends = heard(transport.to_end)
    show(41)
    transport.end_button.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return):
        qtbot.keyClick(transport.end_button, key)
    assert told == ["Right", "Left", "Up", "Down", "Return"] and not ends
    qtbot.keyClick(transport.end_button, Qt.Key.Key_Space)
    assert len(ends) == 1 and "Space" not in told
    transport.setParent(None)


def test_a_click_leaves_the_focus_where_it_is(qtbot, transport, show):
    show(41)
    transport.start_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.mouseClick(transport.step_button, LEFT)
    assert QApplication.focusWidget() is transport.start_button
