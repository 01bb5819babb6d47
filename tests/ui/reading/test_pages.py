"""Matrix pages read back from what they show: labels say what stands there, signs what is done with it."""

from __future__ import annotations

import re

import numpy as np
import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.engine.optimizers import AdaGrad, Adam, Momentum, Newton, RMSProp
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import Part, Ref
from nnviz.lessons.catalogue import load
from nnviz.ui.layout.matrix_equation import Block, Sign
from nnviz.ui.tabs.matrices.pages import page_at
from tests.engine.conftest import VARIANTS, build_network
from tests.engine.map_networks import MAP_VARIANTS, build_map_network
from tests.engine.step_networks import STEP_VARIANTS, build_step_network

PHI = {
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0),
    "relu": lambda z: np.maximum(z, 0),
    "tanh": np.tanh,
    "σ": lambda z: 1 / (1 + np.exp(-z)),
    "max": np.max,
    "mean": np.mean,
}
OPERATORS = {"0": "0", "−": "-", "⊙": "*", "∙": "@", "+": "+", "(": "(", ")": ")", "1": "1"}
SCALE = re.compile(r"1/([\d.]+)\s*(?:∙)?")

# What the letter of a matrix promises: the name of its node, and which of its numbers.
PROMISES = [
    (r"∂E/∂W.*", r"w|b|w_h|w_x|b_h", Part.GRADIENT),
    (r"∂E/∂w", "w", Part.GRADIENT),
    (r"∂E/∂b", "b", Part.GRADIENT),
    (r"∂E/∂λ.*", "lambda", Part.GRADIENT),
    (r"∂a/∂λ", "lambda", Part.SLOPE),
    (r"W.*new.*⊤.*|W.*new.*", r"w|b|w_h|w_x|b_h", Part.NEW),
    (r"W(\^.*)?", r"w|b|w_h|w_x|b_h", Part.VALUE),
    (r"w\^\{new\}", "w|b", Part.NEW),
    (r"b\^\{new\}", "b", Part.NEW),
    (r"λ\^.*new.*", "lambda", Part.NEW),
    (r"[δΔ](\^.*)?", r"z(_\w+)?", Part.DELTA),
    (r"∂E/∂m", "m", Part.GRADIENT),
    (r"φ′.*", r"a|h|h_full|h_new|f|i_sigma|i_tanh|o_sigma|o_tanh|r|u|n", Part.SLOPE),
    (r"∂E/∂p", "p", Part.GRADIENT),
    (r"∂E/∂a(\^.*)?", "a", Part.GRADIENT),
    (r"T − A.*", "a", Part.ERROR),
    (r"[zZ](\^.*)?", r"z(_\w+)?", Part.VALUE),
    (r"[aA](\^\{\(\d+\)⊤?\})?", r"a|p|h", Part.VALUE),
    (r"[tT]", "t", Part.VALUE),
    (r"X(\^.*)?", "x", Part.VALUE),
    (r"w", "w|b", Part.VALUE),
    (r"ΔW(\^.*)?", r"w|b|w_h|w_x|b_h", Part.CHANGE),
    (r"G(\^.*)?", r"w|b|w_h|w_x|b_h", Part.TOTAL),
    (r"M(\^.*)?", r"w|b|w_h|w_x|b_h", Part.FIRST),
    (r"M̂(\^.*)?", r"w|b|w_h|w_x|b_h", Part.FIRST_FAIR),
    (r"V(\^.*)?", r"w|b|w_h|w_x|b_h", Part.SECOND),
    (r"V̂(\^.*)?", r"w|b|w_h|w_x|b_h", Part.SECOND_FAIR),
    (r"H⁻¹∇E(\^.*)?", "w|b", Part.NEWTON),
    (r"f", "f", Part.VALUE),
    (r"c‡", "c_kept", Part.VALUE),
    (r"i†", "i_sigma", Part.VALUE),
    (r"i‡", "i_tanh", Part.VALUE),
    (r"o†", "o_sigma", Part.VALUE),
    (r"o‡", "o_tanh", Part.VALUE),
    (r"h\(t−1\)", "h_prev", Part.VALUE),
    (r"c\(t−1\)", "c_prev", Part.VALUE),
    (r"∂E/∂h\(t−1\)", "h_prev", Part.GRADIENT),
    (r"∂E/∂c\(t−1\)", "c_prev", Part.GRADIENT),
]


def build_dense(**form):
    built = build_network(**form)
    return built.timeline, built.textbook


ALL = (
    [(build_dense, name, form) for name, form in VARIANTS.items()]
    + [(build_map_network, name, form) for name, form in MAP_VARIANTS.items()]
    + [(build_step_network, name, form) for name, form in STEP_VARIANTS.items()]
)


