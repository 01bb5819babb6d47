"""What every lesson says is what it has said: a change of wording or of a digit is seen, and meant."""

import pytest

from nnviz.lessons.catalogue import names
from tests.golden_texts.store import difference, stored

MOST_LINES = 60


def test_every_lesson_has_a_text():
    assert stored() == sorted(names())


@pytest.mark.parametrize("name", names())
def test_the_text_is_the_stored_one(name):
    changes = difference(name)
    more = f"\n… and {len(changes) - MOST_LINES} lines more" if len(changes) > MOST_LINES else ""
    shown = "\n".join(changes[:MOST_LINES])
    assert not changes, f"python -m tests.golden_texts write, if this is meant:\n{shown}{more}"
