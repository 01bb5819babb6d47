"""What sentences claim, checked against the numbers; and every kind of sentence as a table of words."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from nnviz.engine.explain import explain_place
from nnviz.engine.ref import Part
from nnviz.engine.typeset import line
from tests.reading.sentences import TABLE, networks, table
from tests.reading.whole import moments

NUMBER = r"−?\d+(?:\.\d+)?"


def in_text(number: str) -> float:
    return float(number.replace("−", "-"))


def moves(moment, told, found):
    """“The error would grow with a larger value, so the weight 3 to 6 falls.”"""
    ref = moment.leaf.ref
    gradient, new, old = (moment.value(ref.of(part)) for part in (Part.GRADIENT, Part.NEW, Part.VALUE))
    assert (found[1] == "larger") == (gradient > 0)
    assert (found[3] == "falls") == (new < old)
    assert moment.notation.caption(ref.of(Part.VALUE)) in found[2]


def along_weight(moment, told, found):
    """“The error of neuron 8 comes back along the weight −0.5000”: both stand in the equation."""
    text = line(told.equations[-1])
    if "w" not in text:  # the sum stands in the step before
        return
    assert found[2] in text.replace("(", " ").replace(")", " ").split()
    assert re.search(rf"δ{found[1].translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}(?![₀-₉])", text)


def passes(moment, told, found):
    """“the slope of φ lets 24 % of it pass”"""
    scope = moment.stage.layer.a.scope
    slope = moment.value(replace(moment.leaf.ref, scope=scope, part=Part.SLOPE))
    assert abs(100 * slope - in_text(found[1])) <= 0.6


def over_examples(moment, told, found):
    assert int(found[1]) == len(moment.rows)


def of_this_neuron(moment, told, found):
    assert told.crumbs[-1].startswith(f"neuron {found[1]}")


def signed(moment, told, found):
    assert (found[1].lower() == "minus ") == (moment.textbook.conventions.delta_sign < 0)


CLAIMS = [
    (r"would grow with a (larger|smaller) value, so the (.*) (falls|rises)\.", moves),
    (rf"The error of neuron (\d+) comes back along the weight ({NUMBER}),", along_weight),
    (rf"slope of φ lets ({NUMBER}) % of (?:it|them) pass", passes),
    (r"summed over (\d+) examples", over_examples),
    (r"The inputs of neuron (\d+), weighted and added up", of_this_neuron),
    (r"as the δ of neuron (\d+)\.", of_this_neuron),
    (r"(?<=: )(minus |)δ (?:times what comes in along it|of the neuron it leads to|there)", signed),
]
NETWORKS = list(networks())


@pytest.mark.parametrize(("name", "timeline", "textbook"), NETWORKS, ids=[name for name, *_ in NETWORKS])
def test_what_a_sentence_claims_is_so(name, timeline, textbook):
    for moment, depth in moments(timeline, textbook, 10, name):
        told = explain_place(moment, depth)
        if moment.leaf is None:
            continue
        for pattern, claim in CLAIMS:
            for found in re.finditer(pattern, told.narration):
                claim(moment, told, found)


def test_every_kind_of_sentence_is_as_it_was_read():
    """``python -m tests.reading.sentences --write`` writes the table anew where words are meant to change."""
    assert table().splitlines() == TABLE.read_text("utf-8").splitlines()
