"""The matrices of networks that read sequences: every equation on the page is true."""

import re

import numpy as np
import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Ref
from nnviz.ui.layout.matrix_equation import Block, Sign
from nnviz.ui.tabs.matrices.pages import page_at
from tests.engine.step_networks import STEP_VARIANTS, build_step_network
from tests.ui.sequences import Sequences

SIGNS = {"=": "==", "−": "-", "⊙": "*", "∙": "@"}


def numbers(moment, block):
    def number(entry):
        if not isinstance(entry, Ref):
            return np.nan if entry is None else entry
        value = moment.value(entry)
        return np.nan if value is None else value

    return np.array([[number(block.entry(i, j)) for j in range(block.columns)] for i in range(block.rows)])


def sides(moment, formula):
    """The matrices at both sides of an equation; None for words, and for what is not computed."""
    found, text = {}, ""
    for place, part in enumerate(formula):
        if isinstance(part, Sign):
            text += re.sub(r"(1/[\d.]+)\s*∙", r"\1 *", part.text)
            continue
        found[f"b{place}"] = numbers(moment, part)
        text += f" b{place} "
        if isinstance(part, Block) and part.label == "α":
            text += "* 1.0 "
    text = re.sub(r"1\.0 ∙", "1.0 *", text)
    text = re.sub("[−⊙∙]", lambda match: SIGNS[match[0]], text)
    if (
        "=" not in text
        or re.search(r"[^\sb\d=+\-*@/().]", text)
        or any(np.isnan(one).any() for one in found.values())
    ):
        return None
    left, right = text.split("=")
    return eval(left, found), eval(right, found)


def pages(name):
    timeline, textbook = build_step_network(**STEP_VARIANTS[name])
    walk = Walk(timeline)
    outline = walk.outline(0)
    for stage in outline.stages:
        for unit in range(stage.units):
            for depth in (Depth.NEURON, Depth.MAP):
                moment = resolve(walk, Cursor(0, stage.starts[unit + 1], timeline.rows(0)[-1]), textbook)
                yield moment, page_at(moment, depth, None)


@pytest.mark.parametrize("name", STEP_VARIANTS)
def test_every_equation_is_true(name):
    checked = set()
    for moment, page in pages(name):
        for formula in page.formulas:
            found = sides(moment, formula)
            if found is not None:
                np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12, err_msg=page.title)
                checked.add(moment.stage.kind)
    assert Kind.SUM in checked
    assert Kind.DELTA in checked or not moment.graph.trains


@pytest.mark.parametrize("name", STEP_VARIANTS)
def test_what_the_last_step_has_computed_is_on_the_page(name):
    for _, page in pages(name):
        seen = {
            entry
            for formula in page.formulas
            for block in formula
            if isinstance(block, Block)
            for i in range(block.rows)
            for j in range(block.columns)
            if (entry := block.entry(i, j)) is not None
        }
        assert not page.highlighted - seen, page.title


def test_the_column_of_a_gate_is_bias_state_and_input():
    lesson = Sequences("810-lstm-unit")
    page = page_at(lesson.after(Kind.SUM, "lstm", 4), Depth.NEURON, None)
    assert page.title == "LSTM at step 1, example d₁"
    labels = [part.label if isinstance(part, Block) else part.text for part in page.formulas[0]]
    assert labels == ["z^{(f)}", "=", "W^{(f)}", "∙", "[1, h(t−1), x]"]
    column = page.formulas[0][4]
    moment = lesson.after(Kind.SUM, "lstm", 4)
    assert numbers(moment, column).ravel().tolist() == [1.0, 0.1, 0.8, 0.9]


def test_a_time_step_shows_all_of_its_gates():
    lesson = Sequences("810-lstm-unit")
    page = page_at(lesson.moment(lesson.stage(Kind.SUM, "lstm").end), Depth.MAP, None)
    results = [formula[0].label for formula in page.formulas]
    assert results[2:5] == ["z^{(f)}", "f", "c‡"]
    assert results[-1] == "o"


@pytest.mark.parametrize("depth", Depth)
@pytest.mark.parametrize("name", ("820-three-steps", "822-three-steps-at-the-end", "832-remember-lstm"))
def test_there_is_a_page_at_any_moment(name, depth):
    lesson = Sequences(name)
    for position in range(0, lesson.outline.length, max(1, lesson.outline.length // 23)):
        page = page_at(lesson.moment(position), depth, Ref("x", cell=(0, 0)))
        assert page.title
        assert page.formulas
