"""What is said of a run that is over."""

from __future__ import annotations

import pytest

from nnviz.ui.progress import _below


@pytest.mark.parametrize(
    ("value", "limit", "written"),
    [
        (0.0123456, 0.02, "0.0123"),
        (0.019961, 0.02, "0.01996"),
        (0.0199999995, 0.02, "0.0199999995"),
        (9.994e-05, 0.0001, "9.99e-05"),
        (9.999e-05, 0.0001, "9.999e-05"),
        (-0.5, 0.1, "-0.5"),
    ],
)
def test_an_error_below_a_limit_is_written_so_that_it_is_seen(value, limit, written):
    assert _below(value, limit) == written
    assert float(written) < limit
