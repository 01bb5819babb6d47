"""Pictures of all families, and what items make of them, are as they were read, fact by fact."""

from __future__ import annotations

import pytest

from tests.ui.reading import painted, pictures
from tests.ui.reading.canvases import CANVASES


@pytest.mark.parametrize("facts", (pictures, painted), ids=("pictures", "painted"))
def test_every_kind_of_fact_is_as_it_was_read(facts, qtbot):
    """``python -m tests.ui.reading.pictures --write`` writes a table anew where it is meant to change."""
    assert facts.table().splitlines() == facts.TABLE.read_text("utf-8").splitlines()


def test_every_canvas_is_stored():
    assert CANVASES.stored() == sorted(CANVASES.names)


@pytest.mark.parametrize("name", CANVASES.names)
def test_the_canvas_of_a_lesson_is_as_it_was_seen(name, qtbot):
    told = CANVASES.told(name)
    assert not told, f"python -m tests.ui.reading.canvases --write, if this is meant:\n{told}"
