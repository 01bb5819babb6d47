"""Two lessons in which binary rounding would decide what paper leaves open."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.addresses import AddressError
from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.rounded import Rounded
from nnviz.lessons import catalogue
from nnviz.lessons.check import check
from nnviz.lessons.walkthrough import Form, walkthrough

CASES = Path(__file__).parent / "cases"


def lesson_and_end(name):
    lesson = catalogue.load(str(CASES / f"{name}.nnviz.toml"))
    return lesson, resolve(Walk(lesson.timeline), Walk(lesson.timeline).at(0, 10**9, 0), lesson.textbook)


@pytest.mark.parametrize("part", [Part.VALUE, Part.DELTA])
def test_a_filter_that_cancels_lets_nothing_through(part):
    _, end = lesson_and_end("noise")
    assert end.array("conv/z", part).array.ravel().tolist() == [0.0] * 4
    assert [end.value(Ref("conv/a", Part.SLOPE, (0, r, c))) for r in (0, 1) for c in (0, 1)] == [0.0] * 4
    assert end.value(Ref("conv/b", Part.GRADIENT, (0,))) == 0.0
    assert end.value(Ref("conv/w", Part.NEW, (0, 0, 0, 0))) == 0.1


def test_the_line_of_such_a_sum_has_no_wave():
    lesson, _ = lesson_and_end("noise")
    text = "\n".join(walkthrough(lesson, Form(), 0))
    assert "0.1 × 1 + 0.2 × 1 + (−0.3) × 1 + 0.0 × 1 = 0\n" in text
    assert "e−1" not in text


def test_of_two_cells_that_are_equal_on_paper_the_first_wins():
    lesson, end = lesson_and_end("tie")
    assert [end.value(Ref("conv/a", Part.GRADIENT, (0, 0, c))) != 0.0 for c in (0, 1)] == [True, False]
    assert "it stands in cell (0,0) of Conv" in "\n".join(walkthrough(lesson, Form(), 0))


@pytest.mark.parametrize("name", catalogue.names())
def test_a_small_number_that_is_no_rounding_is_read_as_it_is(name):
    """A gradient that vanishes over 40 steps is 1e−14 and no noise: its terms are as small."""
    record = catalogue.load(name).timeline.record(0)
    rounded, program = Rounded(record), record.program
    for node in program.graph.nodes:
        for read, place in ((rounded.value, node.index), (rounded.gradient, program.gradient(node))):
            cells = record.cells[place]
            if isinstance(cells, np.ndarray):
                apart = np.abs(np.asarray(read(node)) - cells)
                assert np.nanmax(apart, initial=0.0) <= 1e-15, (node.scope, read.__name__)


# Sequences, read at every step or at their ends


ANSWERS = {  # φ(z) for a z beside 0, from above
    "identity": lambda z: z,
    "relu": lambda z: z,
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "prelu": lambda z: z,
    "elu": lambda z: z,
    "threshold": lambda z: 1.0,
    "tanh": math.tanh,
    "logistic": lambda z: 1 / (1 + math.exp(-z)),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "gelu": lambda z: z / 2,
    "gelu_tanh": lambda z: z / 2,
    "softmax": lambda z: 1.0,
}
SLOPES_AT_0 = {"identity": 1.0, "elu": 1.0, "tanh": 1.0, "logistic": 0.25, "softplus": 0.5}
SLOPES_AT_0 |= {"gelu": 0.5, "gelu_tanh": 0.5, "threshold": 0.0, "softmax": 0.0}
SLOPES_AT_0 |= {"relu": 0.0, "leaky_relu": 0.01, "prelu": 0.25}
SLOPES_ABOVE = SLOPES_AT_0 | {"relu": 1.0, "leaky_relu": 1.0, "prelu": 1.0}
SMALL = 2.0**-30


def sequences(tmp_path, phi, steps, is_even, small, loss="squared_error", batch="all"):
    """h = (0.1, 0.2) at every step, and z = h₁ + h₂ − 0.3 of an output, or so much more."""
    inputs = [[[1], [1]], [[1], [1]] if is_even else [[1]]]
    targets = [[[1.0] for _ in one] if steps == "every" else [[1.0]] for one in inputs]
    path = tmp_path / "sequences.nnviz.toml"
    path.write_text(f"""
format = 1
title = "Sequences"

[network]
inputs = ["x"]

[[network.layers]]
name = "Cell"
kind = "recurrent"
units = 2
activation = "identity"
weights = [[0, 0, 0, 0.1], [0, 0, 0, 0.2]]

[[network.layers]]
name = "Output"
units = 1
activation = "{phi}"
weights = [[{-0.3 + small!r}, 1, 1]]
steps = "{steps}"

[data]
sequences = {inputs}
targets = {targets}

