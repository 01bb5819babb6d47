"""What every lesson says is what it has said: a change of wording or of a digit is seen, and meant."""

import pytest

from nnviz.engine.cursor import Walk
from nnviz.engine.outline import Depth
from nnviz.lessons.catalogue import load
from tests.golden_texts.store import LESSONS
from tests.golden_texts.texts import EVERY_STOP, stops_of


def test_every_lesson_has_a_text():
    assert LESSONS.stored() == sorted(LESSONS.names)


@pytest.mark.parametrize("name", LESSONS.names)
def test_the_text_is_the_stored_one(name):
    told = LESSONS.told(name)
    assert not told, f"python -m tests.golden_texts write, if this is meant:\n{told}"


def test_every_stop_is_read_where_they_can_be():
    outline = Walk(load("power-plant-logistic").timeline).outline(0)
    assert stops_of(outline, Depth.TERM) == list(range(outline.length + 1))


def test_of_thousands_of_stops_every_stage_has_its_start_middle_and_end():
    outline = Walk(load("lenet-5").timeline).outline(0)
    read = set(stops_of(outline, Depth.TERM))
    assert len(read) < EVERY_STOP < outline.length
    for stage in outline.stages:
        assert {stage.start + 1, stage.end} <= read
        assert stage.end - stage.start < 5 or any(stage.start + 2 < stop < stage.end for stop in read)
