"""Data as it comes, as the network reads it, and the formula in between."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.explain import explain
from nnviz.engine.formula import Equation, Name, Quantity, evaluate, quantities
from nnviz.engine.preparation import Bin, Category, Preparation, Scaling, Signed
from nnviz.engine.ref import Part, Ref
from nnviz.engine.timeline import Edit
from nnviz.engine.typeset import line

COLUMN = np.array([2.0, 4.0, 10.0])
PLAIN = Scaling("none")
TWO_BINS = (Bin("low", None, 1.0), Bin("high", 1.0, None))
RED_AND_BLUE = (Category("red", 0.0), Category("blue", 1.0))


def raw(value):
    return Quantity(Name("q"), value)


@pytest.mark.parametrize(
    ("scaling", "prepared"),
    [
        (Scaling.of("none", COLUMN, None, None, None), [2.0, 4.0, 10.0]),
        (Scaling.of("range", COLUMN, None, None, None), [0.0, 0.25, 1.0]),
        (Scaling.of("range", COLUMN, 1, None, None), [0.0, 0.2, 1.0]),
        (Scaling.of("range", COLUMN, None, 0.0, 20.0), [0.1, 0.2, 0.5]),
        (Scaling.of("range", COLUMN, None, None, 18.0), [0.0, 0.125, 0.5]),
        (Scaling.of("standard", COLUMN, None, 2.0, 4.0), [0.0, 0.5, 2.0]),
        (Scaling.of("standard", COLUMN, 3, None, None), [-0.981, -0.392, 1.373]),
    ],
)
def test_scaling(scaling, prepared):
    assert scaling.apply(COLUMN) == pytest.approx(prepared, rel=1e-15)
    assert [evaluate(scaling.expression(raw(value))) for value in COLUMN] == scaling.apply(COLUMN).tolist()


def test_standardized_data_has_mean_0_and_deviation_1():
    prepared = Scaling.of("standard", COLUMN, None, None, None).apply(COLUMN)
    assert (prepared.mean(), prepared.std()) == pytest.approx((0.0, 1.0))


@pytest.mark.parametrize(
    ("one", "inside"),
    [
        (Bin("low", None, 4.0), [1.0, 1.0, 0.0]),
        (Bin("medium", 2.0, 4.0), [0.0, 1.0, 0.0]),
        (Bin("high", 4.0, None), [0.0, 0.0, 1.0]),
    ],
)
def test_bins(one, inside):
    assert one.apply(COLUMN).tolist() == inside
    assert [evaluate(one.expression(raw(value))) for value in COLUMN] == inside


@pytest.fixture(scope="module")
def prepared_plant(power_plant, golden):
    """The power plant with the raw data of the notes, rounded as they round it."""
    data = golden("power_plant_logistic")["data"]
    table = np.array(data["raw"])
    scalings = tuple(
        Scaling.of("range", table[:, i], 2, data["min"][i], data["max"][i]) for i in range(table.shape[1])
    )
    preparation = Preparation(table, ("temperature", "humidity", "output"), scalings, (0, 1, 2), (None,) * 3)
    return power_plant(preparation=preparation)


def test_the_data_of_the_notes(prepared_plant, golden):
    wanted = golden("power_plant_logistic")["data"]["range_normalized_rounded_to_2"]
    assert prepared_plant.textbook.preparation.prepare().tolist() == wanted


def test_data_explains_itself(prepared_plant):
    moment = prepared_plant.moment(0, example=1)
    (equation,) = explain(moment, Ref("x", cell=(0,))).equations
    assert line(equation) == (
        "x₁ = round((temperature − min) / (max − min), 2) = round((31.41 − 1.81) / (37.11 − 1.81), 2) = 0.84"
    )
    (equation,) = explain(moment, Ref("t", cell=(0,))).equations
    assert "430.37 − 420.26" in line(equation)


def test_raw_data_can_be_pointed_at(prepared_plant):
    moment = prepared_plant.moment(0, example=1)
    raw_value = Ref("t", Part.RAW, (0,), 1)
    assert moment.value(raw_value) == 430.37 and moment.decimals(raw_value) == 2
    assert moment.value(Ref("hidden1/z", Part.RAW, (0,))) is None
    assert [quantity.value for quantity in explain(moment, raw_value).given] == [430.37]


def test_edited_data_no_longer_comes_from_its_raw_value(prepared_plant):
    ref = Ref("x", cell=(0,), example=1)
    edited = prepared_plant.with_timeline(prepared_plant.timeline.edited(Edit(0, ((ref, 0.5),))))
    explanation = explain(edited.moment(0, example=1), ref)
    assert not explanation.equations and [quantity.value for quantity in explanation.given] == [0.5]


def test_every_prepared_number_is_explained_to_the_bit():
    rng = np.random.default_rng(3)
    table = np.round(rng.uniform(-50.0, 50.0, (40, 3)), 2)
    scalings = (
        Scaling.of("range", table[:, 0], 2, None, None),
        Scaling.of("standard", table[:, 1], 3, None, None),
        Scaling.of("standard", table[:, 2], None, None, None),
    )
    preparation = Preparation(table, ("p", "q", "r"), scalings, (0, 1, 2), (None,) * 3)
    prepared = preparation.prepare()
    for row, column in np.ndindex(prepared.shape):
        assert evaluate(preparation.expression(row, column)) == prepared[row, column]


def test_a_binned_target(network):
    table = np.array([[1.0, 0.2], [2.0, 0.5], [3.0, 0.9]])
    bins = (None, Bin("low", None, 0.33), Bin("medium", 0.33, 0.66), Bin("high", 0.66, None))
    preparation = Preparation(table, ("x", "output"), (PLAIN,) * 4, (0, 1, 1, 1), bins)
    prepared = preparation.prepare()
    assert prepared[:, 1:].tolist() == np.eye(3).tolist()
    net = network(
        widths=(1, 3),
        activations="softmax",
        loss="cross_entropy",
        data=(prepared[:, :1], prepared[:, 1:]),
        preparation=preparation,
    )
    (equation,) = explain(net.moment(0, example=1), Ref("t", cell=(1,))).equations
    assert line(equation) == "t₃ = [output > 0.33] × [output ≤ 0.66] = [0.5 > 0.33] × [0.5 ≤ 0.66] = 1"
    assert net.moment(0, example=1).value(Ref("t", Part.RAW, (2,))) == 0.5
    assert preparation.expression(0, 0) is None
    assert [preparation.column_name(i) for i in range(4)] == ["x", "low", "medium", "high"]


@pytest.mark.parametrize(
    ("scalings", "bins", "words"),
    [
        ((PLAIN, PLAIN), (None, None), "none"),
        ((Scaling("range", decimals=2),) * 2, (None, None), "range normalization, rounded to 2 decimals"),
        ((Scaling("standard"), PLAIN), (None, None), "standardization, other columns left as they are"),
        ((PLAIN,) * 3, (None, *TWO_BINS), "target cut into low, high (one-hot)"),
        ((PLAIN, PLAIN), (None, TWO_BINS[1]), "target cut into high (1 where it holds, else 0)"),
        (
            (Scaling("range", decimals=2), *(Scaling("range", decimals=3),) * 2),
            (None, *TWO_BINS),
            "range normalization, rounded to 2 or 3 decimals; target cut into low, high (one-hot)",
        ),
        (
            (Scaling("standard"), PLAIN, PLAIN),
            (None, *RED_AND_BLUE),
            "standardization; q as red, blue (one-hot)",
        ),
        ((PLAIN, PLAIN), (None, Signed(RED_AND_BLUE[1])), "q as blue (+1 where it holds, else −1)"),
    ],
)
def test_preparation_in_words(scalings, bins, words):
    sources = (0, *(1,) * (len(bins) - 1))
    assert Preparation(np.zeros((1, 2)), ("p", "q"), scalings, sources, bins).describe() == words


def test_notes_belong_to_the_words():
    noted = Preparation(np.zeros((1, 1)), ("p",), (PLAIN,), (0,), (None,), notes=("one row left out",))
    assert noted.describe() == "one row left out"


@pytest.mark.parametrize(
    ("one", "prepared", "formula"),
    [
        (RED_AND_BLUE[1], [0, 1, 1], "t₃ = [color = blue] = [red = blue] = 0"),
        (Signed(RED_AND_BLUE[1]), [-1, 1, 1], "t₃ = 2 × [color = blue] − 1 = 2 × [red = blue] − 1 = −1"),
        (Signed(RED_AND_BLUE[0]), [1, -1, -1], "t₃ = 2 × [color = red] − 1 = 2 × [red = red] − 1 = 1"),
    ],
)
def test_words_become_classes(one, prepared, formula):
    raw = np.array([[0.0], [1.0], [1.0]])
    preparation = Preparation(raw, ("color",), (PLAIN,), (0,), (one,), words=(("red", "blue"),))
    assert preparation.prepare()[:, 0].tolist() == prepared
    assert [evaluate(preparation.expression(row, 0)) for row in range(3)] == prepared
    target = Quantity(Name("t", "3"), prepared[0], decimals=0)
    assert line(Equation(target, preparation.expression(0, 0))) == formula
    assert [preparation.raw_text(row, 0) for row in range(3)] == ["red", "blue", "blue"]


def test_numbers_may_be_classes():
    preparation = Preparation(np.array([[3.0], [7.0]]), ("digit",), (PLAIN,), (0,), (Category("7", 7.0),))
    assert preparation.prepare().tolist() == [[0], [1]] and preparation.raw_text(0, 0) == ""
    target = Quantity(Name("t", "1"), 0.0, decimals=0)
    assert line(Equation(target, preparation.expression(0, 0))) == "t₁ = [digit = 7] = [3 = 7] = 0"


@pytest.mark.parametrize("method", ["none", "range", "standard", "divide"])
def test_predictions_are_mapped_back(method):
    rng = np.random.default_rng(2)
    column = rng.uniform(1.0, 90.0, 30)
    scaling = (
        Scaling("divide", 0.0, 90.0) if method == "divide" else Scaling.of(method, column, None, None, None)
    )
    assert scaling.back(scaling.apply(column)) == pytest.approx(column, rel=1e-14)
    preparation = Preparation(column[:, None], ("MW",), (scaling,), (0,), (None,))
    for value in rng.normal(0.0, 2.0, 20):
        expression = preparation.back_expression(0, Quantity(Name("a", "8"), value), Ref("t", cell=(0,)))
        assert (expression is None) == (method == "none")
        if expression is not None:
            assert evaluate(expression) == preparation.back(0, np.array([value]))[0]


def test_mapping_back_is_written_and_can_be_clicked(prepared_plant):
    moment, ref = prepared_plant.moment(0, example=1), Ref("t", cell=(0,))
    preparation = prepared_plant.textbook.preparation
    expression = preparation.back_expression(2, Quantity(Name("a", "8"), 0.5, decimals=1), ref)
    target = Quantity(Name("output"), preparation.back(2, 0.5), decimals=2)
    assert line(Equation(target, expression)) == (
        "output = a₈ × (max − min) + min = 0.5 × (495.76 − 420.26) + 420.26 = 458.01"
    )
    ends = [q for q in quantities(expression) if q.ref is not None]
    assert [moment.value(q.ref) for q in ends] == [q.value for q in ends] == [495.76, 420.26, 420.26]


def test_classes_are_not_mapped_back():
    preparation = Preparation(np.zeros((2, 1)), ("q",), (PLAIN,), (0,), (RED_AND_BLUE[0],))
    assert preparation.back(0, np.array([0.3])).tolist() == [0.3]
    assert preparation.back_expression(0, Quantity(Name("a"), 0.3)) is None


def test_other_rows_are_prepared_with_the_same_constants():
    column = np.array([[2.0], [4.0], [10.0]])
    scaling = Scaling.of("range", column[:, 0], None, None, None)
    preparation = Preparation(column, ("p",), (scaling,), (0,), (None,))
    assert preparation.prepare(np.array([[18.0]])).tolist() == [[2.0]]
