"""What ``benchmarks/start.py`` measures is there to be measured."""

from benchmarks import start

TOLD = """\
import time: self [us] | cumulative | imported package
import time:       100 |        100 |   nnviz.small
import time:      2500 |       2600 | nnviz
something else on the way
"""


def test_the_lines_of_the_interpreter_are_read():
    assert list(start.read_imports(TOLD)) == [("nnviz.small", 0.1, 0.1), ("nnviz", 2.5, 2.6)]


def test_a_window_is_painted_before_the_lesson_in_it(tmp_path):
    environment = start.surroundings(str(tmp_path))
    for script in (start.EMPTY, start.OURS):
        began = start._started(script, environment)
        assert 0 < began.window <= began.lesson
    assert began.window < began.lesson
