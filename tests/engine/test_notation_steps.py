"""Names, captions and addresses of numbers that stand in steps of time."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.formula import Name
from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.ref import Part, Ref
from tests.engine.step_networks import CELLS, step_graph


def name_text(name: Name) -> str:
    by = f"/{name_text(name.by)}" if name.by else ""
    return f"{name.letter}{f'[{name.sub}]' if name.sub else ''}{f'^{name.over}' if name.over else ''}{by}"


def refs_of(graph):
    """Every number of a sequence that has an address of its own."""
    known = Notation(graph).steps
    for node in graph.nodes:
        for part in (Part.VALUE, Part.GRADIENT, Part.NEW, Part.DELTA, Part.SLOPE, Part.ABOVE, Part.AT_STEP):
            shape = node.shape if part is not Part.AT_STEP else (graph.inputs.shape[0], *node.shape)
            layer = graph.layer_of(node)
            if layer is None or not layer.is_stepwise:
                continue
            role = node.scope.rpartition("/")[2]
            is_shared = role in ("b", "w_h", "w_x") and part in (
                Part.VALUE,
                Part.GRADIENT,
                Part.NEW,
                Part.AT_STEP,
            )
            if is_shared or (role, part) in known._letters(layer).values():
                yield from (Ref(node.scope, part, cell) for cell in np.ndindex(shape))
    for scope in ("x", "t", "loss/steps"):
        yield from (Ref(scope, cell=cell) for cell in np.ndindex(graph[scope].shape))


@pytest.mark.parametrize("cell", CELLS)
def test_parse_is_the_inverse_of_address(cell):
    graph = step_graph((cell,), steps=3, inputs=2, units=2, keep=0.5, ends=True)
    notation = Notation(graph)
    addresses = {ref: notation.address(ref) for ref in refs_of(graph)}
    assert len(set(addresses.values())) == len(addresses) > 100
    for ref, address in addresses.items():
        assert notation.parse(address) == ref, address


@pytest.mark.parametrize(
    ("cell", "address", "name", "caption"),
    [
        ("simple", "h[l1,3,2]", "h[2,t=3]", "state 2 of L1 at step 3"),
        ("simple", "h_prev[l1,3,2]", "h[2,t=2]", "state 2 of L1, remembered at step 3"),
        ("simple", "h_start[l1,2]", "h[2,t=0]", "state 2 that the sequence starts from"),
        ("simple", "dh[l1,3,2]", "E/h[2,t=3]", "∂E/∂ of state 2 of L1 at step 3"),
        ("simple", "above[l1,3,2]", "E[t=3]/h[2,t=3]", "∂E/∂ of state 2 of L1 at step 3, from above"),
        ("simple", "dh_prev[l1,3,2]", "E[t=3]/h[2,t=2]", "∂E/∂ of state 2 of L1, remembered at step 3"),
        ("simple", "dh_prev[l1,2,2]", "E[t≥2]/h[2,t=1]", "∂E/∂ of state 2 of L1, remembered at step 2"),
        ("simple", "w_h[l1,2,1]", "w[2,1]^(hh)", "weight from state 1 to unit 2 of L1"),
        ("simple", "w_x[l1,2,1]", "w[2,1]^(hx)", "weight from input 1 to unit 2 of L1"),
        ("simple", "b[l1,2]", "w[2,0]^(h)", "bias of unit 2 of L1"),
        (
            "simple",
            "dw_h_at[l1,3,2,1]",
            "E^step 3/w[2,1]^(hh)",
            "∂E/∂w, weight from state 1 to unit 2 of L1, by its use at step 3",
        ),
        ("lstm", "h[l1,1,2]", "o[2,t=1]", "state 2 of L1 at step 1"),
        ("lstm", "f[l1,1,2]", "f[2,t=1]", "forget gate 2 of L1 at step 1"),
        ("lstm", "z_f[l1,1,2]", "z[2,t=1]^(f)", "z of forget gate 2 of L1 at step 1"),
        ("lstm", "delta_i_tanh[l1,1,2]", "δ[2,t=1]^(i‡)", "δ of z of input gate tanh 2 of L1 at step 1"),
        ("lstm", "c_kept[l1,1,2]", "c‡[2,t=1]", "what is kept of the cell 2 of L1 at step 1"),
        ("lstm", "w_o_sigma[l1,2,1]", "w[2,1]^(o†)", "weight from state 1 to unit 2 of L1 (output gate σ)"),
        ("lstm", "w_f[l1,2,3]", "w[2,3]^(f)", "weight from input 1 to unit 2 of L1 (forget gate)"),
        ("gru", "rm[l1,1,2]", "(r·m)[2,t=1]", "what the reset gate lets through 2 of L1 at step 1"),
        ("gru", "b_h[l1,2]", "w[2,0h]^(n)", "bias of unit 2 of L1 (candidate), of what is remembered"),
        ("simple", "E[2]", "E[t=2]", "error of step 2"),
        ("simple", "x[3,1]", "x[1,t=3]", "input 1 at step 3"),
        ("simple", "t[3,1]", "t[1,t=3]", "target 1 at step 3"),
        ("simple", "a[out,3,1]", "a[1,t=3]^(2)", "a of unit 1 of Output at step 3"),
    ],
)
def test_names_and_captions(cell, address, name, caption):
    notation = Notation(step_graph((cell,)))
    ref = notation.parse(address)
    assert (name_text(notation.name(ref)), notation.caption(ref)) == (name, caption)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("above[l1,2,1]", "E^↓/h[1,t=2]^(1)"),  # errors of later steps come this way, too
        ("dh_prev[l1,2,1]", "E^←/h[1,t=1]^(1)"),
        ("above[l2,2,1]", "E[t=2]/h[1,t=2]^(2)"),
        ("dh_prev[l2,2,1]", "E[t≥2]/h[1,t=1]^(2)"),
        ("dh[l1,2,1]", "E/h[1,t=2]^(1)"),
    ],
)
def test_below_another_layer_errors_are_called_by_the_way_they_come(address, name):
    notation = Notation(step_graph(("simple", "simple")))
    assert name_text(notation.name(notation.parse(address))) == name


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("h[rnn,1,1]", "found layer “rnn”, wanted one of l1, out"),
        ("h[l1,4,1]", "found “4”, wanted 1 … 3"),
        ("h[l1,1]", "found 1 indices, wanted 2"),
        ("c[l1,1,1]", "found “c”, wanted one of"),
        ("above[out,1,1]", "Output has no above"),
        ("w_h[l1,3,1]", "found “3”, wanted 1 … 2"),
        ("dw_h_at[l1,1,1]", "found 2 indices, wanted 3"),
        ("E[4]", "found “4”, wanted 1 … 3"),
    ],
)
def test_addresses_that_mean_nothing(address, says):
    with pytest.raises(AddressError) as error:
        Notation(step_graph()).parse(address)
    assert says in str(error.value)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("w_f[l1,1,5]", "found “5”, wanted 0 … 4"),
        ("w_f[l1,3,0]", "found “3”, wanted 1 … 2"),
        ("w_f[l1,1]", "found 1 indices, wanted 2"),
        ("dw_f_at[l1,4,1,1]", "found “4”, wanted 1 … 3"),
        ("w_h[l1,1,1]", "found “w_h”, wanted one of"),
    ],
)
def test_weights_of_gates_that_do_not_exist(address, says):
    with pytest.raises(AddressError) as error:
        Notation(step_graph(("lstm",))).parse(address)
    assert says in str(error.value)


def test_the_total_and_alpha_have_no_step():
    notation = Notation(step_graph())
    assert notation.parse("E") == Ref("loss") and notation.address(notation.parse("alpha")) == "alpha"


def test_units_of_a_sequence_are_not_numbered_through():
    with pytest.raises(ValueError, match="units of a sequence are numbered in every layer"):
        Notation(step_graph(), "network")


def test_layers_of_the_same_kind_say_which_they_are():
    notation = Notation(step_graph(("lstm", "lstm")))
    texts = [name_text(notation.name(notation.parse(f"f[{scope},1,1]"))) for scope in ("l1", "l2")]
    assert texts == ["f[1,t=1]^(1)", "f[1,t=1]^(2)"]
