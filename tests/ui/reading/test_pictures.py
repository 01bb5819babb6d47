"""Pictures of all families, and what items make of them, are as they were read, fact by fact."""

from __future__ import annotations

import pytest

from tests.ui.reading import painted, pictures


@pytest.mark.parametrize("facts", (pictures, painted), ids=("pictures", "painted"))
def test_every_kind_of_fact_is_as_it_was_read(facts, qtbot):
    """``python -m tests.ui.reading.pictures --write`` writes a table anew where it is meant to change."""
    assert facts.table().splitlines() == facts.TABLE.read_text("utf-8").splitlines()
