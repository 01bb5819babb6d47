"""The filters tab: pictures with their states, weights that can be typed over, structure, and pooling."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTabWidget

from nnviz.engine.ref import Ref
from nnviz.ui.style import DARK, LIGHT, theme
from nnviz.ui.tabs.filters.view import FiltersView
from tests.ui.image_stand import (
    FOUR,
    KERNELS,
    LEFT,
    ImageStand,
    center,
    classifier,
    click,
    deep,
    double_click,
    maps_only,
    move,
    pooling_only,
)

Key = Qt.Key
NAMES = {"filter_names": {"conv": tuple(KERNELS)}}


class Stand(ImageStand):
    """The filters view of a timeline."""

    def __init__(self, qtbot, timeline, size=(350, 480), **maps):
        view = FiltersView()
        self.varied = []
        self.chosen_filters = []
        view.filter_chosen.connect(lambda *chosen: self.chosen_filters.append(chosen))
        view.varied.connect(lambda scope, changes: self.varied.append((scope, changes)))
        super().__init__(qtbot, view, timeline, size, **maps)
        view.set_known_filters({name: np.array(weights) for name, weights in KERNELS.items()})


def weight(*cell, scope="conv"):
    return Ref(f"{scope}/w", cell=cell)


def pooled(*cell):
    return Ref("pool/p", cell=cell)


@pytest.fixture
def notes(qtbot):
    return Stand(qtbot, maps_only(), **NAMES)


# All filters


def test_every_filter_has_its_name_and_state(notes):
    row = notes.view.row
    assert [row.title(i) for i in range(3)] == ["1 horizontal", "2 vertical", "3 diagonal"]
    assert [state.text for state in row.states] == ["not yet"] * 3
    notes.go_to("conv/z", 1, 2, 0)
    assert [state.text for state in row.states] == ["map complete", "9 of 16", "not yet"]
    notes.go_to("conv/a", 0, 0, 0)
    assert [state.text for state in row.states] == ["map complete"] * 3


def test_a_click_on_a_filter_picks_its_first_weight_and_shows_it_large(notes):
    for i in (2, 0, 1):
        click(notes.view.row, weight(i, 0, 0, 0))
        assert notes.view.chosen == i
        assert notes.view.name.text() == f"Filter {i + 1}: {list(KERNELS)[i]}"
        assert weight(i, 0, 2, 2) in dict(notes.view.grid.placed())
    assert notes.heard["picked"] == [weight(i, 0, 0, 0) for i in (2, 0, 1)]


def test_the_filter_at_work_is_shown(notes):
    notes.go_to("conv/z", 2, 0, 0)
    assert notes.view.chosen == 2
    notes.go_to("pool/p", 1, 1, 1)
    assert notes.view.chosen == 1


def test_a_number_that_is_selected_elsewhere_shows_its_filter(notes):
    notes.view.show_selection(Ref("conv/z", cell=(2, 1, 1)))
    assert notes.view.chosen == 2
    notes.view.show_selection(Ref("x", cell=(0, 1, 1)))
    assert notes.view.chosen == 2


@pytest.mark.parametrize("size", [(350, 480), (300, 300)])
@pytest.mark.parametrize("timeline", [maps_only, deep, lambda: classifier((3, 5, 5))])
def test_nothing_is_cut_off_or_overlaps(qtbot, timeline, size):
    stand = Stand(qtbot, timeline(), size)
    stand.go_to_end()
    for board in (stand.view.row, stand.view.grid, stand.view.pool_window):
        rects = [rect for _, rect in board.placed()] if board.isVisible() else []
        assert all(board.rect().toRectF().contains(rect) for rect in rects)
        assert all(
            not a.adjusted(0.5, 0.5, -0.5, -0.5).intersects(b) for i, a in enumerate(rects) for b in rects[:i]
        )
    assert stand.view._body.width() <= size[0], "it has to be scrolled sideways"


# One filter


def test_every_weight_and_the_bias_are_picked_and_hovered(notes):
    wanted = [*(weight(0, 0, r, c) for r, c in np.ndindex(3, 3)), Ref("conv/b", cell=(0,))]
    assert [ref for ref, _ in notes.view.grid.placed()] == wanted
    for ref in wanted:
        click(notes.view.grid, ref)
        move(notes.view.grid, center(notes.view.grid, ref))
    assert notes.heard["picked"] == wanted
    assert notes.heard["pointed"] == wanted


@pytest.mark.parametrize("ref", [weight(0, 0, 1, 2), Ref("conv/b", cell=(0,))])
def test_a_double_click_types_over(notes, ref):
    double_click(notes.view.grid, ref)
    QTest.keyClicks(notes.view.grid.field, "-2.5")
    QTest.keyClick(notes.view.grid.field, Key.Key_Return)
    assert notes.heard["edited"] == [(ref, -2.5)]


def test_a_field_stays_open_while_others_are_hovered_and_goes_with_its_filter(notes):
    grid = notes.view.grid
    double_click(grid, weight(0, 0, 1, 1))
    move(grid, center(grid, weight(0, 0, 2, 2)))
    assert grid.field is not None
    click(notes.view.row, weight(2, 0, 0, 0))
    assert grid.field is None and notes.heard["edited"] == []


def test_the_keys_walk_and_type(notes):
    grid = notes.view.grid
    grid.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Key.Key_Right, Key.Key_Down):
        QTest.keyClick(grid, key)
    assert notes.heard["picked"] == [weight(0, 0, 0, 1), weight(0, 0, 1, 1)]
    QTest.keyClick(grid, Key.Key_F2)
    assert grid.field.text() == "1"


def test_channels_stand_side_by_side_or_are_chosen(qtbot):
    ones = {"kernels": ("vertical",)}
    small = Stand(qtbot, maps_only(np.repeat(FOUR, 2, axis=0), **ones))
    assert {ref.cell[1] for ref, _ in small.view.grid.placed() if len(ref.cell) == 4} == {0, 1}
    assert small.view.channels.isHidden()
    large = Stand(qtbot, deep())
    large.go_to("c3/z", 0, 0, 0)
    assert large.view.channels.isVisible() and len(large.view.channels.buttons) == 8
    QTest.mouseClick(large.view.channels.buttons[5], LEFT)
    assert {ref.cell[1] for ref, _ in large.view.grid.placed() if len(ref.cell) == 4} == {5}


def test_a_known_filter_is_asked_for_in_place_of_the_one_that_is_shown(notes):
    click(notes.view.row, weight(2, 0, 0, 0))
    [action] = [one for one in notes.view.filter_button.menu().actions() if one.text() == "vertical"]
    action.trigger()
    assert notes.chosen_filters == [("conv", "vertical", 2)]


def test_only_filters_that_fit_are_offered(notes):
    notes.view.set_known_filters({"small": np.ones((2, 2)), "deep": np.ones((3, 3, 3))})
    assert not notes.view.filter_button.isEnabled()
    assert "3 × 3" in notes.view.filter_button.toolTip()
    notes.view.set_known_filters({"flat": np.ones((3, 3)), "whole": np.ones((1, 3, 3))})
    assert list(notes.view.fitting_filters()) == ["flat", "whole"]


# Which layer


def test_the_layer_follows_the_step_until_another_is_chosen(qtbot):
    stand = Stand(qtbot, deep())
    assert stand.view.layer_button.isVisible() and stand.view.group.convolution.scope == "c1"
    stand.go_to("c3/z", 1, 0, 0)
    assert stand.view.group.convolution.scope == "c3"
    menu = stand.view.layer_button.menu()
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    assert stand.view.group.convolution.scope == "c1"
    stand.go_to("c3/z", 1, 0, 1)
    assert stand.view.group.convolution.scope == "c1", "chosen by hand"
    stand.go_to("s2/p", 0, 0, 0)
    stand.go_to("s4/p", 3, 0, 0)
    assert stand.view.group.convolution.scope == "c3" and stand.view.chosen == 3


def test_pooling_of_the_image_itself_has_no_filters(qtbot):
    stand = Stand(qtbot, pooling_only())
    view = stand.view
    assert view.heading.text() == "Pooling of this layer"
    assert not view.row.isVisible() and not view.convolution_form.isVisible()
    stand.go_to_end()
    assert view.pool_window.winner((0, 1, 0)) == (0, 2, 1), "the first of two"


def test_one_layer_needs_no_choice_and_dense_networks_show_nothing(qtbot, notes, lesson):
    assert notes.view.layer_button.isHidden()
    notes.view.set_graph(lesson.timeline.graph, lesson.textbook)
    assert not notes.view.row.isVisible()


# Structure


def type_into(spin, text):
    spin.setFocus()
    spin.selectAll()
    QTest.keyClicks(spin, text)


def test_the_size_follows_while_the_number_is_typed_and_apply_tells_it(notes):
    form = notes.view.convolution_form
    assert form.formula.text().endswith("(6 − 3)/1 + 1 = 4") and not form.apply.isEnabled()
    type_into(form.spins["padding"][0], "1")
    assert form.formula.text().endswith("(6 + 2·1 − 3)/1 + 1 = 6")
    assert notes.varied == []
    QTest.mouseClick(form.apply, LEFT)
    assert notes.varied == [("conv", {"padding": (1, 1)})]


def test_enter_applies(notes):
    spin = notes.view.convolution_form.spins["stride"][0]
    type_into(spin, "3")
    QTest.keyClick(spin, Key.Key_Return)
    assert notes.varied == [("conv", {"stride": (3, 3)})]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("size", "9", "filter of 9 × 9 does not fit: the input is 6 × 6"),
        ("stride", "4", "Pooling: A window of 2 × 2"),
    ],
)
def test_what_is_impossible_says_why_and_is_not_told(notes, name, text, words):
    form = notes.view.convolution_form
    spin = form.spins[name][0]
    type_into(spin, text)
    assert words in form.formula.text() and not form.apply.isEnabled()
    QTest.keyClick(spin, Key.Key_Return)
    assert notes.varied == []


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("stride", "0", "stride"),
        ("size", "0", "reads nothing"),
        ("size", "99", "at most 64"),
        ("padding", "999", "64"),
    ],
)
def test_what_no_layer_can_have_is_answered_and_not_turned_into_another_number(notes, name, text, words):
    form = notes.view.convolution_form
    type_into(form.spins[name][0], text)
    assert form.spins[name][0].value() == int(text)
    assert words in form.formula.text() and not form.apply.isEnabled()


@pytest.mark.parametrize("text", ["3x", "2.5", "1000", "g"])
def test_what_is_no_size_is_said_and_not_cut(notes, text):
    form = notes.view.convolution_form
    spin = form.spins["padding"][0]
    type_into(spin, text)
    assert spin.text() == text
    QTest.keyClick(spin, Key.Key_Return)
    assert f"Found {text}, wanted a whole number from 0 to 999" in form.formula.text()
    assert notes.varied == [] and not form.apply.isEnabled()
    type_into(spin, "1")
    assert "Found" not in form.formula.text() and form.apply.isEnabled()


def test_pooling_has_a_window_a_stride_and_a_kind(notes):
    form = notes.view.pooling_form
    assert list(form.spins) == ["size", "stride"] and form.formula.text().endswith("(4 − 2)/2 + 1 = 2")
    type_into(form.spins["size"][0], "3")
    type_into(form.spins["stride"][0], "1")
    QTest.mouseClick(form.kind.buttons[1], LEFT)
    QTest.mouseClick(form.apply, LEFT)
    assert notes.varied == [("pool", {"size": (3, 3), "stride": (1, 1), "kind": "average"})]


def test_back_to_what_it_is_has_nothing_to_apply(notes):
    form = notes.view.convolution_form
    type_into(form.spins["size"][0], "2")
    assert form.apply.isEnabled()
    type_into(form.spins["size"][0], "3")
    assert not form.apply.isEnabled()


def test_a_step_does_not_take_back_what_is_being_turned(notes):
    spin = notes.view.convolution_form.spins["size"][0]
    type_into(spin, "2")
    notes.go_to("conv/z", 1, 0, 0)
    assert spin.value() == 2


# Pooling


def test_before_it_is_computed_the_window_is_empty(notes):
    assert notes.view.pool_heading.text() == "How max pooling will choose"
    assert notes.view.pool_window.winner((0, 0, 0)) is None
    assert all(notes.view.pool_window.text_of(ref) == "" for ref, _ in notes.view.pool_window.placed())


def test_the_winner_is_the_first_of_the_largest(notes):
    notes.go_to("pool/p", 1, 1, 1)
    assert notes.view.pool_heading.text() == "How max pooling chooses"
    assert notes.view.where.text() == "map 2, rows 2–3, columns 2–3"
    a = notes.moment.array("conv/a").array[0]
    for r, c in np.ndindex(2, 2):
        part = a[1, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
        m, n = divmod(int(part.argmax()), 2)
        assert notes.view.pool_window.winner((1, r, c)) == (1, 2 * r + m, 2 * c + n)


def test_every_number_of_the_window_is_picked(notes):
    notes.go_to("pool/p", 0, 1, 1)
    window = notes.view.pool_window
    placed = [ref for ref, _ in window.placed()]
    assert window.is_whole and len(placed) == 16 + 4
    for ref in placed:
        click(window, ref)
    assert notes.heard["picked"] == placed


def test_of_a_large_map_only_the_window_is_drawn(qtbot):
    stand = Stand(qtbot, deep())
    stand.go_to("s2/p", 3, 4, 2)
    window = stand.view.pool_window
    assert not window.is_whole
    assert [ref.cell for ref, _ in window.placed()] == [
        (3, 8, 4), (3, 8, 5), (3, 9, 4), (3, 9, 5), (3, 4, 2),
    ]  # fmt: skip


def test_a_selected_cell_shows_the_window_it_goes_into(notes):
    notes.go_to_end()
    notes.view.show_selection(Ref("conv/a", cell=(2, 3, 0)))
    assert notes.view.pool_window.cell_at == (2, 1, 0)


def test_the_mean_has_no_winner(qtbot):
    stand = Stand(qtbot, maps_only(average=True), **NAMES)
    stand.go_to_end()
    assert stand.view.pool_window.winner((0, 0, 0)) is None
    assert "1/4 of the error" in stand.view.rule.text()


def test_only_the_winner_is_marked(notes):
    notes.go_to("pool/p", 0, 0, 0)
    window = notes.view.pool_window
    winner = window.winner((0, 0, 0))
    shot = window.grab().toImage()
    for cell in window.window_of((0, 0, 0)):
        corner = window.rect_of(Ref("conv/a", cell=cell)).topRight().toPoint()
        is_marked = shot.pixelColor(corner.x() - 5, corner.y() + 4).name() == LIGHT.forward.lower()
        assert is_marked == (cell == winner)


@pytest.mark.parametrize("colors", [LIGHT, DARK])
def test_a_theme_is_taken_over(notes, colors):
    try:
        theme().use(colors)
        pixel = notes.view.grab().toImage().pixelColor(2, 2).name()
        assert pixel == colors.panel.lower()
    finally:
        theme().use(LIGHT)


def test_headings_keep_their_weight_in_a_window(qtbot):
    tabs = QTabWidget()
    qtbot.addWidget(tabs)
    theme().use(LIGHT)  # only with a style sheet can a font get lost
    view = FiltersView()
    tabs.addTab(view, "Filters")
    assert {label.font().weight() for label in (view.heading, view.name, view.structure)} == {600}


# Behind another tab


def test_a_hidden_view_draws_nothing_until_it_is_shown(qtbot, monkeypatch):
    stand = Stand(qtbot, maps_only(), **NAMES)
    view = stand.view
    drawn = []
    show_filters = view.row.show_filters
    monkeypatch.setattr(view.row, "show_filters", lambda *args: drawn.append(args[0]) or show_filters(*args))
    view.hide()
    stand.go_to_end()
    assert not drawn
    view.show()
    assert drawn[-1] is view.moment and view.moment.is_complete
