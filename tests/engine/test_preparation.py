"""Data as it comes, as the network reads it, and the formula in between."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.explain import explain
from nnviz.engine.formula import Name, Quantity, evaluate
from nnviz.engine.preparation import Bin, Preparation, Scaling
from nnviz.engine.ref import Part, Ref
from nnviz.engine.timeline import Edit
from nnviz.engine.typeset import line

COLUMN = np.array([2.0, 4.0, 10.0])
PLAIN = Scaling("none")


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
        ((PLAIN, PLAIN), (None, Bin("low", None, 1.0)), "target cut into low (one-hot)"),
        (
            (Scaling("range", decimals=2), Scaling("range", decimals=3)),
            (None, Bin("low", None, 1.0)),
            "range normalization, rounded to 2 or 3 decimals; target cut into low (one-hot)",
        ),
    ],
)
def test_preparation_in_words(scalings, bins, words):
    assert Preparation(np.zeros((1, 2)), ("p", "q"), scalings, (0, 1), bins).describe() == words
