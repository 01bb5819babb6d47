"""The canvas of a text: symbols below the columns, and what is said above them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtTest import QTest

from nnviz.engine.lengths import length_of
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Ref
from nnviz.lessons.catalogue import load
from tests.ui.stand import SMALL, Stand

TEXTS = ("names-simple", "names-lstm", "truncated-3", "truncated-20")


@pytest.fixture
def stand(qtbot, request):
    return Stand(qtbot, load(request.param))


def picture(stand):
    return stand.view._scenery._columns._picture


def array(stand, node):
    return stand.moment.array(node.scope).array[stand.moment.row]


def output_known(stand, step):
    known = stand.moment.array(stand.view.graph.output.a.scope)
    return known is not None and bool(np.isfinite(known.array[stand.moment.row, step]).all())


@pytest.mark.parametrize("stand", TEXTS, indirect=True)
def test_every_column_has_the_symbol_that_it_reads_and_the_one_that_it_is_to_say(stand):
    stand.go(0)
    graph, symbols = stand.view.graph, stand.view.symbols
    drawn = set(stand.view.refs())
    for column in picture(stand).columns:
        for node, shown in ((graph.inputs, column.read), (graph.target, column.answer.target)):
            k = int(np.argmax(array(stand, node)[column.step]))
            assert (shown.text, shown.number.ref) == (symbols[k], Ref(node.scope, cell=(column.step, k)))
            assert shown.number.ref in drawn


@pytest.mark.parametrize("stand", TEXTS, indirect=True)
def test_what_is_said_is_there_as_soon_as_all_of_it_is_computed_and_not_before(stand):
    output = stand.view.graph.output.a
    last = stand.view.graph.inputs.shape[0] - 1
    first = Ref(output.scope, cell=(last, 0))
    end = stand.outline.completed_at(Ref(output.scope, cell=(last, output.shape[1] - 1)))
    seen = set()
    for position in (0, stand.outline.completed_at(first), end - 1, end, stand.outline.length):
        stand.go(position)
        for column in picture(stand).columns:
            is_known = output_known(stand, column.step)
            seen.add(is_known)
            assert bool(column.answer.said) == is_known
    assert seen == {False, True}


@pytest.mark.parametrize("stand", TEXTS, indirect=True)
def test_the_most_probable_symbols_are_said_and_the_target_is_always_among_them(stand):
    stand.go(stand.outline.length)
    graph, symbols = stand.view.graph, stand.view.symbols
    for column in picture(stand).columns:
        chances, answer = array(stand, graph.output.a)[column.step], column.answer
        order = np.argsort(-chances, kind="stable")[: len(answer.said)].tolist()
        target = int(np.argmax(array(stand, graph.target)[column.step]))
        wanted = order if target in order else [*order[:-1], target]
        assert [one.text for one in answer.said] == [symbols[k] for k in wanted]
        assert [one.number.value for one in answer.said] == [chances[k] for k in wanted]
        assert answer.said[answer.right].text == symbols[target]
        assert answer.is_beyond == (target not in order)


@pytest.mark.parametrize("stand", ["remember-simple", "remember-lstm"], indirect=True)
def test_one_answer_for_a_sequence_stands_at_its_end(stand):
    stand.example = stand.walk.timeline.rows(0)[0]  # a short one
    moment = stand.go(stand.outline.length)
    answered = [column.step for column in picture(stand).columns if column.answer is not None]
    assert answered == [length_of(moment) - 1] != [stand.view.graph.inputs.shape[0] - 1]
    over = [column for column in picture(stand).columns if column.is_over]
    assert over and all(column.read is None and not any(column.vectors) for column in over)


@pytest.mark.parametrize("stand", ["names-simple"], indirect=True)
@pytest.mark.parametrize("size", [None, SMALL], ids=["large", "small"])
def test_symbols_and_bars_can_be_clicked_and_pointed_at(stand, size, qtbot):
    if size:
        stand.view.resize(*size)
    stand.go(stand.outline.length, Depth.LAYER)
    column = picture(stand).columns[1]
    for symbol in (column.read, column.answer.target, column.answer.said[0]):
        stand.click(symbol.number.ref)
        assert stand.heard["picked"][-1] == symbol.number.ref
        QTest.mouseMove(stand.viewport, stand.at(symbol.number.ref))
        assert stand.heard["pointed"][-1] == symbol.number.ref


@pytest.mark.parametrize("stand", ["names-simple"], indirect=True)
def test_a_selected_probability_looks_different(stand):
    stand.go(stand.outline.length)
    ref = picture(stand).columns[0].answer.said[1].number.ref
    before = stand.viewport.grab().toImage()
    stand.view.show_pointed(ref)
    pointed = stand.viewport.grab().toImage()
    stand.view.show_pointed(None)
    stand.view.show_selection(ref)
    assert before != pointed != stand.viewport.grab().toImage() != before