def numbers(moment, block):
    def number(entry):
        if not isinstance(entry, Ref):
            return np.nan if entry is None else entry
        value = moment.value(entry)
        return np.nan if value is None else value

    shown = [[number(block.entry(i, j)) for j in range(block.columns)] for i in range(block.rows)]
    return shown[0][0] if block.label == "α" else np.array(shown)


def read(moment, formula):
    """Both sides of an equation as they are shown; None where words stand, or a number is not computed."""
    names, text = {"np": np}, ""
    targets = [part for part in formula if isinstance(part, Block) and part.label == "t"]
    for place, part in enumerate(formula):
        if isinstance(part, Sign) and "∂a/∂z" in part.text:
            names["slopes"] = slopes_of_softmax(moment, formula[place + 1])
            text += operators(part.text.replace("∂a/∂z", "*"), names, None).replace("*", "slopes")
        elif isinstance(part, Sign):
            text += operators(part.text, names, numbers(moment, targets[0]) if targets else None)
        else:
            names[f"b{place}"] = numbers(moment, part)
            text += f" b{place} "
    arrays = [value for name, value in names.items() if name.startswith("b")]
    if "?" in text or "=" not in text or any(np.isnan(one).any() for one in arrays):
        return None
    left, _, right = text.partition("=")
    for function in re.findall(r"F(\d+)", right):  # a function is applied to all that follows
        before, _, after = right.partition(f"F{function}")
        right = f"{before} f{function}({after})"
    return eval(left, names), eval(times_of_a_number(right, names), names)


def slopes_of_softmax(moment, errors):
    """How every share of the focus example grows with every z: a row for each z."""
    a = np.array([moment.value(errors.entry(i, 0).of(Part.VALUE)) for i in range(errors.rows)], float)
    return np.diag(a) - np.outer(a, a)


def times_of_a_number(text, names):
    """∙ between a number and a matrix multiplies all of it."""
    for name, value in names.items():
        if name.startswith("b") and np.ndim(value) == 0:
            text = re.sub(rf"\b{name}\s*@", f"{name} *", text)
    return text


def operators(text, names, targets):
    """A sign of the page in the language of numpy; “?” for words."""
    text = text.replace("Σt  ∙", f" {float(targets.sum())!r} * ") if targets is not None else text
    text = SCALE.sub(lambda found: f" {1 / float(found[1])!r} * ", text)
    found = ""
    for token in re.findall(r"[\d.]+(?:e-?\d+)?|\w+|\S", text):
        if token == "=":
            found += "="
        elif token == "*" or re.fullmatch(r"[\d.]+(?:e-?\d+)?", token):
            found += f" {token} "
        elif token == "Σ" or token in PHI:
            names[f"f{len(names)}"] = np.sum if token == "Σ" else PHI[token]
            found += f" F{len(names) - 1} "
        else:
            found += f" {OPERATORS.get(token, '?')} "
    return found


