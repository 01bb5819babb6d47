"""Addresses and names: every number has one, and every address leads back to its number."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.ops.gating import Memory
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.typeset import name_text

UNIT_PARTS = {"z": (Part.VALUE, Part.DELTA, Part.GRADIENT), "a": (Part.VALUE, Part.GRADIENT, Part.SLOPE)}
WEIGHT_PARTS = (Part.VALUE, Part.GRADIENT, Part.NEW)


def addressable(graph):
    """Every number that a lesson can name."""
    yield from (LEARNING_RATE, Ref("loss"))
    for node in graph.nodes:
        role = node.scope.rpartition("/")[2]
        parts = WEIGHT_PARTS if node.is_parameter else UNIT_PARTS.get(role, (Part.VALUE,))
        if node is graph.output.a:
            parts = (*parts, Part.ERROR)
        if node is not graph.loss and not isinstance(node.op, Memory):  # a copy has the name of the number
            yield from (Ref(node.scope, part, cell) for cell in np.ndindex(node.shape) for part in parts)


@pytest.mark.parametrize("bias", ["per_unit", "shared", "none"])
@pytest.mark.parametrize("numbering", ["network", "layer"])
def test_parse_is_the_inverse_of_address(network, numbering, bias):
    net = network(widths=(2, 3, 2), numbering=numbering, bias=bias)
    notation = net.textbook.notation
    addresses = {ref: notation.address(ref) for ref in addressable(net.graph)}
    assert len(set(addresses.values())) == len(addresses)
    for ref, address in addresses.items():
        assert notation.parse(address) == ref, address
        assert notation.parse(f"  {address} ".replace("[", " [ ").replace(",", " , ")) == ref


def test_every_number_has_a_name_and_a_caption(variant):
    notation = variant.textbook.notation
    refs = list(addressable(variant.graph)) if variant.graph.loss else []
    for ref in refs:
        assert name_text(notation.name(ref)) and notation.caption(ref)
        assert name_text(notation.name(ref, "d2"))
    names = [(name_text(notation.name(ref)), ref.scope == "t") for ref in refs]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("address", "ref", "name", "caption"),
    [
        ("x[2]", Ref("x", cell=(1,)), "x₂", "input 2"),
        ("t[8]", Ref("t", cell=(0,)), "t₈", "target of neuron 8"),
        ("z[6]", Ref("hidden2/z", cell=(0,)), "z₆", "z of neuron 6"),
        ("a[5]", Ref("hidden1/a", cell=(2,)), "a₅", "a of neuron 5"),
        ("delta[7]", Ref("hidden2/z", Part.DELTA, (1,)), "δ₇", "δ of neuron 7"),
        ("da[8]", Ref("output/a", Part.GRADIENT, (0,)), "∂E/∂a₈", "∂E/∂a of neuron 8"),
        ("dz[8]", Ref("output/z", Part.GRADIENT, (0,)), "∂E/∂z₈", "∂E/∂z of neuron 8"),
        ("slope[6]", Ref("hidden2/a", Part.SLOPE, (0,)), "∂a₆/∂z₆", "slope of φ at z of neuron 6"),
        ("error[8]", Ref("output/a", Part.ERROR, (0,)), "(t − a)₈", "error of neuron 8"),
        ("w[7,5]", Ref("hidden2/w", cell=(1, 2)), "w₇,₅", "weight 5 to 7"),
        ("w[3,1]", Ref("hidden1/w", cell=(0, 0)), "w₃,₁", "weight 1 to 3"),
        ("w[7,0]", Ref("hidden2/b", cell=(1,)), "w₇,₀", "bias of 7"),
        ("dw[7,5]", Ref("hidden2/w", Part.GRADIENT, (1, 2)), "∂E/∂w₇,₅", "∂E/∂w, weight 5 to 7"),
        ("w_new[7,5]", Ref("hidden2/w", Part.NEW, (1, 2)), "w₇,₅ⁿᵉʷ", "new weight 5 to 7"),
        ("E", Ref("loss"), "E", "loss"),
        ("alpha", LEARNING_RATE, "α", "learning rate"),
    ],
)
def test_numbered_through_the_network(power_plant, address, ref, name, caption):
    notation = power_plant().textbook.notation
    assert notation.parse(address) == ref
    assert notation.address(ref) == address
    assert name_text(notation.name(ref)) == name
    assert notation.caption(ref) == caption


@pytest.mark.parametrize(
    ("address", "ref", "name"),
    [
        ("x[2]", Ref("x", cell=(1,)), "x₂"),
        ("z[hidden2,1]", Ref("hidden2/z", cell=(0,)), "z₁⁽²⁾"),
        ("w[hidden2,2,3]", Ref("hidden2/w", cell=(1, 2)), "w₂,₃⁽²⁾"),
        ("w[hidden2,2,0]", Ref("hidden2/b", cell=(1,)), "w₂,₀⁽²⁾"),
        ("t[output,1]", Ref("t", cell=(0,)), "t₁⁽³⁾"),
    ],
)
def test_numbered_anew_in_every_layer(power_plant, address, ref, name):
    notation = power_plant(numbering="layer").textbook.notation
    assert notation.parse(address) == ref
    assert notation.address(ref) == address
    assert name_text(notation.name(ref)) == name


@pytest.mark.parametrize(
    ("bias", "weight"),
    [("b[6]", "w[6,0]"), ("db[6]", "dw[6,0]"), ("b_new[8]", "w_new[8,0]"), ("m_b[6]", "m[6,0]")],
)
def test_a_bias_is_the_weight_0(power_plant, bias, weight):
    notation = power_plant().textbook.notation
    assert notation.parse(bias) == notation.parse(weight)


def test_what_is_meant_is_told_without_the_numbers_of_optimizers(power_plant):
    with pytest.raises(AddressError) as error:
        power_plant().textbook.notation.parse("q[6]")
    assert "dw" in str(error.value) and not {"m_before", "newton", "v_fair_b"} & set(
        str(error.value).split(", ")
    )


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "found “”, wanted an address such as"),
        ("z6", "wanted an address such as"),
        ("z[6", "wanted an address such as"),
        ("delt[6]", "did you mean delta?"),
        ("q[6]", "found “q”, wanted one of z, a"),
        ("z[9]", "found neuron 9, wanted 1 … 8"),
        ("z[0]", "found neuron 0"),
        ("z[-1]", "found “-1”, wanted the number of a neuron"),
        ("z[six]", "found “six”, wanted the number of a neuron"),
        ("z", "found “”, wanted the number of a neuron"),
        ("z[1]", "1 is an input; wanted a neuron"),
        ("x[6]", "6 is a neuron; wanted an input"),
        ("z[6,1]", "found 2 indices, wanted one neuron"),
        ("w[6]", "found 1 indices, wanted two"),
        ("w[6,3,1]", "found 3 indices, wanted two"),
        ("w[1,3]", "1 is an input, and no weight leads into it"),
        ("w[6,1]", "no weight leads from 1 to 6"),
        ("w[8,3]", "no weight leads from 3 to 8"),
        ("t[6]", "only outputs of a lesson with a target have one"),
        ("error[6]", "only outputs"),
        ("E[1]", "found an index, wanted E alone"),
        ("alpha[1]", "found an index, wanted alpha alone"),
    ],
)
def test_errors_say_what_was_found_and_wanted(power_plant, address, message):
    with pytest.raises(AddressError) as error:
        power_plant().textbook.notation.parse(address)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("z[6]", "found layer “6”, wanted one of hidden1, hidden2, output"),
        ("z[hidden2,3]", "found neuron 3, wanted 1 … 2"),
        ("z[hidden2]", "found 0 indices, wanted one neuron"),
        ("w[hidden2,1,4]", "found neuron 4, wanted 1 … 3"),
        ("w[hidden1,1,3]", "found neuron 3, wanted 1 … 2"),
        ("x[3]", "found neuron 3, wanted 1 … 2"),
        ("t[hidden1,1]", "only outputs"),
    ],
)
def test_errors_where_neurons_are_numbered_per_layer(power_plant, address, message):
    with pytest.raises(AddressError) as error:
        power_plant(numbering="layer").textbook.notation.parse(address)
    assert message in str(error.value)


def test_without_bias_or_target(network):
    notation = network(bias="none", loss=None).textbook.notation
    with pytest.raises(AddressError, match="Hidden1 has no bias"):
        notation.parse("w[3,0]")
    for address in ("t[8]", "error[8]"):
        with pytest.raises(AddressError, match="only outputs"):
            notation.parse(address)


def test_a_shared_bias_belongs_to_its_layer(network):
    notation = network(bias="shared").textbook.notation
    bias = Ref("hidden1/b", cell=(0,))
    assert [notation.parse(f"w[{number},0]") for number in (3, 4, 5)] == [bias] * 3
    assert notation.address(bias) == "w[3,0]"
    assert name_text(notation.name(bias)) == "w[Hidden1,0]"
    assert notation.caption(bias) == "bias of Hidden1"


def test_numbers_can_be_those_of_a_larger_network(network):
    graph = network(widths=(2, 3)).graph
    notation = Notation(graph, numbers=(6, 7, 8, 9, 10))
    assert notation.parse("w[9,7]") == Ref("output/w", cell=(1, 1))
    assert notation.address(Ref("output/z", cell=(2,))) == "z[10]"
    with pytest.raises(AddressError, match="found neuron 5, wanted 6 … 10"):
        notation.parse("z[5]")
    with pytest.raises(ValueError, match="argument"):
        Notation(graph, numbers=(1, 2, 3))


def test_inputs_are_called_by_their_names(network):
    notation = Notation(network().graph, input_names=("temperature", "humidity"))
    assert notation.caption(Ref("x", cell=(1,))) == "input 2 (humidity)"
