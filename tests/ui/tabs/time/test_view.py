"""The tab “Time”: what it shows of gradients, gates and text at a moment, and what the mouse does to it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.making_up import made_up
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Part, Ref
from nnviz.engine.timeline import Edit
from nnviz.lessons.catalogue import load
from nnviz.ui import style
from nnviz.ui.main_window import MainWindow
from nnviz.ui.tabs.error.view import ErrorView
from nnviz.ui.tabs.time import layout, picture, text
from nnviz.ui.tabs.time.layout import Columns, Look
from nnviz.ui.tabs.time.view import TimeView
from tests.ui.stand import network

LEFT = Qt.MouseButton.LeftButton
FOLDER = Path(__file__).parents[4] / "resources" / "lessons"
LESSONS = sorted(path.name.removesuffix(".nnviz.toml") for path in FOLDER.glob("8*.nnviz.toml"))
TEACHING = [name for name in LESSONS if name not in ("805-forget-gate", "810-lstm-unit")]
EVERY_STEP = "820-three-steps", "850-truncated-3", "840-names-simple"


@cache
def opened(name):
    return load(str(FOLDER / f"{name}.nnviz.toml"))


def moment_at(lesson, position=None, iteration=0, place=0):
    """A moment of a lesson; None is the end of an iteration."""
    walk = Walk(lesson.timeline)
    lesson.timeline.ensure(iteration)
    rows = lesson.timeline.rows(iteration)
    position = walk.outline(iteration).length if position is None else position
    return resolve(walk, Cursor(iteration, position, rows[place]), lesson.textbook)


def after(lesson, ref):
    return moment_at(lesson, Walk(lesson.timeline).outline(0).completed_at(ref))


def traced(moment):
    return picture.traced_of(moment.graph, moment.textbook)


def lengths(moment, place=0, error=None):
    return picture.gradients_at(moment, traced(moment)[place], error, picture.Contributed()).lengths


def known(numbers):
    return [one is not None for one in numbers]


@pytest.fixture
def stand(qtbot):
    """A view on a lesson at a moment, and what it has emitted."""

    def made(lesson, moment, size=(364, 1600)):
        view = TimeView()
        qtbot.addWidget(view)
        view.resize(*size)
        view.set_graph(lesson.timeline.graph, lesson.textbook)
        view.set_sequence(lesson.sequence)
        view.show()
        qtbot.waitExposed(view)
        view.show_moment(moment, Depth.NEURON, 4)
        QApplication.processEvents()
        heard = {name: [] for name in ("picked", "pointed", "sought")}
        view.picked.connect(heard["picked"].append)
        view.pointed.connect(heard["pointed"].append)
        view.sought.connect(lambda *at: heard["sought"].append(at))
        return view, heard

    return made


def click_step(board, step):
    QTest.mouseClick(board, LEFT, pos=board.place_of_step(step).toPoint())


def click(board, ref):
    QTest.mouseClick(board, LEFT, pos=board.rect_of(ref).center().toPoint())


def choose(chooser, place):
    """Choose from a list with the keys, as a user does."""
    chooser.setFocus()
    for _ in range(place - chooser.currentIndex()):
        QTest.keyClick(chooser, Qt.Key.Key_Down)
    chooser.activated.emit(chooser.currentIndex())


# The lengths are the engine's


@pytest.mark.parametrize("name", TEACHING)
def test_a_bar_is_the_length_of_the_gradient_of_the_state(name):
    moment = moment_at(opened(name), place=-1)
    for place, one in enumerate(traced(moment)):
        if one.node is not None:
            cells = moment.array(one.node.scope, Part.GRADIENT).array[moment.row]
            shown = lengths(moment, place)
            np.testing.assert_allclose(shown, np.linalg.norm(cells, axis=1)[: len(shown)], rtol=1e-12)


@pytest.mark.parametrize("name", TEACHING)
def test_a_bar_of_weights_is_the_length_of_all_contributions_of_its_step(name):
    """And the contributions of all gates and steps add up to the gradients of the engine."""
    moment = moment_at(opened(name))
    for place, one in enumerate(traced(moment)):
        if one.node is None:
            parts = [moment.contributions(node.scope)[:, rows] for node, rows in one.weights]
            squares = sum((part.reshape(len(part), -1) ** 2).sum(1) for part in parts)
            np.testing.assert_allclose(lengths(moment, place), np.sqrt(squares), rtol=1e-9)
    every = {node.scope for one in traced(moment) for node, _ in one.weights}
    stepwise = [layer for layer in moment.graph.layers if layer.is_stepwise]
    assert every == {node.scope for layer in stepwise for node in layer.parameters}


@pytest.mark.parametrize("name", ["820-three-steps", "832-remember-lstm"])
def test_every_weight_belongs_to_one_bar_of_its_step(name):
    moment = moment_at(opened(name))
    for layer in picture.recurrent_layers(moment.graph):
        rows = [
            (node.scope, row)
            for one in traced(moment)
            for node, part in one.weights
            for row in range(*part.indices(node.shape[0]))
            if moment.graph.layer_of(node) is layer
        ]
        assert len(rows) == len(set(rows)) == sum(node.shape[0] for node in layer.parameters)


@pytest.mark.parametrize("name", EVERY_STEP)
def test_one_error_alone_reaches_back_and_not_on(name):
    moment = moment_at(opened(name))
    steps = moment.graph.inputs.shape[0]
    for error in range(steps):
        shown = lengths(moment, 0, error)
        assert all(shown[: error + 1]), "it reaches every step before"
        assert not any(shown[error + 1 :]), "the future does not depend on it"


@pytest.mark.parametrize("name", EVERY_STEP)
def test_the_errors_alone_add_up_to_the_gradient_of_the_state(name):
    moment = moment_at(opened(name))
    node = traced(moment)[0].node
    alone = [moment.contributions(node.scope, t) for t in range(node.shape[0])]
    whole = moment.array(node.scope, Part.GRADIENT).array
    np.testing.assert_allclose(sum(alone), whole, rtol=1e-9, atol=1e-15)


def test_a_lesson_with_one_error_has_no_choice_of_errors(stand):
    lesson = opened("822-three-steps-at-the-end")
    view, _ = stand(lesson, moment_at(lesson))
    assert view.source.isHidden()
    view, _ = stand(opened("820-three-steps"), moment_at(opened("820-three-steps")))
    assert not view.source.isHidden()
    assert view.source.count() == 1 + 3


# Nothing later than the moment


@pytest.mark.parametrize("name", ["820-three-steps", "822-three-steps-at-the-end"])
def test_bars_come_one_by_one_from_the_last_step_back(name):
    lesson = opened(name)
    assert known(lengths(moment_at(lesson, 0))) == [False] * 3
    for t in (2, 1, 0):
        before = after(lesson, Ref("rnn/h", Part.GRADIENT, (t, 0)))
        assert known(lengths(before)) == [False] * (t + 1) + [True] * (2 - t), "one of its two numbers"
        done = after(lesson, Ref("rnn/h", Part.GRADIENT, (t, 1)))
        assert known(lengths(done)) == [False] * t + [True] * (3 - t)
        assert picture.step_of(done) == t


def test_errors_alone_and_contributions_wait_until_all_are_computed():
    lesson = opened("820-three-steps")
    last = Ref("rnn/h", Part.GRADIENT, (1, 1))
    assert not any(known(lengths(after(lesson, last), 0, error=2)))
    place = next(i for i, one in enumerate(traced(moment_at(lesson))) if one.title == "W of Hidden")
    assert not any(known(lengths(after(lesson, Ref("rnn/w_x", Part.GRADIENT, (0, 0))), place)))
    assert all(known(lengths(after(lesson, Ref("rnn/w_x", Part.GRADIENT, (1, 0))), place)))


@pytest.mark.parametrize("name", ["820-three-steps", "822-three-steps-at-the-end"])
def test_at_no_position_is_anything_shown_that_the_moment_does_not_know(stand, name):
    lesson = opened(name)
    view, _ = stand(lesson, moment_at(lesson, 0))
    length = Walk(lesson.timeline).outline(0).length
    for position in range(length + 1):
        moment = moment_at(lesson, position)
        view.show_moment(moment, Depth.NEURON, 4)
        for board in view.boards:
            for mark in board.plan.marks:
                if mark.ref is not None:
                    assert (moment.value(mark.ref) is None) == (mark.look is Look.EMPTY), mark


@pytest.mark.parametrize("name", TEACHING)
def test_the_uses_of_a_weight_add_up_to_the_gradient_that_trains(name):
    moment = moment_at(opened(name))
    for node in (one for layer in moment.graph.layers if layer.is_stepwise for one in layer.parameters):
        weight = Ref(node.scope, cell=tuple(n - 1 for n in node.shape))
        uses = picture.uses_of(moment, weight)
        assert uses.sum == moment.value(weight.of(Part.GRADIENT))
        assert sum(value for _, value in uses.steps) == pytest.approx(uses.sum, rel=1e-9, abs=1e-14)


def test_uses_come_step_by_step():
    lesson = opened("820-three-steps")
    stage = Walk(lesson.timeline).outline(0).stage_of("rnn/w_h", Part.GRADIENT)
    counts = []
    for position in range(stage.start, stage.end + 1):
        uses = picture.uses_of(moment_at(lesson, position), Ref("rnn/w_h", cell=(0, 0)))
        counts.append((sum(known([value for _, value in uses.steps])), uses.sum is not None))
    assert sorted(set(counts)) == [(0, False), (1, False), (2, False), (3, False), (3, True)]


# Gates


@pytest.mark.parametrize("name", LESSONS)
def test_maps_are_the_numbers_of_the_sequence_in_focus(name):
    lesson = opened(name)
    moment = moment_at(lesson, place=-1)
    for activity in picture.activities_of(moment.graph, moment.textbook):
        shown = picture.map_at(moment, activity)
        cells = moment.array(activity.node.scope).array[moment.row]
        np.testing.assert_array_equal(shown.values, cells[: len(shown.values)])
        assert not activity.is_share or (shown.values >= 0).all() and (shown.values <= 1).all()


def test_an_lstm_offers_all_gates_and_both_states():
    moment = moment_at(opened("832-remember-lstm"))
    scopes = [one.node.scope for one in picture.activities_of(moment.graph, moment.textbook)]
    for name in ("f", "i_sigma", "i_tanh", "o_sigma", "o_tanh"):
        assert f"memory/{name}" in scopes
    assert not any("prev" in scope or "/z" in scope for scope in scopes)


def test_a_short_sequence_ends_where_it_ends():
    lesson = opened("832-remember-lstm")
    moment = moment_at(lesson)
    letters = [one for one in text.letters_at(moment, lesson.sequence.symbols) if one]
    assert picture.length_of(moment) == len(letters) < moment.graph.inputs.shape[0]
    assert len(lengths(moment)) == len(letters)


# Layout


@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("sizes", [[0.8], [1e-9, 3.0], [0.0, 5.0], [2.0, 2.0], [7e5, 1e-300, None]])
def test_every_length_stands_on_its_axis(sizes, is_log):
    ticks = layout.ticks_of(sizes, is_log)
    assert list(ticks) == sorted(set(ticks)) and len(ticks) >= 2
    found = [one for one in sizes if one is not None]
    assert ticks[-1] >= max(found) * (1 - 1e-9)
    shares = [layout.share_of(one, ticks, is_log) for one in sorted(found)]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1


@pytest.mark.parametrize("sizes", [[], [None, None], [0.0], [float("nan")], [float("inf")]])
def test_an_axis_without_lengths_has_no_ticks(sizes):
    assert layout.ticks_of(sizes, False) == layout.ticks_of(sizes, True) == ()


@pytest.mark.parametrize(("steps", "count"), [(1, 1), (3, 3), (20, 20), (256, 25)])
def test_columns_stay_wide_enough_and_inside(steps, count):
    assert layout.fitting(364, steps) == count
    columns = Columns(364, steps - count, count)
    assert columns.pitch >= layout.NARROWEST
    assert columns.x(steps - 1) + columns.pitch <= 364


@pytest.mark.parametrize("now", [None, 0, 7, 19])
@pytest.mark.parametrize("chosen", [None, 8, 19])
def test_labels_of_steps_do_not_meet_unless_both_are_asked_for(now, chosen):
    marks = layout.labels_of_steps(Columns(364, 0, 20), 0, now, chosen)
    shown = [mark.step for mark in marks]
    assert {one for one in (now, chosen) if one is not None} <= set(shown)
    asked = {now, chosen}
    for left, right in zip(shown, shown[1:], strict=False):
        assert right - left >= 2 or {left, right} <= asked


# Text


def test_letters_are_those_that_are_read():
    lesson = opened("840-names-simple")
    moment = moment_at(lesson, 0)
    rows = moment.array("x").array[moment.row]
    wanted = "".join(lesson.sequence.symbols[k] for k in rows.argmax(1))
    assert "".join(text.letters_at(moment, lesson.sequence.symbols)) == wanted


def test_the_likeliest_symbols_are_those_of_the_softmax():
    lesson = opened("840-names-simple")
    symbols = lesson.sequence.symbols
    moment = moment_at(lesson)
    chances = moment.array("letter/a").array[moment.row]
    for step in (0, 19):
        shown = text.predicted(moment, symbols, step)
        values = [moment.value(ref) for _, ref in shown]
        assert values == sorted(chances[step], reverse=True)[: len(values)]
        assert all(symbols[ref.cell[1]] == symbol and ref.cell[0] == step for symbol, ref in shown)
    half = after(lesson, Ref("letter/a", cell=(4, 26)))
    assert len(text.predicted(half, symbols, 4)) == 5
    assert text.predicted(half, symbols, 5) == ()


def test_it_makes_up_names_with_the_weights_of_the_iteration(stand, qtbot):
    lesson = opened("840-names-simple")
    start, later = moment_at(lesson), moment_at(lesson, 0, iteration=40)
    view, _ = stand(lesson, start)
    written = view.names.text()
    assert written.startswith("It makes up: ")
    view.show_moment(moment_at(lesson, 5), Depth.NEURON, 4)
    assert view.names.text() == written, "the same network"
    view.show_moment(later, Depth.NEURON, 4)
    assert view.names.text() == written, "not at every frame of a run"
    qtbot.waitUntil(lambda: view.names.text() != written, timeout=5000)
    wanted = made_up(later, lesson.sequence.symbols, ".", 0, 12).text.capitalize()
    assert view.names.text().startswith(f"It makes up: {wanted}")


def test_a_network_that_has_overflowed_makes_up_nothing_more(qapp):
    lesson = opened("840-names-simple")
    cells = np.ndindex(lesson.timeline.graph["letter/w"].shape)
    wrong = lesson.timeline.edited(Edit(0, tuple((Ref("letter/w", cell=cell), 1e308) for cell in cells)))
    moment = resolve(Walk(wrong), Cursor(0, 0, wrong.rows(0)[0]), lesson.textbook)
    written = made_up(moment, lesson.sequence.symbols, ".", 0)
    assert len(written.chances) == len(written.text) < 20 and np.isfinite(written.chances).all()


@pytest.mark.parametrize("name", ["820-three-steps", "830-remember-simple", "810-lstm-unit"])
def test_a_network_that_predicts_no_next_symbol_makes_up_nothing(stand, name):
    lesson = opened(name)
    view, _ = stand(lesson, moment_at(lesson))
    assert view.names.isHidden()
    assert view.answers.isHidden()


# The mouse


def test_a_bar_shows_the_numbers_that_it_is_made_of(stand):
    lesson = opened("820-three-steps")
    moment = moment_at(lesson)
    view, heard = stand(lesson, moment)
    assert view.cells.isHidden()
    click_step(view.bars, 1)
    refs = [ref for ref, _ in view.cells.placed()]
    assert refs == [Ref("rnn/h", Part.GRADIENT, (1, i)) for i in range(2)]
    assert np.hypot(*(moment.value(ref) for ref in refs)) == pytest.approx(lengths(moment)[1])
    click(view.cells, refs[1])
    assert heard == {"picked": [refs[1]], "pointed": [], "sought": []}
    click_step(view.bars, 1)
    assert view.cells.isHidden(), "a second click goes back"


def test_the_bars_of_weights_are_made_of_uses_that_can_be_picked(stand):
    lesson = opened("820-three-steps")
    moment = moment_at(lesson)
    view, heard = stand(lesson, moment)
    choose(view.what, 1)
    click_step(view.bars, 2)
    names = [mark.text for mark in view.cells.plan.marks if mark.look is Look.TEXT]
    assert len(names) == len(set(names)), "two matrices have the same places, and names of their own"
    refs = [ref for ref, _ in view.cells.placed()]
    assert {ref.part for ref in refs} == {Part.AT_STEP} and {ref.cell[0] for ref in refs} == {2}
    assert np.linalg.norm([moment.value(ref) for ref in refs]) == pytest.approx(lengths(moment, 1)[2])
    click(view.cells, refs[-1])
    assert heard["picked"] == [refs[-1]]


def test_an_empty_bar_leads_to_where_it_is_computed(stand):
    lesson = opened("820-three-steps")
    view, heard = stand(lesson, moment_at(lesson, 0))
    click_step(view.bars, 1)
    wanted = Walk(lesson.timeline).outline(0).completed_at(Ref("rnn/h", Part.GRADIENT, (1, 1)))
    assert heard["sought"] == [(0, wanted)]
    assert known(lengths(moment_at(lesson, wanted))) == [False, True, True]


@pytest.mark.parametrize(("what", "source"), [(0, 2), (1, 0), (1, 3), (2, 0)])
def test_wherever_an_empty_bar_leads_the_bar_is_there(stand, what, source):
    lesson = opened("820-three-steps")
    view, heard = stand(lesson, moment_at(lesson, 0))
    choose(view.what, what)
    choose(view.source, source)
    click_step(view.bars, 0)
    moment = moment_at(lesson, heard["sought"][0][1])
    assert lengths(moment, what, source - 1 if source else None)[0] is not None


def test_a_cell_of_the_map_is_picked_and_hovered_over(stand, qtbot):
    lesson = opened("832-remember-lstm")
    view, heard = stand(lesson, moment_at(lesson))
    ref = Ref("memory/f", cell=(3, 2))
    center = view.map.rect_of(ref).center().toPoint()
    qtbot.mouseMove(view.map, center + QPoint(1, 1))
    qtbot.mouseMove(view.map, center)
    assert heard["pointed"][-1] == ref
    assert "forget gate 3 of Memory at step 4" in view.map.tip(ref)
    click(view.map, ref)
    assert heard["picked"] == [ref]
    before = view.map.grab().toImage()
    view.show_selection(ref)
    assert view.map.grab().toImage() != before


def test_the_pointed_step_shows_its_prediction(stand, qtbot):
    lesson = opened("840-names-simple")
    moment = moment_at(lesson)
    view, heard = stand(lesson, moment)
    height = view.answers.height()
    for step in (3, 11):
        center = view.map.rect_of(Ref("memory/h", cell=(step, 8))).center().toPoint()
        qtbot.mouseMove(view.map, center)
        wanted = [ref for _, ref in text.predicted(moment, lesson.sequence.symbols, step)]
        assert [ref for ref, _ in view.answers.placed()] == wanted
    click(view.answers, wanted[2])
    assert heard["picked"] == [wanted[2]]
    assert view.answers.height() == height, "nothing moves away below the pointer"


def test_the_table_follows_the_weight_that_is_selected(stand):
    lesson = opened("820-three-steps")
    moment = moment_at(lesson)
    view, heard = stand(lesson, moment)
    weight = Ref("rnn/w_x", cell=(1, 0))
    view.show_selection(weight)
    refs = [ref for ref, _ in view.uses.placed()]
    assert refs == [*(Ref("rnn/w_x", Part.AT_STEP, (t, 1, 0)) for t in range(3)), weight.of(Part.GRADIENT)]
    for ref in (refs[1], refs[-1]):
        click(view.uses, ref)
        view.show_selection(ref)
    assert heard["picked"] == [refs[1], refs[-1]]
    assert [ref for ref, _ in view.uses.placed()] == refs, "what is picked stays in the table"
    view.show_selection(Ref("rnn/h", cell=(0, 0)))
    assert [ref for ref, _ in view.uses.placed()] == refs, "a number that is no weight changes nothing"


def test_the_table_follows_the_sum_that_is_stepped_through(stand):
    lesson = opened("820-three-steps")
    view, _ = stand(lesson, moment_at(lesson))
    view.show_moment(after(lesson, Ref("rnn/w_h", Part.GRADIENT, (1, 0))), Depth.TERM, 4)
    assert view.weight == Ref("rnn/w_h", cell=(1, 0))


def test_the_logarithmic_axis_is_a_button_away(stand):
    lesson = opened("850-truncated-3")
    view, _ = stand(lesson, moment_at(lesson))
    plain = [mark.text for mark in view.bars.plan.marks]
    assert not any(one.startswith("10⁻") for one in plain)
    QTest.mouseClick(view.scales.buttons[1], LEFT)
    assert any(mark.text.startswith("10⁻") for mark in view.bars.plan.marks)


def test_long_sequences_are_scrolled_and_follow_the_step(stand):
    lesson = opened("830-remember-simple")
    moment = moment_at(lesson, place=-1)
    steps = picture.length_of(moment)
    view, heard = stand(lesson, moment)
    assert view.sideways.isVisible()
    view.sideways.setValue(view.sideways.maximum())
    click_step(view.bars, steps - 1)
    assert view.chosen == steps - 1
    walk = Walk(lesson.timeline)
    position = walk.outline(0).completed_at(Ref("memory/h", cell=(2, 0)))
    view.show_moment(moment_at(lesson, position, place=-1), Depth.NEURON, 4)
    assert any(ref.cell[0] == 2 for ref, _ in view.map.placed())


def test_the_tool_tip_of_a_bar_tells_its_length(stand):
    lesson = opened("820-three-steps")
    view, _ = stand(lesson, moment_at(lesson))
    mark = view.bars._mark_at(view.bars.place_of_step(0))
    assert mark.tip.startswith("Step 1: length 0.393")


def test_a_large_map_has_no_gaps(stand):
    """No pixel of the panel shines through between two cells of a row."""
    lesson = opened("840-names-simple")
    view, _ = stand(lesson, moment_at(lesson))
    panel = style.colors().panel.lower()
    for width in range(350, 380):
        view.resize(width, 1600)
        QApplication.processEvents()
        image = view.map.grab().toImage()
        cells = [mark.box for mark in view.map.plan.marks if mark.look is Look.SIGNED]
        middle, right = round(cells[0].center.y), max(box.right for box in cells)
        row = [image.pixelColor(x, middle).name() for x in range(round(cells[0].x) + 1, round(right) - 1)]
        for before, here, behind in zip(row, row[1:], row[2:], strict=False):
            assert here != panel or panel in (before, behind), f"a gap at width {width}"


# Networks of all kinds


@pytest.mark.parametrize("name", LESSONS)
@pytest.mark.parametrize("width", [260, 364, 700])
def test_it_paints_every_lesson_at_every_stage(stand, name, width):
    lesson = opened(name)
    outline = Walk(lesson.timeline).outline(0)
    view, _ = stand(lesson, moment_at(lesson, 0), (width, 700))
    for end in {stage.end for stage in outline.stages if stage.kind is not Kind.UPDATE}:
        view.show_moment(moment_at(lesson, end), Depth.LAYER, 6)
        view.grab()
        right = max(mark.box.right for board in view.boards for mark in board.plan.marks)
        assert right <= view.map.parentWidget().width() + 10


def test_a_network_that_does_not_learn_shows_its_gates_alone(stand):
    lesson = opened("805-forget-gate")
    view, heard = stand(lesson, moment_at(lesson))
    assert view.bars.isHidden() or not view.bars.isVisible()
    assert not view.uses.isVisible()
    click(view.map, Ref("lstm/f", cell=(0, 1)))
    assert heard["picked"] == [Ref("lstm/f", cell=(0, 1))]


def test_the_error_surface_takes_a_use_of_a_weight_for_that_weight(qtbot):
    lesson = opened("820-three-steps")
    surface = ErrorView()
    qtbot.addWidget(surface)
    surface.set_graph(lesson.timeline.graph, lesson.textbook)
    surface.show_moment(moment_at(lesson), Depth.NEURON, 4)
    surface.show_selection(Ref("rnn/w_h", Part.AT_STEP, (2, 1, 0)))
    assert surface.refs[0] == Ref("rnn/w_h", cell=(1, 0))


def test_a_network_without_steps_has_no_such_tab(qtbot, lesson):
    window = MainWindow()
    qtbot.addWidget(window)
    window.open_lesson(lesson)
    assert "time" not in window.tabs.offered


def test_it_stays_quiet_on_a_network_without_steps(stand):
    plain = network((2, 3, 1))
    recurrent = opened("820-three-steps")
    view, _ = stand(recurrent, moment_at(recurrent))
    view.set_graph(plain.timeline.graph, plain.textbook)
    view.set_sequence(None)
    view.show_moment(moment_at(plain), Depth.NEURON, 4)
    view.show_selection(Ref("l1/w", cell=(0, 0)))
    view.grab()
