"""The equations of the walks of all lessons, read back as they are printed."""

import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.typeset import line
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough import _escaped
from tests.lessons.case_files import case, case_names
from tests.printed import assert_no_side_twice, assert_printed_honestly

OPENED = [name for name in case_names() if name != "dropout-softmax"]
MOST_STOPS = 30  # of a walk: of a longer one so many, evenly spread


@pytest.mark.parametrize("name", [*catalogue.names(), *OPENED])
def test_every_printed_equation_is_honest_and_says_nothing_twice(name):
    lesson = case(name) if name in OPENED else catalogue.load(name)
    walk = Walk(lesson.timeline)
    stops = walk.outline(0).stops(Depth.NEURON)
    for position in stops[:: max(1, len(stops) // MOST_STOPS)]:
        moment = resolve(walk, Cursor(0, position, lesson.timeline.rows(0)[-1]), lesson.textbook)
        for equation in explain_place(moment, Depth.NEURON).equations:
            assert_printed_honestly(equation, lesson.digits)
            assert_no_side_twice(line(equation, lesson.digits))


@pytest.mark.parametrize("sign", list("\\<&[`*_$"))
def test_what_markdown_would_read_is_escaped_in_names(sign):
    assert _escaped(f"{sign}x{sign}") == f"\\{sign}x\\{sign}"
