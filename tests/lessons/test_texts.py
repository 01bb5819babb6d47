"""The texts behind sequences of symbols."""

import pytest

from nnviz.lessons import catalogue
from nnviz.lessons.texts import text_of, titles_of_examples


@pytest.mark.parametrize(
    ("name", "row", "reads", "leads_to"),
    [
        ("remember-lstm", 0, "ayyzz", "a"),
        ("remember-lstm", 59, "bzyzxxxyxzxxxzxxxzzyyzxyxyyzyxxxyzxzzxxzzxxzzzxxyxxxzzyzzyzz", "b"),
        ("truncated-3", 1, "bbb", "bbb"),
        ("three-steps", 0, "", ""),
        ("xor", 0, "", ""),
    ],
)
def test_what_an_example_reads_and_leads_to(name, row, reads, leads_to):
    lesson = catalogue.load(name)
    assert text_of(lesson, row) == reads
    assert text_of(lesson, row, of_targets=True) == leads_to


@pytest.mark.parametrize(
    ("name", "row", "title"),
    [
        ("remember-lstm", 0, "d1  ayyzz"),
        ("remember-lstm", 59, "d60  bzyzxxxyxzxx…"),
        ("three-steps", 0, "d1"),
    ],
)
def test_examples_of_a_text_are_called_by_its_first_symbols(name, row, title):
    assert titles_of_examples(catalogue.load(name))[row] == title
