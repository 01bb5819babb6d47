"""Every address that is printed is read back as the same number, in all lessons."""

import numpy as np
import pytest

from nnviz.engine.notation import AddressError
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough_tables import result_sheets
from tests.lessons.case_files import case, case_names, end_of

WITHOUT_ADDRESS = (Part.RAW, Part.LOW, Part.HIGH, Part.TERM, Part.SHARE)
MOST_CELLS = 24  # of a quantity
OPENED = [name for name in case_names() if name != "dropout-softmax"]


def lesson_of(name):
    return case(name) if name in OPENED else catalogue.load(name)


def cells_of(shape, random):
    every = int(np.prod(shape))
    places = range(every) if every <= MOST_CELLS else sorted(random.choice(every, MOST_CELLS, replace=False))
    return [tuple(int(i) for i in np.unravel_index(place, shape)) for place in places]


def refs_at(moment):
    """Numbers of every quantity that a moment knows or derives."""
    random = np.random.default_rng(0)
    for node in moment.graph.nodes:
        for part in Part:
            if part in WITHOUT_ADDRESS:
                continue
            shape = (moment.graph.inputs.shape[0], *node.shape) if part is Part.AT_STEP else node.shape
            refs = (Ref(node.scope, part, cell) for cell in cells_of(shape, random))
            yield from (ref for ref in refs if moment.value(ref) is not None)


@pytest.mark.parametrize("name", [*catalogue.names(), *OPENED])
def test_every_printed_address_is_read_back(name):
    lesson = lesson_of(name)
    moment = end_of(lesson)
    notation = lesson.textbook.notation
    for ref in refs_at(moment):
        again = notation.parse(notation.address(ref))
        assert again == ref, notation.address(ref)
        assert moment.value(again) == moment.value(ref)
    assert notation.parse(notation.address(LEARNING_RATE)) == LEARNING_RATE
    for sheet in result_sheets(moment, 4):
        if sheet.title == "Weights":
            addresses = [row[0] for row in sheet.rows if not row[0].startswith("…")]
            assert len({notation.parse(address) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    ("address", "scope", "cell"),
    [
        ("a[output,1]", "output/a", (0,)),
        ("w[output,1,1]", "output/w", (0, 0)),
        ("w[output,1,0]", "output/b", (0,)),
        ("t[1]", "t", (0,)),
        ("t[output,1]", "t", (0,)),
        ("x[2,1]", "x", (1, 0)),
        ("h[rnn,2,1]", "rnn/h", (1, 0)),
    ],
)
def test_a_network_judged_at_the_end(address, scope, cell):
    notation = case("last-address").textbook.notation
    assert notation.parse(address) == Ref(scope, cell=cell)


@pytest.mark.parametrize("address", ["E[1]", "going[1]", "t[2]", "t[1,1]", "w[output,1,2]", "w[output,2,1]"])
def test_what_a_network_judged_at_the_end_does_not_have(address):
    with pytest.raises(AddressError):
        case("last-address").textbook.notation.parse(address)


@pytest.mark.parametrize(
    ("printed", "also"),
    [
        ("w[hidden,2,0]", "b[hidden,2]"),
        ("dw[hidden,2,0]", "db[hidden,2]"),
        ("w_new[hidden,1,0]", "b_new[hidden,1]"),
        ("dw_at[hidden,3,1,0]", "db_at[hidden,3,1]"),
    ],
)
def test_the_bias_of_a_layer_at_every_step_is_the_weight_0(printed, also):
    notation = case("held-delta").textbook.notation
    assert notation.parse(printed) == notation.parse(also)
    assert notation.address(notation.parse(also)) == printed
