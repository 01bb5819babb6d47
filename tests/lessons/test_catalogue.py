"""Every shipped lesson opens, reproduces its figures, and explains every step to the digits shown."""

from __future__ import annotations

import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.formula import evaluate
from nnviz.engine.moment import resolve
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part
from nnviz.lessons import catalogue
from nnviz.lessons.check import check
from nnviz.lessons.errors import LessonError

FIRST_LESSONS = {
    "power-plant-logistic",
    "power-plant-online",
    "power-plant-relu",
    "power-plant-softmax",
    "softmax-by-hand",
    "softmax-mini-batch",
    "and",
    "or",
    "xor",
    "vanishing-gradient",
}
CONVOLUTION_LESSONS = {
    "image-of-a-4",
    "image-of-a-4-padded",
    "rgb-image",
    "max-pooling",
    "max-pooling-shift",
    "convolution-1d",
    "true-convolution",
    "cnn-by-hand",
    "cnn-digits",
    "lenet-5",
}
TRAINING_LESSONS = {
    "power-plant-relu-slower",
    "dying-relu-bias",
    "dying-relu-leaky",
    "dying-relu-prelu",
    "initialization-small",
    "initialization-large",
    "initialization-xavier",
    "initialization-he",
    "learning-rate-small",
    "learning-rate-right",
    "learning-rate-large",
    "parabola-momentum",
    "parabola-newton",
    "valley-gradient-descent",
    "valley-momentum",
    "valley-newton",
    "adam",
    "penalty-l2",
    "penalty-l1",
    "batches-all",
    "batches-mini",
    "batches-one",
    "perceptron-and",
    "perceptron-line",
    "perceptron-xor",
    "overfitting-plain",
    "overfitting-early-stopping",
    "overfitting-dropout",
    "overfitting-l2",
    "spirals",
    "iris",
    "sine",
    "sunspots-line",
    "sunspots",
}
RECURRENT_LESSONS = {
    "forget-gate",
    "lstm-unit",
    "three-steps",
    "three-steps-at-the-end",
    "remember-simple",
    "remember-lstm",
    "names-simple",
    "names-lstm",
    "truncated-3",
    "truncated-20",
}
MOST_PLACES = 150  # of an iteration, spread evenly, where it has more


def test_the_first_lessons_are_all_there():
    assert (
        set(catalogue.names()) >= FIRST_LESSONS | CONVOLUTION_LESSONS | TRAINING_LESSONS | RECURRENT_LESSONS
    )


@pytest.mark.parametrize("name", catalogue.names())
def test_every_expected_figure_is_reproduced(name):
    outcomes = check(catalogue.load(name))
    assert outcomes, "a lesson without a figure proves nothing"
    assert [o for o in outcomes if not o.holds] == []


def places(lesson, depth):
    """Cursors in the first two iterations where a step of a depth comes to rest."""
    walk = Walk(lesson.timeline)
    for iteration in range(2 if lesson.timeline.graph.trains else 1):
        stops = walk.outline(iteration).stops(depth)
        every = max(1, -(-len(stops) // MOST_PLACES))
        for position in [*stops[::every], stops[-1]]:
            yield walk, walk.at(iteration, position, lesson.start.example)


@pytest.mark.parametrize("name", catalogue.names())
@pytest.mark.parametrize("depth", [Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER, Depth.PASS])
def test_every_explanation_gives_the_value_of_the_engine_to_the_digits_shown(name, depth):
    """Two iterations of every lesson; the result is what stands on the screen."""
    lesson = catalogue.load(name)
    explained = 0
    for walk, cursor in places(lesson, depth):
        step = explain_place(resolve(walk, cursor, lesson.textbook), depth)
        is_solved = [one.ref.part for one in step.given if one.ref] == [Part.NEWTON]
        has_ended = "has ended before this step" in step.narration
        assert step.equations or is_solved or has_ended, f"{step.crumbs} explains nothing"
        assert step.narration
        for equation in step.equations:
            found = evaluate(equation.right)
            found = 0.0 if equation.result == 0.0 and abs(found) < 1e-15 else found  # a sum that cancels
            for digits in (4, 10):
                assert show(found, digits) == show(equation.result, digits), step.crumbs
            explained += 1
    assert explained


@pytest.mark.parametrize("name", sorted(CONVOLUTION_LESSONS | TRAINING_LESSONS))
def test_every_sentence_of_a_lesson_is_shown_somewhere(name):
    """A narration whose place is never reached would be a mistake in the lesson."""
    lesson = catalogue.load(name)
    walk = Walk(lesson.timeline)
    wanted = {text for key, text in lesson.file.narration.items() if key != "start"}
    shown = set()
    for depth in (Depth.NEURON, Depth.LAYER):
        for position in walk.outline(0).stops(depth)[:2000]:
            moment = resolve(walk, walk.at(0, position, lesson.start.example), lesson.textbook)
            shown.add(explain_place(moment, depth).narration)
            if wanted <= shown:
                return
    assert wanted - shown == set()


def test_lessons_are_listed_with_title_and_summary():
    for entry in catalogue.entries():
        assert entry.title and entry.summary
        assert catalogue.load(entry.name).title == entry.title


def test_an_unknown_name_is_told_with_the_nearest_one():
    with pytest.raises(LessonError, match="did you mean power-plant-relu"):
        catalogue.load("power-plant-rely")


def test_a_dead_neuron_never_fires_and_never_learns():
    lesson = catalogue.load("power-plant-relu")
    lesson.timeline.extend(50)
    first, later = lesson.timeline.record(0), lesson.timeline.record(50)
    graph = lesson.timeline.graph
    for scope in ("hidden1/w", "hidden1/b"):
        node = graph[scope].index
        assert (first.cells[node][1] == later.cells[node][1]).all()
    assert (later.cells[graph["hidden1/a"].index][:, 1] == 0).all()
