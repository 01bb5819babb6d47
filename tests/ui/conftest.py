"""What the tests of the window share: a lesson to show."""

import pytest

from nnviz.lessons.catalogue import load
from nnviz.lessons.lesson import Lesson


@pytest.fixture
def lesson() -> Lesson:
    """The power plant of the notes: 2-3-2-1 logistic units, four examples in one batch."""
    return load("power-plant-logistic")
