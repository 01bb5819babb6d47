"""A few random networks of every family; `python -m tests.randomized.networks` tries as many as one likes."""

import pytest

from tests.randomized.networks import check_network

COUNT = 20
FOUND = (
    112,
    118,
    124,
    126,
    160,
    189,
    7004,
    50112,
    100105,
    100115,
    100120,
    100152,
    100160,
    100254,
    100509,
    300725,
)


@pytest.mark.parametrize("seed", (*range(1, 1 + COUNT), *FOUND))
def test_everything_about_a_random_network(seed):
    check_network(seed)