def pages(timeline, textbook, depths=(Depth.NEURON, Depth.LAYER)):
    walk = Walk(timeline)
    for stage in walk.outline(0).stages:
        for unit in sorted({0, stage.units // 2, stage.units - 1}):
            for depth in depths:
                cursor = Cursor(0, stage.starts[unit + 1], timeline.rows(0)[-1])
                moment = resolve(walk, cursor, textbook)
                yield stage, moment, page_at(moment, depth, None)


def blocks_of(page):
    return [part for formula in page.formulas for part in formula if isinstance(part, Block)]


@pytest.mark.parametrize(("build", "name", "form"), ALL)
def test_every_page_gives_the_number_on_its_left(build, name, form):
    seen = set()
    timeline, textbook = build(**form)
    for stage, moment, page in pages(timeline, textbook):
        if "in part" in page.note:
            continue
        for formula in page.formulas:
            sides = read(moment, formula)
            if sides is not None:
                left, right = np.broadcast_arrays(*sides)
                np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-12, err_msg=page.title)
                seen.add(stage.kind)
    assert {Kind.SUM} <= seen
    assert timeline.graph.loss is None or Kind.DELTA in seen or Kind.GRADIENT in seen


@pytest.mark.parametrize(("build", "name", "form"), ALL)
def test_the_letter_of_a_matrix_says_what_stands_in_it(build, name, form):
    timeline, textbook = build(**form)
    checked = 0
    for _, _, page in pages(timeline, textbook):
        for block in blocks_of(page):
            promise = next((one for one in PROMISES if re.fullmatch(one[0], block.label)), None)
            for scope, part in block.quantities if promise is not None else ():
                assert re.fullmatch(promise[1], scope.rpartition("/")[2]), (page.title, block.label, scope)
                assert part is promise[2], (page.title, block.label, part)
                checked += 1
    assert checked


def first_update(optimizer, g, learning_rate):
    """The matrices that the first update makes of a gradient, from nothing, by their letters."""
    match optimizer:
        case Momentum():
            return {"ΔW": -learning_rate * g}
        case RMSProp(decay=decay):
            return {"V": (1 - decay) * g**2}
        case AdaGrad():
            return {"V": g**2}
        case Adam(beta1=beta1, beta2=beta2):
            return {"M": (1 - beta1) * g, "V": (1 - beta2) * g**2, "M̂": g, "V̂": g**2}
    return {}


WITH_OPTIMIZER = [name for name, form in VARIANTS.items() if "optimizer" in form.get("plan", {})]


@pytest.mark.parametrize("name", WITH_OPTIMIZER)
def test_the_matrices_of_the_first_update_follow_its_rule(name):
    seen = set()
    timeline, textbook = build_dense(**VARIANTS[name])
    for stage, moment, page in pages(timeline, textbook, (Depth.LAYER,)):
        if stage.kind is not Kind.UPDATE:
            continue
        shown = {re.sub(r"\^.*", "", one.label): numbers(moment, one) for one in blocks_of(page)}
        g = shown["∂E/∂W"]
        if "G" in shown:  # no penalty on a bias
            g = np.where(np.isnan(shown["G"]), g, shown["G"])
        for letter, wanted in first_update(moment.optimizer, g, moment.learning_rate).items():
            known = np.isfinite(shown[letter])
            np.testing.assert_allclose(shown[letter][known], wanted[known], rtol=1e-9, err_msg=letter)
            seen |= {letter} if known.any() else set()
    assert seen or isinstance(timeline.optimizer, Newton)


LOSSES = {
    "½": "0.5 *",
    "²": "**2",
    "·": " * ",
    "−": "-",
    "ln a": "np.log(a)",
    "ln(1 - a)": "np.log(1 - a)",
    "max(0, -t * a)": "np.maximum(0, -t * a)",
}


@pytest.mark.parametrize(("build", "name", "form"), ALL)
def test_the_row_of_the_loss_is_what_stands_above_it(build, name, form):
    """The terms of E, one for each example, from the formula that is the title of their row."""
    timeline, textbook = build(**form)
    for stage, moment, page in pages(timeline, textbook, (Depth.LAYER,)):
        if stage.kind is not Kind.LOSS or moment.graph.has_steps:
            continue
        row = page.formulas[-1][-1]
        formula, _, only = row.label.partition(", mistakes only")
        if "in part" in page.note or row.label != formula + only:
            continue
        for sign, translated in LOSSES.items():
            formula = formula.replace(sign, translated)
        minus, total, inner = formula.partition("Σ")
        formula = f"{minus}({inner}).sum(axis=0)" if total else f"({formula}).sum(axis=0)"
        t, a = (moment.known[scope, Part.VALUE].array.T for scope in ("t", moment.graph.output.a.scope))
        terms = eval(formula, {"np": np, "t": t, "a": a})
        np.testing.assert_allclose(terms, numbers(moment, row)[0], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ("cnn-by-hand", "lstm-unit", "three-steps", "softmax-mini-batch", "adam"))
def test_pages_of_lessons_give_the_number_on_their_left(name):
    lesson = load(name)
    read_back = 0
    for _, moment, page in pages(lesson.timeline, lesson.textbook, tuple(Depth)[:5]):
        for formula in page.formulas if "in part" not in page.note else ():
            sides = read(moment, formula)
            if sides is not None:
                np.testing.assert_allclose(*np.broadcast_arrays(*sides), rtol=1e-9, atol=1e-12)
                read_back += 1
    assert read_back > 5


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("rnn", ["z", "=", "W", "∙", "[1, h(t−1), x]"]),
        ("lstm", ["z^{(f)}", "=", "W^{(f)}", "∙", "[1, h(t−1), x]"]),
    ],
)
def test_a_gate_is_named_where_there_are_others(name, wanted):
    assert wanted in formulas(*build_step_network(**STEP_VARIANTS[name]))


def test_a_learned_slope_of_maps_has_its_page():
    labels = formulas(*build_map_network(**MAP_VARIANTS["prelu in maps"]))
    assert ["∂E/∂λ", "= Σ", "∂E/∂a", "⊙", "∂a/∂λ"] in labels
    assert ["λ^{new}", "=", "λ", "−", "α", "∙", "∂E/∂λ"] in labels


def formulas(timeline, textbook):
    """The formulas of all pages, as the letters and signs that stand there."""
    return [
        [part.label if isinstance(part, Block) else part.text for part in formula]
        for _, _, page in pages(timeline, textbook)
        for formula in page.formulas
    ]
