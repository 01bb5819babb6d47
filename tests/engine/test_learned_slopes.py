"""PReLU: a slope that every neuron or map learns, equations 53 to 57 of the notes."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.addresses import AddressError
from nnviz.engine.census import census
from nnviz.engine.explain import explain
from nnviz.engine.gradcheck import check_gradients
from nnviz.engine.ops import PReLU
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import line
from tests.engine.map_networks import build_map_network, conv, dense

# z = 0.5·x − 0.1 is −0.6, 0.4 and −0.35 for the three examples
PARAMETERS = np.array([-0.1, 0.5, 0.25])
DATA = (np.array([[-1.0], [1.0], [-0.5]]), np.array([[0.5], [0.0], [1.0]]))


@pytest.fixture
def neuron(network):
    return network(widths=(1, 1), activations="prelu", parameters=PARAMETERS, data=DATA)


@pytest.mark.parametrize(
    ("address", "example", "wanted"),
    [
        ("a[2]", 0, "a₂ = λ₂ × z₂ = 0.25 × (−0.6000) = −0.1500"),
        ("a[2]", 1, "a₂ = z₂ = 0.4000"),
        ("slope[2]", 0, "∂a₂/∂z₂ = λ₂ = 0.2500"),
        ("slope[2]", 1, "∂a₂/∂z₂ = 1"),
        ("delta[2]", 0, "δ₂ = ∂E/∂a₂ × ∂a₂/∂z₂ = −0.6500 × 0.2500 = −0.1625"),
        ("da_dlambda[2]", 0, "∂a₂/∂λ₂ = z₂ = −0.6000"),
        (
            "dlambda[2]",
            0,
            "∂E/∂λ₂ = Σ ∂Eᵈ/∂a₂ × ∂a₂ᵈ/∂λ₂ = −0.6500 × (−0.6000) + 0.4000 × 0 + (−1.0875) × (−0.3500)"
            " = 0.7706",
        ),
        ("lambda_new[2]", 0, "λ₂ⁿᵉʷ = λ₂ − α × ∂E/∂λ₂ = 0.25 − 0.2 × 0.7706 = 0.0959"),
    ],
)
def test_the_equations_of_the_notes(neuron, address, example, wanted):
    end = neuron.end(example=example)
    (equation,) = explain(end, end.notation.parse(address)).equations
    assert line(equation, 4).replace("≈", "=") == wanted


def test_the_next_iteration_works_with_the_new_slope(neuron):
    new = neuron.end().value(Ref("output/lambda", Part.NEW, (0,)))
    later = neuron.end(1)
    assert later.value(Ref("output/lambda", cell=(0,))) == new
    assert "λ₂" in line(explain(later, Ref("output/lambda", cell=(0,))).equations[0])


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("late", [False, True])
def test_backpropagation_agrees_with_central_differences(network, seed, late):
    net = network(widths=(3, 4, 3, 2), activations="prelu", seed=seed, late=late)
    checks = check_gradients(net.timeline, net.timeline.state(0).parameters, net.batch)
    assert sum(check.scope.endswith("/lambda") for check in checks) == 3
    assert all(check.agrees(1e-6, 1e-8) for check in checks), checks


def test_maps_share_one_slope_each():
    timeline, _ = build_map_network((2, 4, 4), (conv(3, (2, 2), PReLU()), dense(2, PReLU())))
    graph = timeline.graph
    assert graph["l1/lambda"].shape == (3,) and graph["l2/lambda"].shape == (2,)
    first, second = census(graph)
    assert first.count.parameters == 3 * (2 * 2 * 2 + 1 + 1)
    assert second.count.parameters == 27 * 2 + 2 + 2


def test_addresses_lead_there_and_back(network):
    for numbering in ("network", "layer"):
        end = network(activations="prelu", numbering=numbering).end()
        for part in (Part.VALUE, Part.GRADIENT, Part.NEW, Part.SLOPE):
            ref = Ref("hidden2/lambda", part, (1,))
            assert end.notation.parse(end.notation.address(ref)) == ref
            assert end.value(ref) is not None


def test_a_neuron_without_a_learned_slope_says_so(network):
    end = network(activations=("prelu", "tanh", "tanh")).end()
    with pytest.raises(AddressError, match=r"lambda\[6\]: Hidden2 has no slope λ to learn"):
        end.notation.parse("lambda[6]")
    with pytest.raises(AddressError, match="an input has no slope"):
        end.notation.parse("dlambda[1]")


@pytest.mark.parametrize(
    "address", ["lambda[l1,2]", "dlambda[l1,1]", "lambda_new[l1,2]", "da_dlambda[l1,2,1,0]"]
)
def test_addresses_of_maps(address):
    _, textbook = build_map_network((1, 4, 4), (conv(2, (2, 2), PReLU()), dense(1)))
    assert textbook.notation.address(textbook.notation.parse(address)) == address
