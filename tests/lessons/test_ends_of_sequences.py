"""Outputs that read the end of a sequence, and sequences that end before others."""

import numpy as np
import pytest

from nnviz.engine.lengths import length_of
from nnviz.engine.outline import Depth
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.lessons.check import check
from tests.lessons.case_files import case, end_of, explanations, walked

WITH_ENDS = ("last-output-over-2", "held-delta", "len")


@pytest.mark.parametrize("depth", [depth for depth in Depth if depth < Depth.EPOCH])
@pytest.mark.parametrize("name", ["last-hidden-crash", "last-hidden-wrong-weight", *WITH_ENDS])
def test_every_example_is_walked_at_every_depth(name, depth):
    lesson = case(name)
    for example in range(lesson.timeline.examples):
        assert walked(lesson, example, depth)


def test_an_output_at_the_end_has_no_step_of_its_own():
    lines = walked(case("last-output-over-2"), example=1)
    assert "∂E/∂a₂⁽²⁾ = −(t₂⁽²⁾ − a₂⁽²⁾) = −(0.75 − 0.7599) = 0.0099" in lines


def test_the_weight_in_the_sentence_is_that_of_the_equation():
    lines = walked(case("last-hidden-wrong-weight"))
    for unit, weight in ((1, 1), (2, 5), (3, 7)):
        place = next(i for i, text in enumerate(lines) if text.startswith(f"δ[{unit},t=2]⁽²⁾"))
        assert f"(24.3890 × {weight}) × 1" in lines[place]
        assert f"comes back along the weight {weight}, and" in lines[place + 1]


def test_before_the_end_no_error_comes_back():
    lines = walked(case("last-hidden-wrong-weight"))
    place = next(i for i, text in enumerate(lines) if text.startswith("δ[1,t=1]⁽²⁾"))
    assert lines[place] == "δ[1,t=1]⁽²⁾ = 0 × ∂a[1,t=1]⁽²⁾/∂z[1,t=1]⁽²⁾ = 0 × 1 = 0.0000"
    assert lines[place + 1].startswith("Output reads only the end of the sequence: no error comes back")


def test_an_error_stands_at_the_last_step_of_its_own_sequence():
    lesson = case("held-delta")
    assert all(outcome.holds for outcome in check(lesson))
    first, second = (end_of(lesson, example) for example in (0, 1))
    ref = Ref("hidden/z", Part.DELTA)
    steps = [[moment.value(Ref(ref.scope, ref.part, (t, 0))) for t in range(3)] for moment in (first, second)]
    assert steps[0] == [0.0, 0.0, pytest.approx(11.8683, abs=1e-4)]
    assert steps[1] == [pytest.approx(19.2435, abs=1e-4), None, None]


@pytest.mark.parametrize("name", WITH_ENDS)
def test_there_are_no_steps_behind_the_end(name):
    lesson = case(name)
    for example, length in enumerate(lengths_of(lesson)):
        moment = end_of(lesson, example)
        assert length_of(moment) == length
        for node in moment.graph.nodes:
            if not moment.graph.is_in_steps(node) or node is moment.graph.going:
                continue
            for cell in np.ndindex(node.shape):
                value = moment.value(Ref(node.scope, cell=cell))
                assert (value is None) is (cell[0] >= length), (node.scope, cell)
            known = moment.array(node.scope)
            assert np.isnan(known.array[moment.row, length:]).all()
            assert not np.isnan(known.array[moment.row, :length]).any()


def test_what_is_not_there_is_neither_written_nor_edited():
    lesson = case("len")
    moment, lines = end_of(lesson), walked(lesson)
    assert moment.can_edit(Ref("x", cell=(0, 0))) and not moment.can_edit(Ref("x", cell=(1, 0)))
    assert "E = Σ (E[t=1]ᵈ + E[t=2]ᵈ + E[t=3]ᵈ) = " in "\n".join(lines)
    others = [text for text in lines if not text.startswith(("E = ", "∂E/∂w")) and "t=2" in text]
    assert others == [] and not any("at step 2" in text for text in lines)
    assert [text.split()[:2] for text in lines if text.startswith(("1  ", "2  ", "3  "))] == [
        ["1", "1"],
        ["1", "2"],
    ] * 2


@pytest.mark.parametrize("name", WITH_ENDS)
def test_a_term_that_is_not_there_says_so(name):
    """Nobody is told of a term of a sum that is not written."""
    lesson = case(name)
    for example in range(lesson.timeline.examples):
        for told in explanations(lesson, example, Depth.TERM):
            assert told.equations or told.given or "has ended before this step" in told.narration


def test_a_gradient_over_examples_reads_the_last_step_of_each():
    lines = walked(case("last-output-over-2"), example=1)
    expected = "∂E/∂w₁,₁⁽²⁾ = Σ δ₁⁽²⁾ᵈ × h[1,t=T]ᵈ = −0.3496 × 0.6504 + (−0.1201) × 0.3799 = −0.2730"
    assert expected in lines


def test_which_axis_is_a_step():
    graph = case("held-delta").timeline.graph
    in_steps = {node.scope for node in graph.nodes if graph.is_in_steps(node)}
    assert {"x", "going", "rnn/h", "rnn/z", "hidden/z", "hidden/a"} <= in_steps
    assert not in_steps & {"t", "output/z", "output/a", "hidden/w", "hidden/b", "rnn/h_start", "loss"}
    assert graph.step_of(Ref("output/a", cell=(1,))) is None and graph.step_of(Ref("t", cell=(1,))) is None
    assert graph.step_of(Ref("hidden/a", Part.GRADIENT, (2, 1))) == 2
    assert graph.step_of(Ref("hidden/w", cell=(1, 0))) is None
    assert graph.step_of(Ref("hidden/w", Part.AT_STEP, (2, 1, 0))) == 2
    assert case("len").timeline.graph.step_of(Ref(STEP_LOSSES, cell=(1,))) == 1


def test_a_sequence_of_one_step_may_be_judged_at_its_end():
    lesson = case("last-one-step")
    assert lesson.sequence is not None and not lesson.sequence.is_every_step
    assert "a₁⁽²⁾ = z₁⁽²⁾ = 0.3799" in walked(lesson)


def lengths_of(lesson):
    settings = lesson.timeline.settings(0)
    return settings.given["going"].sum(axis=1).astype(int).tolist()
