"""Layers that are added, removed and changed in a list of tables."""

from __future__ import annotations

import pytest

from nnviz.lessons.layer_edits import changed, hidden_layer, retitled, with_added, with_changed, with_removed
from nnviz.lessons.schema_layers import ConvolutionTable, DenseTable

OUTPUT = DenseTable(name="Output", units=1, activation="logistic")
LAYERS = [hidden_layer(0, 3), hidden_layer(1, 5, "relu"), OUTPUT]


def named(layers):
    return [(one.name, one.units, one.activation) for one in layers]


def test_a_layer_is_added_like_the_one_in_front_of_it_with_a_name_that_is_free():
    assert named(with_added(LAYERS, 1))[1] == ("Hidden 3", 3, "tanh")
    assert named(with_added(LAYERS, 2))[2] == ("Hidden 3", 5, "relu")
    assert named(with_added([LAYERS[1], OUTPUT], 1))[1] == ("Hidden 1", 5, "relu")


MAPS = ConvolutionTable(kind="convolution", name="Maps", filters=2, size=3, activation="relu")


@pytest.mark.parametrize("front", [[], [MAPS]])
def test_a_layer_that_has_nothing_to_be_like_is_the_usual_one(front):
    added = with_added([*front, OUTPUT], len(front))[len(front)]
    assert named([added]) == [("Hidden 1", 8, "tanh")]


def test_the_list_that_was_given_stays():
    assert named(with_removed(LAYERS, 0)) == named(LAYERS[1:])
    assert named(with_changed(LAYERS, 0, OUTPUT)) == named([OUTPUT, *LAYERS[1:]])
    assert len(LAYERS) == 3


def test_what_belongs_to_an_activation_goes_with_it():
    leaky = DenseTable(name="Hidden 1", units=2, activation="leaky_relu", slope=0.2)
    assert changed(leaky, units=4).slope == 0.2
    assert changed(leaky, activation="relu").slope is None


@pytest.mark.parametrize(("keep", "wanted"), [(1.0, None), (0.5, 0.5), (None, 0.8)])
def test_a_keep_of_one_is_no_dropout(keep, wanted):
    assert changed(LAYERS[0].model_copy(update={"keep": 0.8}), keep=keep).keep == wanted


def test_what_does_not_change_is_the_same_table():
    table = LAYERS[0]
    assert changed(table, units=3, activation="tanh", keep=1.0) is table


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Spirals: 2 – 3 – 5 – 1", "Spirals: 2 – 5 – 1"),
        ("Spirals: 2 – 5 – 1", "Spirals: 2 – 5 – 1"),
        ("XOR", "XOR"),
        ("", ""),
    ],
)
def test_a_title_follows_only_where_it_ends_with_the_sizes(title, told):
    assert retitled(title, LAYERS, LAYERS[1:]) == told
