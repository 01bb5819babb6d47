"""The outline with a mouse: rows, marks, what is open, and where a click goes."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.cursor import Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons.catalogue import load
from nnviz.ui import style
from nnviz.ui.outline.model import OutlineModel
from nnviz.ui.outline.place import State
from nnviz.ui.outline.view import MARGIN, ROW, OutlineView

LEFT = Qt.MouseButton.LeftButton


class Class:
    """A view in front of a lesson, moved about by position."""

    def __init__(self, lesson, view):
        self.lesson, self.view, self.walk = lesson, view, Walk(lesson.timeline)

    def show(self, position, depth=Depth.NEURON, iteration=0):
        cursor = self.walk.at(iteration, position, self.lesson.start.example)
        moment = resolve(self.walk, cursor, self.lesson.textbook)
        self.view.show_moment(moment, depth, 4)
        return moment

    def index(self, *titles):
        """The index of a row by the titles on the way to it."""
        model = self.view.model
        index = model.index(0, 0)
        for title in titles:
            rows = [model.index(row, 0, index) for row in range(model.rowCount(index))]
            index = next(row for row in rows if row.data() == title)
        return index

    def rows(self):
        """The titles of the rows in sight of an endless window, with their depth as dots."""
        tree, lines = self.view.tree, []
        index = self.view.model.index(0, 0)
        while index.isValid():
            place = self.view.model.place(index)
            lines.append("." * len(place.around()) + index.data())
            index = tree.indexBelow(index)
        return lines

    def click(self, qtbot, *titles, dx=40):
        area = self.view.tree.visualRect(self.index(*titles))
        qtbot.mouseClick(self.view.tree.viewport(), LEFT, pos=QPoint(area.left() + dx, area.center().y()))

    def click_arrow(self, qtbot, *titles):
        self.click(qtbot, *titles, dx=-8)


@pytest.fixture
def view(qtbot):
    style.theme().use(style.LIGHT)
    widget = OutlineView()
    qtbot.addWidget(widget)
    widget.resize(224, 900)
    with qtbot.waitExposed(widget):
        widget.show()
    yield widget
    style.theme().use(style.LIGHT)


@pytest.fixture
def group(lesson, view):
    return Class(lesson, view)


AT_NEURON_6 = [
    "Iteration 1",
    ".Forward",
    "..Hidden 1",
    "..Hidden 2",
    "..Output",
    ".Loss",
    ".Backward",
    "..Output",
    "..Hidden 2",
    "...neuron 6",
    "...neuron 7",
    "..Hidden 1",
    "..Weights ∂E/∂w",
    ".Update",
    "..Hidden 1",
    "..Hidden 2",
    "..Output",
]


def test_rows_are_as_in_the_notes(group):
    group.show(41)
    assert group.rows() == AT_NEURON_6


@pytest.mark.parametrize(
    ("position", "depth", "way"),
    (
        (0, Depth.NEURON, ()),
        (1, Depth.TERM, ("Forward", "Hidden 1", "neuron 3")),
        (5, Depth.NEURON, ("Forward", "Hidden 1", "neuron 3")),
        (27, Depth.LAYER, ("Forward", "Hidden 2")),
        (35, Depth.TERM, ("Loss",)),
        (41, Depth.NEURON, ("Backward", "Hidden 2", "neuron 6")),
        (41, Depth.PASS, ("Backward",)),
        (41, Depth.EPOCH, ()),
        (90, Depth.NEURON, ("Backward", "Weights ∂E/∂w", "Hidden 2", "neuron 6")),
        (91, Depth.TERM, ("Backward", "Weights ∂E/∂w", "Hidden 2", "neuron 7")),
        (175, Depth.NEURON, ("Update", "Output", "neuron 8")),
        (175, Depth.ITERATION, ()),
    ),
)
def test_the_current_place_is_marked_and_in_sight(group, position, depth, way):
    group.view.resize(224, 300)
    group.show(position, depth)
    index = group.index(*way)
    assert group.view.model.place(index) is group.view.model.current
    area = group.view.tree.visualRect(index)
    assert not area.isEmpty() and group.view.tree.viewport().rect().contains(area)


def test_states_follow_the_position(group):
    group.show(41)
    model = group.view.model
    found = {
        way: model.state(model.place(group.index(*way)))
        for way in (
            ("Forward",),
            ("Loss",),
            ("Backward",),
            ("Backward", "Hidden 2"),
            ("Backward", "Hidden 1"),
        )
    }
    assert list(found.values()) == [State.DONE, State.DONE, State.AROUND, State.AROUND, State.AHEAD]
    assert model.state(model.place(group.index("Backward", "Hidden 2", "neuron 6"))) is State.CURRENT
    group.show(20)
    assert model.state(model.place(group.index("Loss"))) is State.AHEAD


def test_the_way_to_the_current_place_opens_and_the_one_before_closes(group):
    group.show(5)
    assert "...neuron 3" in group.rows()
    group.show(41)
    assert group.rows() == AT_NEURON_6
    group.show(90)
    assert "....neuron 6" in group.rows() and "...neuron 6" not in group.rows()


def test_what_the_user_opened_stays_open(qtbot, group):
    group.show(41)
    group.click_arrow(qtbot, "Forward", "Hidden 1")
    assert "...neuron 3" in group.rows()
    group.show(5)
    group.show(90)
    assert "...neuron 3" in group.rows()
    group.click_arrow(qtbot, "Forward", "Hidden 1")
    assert "...neuron 3" not in group.rows()


def test_what_the_user_closed_stays_closed_until_the_class_goes_there(qtbot, group):
    group.show(41)
    group.click_arrow(qtbot, "Update")
    group.show(43)
    assert group.rows()[7] == "..Output" and group.rows()[-1] == ".Update"
    group.show(158)
    assert "...neuron 3" in group.rows()
    group.show(41)
    assert group.rows()[-1] == ".Update"


@pytest.mark.parametrize(
    ("way", "position"),
    (
        ((), 0),
        (("Forward",), 32),
        (("Forward", "Hidden 2"), 27),
        (("Loss",), 37),
        (("Backward", "Hidden 2", "neuron 7"), 43),
        (("Backward", "Weights ∂E/∂w"), 155),
        (("Update", "Output"), 175),
    ),
)
def test_a_click_goes_to_the_end_of_a_place(qtbot, group, way, position):
    group.show(41, iteration=2)
    with qtbot.waitSignal(group.view.sought) as sought:
        group.click(qtbot, *way)
    assert sought.args == [2, position]


def test_an_arrow_opens_and_goes_nowhere(qtbot, group):
    group.show(41)
    with qtbot.assertNotEmitted(group.view.sought):
        group.click_arrow(qtbot, "Forward", "Hidden 2")


@pytest.mark.parametrize(
    ("position", "way", "text"),
    (
        (5, ("Forward", "Hidden 1", "neuron 3"), "a₃ = 0.4990"),
        (4, ("Forward", "Hidden 1", "neuron 3"), None),
        (5, ("Forward", "Hidden 1", "neuron 4"), None),
        (10, ("Forward", "Hidden 1"), "a₃ = 0.4990\na₄ = 0.4527"),
        (37, ("Loss",), "E = 0.1792"),
        (36, ("Loss",), None),
        (41, (), "E = 0.1792"),
        (41, ("Backward", "Hidden 2", "neuron 6"), "δ₆ = 0.0025"),
        (40, ("Backward", "Hidden 2", "neuron 6"), None),
        (41, ("Forward",), None),
    ),
)
def test_the_tooltip_is_the_number_once_it_is_computed(group, position, way, text):
    group.show(position)
    assert group.index(*way).data(Qt.ItemDataRole.ToolTipRole) == text


def test_a_tooltip_of_weights_is_one_a_line(group):
    group.show(175)
    lines = group.index("Backward", "Weights ∂E/∂w", "Output", "neuron 8").data(Qt.ItemDataRole.ToolTipRole)
    assert [line.partition(" = ")[0] for line in lines.splitlines()] == ["∂E/∂w₈,₀", "∂E/∂w₈,₆", "∂E/∂w₈,₇"]


def test_hovering_over_a_neuron_points_at_its_number(qtbot, group):
    group.show(41)
    told = []
    group.view.pointed.connect(told.append)
    viewport = group.view.tree.viewport()
    for way in (("Backward", "Hidden 2", "neuron 6"), ("Update",)):
        qtbot.mouseMove(viewport, group.view.tree.visualRect(group.index(*way)).center())
    assert told == [Ref("hidden2/z", "delta", (0,)), None]


@pytest.mark.parametrize("colors", (style.LIGHT, style.DARK))
@pytest.mark.parametrize(("position", "hue"), ((5, "forward"), (41, "backward"), (175, "update")))
def test_the_current_row_has_the_hue_of_the_pass(group, colors, position, hue):
    style.theme().use(colors)
    group.show(position)
    tree = group.view.tree
    middle = tree.visualRect(tree.model().index_of(tree.model().current)).center().y()
    picture = tree.viewport().grab().toImage()
    assert picture.pixelColor(1, middle) == QColor(getattr(colors, hue))
    tint = picture.pixelColor(picture.width() - MARGIN - 3, middle)
    assert tint == QColor(getattr(colors, f"{hue}_tint"))
    assert picture.pixelColor(picture.width() - MARGIN - 3, middle + ROW) != tint


def test_no_key_is_eaten(qtbot, group):
    window = QWidget()
    qtbot.addWidget(window)
    QVBoxLayout(window).addWidget(group.view)
    told = []
    for key in ("Right", "Left", "Up", "Down", "Return", "Space", "Home", "End"):
        QShortcut(QKeySequence(key), window).activated.connect(lambda key=key: told.append(key))
    group.view.show()
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    group.show(41)
    for key in ("Right", "Left", "Up", "Down", "Return", "Space", "Home", "End"):
        qtbot.keyClick(group.view.tree, getattr(Qt.Key, f"Key_{key}"))
    assert told == ["Right", "Left", "Up", "Down", "Return", "Space", "Home", "End"]
    group.view.setParent(None)


def test_the_fold_button_asks_to_fold(qtbot, group):
    with qtbot.waitSignal(group.view.fold_requested):
        qtbot.mouseClick(group.view.fold_button, LEFT)


def test_the_next_iteration_keeps_the_rows(qtbot, group):
    group.show(41)
    group.click_arrow(qtbot, "Forward", "Hidden 1")
    before = group.rows()
    group.show(41, iteration=1)
    assert group.rows() == ["Iteration 2", *before[1:]]


@pytest.mark.parametrize(
    ("name", "rows"),
    (
        ("xor", ["Iteration 1", ".Forward", "..Hidden", "..Output"]),
        ("softmax-by-hand", ["Iteration 1", ".Forward", "..Output", "..Output, softmax"]),
    ),
)
def test_a_lesson_that_only_goes_forward(view, name, rows):
    group = Class(load(name), view)
    group.show(0)
    assert group.rows() == rows


def test_a_smaller_batch_has_other_rows_and_keeps_what_was_open(qtbot, group, view):
    group.show(41)
    group.click_arrow(qtbot, "Forward", "Hidden 1")
    other = Class(load("power-plant-online"), view)
    other.show(0)
    assert other.rows()[:6] == [
        "Iteration 1",
        ".Forward",
        "..Hidden 1",
        "...neuron 3",
        "...neuron 4",
        "...neuron 5",
    ]


@pytest.mark.parametrize("name", ("power-plant-logistic", "softmax-mini-batch", "xor", "vanishing-gradient"))
def test_the_model_keeps_qts_rules(name):
    lesson = load(name)
    walk, model = Walk(lesson.timeline), OutlineModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for depth in Depth:
        for position in range(0, walk.outline(0).length + 1, 7):
            moment = resolve(walk, walk.at(0, position, 0), lesson.textbook)
            model.show(moment, depth, 4)
            assert model.current is not None
            assert position == 0 or model.current.start < position <= model.current.end
    assert tester.model() is model
