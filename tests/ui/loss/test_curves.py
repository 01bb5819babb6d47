"""What the loss plot is told to draw, without a window."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.measures import Measure
from nnviz.engine.moment import resolve
from nnviz.engine.ref import Ref
from nnviz.engine.timeline import Edit
from nnviz.ui.loss.curves import (
    Choice,
    Curve,
    Drawing,
    Lines,
    MeasureTable,
    Pin,
    Run,
    RunReader,
    drawing_of,
    lines_of,
    mean_of_last,
    percent,
)
from tests.ui.moons import moons

sizes = st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n)))


@given(sizes, st.data())
def test_a_running_mean_is_the_mean_of_so_many_numbers(size, data):
    count, width = size
    numbers = data.draw(arrays(np.float64, count, elements=st.floats(0, 1e6)))
    expected = [numbers[i + 1 - width : i + 1].mean() for i in range(width - 1, count)]
    np.testing.assert_allclose(mean_of_last(numbers, width), expected, rtol=1e-12, atol=1e-300)


def test_a_small_mean_after_large_numbers_keeps_its_digits():
    numbers = np.concatenate([np.full(50, 1e9), np.full(50, 1e-9)])
    np.testing.assert_allclose(mean_of_last(numbers, 7)[-20:], 1e-9, rtol=1e-14)


def test_what_has_overflowed_spoils_only_the_means_it_is_in():
    means = mean_of_last(np.array([1.0, 1.0, np.inf, 1.0, 1.0, 1.0]), 2)
    assert means.tolist() == [1.0, math.inf, math.inf, 1.0, 1.0]


@pytest.mark.parametrize(
    ("share", "count", "text"),
    [
        (0.95, 80, "95 %"),
        (1.0, 80, "100 %"),
        (0.0, 80, "0 %"),
        (78 / 80, 80, "98 %"),
        (0.998, 500, "99.8 %"),
        (4_999 / 5_000, 5_000, "99.9 %"),
        (99.6 / 100, 100, "99 %"),
        (math.nan, 10, "–"),
    ],
)
def test_a_share_is_everything_only_where_it_is(share, count, text):
    assert percent(share, count) == text


def measures(*losses):
    return [Measure(5 * i, loss, None) for i, loss in enumerate(losses)]


def test_only_new_measures_are_read_and_another_run_is_read_anew():
    table, first = MeasureTable(), measures(3.0, 2.0, 1.0)
    assert table.rows(first[:2])[:, :2].tolist() == [[0, 3], [5, 2]]
    assert table.rows(first)[:, 1].tolist() == [3, 2, 1]
    assert table.rows(first[:1])[:, 1].tolist() == [3]
    branch = [*first[:2], *measures(9.0, 9.0, 9.0)[2:]]
    assert table.rows(branch)[:, 1].tolist() == [3, 2, 9]
    assert table.rows([]).shape == (0, 3)
    assert np.isnan(table.rows(first)[:, 2]).all()


@pytest.mark.parametrize(("losses", "best"), [([3.0, 1.0, 2.0], 1), ([2.0, 1.0, 1.0], 2), ([np.nan, 4.0], 1)])
def test_the_best_is_the_last_of_the_lowest(losses, best):
    rows = np.array([(i, loss, np.nan) for i, loss in enumerate(losses)])
    assert Run(np.ones(len(losses)), rows, rows).best == best


def test_without_measures_nothing_is_best():
    assert Run().best is None


def run(losses, per_epoch=1):
    return Run(np.asarray(losses, dtype=float), per_epoch=per_epoch)


def test_e_is_drawn_over_iterations_or_epochs():
    assert lines_of(run([1, 2, 3]), Choice(), False).main.x.tolist() == [0, 1, 2]
    in_epochs = lines_of(run([1, 2, 3, 4], 2), Choice(by_epoch=True, with_mean=False), False)
    assert in_epochs.main.x.tolist() == [0, 0.5, 1, 1.5]


def test_a_mean_stands_at_the_end_of_its_epoch_and_needs_a_whole_one():
    lines = lines_of(run([4, 2, 6, 8], 2), Choice(), False)
    assert lines.main.x.tolist() == [1, 2, 3] and lines.main.y.tolist() == [3, 4, 7]
    assert lines.raw.y.tolist() == [4, 2, 6, 8] and lines.newest is lines.raw
    assert lines_of(run([4], 2), Choice(), False).main.y.tolist() == [4]


def test_shares_are_in_percent_and_never_logarithmic():
    rows = np.array([(0, 0.7, 0.5), (4, 0.6, 0.75)])
    one = Run(np.ones(8), rows, rows, per_epoch=4)
    lines = lines_of(one, Choice(is_correct=True, by_epoch=True), True)
    assert lines.main.y.tolist() == [50, 75] and lines.validation.x.tolist() == [0, 1]
    assert not Choice(is_correct=True, is_logarithmic=True).is_log


@pytest.mark.parametrize(
    ("x", "per_unit", "per_stop", "iteration"),
    [
        (3.4, 1, 1, 3),
        (-2, 1, 1, 0),
        (99, 1, 1, 20),
        (1.5, 4, 1, 6),
        (1.4, 4, 4, 4),
        (99, 4, 4, 20),
        (6.6, 1, 4, 8),
    ],
)
def test_a_place_on_the_axis_is_an_iteration_of_the_run(x, per_unit, per_stop, iteration):
    drawing = Drawing(per_unit=per_unit, per_stop=per_stop, last_iteration=20)
    assert drawing.iteration_at(x) == iteration


# Read from moments


def at(lesson, reader, iteration, is_done=True):
    walk = Walk(lesson.timeline)
    cursor = walk.at(iteration, 0, 0)
    done = walk.outline(iteration).completed_at(Ref("loss"))
    cursor = Cursor(iteration, done if is_done else done - 1, cursor.example)
    return reader.read(resolve(walk, cursor, lesson.textbook))


@pytest.fixture
def reader(tmp_path):
    lesson = moons(tmp_path, batch=5)
    reader = RunReader(lesson.timeline.iterations_per_epoch, with_measures=True)
    reader.lesson = lesson
    return reader


def test_a_run_has_the_measures_of_the_timeline(reader):
    at(reader.lesson, reader, 10)
    timeline = reader.lesson.timeline
    assert timeline.iterations_per_epoch == 4
    assert reader.run.validation[:, 0].tolist() == [0, 4, 8]
    assert reader.run.validation[:, 1].tolist() == [m.loss for m in timeline.validated[:3]]
    assert reader.run.training[:, 2].tolist() == [m.accuracy for m in timeline.training[:3]]


def test_a_measure_is_not_told_before_e_of_its_iteration(reader):
    assert at(reader.lesson, reader, 0, is_done=False) is True
    assert not reader.run.has_measures
    at(reader.lesson, reader, 8, is_done=False)
    assert reader.run.validation[:, 0].tolist() == [0, 4]


def test_nothing_new_is_told_apart(reader):
    assert at(reader.lesson, reader, 6)
    assert not at(reader.lesson, reader, 6)
    assert at(reader.lesson, reader, 7)


def test_what_has_been_seen_goes_on_behind_an_earlier_moment(reader):
    at(reader.lesson, reader, 14)
    at(reader.lesson, reader, 5)
    assert len(reader.run.losses) == 6 and len(reader.seen.losses) == 15
    drawing = drawing_of(reader, Choice(by_epoch=True), ())
    assert drawing.tail.main.x.tolist() == [1, 2, 3] and drawing.goes_on
    at(reader.lesson, reader, 14)
    drawing = drawing_of(reader, Choice(by_epoch=True), ())
    assert len(drawing.tail.main) == 0 and not drawing.goes_on


def test_another_future_is_not_what_has_been_seen(reader):
    lesson = reader.lesson
    at(lesson, reader, 14)
    branch = lesson.timeline.edited(Edit(9, ((Ref("output/w", cell=(0, 1)), 2.0),)))
    walk = Walk(branch)
    reader.read(resolve(walk, walk.at(9, 0, 0), lesson.textbook))
    assert len(reader.seen.losses) == 9


def test_the_best_is_drawn_from_two_measures_on_and_not_among_shares(reader):
    at(reader.lesson, reader, 2)
    assert drawing_of(reader, Choice(), ()).best is None
    at(reader.lesson, reader, 30)
    best = reader.lesson.timeline.best
    by_epoch = drawing_of(reader, Choice(by_epoch=True), ())
    assert by_epoch.best == (best.iteration / 4, best.loss)
    assert drawing_of(reader, Choice(), ()).best == (best.iteration, best.loss)
    assert drawing_of(reader, Choice(is_correct=True), ()).best is None


def test_a_pin_with_other_batches_is_drawn_over_the_same_epochs(reader):
    at(reader.lesson, reader, 8)
    rows = np.array([(0, 0.7, 0.5), (10, 0.6, 0.75)])
    pin = Pin("one", 3, Run(np.ones(12), rows, rows, per_epoch=10))
    ((place, lines),) = drawing_of(reader, Choice(by_epoch=True), (pin,)).pins
    assert place == 3 and lines.validation.x.tolist() == [0, 1]


def test_curves_are_cut():
    curve = Curve(np.arange(5.0), np.arange(5.0) * 10)
    assert Lines(curve, curve).after(2.5).validation.y.tolist() == [30, 40]
