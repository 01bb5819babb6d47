"""What is said about numbers of a sequence: where errors go back to, and what has faded on the way."""

import pytest

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.explain import explain, explain_place
from nnviz.engine.formula import Name, Quantity
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import shown
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough_tables import data_sheets

RAGGED = """
format = 1
title = "Of two lengths"
[network]
inputs = ["x"]
initial = { method = "glorot_uniform", seed = 1 }
[[network.layers]]
name = "Hidden"
kind = "recurrent"
units = 1
[[network.layers]]
name = "Output"
units = 1
activation = "identity"
[data]
sequences = [[[1], [2], [3]], [[4], [5]]]
targets = [[[1], [2], [3]], [[4], [5]]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""


def moment_of(name, iteration=0, position=None, example=None):
    lesson = catalogue.load(name)
    lesson.timeline.extend(iteration)
    walk = Walk(lesson.timeline)
    end = walk.outline(iteration).length if position is None else position
    row = lesson.timeline.rows(iteration)[0] if example is None else example
    return resolve(walk, Cursor(iteration, end, row), lesson.textbook)


def said_of(moment, address):
    return explain(moment, moment.notation.parse(address)).narration


@pytest.mark.parametrize(
    ("name", "address", "says"),
    [
        ("three-steps", "dh_prev[hidden,3,1]", "the error of this step, along the same weights"),
        ("three-steps", "dh_prev[hidden,2,1]", "the errors of this step and of all later ones, along"),
        ("three-steps", "dh_prev[hidden,1,1]", "would go back further in time"),
        ("three-steps", "dh_prev[hidden,1,1]", "there is no step before it"),
        ("three-steps", "above[hidden,2,1]", "as it comes from above"),
        ("three-steps-at-the-end", "above[hidden,2,1]", "No error is measured at this step"),
        ("lstm-unit", "dc_prev[unit,1,1]", "times the forget gate, and through no weights"),
        ("lstm-unit", "dh_prev[unit,1,1]", "along the same weights"),
    ],
)
def test_where_errors_go(name, address, says):
    moment = moment_of(name)
    layer = moment.graph.layers[0].scope
    assert says in said_of(moment, address.replace("hidden", layer).replace("unit", layer))


def test_a_piece_goes_on_with_the_state_of_the_one_before_and_cuts_the_way_back():
    first, second = moment_of("truncated-3", 0), moment_of("truncated-3", 1)
    layer = first.graph.layers[0]
    start = next(one for one in layer.starts)
    ref, back = Ref(start.scope, cell=(0,)), Ref(f"{layer.scope}/h_prev", Part.GRADIENT, (0, 0))
    assert not first.goes_on and first.can_edit(ref)
    assert explain(first, ref).narration == "The state that the sequence starts from."
    assert second.goes_on and not second.can_edit(ref)
    assert "the piece before has ended with" in explain(second, ref).narration
    assert "no step before" in explain(first, back).narration
    assert "cut here" in explain(second, back).narration
    ended = first.array(layer.a.scope).array[0, -1, 0]
    assert second.value(ref) == ended


def test_nothing_has_faded_where_the_state_before_the_first_step_is_0():
    moment = moment_of("three-steps")
    layer = moment.graph.layers[0]
    ref = Ref(layer.w_h.scope, Part.GRADIENT, (0, 0))
    assert moment.value(Ref(layer.w_h.scope, Part.AT_STEP, (0, 0, 0))) == 0
    assert "faded" not in explain(moment, ref).narration


@pytest.mark.parametrize(
    ("example", "fades"),
    [(0, False), (-1, True)],  # a line of 5 symbols, and one of 60
)
def test_what_has_faded_on_a_long_way_is_said(example, fades):
    examples = catalogue.load("remember-simple").timeline.examples
    moment = moment_of("remember-simple", example=example % examples)
    ref = Ref(moment.graph.layers[0].w_h.scope, Part.GRADIENT, (0, 0))
    assert ("it has faded" in explain(moment, ref).narration) is fades


def test_of_a_long_step_its_states_are_written_out():
    lesson = catalogue.load("names-lstm")
    walk = Walk(lesson.timeline)
    stage = walk.outline(0).stages[0]
    layer = stage.layer
    step = stage.starts[stage.places.group]  # the end of the first step of time
    told = explain_place(resolve(walk, Cursor(0, step, 0), lesson.textbook), Depth.MAP)
    assert {equation.target.ref.scope for equation in told.equations} == {layer.a.scope}
    assert {equation.target.ref.cell[0] for equation in told.equations} == {0}
    assert told.omitted > 800


def test_of_an_iteration_over_many_steps_the_whole_error_is_written_out():
    told = explain_place(moment_of("names-lstm"), Depth.ITERATION)
    assert [equation.target.ref.scope for equation in told.equations] == ["loss"]


@pytest.mark.parametrize(("step", "has_ended"), [(4, False), (5, True), (59, True)])
def test_steps_behind_the_end_of_a_sequence_say_so(step, has_ended):
    moment = moment_of("remember-simple", example=0)  # five symbols, beside lines of sixty
    layer = moment.graph.layers[0]
    for ref in (Ref(layer.a.scope, cell=(step, 0)), Ref(layer.a.scope, Part.GRADIENT, (step, 0))):
        assert ("d1 has ended before this step" in explain(moment, ref).narration) is has_ended
    remembered = Ref(f"{layer.scope}/h_prev", cell=(step, 0))
    assert ("has ended" in explain(moment, remembered).narration) is (step >= 5)


def test_the_table_of_data_has_no_steps_behind_the_end():
    lesson = catalogue.from_text(RAGGED)
    (sheet,) = data_sheets(lesson, 0)
    assert [len([cell for cell in row[1:] if cell]) for row in sheet.rows] == [6, 4]


def test_a_setting_keeps_its_digits():
    setting = Quantity(Name("β₂"), 0.999, decimals=3)
    assert [shown(setting, digits) for digits in (2, 4)] == ["0.999", "0.999"]
    data = Quantity(Name("x"), 0.126, Ref("x", cell=(0,)), decimals=3)
    assert shown(data, 2) == "0.13"


TWO_LENGTHS_AT_THE_END = """
format = 1
title = "Two lengths, judged at the end"
[network]
inputs = ["x"]
initial = { method = "glorot_uniform", seed = 1 }
[[network.layers]]
name = "Lower"
id = "lower"
kind = "recurrent"
units = 2
MORE
[[network.layers]]
name = "Output"
units = 2
activation = "identity"
steps = "last"
[data]
sequences = [[[1], [2], [3]], [[4], [5]]]
targets = [[[1, 2]], [[3, 4]]]
[training]
loss = "squared_error"
learning_rate = 0.1
"""
UPPER = """
[[network.layers]]
name = "Upper"
id = "upper"
kind = "recurrent"
units = 2
"""
BETWEEN = """
[[network.layers]]
name = "Between"
id = "between"
units = 2
activation = "tanh"
"""
BOTH = "The state has gone two ways"
ONLY_BACK = "Output reads only the end of the sequence: no error comes from above at this step"


@pytest.mark.parametrize(
    ("more", "address", "example", "says"),
    [
        ("", "dh[lower,1,1]", 0, ONLY_BACK),
        ("", "dh[lower,2,1]", 0, ONLY_BACK),
        ("", "dh[lower,3,1]", 0, "along every way"),
        ("", "dh[lower,1,1]", 1, ONLY_BACK),
        ("", "dh[lower,2,1]", 1, "along every way"),
        (UPPER, "dh[lower,1,1]", 0, BOTH),
        (UPPER, "dh[upper,1,1]", 0, ONLY_BACK),
        (BETWEEN, "dh[lower,2,1]", 0, ONLY_BACK),
        (BETWEEN, "delta[between,2,1]", 0, "Output reads only the end of the sequence: no error comes back"),
        (BETWEEN, "above[lower,2,1]", 0, "nothing comes from above"),
        (UPPER, "above[lower,2,1]", 0, "as it comes from above"),
        (BETWEEN, "delta[between,2,1]", 1, "come back along their weights"),
    ],
)
def test_errors_come_from_above_only_where_something_is_read(more, address, example, says):
    lesson = catalogue.from_text(TWO_LENGTHS_AT_THE_END.replace("MORE", more))
    walk = Walk(lesson.timeline)
    moment = resolve(walk, Cursor(0, walk.outline(0).length, example), lesson.textbook)
    assert says in said_of(moment, address)


@pytest.mark.parametrize(
    ("more", "examples", "says"),
    [
        ("", 2, "Every weight into unit 1 of Lower: what its use at each step adds, δ times what"),
        (
            BETWEEN,
            1,
            "into unit 2 of Between: δ times what comes in along it, added up over 3 steps.",
        ),
        (BETWEEN, 2, "Every weight into unit 2 of Between: what its use at each step adds"),
        ("", 2, "Every weight into unit 2 of Lower takes a step against its gradient"),
    ],
)
def test_weights_of_one_unit_are_said_to_lead_into_it(more, examples, says):
    text = TWO_LENGTHS_AT_THE_END.replace("MORE", more)
    if examples == 1:
        text = text.replace(", [[4], [5]]", "").replace(", [[3, 4]]", "")
    lesson = catalogue.from_text(text)
    walk = Walk(lesson.timeline)
    outline = walk.outline(0)
    ends = [stop for stop in outline.stops(Depth.NEURON) if stop]
    moments = [resolve(walk, Cursor(0, stop, 0), lesson.textbook) for stop in ends]
    assert any(says in explain_place(moment, Depth.NEURON).narration for moment in moments)
