"""What is right, what is taken for what, and how it is told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.measures import accuracy
from nnviz.ui.picture.answers import class_names, classes_said, confusion, in_words, said_of, sets_of
from nnviz.ui.picture.surface import Choice
from nnviz.ui.tabs.output.clouds import against_true, on_curve, on_plane, told
from nnviz.ui.tabs.output.inquiry import Inquiry
from nnviz.ui.tabs.output.outputs import Look, choices_of, looks_of, parameters_at
from tests.ui.output_lessons import moment_of, planar

HOT = np.eye(3)


@pytest.mark.parametrize(
    ("task", "outputs", "said"),
    [
        ("binary", [[0.7], [0.2], [0.5], [np.nan]], [1, 0, -1, -1]),
        ("signs", [[0.3], [-2.0], [0.0], [np.inf]], [1, 0, -1, -1]),
        ("classes", [[0.1, 0.7], [0.6, 0.4], [np.nan, 1.0]], [1, 0, -1]),
    ],
)
def test_the_class_that_is_said(task, outputs, said):
    assert classes_said(np.array(outputs), task).tolist() == said


def test_confusion_counts_every_example_once():
    outputs = np.array([[0.9, 0.1, 0], [0.2, 0.8, 0], [0.1, 0.9, 0], [0.3, 0, 0.7], [np.nan, 0, 0]])
    table = confusion(outputs, HOT[[0, 0, 1, 1, 2]], "classes", ("a", "b", "c"))
    assert table.columns == ("a", "b", "c", "?")
    assert table.counts.tolist() == [[1, 1, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]]
    assert table.examples(0, 1) == (1,) and table.examples(2, 3) == (4,)
    assert table.right == 2 and table.accuracy == pytest.approx(0.4)


@given(st.integers(1, 40), st.integers(0, 10_000))
def test_the_diagonal_is_the_accuracy(examples, seed):
    draw = np.random.default_rng(seed)
    outputs, targets = draw.random((examples, 3)), HOT[draw.integers(0, 3, examples)]
    table = confusion(outputs, targets, "classes", ("1", "2", "3"))
    assert table.counts.sum() == examples
    assert table.accuracy == pytest.approx(accuracy(outputs, targets, "classes"))
    listed = [i for row in range(3) for column in range(3) for i in table.examples(row, column)]
    assert sorted(listed) == list(range(examples))


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100 %"), (0.9999, "99.9 %"), (0.929, "92.9 %"), (0.5, "50 %"), (0.0, "0 %")]
)
def test_an_accuracy_in_words(share, text):
    assert in_words(share) == text


def test_a_fit_is_told_by_its_usual_error_on_the_original_scale():
    assert said_of(np.array([[1.0], [3.0]]), np.array([[0.0], [2.0]]), None, -20.0) == "RMSE 20.000"
    assert said_of(np.array([[0.8], [0.2]]), np.array([[1.0], [1.0]]), "binary", 1.0) == "50 %"


@pytest.mark.parametrize(
    ("task", "given", "outputs", "names"),
    [
        ("binary", (), 1, ("0", "1")),
        ("signs", (), 1, ("−1", "+1")),
        ("classes", (), 3, ("1", "2", "3")),
        ("binary", ("no", "yes"), 1, ("no", "yes")),
    ],
)
def test_names_of_classes(task, given, outputs, names):
    assert class_names(task, given, outputs) == names


@pytest.mark.parametrize("name", ["gaussians", "moons", "sine"])
def test_slices_say_the_same_as_one_go(name, tmp_path):
    lesson = planar(name, tmp_path)
    moment = moment_of(lesson, 5)
    sets = sets_of(moment.settings, lesson.validation, lesson.test)
    inquiry = Inquiry(moment, sets)
    inquiry._slice = 7
    turns = 1
    while not inquiry.go_on(0.0):
        turns += 1
    assert turns > len(sets)
    for place, one in enumerate(sets):
        whole = moment.evaluate(one.inputs, None).cells[moment.graph.output.a.index]
        assert inquiry.outputs(place) == pytest.approx(whole)


def test_sets_come_in_the_order_of_their_use(tmp_path):
    lesson = planar("gaussians", tmp_path)
    sets = sets_of(lesson.timeline.settings(0), lesson.validation, lesson.test)
    assert [one.name for one in sets] == ["training", "validation", "test"]
    assert [one.is_training for one in sets] == [True, False, False]


def test_clouds_stand_where_the_examples_are(tmp_path):
    lesson = planar("moons", tmp_path)
    moment = moment_of(lesson)
    source = sets_of(moment.settings, None, None)[0]
    outputs = source.targets.copy()
    outputs[3] = 1 - outputs[3]
    cloud = on_plane(source, outputs, "binary", 0)
    assert cloud.x == pytest.approx(source.inputs[:, 0]) and cloud.y == pytest.approx(source.inputs[:, 1])
    assert np.flatnonzero(cloud.wrong).tolist() == [3]
    assert cloud.kinds.tolist() == source.targets[:, 0].astype(int).tolist()
    assert on_curve(source, outputs, "binary", 0).y == pytest.approx(source.targets[:, 0])
    assert against_true(source, outputs, 0).y == pytest.approx(outputs[:, 0])


def test_an_example_is_told_on_the_original_scale(lesson):
    moment = moment_of(lesson)
    source = sets_of(moment.settings, None, None)[0]
    text = told(on_plane(source, source.targets, None, 0), 1, moment, None, ())
    assert text.splitlines()[0] == "d₂"
    assert text.splitlines() == [
        "d₂",
        "temperature °C = 31.41, humidity % = 68.50",  # before it was rounded for the network
        "target 430.37",
        "output 430.0750",
    ]


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        ("moons", (Look.SURFACE, Look.CONFUSION)),
        ("signs", (Look.SURFACE, Look.CONFUSION)),
        ("sine", (Look.CURVE, Look.PREDICTED)),
    ],
)
def test_the_pictures_that_apply(name, looks, tmp_path):
    moment = moment_of(planar(name, tmp_path))
    sets = sets_of(moment.settings, None, None)
    task = {"moons": "binary", "signs": "signs"}.get(name)
    assert sets[0].targets is not None and looks_of(moment.graph, task) == looks


def test_all_neurons_can_be_chosen(tmp_path):
    lesson = planar("gaussians", tmp_path)
    graph, notation = lesson.timeline.graph, lesson.textbook.notation
    choices = [choice for _, choice in choices_of(graph, notation, Look.SURFACE)]
    assert choices[0] == Choice(1, None) and Choice(0, None) in choices
    assert {c for c in choices if c.unit is not None} == {
        Choice(layer, i) for layer in (0, 1) for i in range(3)
    }


def test_parameters_tell_iterations_apart(tmp_path):
    lesson = planar("moons", tmp_path)
    first, second = (parameters_at(moment_of(lesson, k)) for k in (0, 1))
    assert first.shape == (13,) and not np.array_equal(first, second)
    assert np.array_equal(first, parameters_at(moment_of(lesson, 0, 5)))