[training]
learning_rate = 0.1
loss = "{loss}"
batch = {batch if isinstance(batch, int) else repr(batch)}

[[expect]]
at = "z[output,{"2," if steps == "every" else ""}1]"
example = 1
value = {small!r}
tolerance = 1e-15
""")
    return catalogue.load(str(path))


FORMS = [*product(("every", "last"), (True, False))]


@pytest.mark.parametrize("small", [0.0, SMALL])
@pytest.mark.parametrize(("steps", "is_even"), FORMS)
@pytest.mark.parametrize("phi", ANSWERS)
def test_a_small_sum_over_a_sequence(tmp_path, phi, steps, is_even, small):
    if phi == "prelu" and steps == "every":
        pytest.skip("a slope is learned at the end only")
    lesson = sequences(tmp_path, phi, steps, is_even, small)
    slope, a = (SLOPES_ABOVE if small else SLOPES_AT_0)[phi], ANSWERS[phi](small)
    lesson.timeline.extend(3)
    for example in (0, 1):
        walk = Walk(lesson.timeline)
        end = resolve(walk, walk.at(0, 10**9, example), lesson.textbook)
        for t in range(2 if is_even or not example else 1):
            cell = (t, 0) if steps == "every" else (0,)
            z, value, delta = (
                end.value(Ref(f"output/{name}", part, cell))
                for name, part in (("z", Part.VALUE), ("a", Part.VALUE), ("z", Part.DELTA))
            )
            assert z == (pytest.approx(small, rel=1e-6) if small else 0.0)
            assert value == pytest.approx(a, abs=1e-15)
            assert delta == pytest.approx(slope * (a - 1.0), rel=1e-6, abs=1e-15)
        assert list(walkthrough(lesson, Form(depth=Depth.TERM), example))
    assert all(outcome.holds for outcome in check(lesson))


@pytest.mark.parametrize(("steps", "is_even"), FORMS)
def test_the_perceptron_learns_on_the_border_of_a_sequence(tmp_path, steps, is_even):
    """Behind the end of a sequence there is no target."""
    lesson = sequences(tmp_path, "identity", steps, is_even, 0.0, "perceptron")
    end = resolve(Walk(lesson.timeline), Walk(lesson.timeline).at(0, 10**9, 0), lesson.textbook)
    at = (0, 0) if steps == "every" else (0,)
    assert end.value(Ref("output/z", Part.DELTA, at)) == -1.0
    assert list(walkthrough(lesson, Form(depth=Depth.TERM), 1))


@pytest.mark.parametrize(("steps", "is_even"), FORMS)
def test_the_bias_at_the_end_has_its_letter(tmp_path, steps, is_even):
    notation = sequences(tmp_path, "identity", steps, is_even, 0.0).textbook.notation
    for bias, weight in (("b", "w"), ("db", "dw"), ("b_new", "w_new")):
        assert notation.parse(f"{bias}[output,1]") == notation.parse(f"{weight}[output,1,0]")
    with pytest.raises(AddressError) as error:
        notation.parse("q[output,1]")
    assert not {"m_before", "m_fair", "newton"} & set(str(error.value).split(", "))


def test_a_sum_so_far_is_rounded_as_the_whole(tmp_path):
    lesson = sequences(tmp_path, "identity", "last", True, 0.0)
    lines = list(walkthrough(lesson, Form(depth=Depth.TERM), 0))
    so_far = [line for line in lines if line.strip().startswith("z") and "so far" in line]
    assert any(line.endswith(" = 0.0000") for line in so_far)
    assert not any("e−1" in line for line in lines)


@pytest.mark.parametrize("batch", ["all", 1])
def test_a_step_that_a_sequence_does_not_have_is_no_term(tmp_path, batch):
    lesson = sequences(tmp_path, "identity", "every", False, 0.5, batch=batch)
    lines = [line.strip() for line in walkthrough(lesson, Form(depth=Depth.TERM), 1)]
    of_loss = [line for line in lines if line.startswith("E so far")]
    assert len(of_loss) == (2 if batch == "all" else 0)
    assert not any(line.endswith("+ 0") or " + 0 " in line for line in of_loss)
    terms = [line for line in lines if line.startswith("term") and "E[t=" in line]
    assert len(terms) == (3 if batch == "all" else 1)
    by_step = [line for line in lines if line.startswith("∂E/∂w") and "so far" in line]
    assert bool(by_step) == (batch == "all")
    walk = Walk(lesson.timeline)
    iteration = walk.working_on(1, 0)
    for position in walk.outline(iteration).stops(Depth.TERM):
        told = explain_place(resolve(walk, walk.at(iteration, position, 1), lesson.textbook), Depth.TERM)
        assert told.narration
