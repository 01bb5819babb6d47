"""Pictures of all families are as they were read, fact by fact."""

from __future__ import annotations

from tests.ui.reading.pictures import TABLE, table


def test_every_kind_of_fact_is_as_it_was_read():
    """``python -m tests.ui.reading.pictures --write`` writes it anew where they are meant to change."""
    assert table().splitlines() == TABLE.read_text("utf-8").splitlines()
