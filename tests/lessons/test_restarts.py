"""Random restarts: every one is the run that its seed makes, and the best of them is kept."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.build import build
from nnviz.lessons.composing import DataChoice, compose, suggested
from nnviz.lessons.errors import BuildError
from nnviz.lessons.restarts import Restarts
from nnviz.lessons.variation import with_other_weights


def finished(lesson, **options):
    restarts = Restarts(lesson, lesson.timeline, **options)
    for _ in range(10_000):
        restarts.advance()
        if restarts.is_over:
            return restarts
    raise AssertionError("it never ends")


@pytest.mark.parametrize("iterations", [1, 16, 50])
def test_every_restart_is_the_run_of_its_seed(iterations):
    lesson = catalogue.load("power-plant-logistic")
    restarts = finished(lesson, first_seed=5, count=3, iterations=iterations)
    assert [one.seed for one in restarts.tried] == [5, 6, 7]
    for one in restarts.tried:
        alone = with_other_weights(lesson, one.seed)
        alone.timeline.extend(iterations + 1)
        assert one.iterations == iterations
        whole = alone.timeline.losses_until(iterations + 1)[-1]  # a sum over its four examples
        assert one.error == pytest.approx(whole / 4, rel=1e-12)


def test_the_best_is_kept_with_its_run():
    lesson = build("own", compose(suggested(DataChoice("moons", examples=60))))
    restarts = finished(lesson, first_seed=1, count=5, iterations=40)
    assert restarts.best.error == min(one.error for one in restarts.tried)
    assert restarts.best_lesson.timeline.length == 41
    assert restarts.best_lesson.file.network.initial.seed == restarts.best.seed
    first = with_other_weights(lesson, restarts.best.seed).timeline.state(0).parameters
    assert np.array_equal(restarts.best_lesson.timeline.state(0).parameters, first)


def test_a_run_that_diverges_is_never_the_best():
    choices = suggested(DataChoice("sine"))
    training = choices.training.model_copy(update={"optimizer": "gradient_descent", "learning_rate": 1e6})
    lesson = build("own", compose(replace(choices, training=training)))
    restarts = finished(lesson, first_seed=1, count=2, iterations=400)
    assert [one.error for one in restarts.tried] == [math.inf] * 2
    assert restarts.best is None and restarts.best_lesson is None


def test_a_lesson_that_does_not_train_is_refused():
    lesson = catalogue.load("image-of-a-4")
    with pytest.raises(BuildError, match="does not train"):
        Restarts(lesson, lesson.timeline, first_seed=1, count=2, iterations=5)
