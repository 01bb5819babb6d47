"""Sequences that are kept from training: which ones, what is given of them, and what is measured."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.measures import Examples
from nnviz.lessons.catalogue import from_text
from nnviz.lessons.errors import LessonError
from nnviz.lessons.restarts import Restarts
from nnviz.lessons.variation import with_training

LESSON = """\
format = 1
title = "t"
[network]
initial = { method = "glorot_uniform", seed = 1 }
[[network.layers]]
name = "Memory"
kind = "lstm"
units = 3
START
[[network.layers]]
name = "Letter"
units = UNITS
activation = "softmax"
LAST
[data]
DATA
[training]
loss = "cross_entropy"
learning_rate = 0.5
TRAINING
"""
LINES = ["ab", "aab", "abab", "bbaab", "ba", "baa", "abba", "aabba", "bb", "aa"]
CUT = f'text = ["{"abbab" * 25}"]\nsteps = 4\nstreams = 3'  # 124 symbols to read: 10 rounds of 3 pieces


def lesson(data, start="", last="", training="", units=2):
    text = LESSON.replace("DATA", data).replace("START", start).replace("LAST", last)
    return from_text(text.replace("TRAINING", training).replace("UNITS", str(units)))


def lines(split, more=""):
    return f"text = {LINES}\nsplit = {split}\n{more}".replace("'", '"')


def words(inputs, going):
    return [
        "".join("ab"[i] for i in one[on > 0].argmax(axis=1)) for one, on in zip(inputs, going, strict=True)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_every_line_is_in_one_part_and_goes_on_as_long_as_it_does(seed):
    one = lesson(lines(f"{{ validation = 0.3, test = 2, seed = {seed} }}"))
    training = one.timeline.settings(0)
    parts = (training, one.validation, one.test)
    read = [words(part.inputs, part.given["going"]) for part in parts]
    assert list(map(len, read)) == [5, 3, 2]
    assert sorted(sum(read, [])) == sorted(line[:-1] for line in LINES)
    assert (
        list(one.textbook.examples) == [f"d{row + 1}" for row in range(5)] or len(one.textbook.examples) == 5
    )
    assert one.textbook.preparation.notes == (
        "of 10 examples 3 to validate and 2 to test with are kept from training",
    )


def test_the_last_symbol_to_tell_is_in_every_part():
    many = [first + rest for rest in ("ab", "b", "aab", "ba") for first in "ab"]
    data = f'text = {many}\npredict = "first"\nsplit = {{ validation = 4, seed = 2 }}'.replace("'", '"')
    one = lesson(data, last='steps = "last"')
    assert one.validation.targets.sum(axis=0).tolist() == [2, 2]
    assert one.timeline.settings(0).targets.sum(axis=0).tolist() == [2, 2]


@pytest.mark.parametrize(
    ("split", "kept"),
    [
        ("{ validation = 0.2 }", (6, 0)),
        ("{ validation = 3, test = 0.1 }", (3, 3)),
        ("{ test = 0.01 }", (0, 0)),
    ],
)
def test_of_one_text_that_is_cut_the_last_pieces_of_every_stream_are_kept(split, kept):
    whole, one = lesson(CUT), lesson(f"{CUT}\nsplit = {split}")
    every = whole.timeline.settings(0)
    parts = [one.timeline.settings(0), one.validation, one.test]
    found = [part for part in parts if part is not None]
    assert [0 if part is None else len(part.inputs) for part in parts[1:]] == list(kept)
    assert np.array_equal(np.concatenate([part.inputs for part in found]), every.inputs)
    assert np.array_equal(np.concatenate([part.targets for part in found]), every.targets)
    assert one.timeline.loss(0) == whole.timeline.loss(0)
    assert one.timeline.iterations_per_epoch == (30 - sum(kept)) // 3


@pytest.mark.parametrize(
    ("split", "says"),
    [
        (
            "{ validation = 4 }",
            "data.split.validation: found 4, wanted a multiple of 3, one piece of each stream",
        ),
        ("{ test = 1 }", "data.split.test: found 1, wanted a multiple of 3"),
        ("{ validation = 0.2, seed = 1 }", "data.split.seed: found for one text that is cut"),
        (
            "{ validation = 15, test = 0.5 }",
            "data.split: found 15 examples to validate and 15 to test with, wanted",
        ),
        ("{ validation = 1.5 }", "data.split.validation: found 1.5, wanted less than 1"),
    ],
)
def test_mistakes_in_the_split_of_a_text_that_is_cut(split, says):
    with pytest.raises(LessonError) as error:
        lesson(f"{CUT}\nsplit = {split}")
    assert says in error.value.one_line


def test_something_must_be_left_to_train_on():
    with pytest.raises(LessonError, match="wanted some of all 10 left to train on"):
        lesson(lines("{ validation = 6, test = 4 }"))


START = "start = { h = [0.5, -0.3, 0.2], c = [1.0, 0.4, -0.8] }"


@pytest.mark.parametrize("start", ["", START])
def test_what_is_measured_is_what_a_run_on_the_same_sequences_computes(start):
    one = lesson(lines("{ validation = 0.4, seed = 3 }"), start)
    every = lesson(lines("{}"), start)
    total = every.timeline.loss(0)
    one.timeline.ensure(0)
    parts = (one.timeline.training[0], 6), (one.timeline.validated[0], 4)
    assert sum(measure.loss * count for measure, count in parts) == pytest.approx(total, rel=1e-12)
    outputs = every.timeline.record(0).cells[every.timeline.graph.output.a.index]
    settings = every.timeline.settings(0)
    on = settings.given["going"] > 0
    right = (outputs.argmax(axis=2) == settings.targets.argmax(axis=2))[on]
    steps = [part.given["going"].sum() for part in (one.timeline.settings(0), one.validation)]
    shares = [measure.accuracy * count for (measure, _), count in zip(parts, steps, strict=True)]
    assert sum(shares) == pytest.approx(right.sum())


def test_early_stopping_goes_back_to_the_best():
    one = lesson(
        lines("{ validation = 0.3, seed = 1 }"), training="stop = { iterations = 3000, patience = 5 }"
    )
    run = one.timeline
    assert run.extend(3000, one.stop) and run.length < 3000
    lowest = min(measure.loss for measure in run.validated)
    assert run.best.loss == lowest and run.best.iteration < run.length - 1
    assert run.measure(run.best.iteration, one.validation).loss == lowest


def test_another_training_keeps_the_same_sequences_back():
    one = lesson(lines("{ validation = 0.3, seed = 1 }"))
    other = with_training(one, optimizer="adam")
    assert np.array_equal(other.validation.inputs, one.validation.inputs)
    assert np.array_equal(other.timeline.settings(0).inputs, one.timeline.settings(0).inputs)


def test_first_weights_are_compared_on_sequences_of_different_lengths():
    one = lesson(lines("{ validation = 0.3 }"))
    restarts = Restarts(one, one.timeline, first_seed=2, count=2, iterations=5)
    while not restarts.is_over:
        restarts.advance(5)
    settings = restarts.best_lesson.timeline.settings(0)
    examples = Examples(settings.inputs, settings.targets, settings.given)
    assert restarts.best_lesson.timeline.measure(5, examples).loss == restarts.best.error


def unlearning(data):
    """A run whose weights stay where they are, to all digits that are compared."""
    one = from_text(
        LESSON.replace("DATA", data)
        .replace("START", "")
        .replace("LAST", "")
        .replace("TRAINING", "")
        .replace("UNITS", "2")
        .replace("0.5", "1e-13")
    )
    one.timeline.extend(one.timeline.iterations_per_epoch)
    return one


def test_pieces_are_measured_as_they_go_on_from_each_other():
    whole, split = unlearning(CUT), unlearning(f"{CUT}\nsplit = {{ validation = 6 }}")
    rounds = [whole.timeline.record(k).loss / 3 for k in range(10)]
    settings = whole.timeline.settings(0)
    every = Examples(settings.inputs, settings.targets, settings.given)
    assert whole.timeline.measure(0, every).loss == pytest.approx(np.mean(rounds), rel=1e-9)
    assert split.timeline.training[0].loss == pytest.approx(np.mean(rounds[:8]), rel=1e-9)
    assert split.timeline.validated[0].loss == pytest.approx(np.mean(rounds[8:]), rel=1e-9)
    assert rounds[0] != pytest.approx(np.mean(rounds), rel=1e-3)
