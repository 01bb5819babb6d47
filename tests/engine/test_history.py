"""The states of a run within a budget of memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.history import ARRAY_BYTES, CHUNK_BYTES, KEPT_BYTES, REPLAYED, History, stride_of

WIDTH = 1024 - ARRAY_BYTES // 8  # 32 rows a chunk
ROWS = CHUNK_BYTES // (8 * WIDTH + ARRAY_BYTES)
LARGE, TINY = 2**30, 1


def filled(count, budget=LARGE, stride=1):
    """A history whose row k is full of k."""
    history = History(WIDTH, budget, stride)
    for k in range(count):
        history.append(np.full(WIDTH, float(k)))
    return history


def kept(history, count):
    return [k for k in range(count) if history.nearest(k)[0] == k]


def test_everything_is_kept_within_the_budget():
    history = filled(5 * ROWS)
    assert history.length == 5 * ROWS
    assert kept(history, history.length) == list(range(history.length))


@pytest.mark.parametrize("budget", [TINY, CHUNK_BYTES, 3 * CHUNK_BYTES])
def test_the_nearest_row_is_what_it_says(budget):
    history = filled(20 * ROWS, budget)
    for k in range(history.length):
        iteration, row = history.nearest(k)
        assert 0 <= iteration <= k
        assert (row == iteration).all()


def test_the_far_past_is_thinned_first():
    history = filled(12 * ROWS, 5 * CHUNK_BYTES)
    assert history.nbytes <= 5 * CHUNK_BYTES
    rows = np.array(kept(history, history.length))
    gaps = np.diff(rows)
    assert rows[0] == 0 and rows[-1] == history.length - 1
    assert gaps.max() > 1
    assert (np.diff(gaps[gaps > 0]) <= 0).all(), "the nearer to the present, the denser"


def test_a_tiny_budget_still_keeps_the_start_and_the_newest_chunk():
    history = filled(10 * ROWS, TINY)
    rows = kept(history, history.length)
    assert 0 in rows and set(range(9 * ROWS, 10 * ROWS)) <= set(rows)
    assert history.nbytes < 3 * CHUNK_BYTES


def test_what_is_kept_is_a_copy_and_read_only():
    history, row = History(2), np.zeros(2)
    history.append(row)
    row[0] = 1.0
    _, kept_row = history.nearest(0)
    assert kept_row.tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        kept_row[0] = 1.0


def test_only_some_states_are_kept():
    history = filled(30, stride=4)
    assert kept(history, 30) == list(range(0, 30, 4))
    assert all((history.nearest(k)[1] == k - k % 4).all() for k in range(30))
    branch = history.before(10)
    for _ in range(5):
        branch.append(np.full(WIDTH, -1.0))
    assert [branch.nearest(k)[0] for k in (7, 9, 10, 13, 14)] == [4, 8, 10, 10, 14]


@pytest.mark.parametrize(
    ("width", "work", "stride"),
    [
        (10, 0, 1),
        (KEPT_BYTES // 8, 1, 1),
        (KEPT_BYTES, 1, 8),
        (KEPT_BYTES, REPLAYED // 3, 3),
        (KEPT_BYTES, 2 * REPLAYED, 1),
    ],
)
def test_of_large_states_fewer_are_kept_where_they_are_quickly_replayed(width, work, stride):
    assert stride_of(width, work) == stride


@pytest.mark.parametrize("iteration", [-1, 3, 100])
def test_outside_the_run_there_is_nothing(iteration):
    with pytest.raises(IndexError, match=f"iteration {iteration} is outside 0 … 2"):
        filled(3).nearest(iteration)


@given(
    count=st.integers(1, 200),
    at=st.integers(1, 200),
    more=st.integers(0, 100),
    budget=st.sampled_from([TINY, 2 * CHUNK_BYTES, LARGE]),
)
def test_a_branch_shares_the_past_and_nothing_else(count, at, more, budget):
    history, at = filled(count, budget), min(at, count)
    branch = history.before(at)
    for k in range(more):
        branch.append(np.full(WIDTH, 1000.0 + k))
    history.append(np.full(WIDTH, float(count)))
    assert (history.length, branch.length) == (count + 1, at + more)
    for k in range(history.length):
        iteration, row = history.nearest(k)
        assert iteration <= k and (row == iteration).all()
    for k in range(branch.length):
        iteration, row = branch.nearest(k)
        assert iteration <= k and (row == (iteration if iteration < at else 1000.0 + iteration - at)).all()


def test_a_branch_from_the_very_start_is_empty():
    branch = filled(10).before(0)
    assert branch.length == 0
    branch.append(np.zeros(WIDTH))
    assert branch.nearest(0)[0] == 0
