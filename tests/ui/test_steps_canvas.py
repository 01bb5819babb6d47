"""The canvas of recurrent networks: unrolled in time, one step opened, and nothing before it is computed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.lessons.catalogue import load
from tests.ui.stand import Stand

FOLDER = Path(__file__).parents[1] / "lessons" / "recurrent"
FILES = sorted(FOLDER.glob("*.nnviz.toml"))
DEPTHS = (Depth.TERM, Depth.NEURON, Depth.MAP, Depth.LAYER, Depth.PASS)


def lesson(name):
    return load(str(next(path for path in FILES if path.name.endswith(f"-{name}.nnviz.toml"))))


def positions(outline, count=12):
    """Some in every stage, its first and last ones among them."""
    found = {0, outline.length}
    for stage in outline.stages:
        found |= {stage.starts[1], stage.end, (stage.start + stage.end) // 2}
    found |= {round(share * outline.length) for share in np.linspace(0, 1, count)}
    return sorted(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_number_is_the_one_of_the_moment_and_none_is_there_too_early(qtbot, path):
    stand = Stand(qtbot, load(str(path)))
    for k, position in enumerate(positions(stand.outline)):
        moment = stand.go(position, DEPTHS[k % len(DEPTHS)])
        items = list(stand.view.board.items_with_numbers())
        assert items
        for number in (number for item in items for number in item.numbers()):
            value = moment.value(number.ref)
            assert value is not None and value == number.value, (position, number.ref)
            assert number.text in {show(value, 4, moment.decimals(number.ref)), show(value, 4, 0)}
        for placed in stand.placed():
            if moment.value(placed.number.ref) is None:
                assert (placed.number.text, placed.number.value) == ("", None), placed.number.ref
