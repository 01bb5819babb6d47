"""Dropout of the inputs: masks, what is handed on, what is edited, and what is said about it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.explain import explain, explain_place, words_of_place
from nnviz.engine.formula import Product, Quotient, evaluate
from nnviz.engine.graph import GraphError
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.notation import AddressError, Notation
from nnviz.engine.ops import Identity
from nnviz.engine.optimizers import Newton
from nnviz.engine.outline import Depth
from nnviz.engine.preparation import Preparation, Scaling
from nnviz.engine.ref import Part, Ref
from nnviz.engine.run import Batch, Record, drain, iterate
from nnviz.engine.settings import Edit
from nnviz.engine.typeset import name_text

KEEP = 0.8


@pytest.fixture
def dropping(network):
    """3 inputs of which about every fifth is dropped."""
    return network(widths=(3, 4, 1), keep_inputs=KEEP, examples=6, plan={"seed": 3})


def places(moment, is_kept):
    """(input, example) of the numbers that are kept or dropped."""
    mask = moment.array("mask").array
    return [(int(i), int(row)) for row, i in np.argwhere(mask == float(is_kept))]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.8])
def test_masks_have_their_probability_in_every_iteration(network, keep):
    run = network(widths=(10, 1), keep_inputs=keep, examples=20).timeline
    run.extend(40)
    masks = np.array([run.record(k).cells[run.graph["mask"].index] for k in range(40)])
    assert set(np.unique(masks)) == {0.0, 1.0}
    deviation = math.sqrt(keep * (1 - keep))
    assert abs(masks.mean() - keep) < 4 * deviation / math.sqrt(masks.size)
    for axes in ((0, 1), (0, 2), (1, 2)):  # of every input, example and iteration
        means = masks.mean(axis=axes)
        assert np.abs(means - keep).max() < 4.5 * deviation / math.sqrt(masks.size / len(means))


def test_an_input_keeps_its_mean(network):
    run = network(widths=(3, 1), keep_inputs=0.5, examples=4, learning_rate=0.0).timeline
    run.extend(3_000)
    handed_on = [run.record(k).cells[run.graph.inputs.index] for k in range(3_000)]
    data = run.settings(0).inputs
    assert np.mean(handed_on, axis=0) == pytest.approx(data, abs=4 / math.sqrt(3_000))


def test_masks_of_inputs_and_units_do_not_repeat_each_other(network):
    run = network(widths=(6, 6, 1), keep_inputs=0.5, keep=0.5, examples=8, plan={"seed": 1}).timeline
    inputs, units = (run.record(0).cells[node.index] for node in run.graph.masks)
    assert not np.array_equal(inputs, units)
    run.extend(1)
    assert not np.array_equal(inputs, run.record(1).cells[run.graph.masks[0].index])
    again = network(widths=(6, 6, 1), keep_inputs=0.5, keep=0.5, examples=8, plan={"seed": 1}).timeline
    assert np.array_equal(inputs, again.record(0).cells[again.graph.masks[0].index])


def test_layers_read_what_is_left(dropping):
    end = dropping.end()
    data, mask, x = (end.array(scope).array for scope in ("data", "mask", "x"))
    assert np.array_equal(data, dropping.timeline.settings(0).inputs)
    assert x == pytest.approx(data * mask / KEEP)
    w, b = end.array("hidden1/w").array, end.array("hidden1/b").array
    assert end.array("hidden1/z").array == pytest.approx(x @ w.T + b)
    delta = end.array("hidden1/z", Part.DELTA).array
    assert end.array("hidden1/w", Part.GRADIENT).array == pytest.approx(delta.T @ x)


def test_the_same_as_pytorch(dropping):
    torch = pytest.importorskip("torch")
    end = dropping.end()
    start = {n.scope: np.array(end.array(n.scope).array) for n in dropping.graph.parameters}
    p = {scope: torch.tensor(values, requires_grad=True) for scope, values in start.items()}
    x = torch.tensor(end.array("data").array * end.array("mask").array) / KEEP
    a = torch.sigmoid(x @ p["hidden1/w"].T + p["hidden1/b"])
    y = torch.sigmoid(a @ p["output/w"].T + p["output/b"])
    (0.5 * ((torch.tensor(end.array("t").array) - y) ** 2).sum()).backward()
    for scope, one in p.items():
        assert end.array(scope, Part.GRADIENT).array == pytest.approx(one.grad.numpy(), rel=1e-12, abs=1e-15)


def test_nothing_is_dropped_when_it_is_used(network, dropping):
    run, plain = dropping.timeline, network(widths=(3, 4, 1), examples=6).timeline
    inputs = run.settings(0).inputs
    found, wanted = (
        one.evaluate(0, inputs).cells[one.graph.output.a.index]
        for one in (run, network(widths=(3, 4, 1), examples=6).timeline)
    )
    assert np.array_equal(found, wanted)
    assert run.data_loss(0) == plain.data_loss(0)
    assert run.data_loss(0) != run.loss(0)


def test_newton_reaches_the_lowest_point_of_what_is_left(network):
    net = network(
        widths=(2, 1),
        activations="identity",
        keep_inputs=0.6,
        examples=9,
        learning_rate=1.0,
        plan={"optimizer": Newton(), "seed": 1},
    )
    end = net.end()
    x, t = (end.array(scope).array for scope in ("x", "t"))
    best = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), t, rcond=None)[0].ravel()
    new = [end.array(scope, Part.NEW).array.ravel() for scope in ("output/b", "output/w")]
    assert np.concatenate(new) == pytest.approx(best, abs=1e-6)


def test_an_edit_changes_the_data_and_not_the_mask(dropping):
    start = dropping.moment(0)
    (cell, row), (gone, other) = places(start, True)[0], places(start, False)[0]
    edits = ((Ref("data", cell=(cell,), example=row), 2.0), (Ref("data", cell=(gone,), example=other), 3.0))
    after = dropping.with_timeline(dropping.timeline.edited(Edit(0, edits))).moment(0, example=row)
    assert after.settings.inputs[row, cell] == 2.0 and after.settings.inputs[other, gone] == 3.0
    assert after.value(Ref("x", cell=(cell,))) == pytest.approx(2.0 / KEEP)
    assert after.value(Ref("x", cell=(gone,), example=other)) == 0.0
    assert np.array_equal(after.array("mask").array, start.array("mask").array)
    with pytest.raises(ValueError, match="x is computed"):
        dropping.timeline.edited(Edit(0, ((Ref("x", cell=(0,), example=0), 1.0),)))


def test_what_stands_at_an_input_leads_to_the_data(dropping):
    start = dropping.moment(0)
    assert start.source(Ref("x", cell=(1,))) == Ref("data", cell=(1,))
    assert start.can_edit(Ref("x", cell=(1,))) and start.can_edit(Ref("data", cell=(1,)))
    assert not start.can_edit(Ref("mask", cell=(1,)))


def test_without_dropout_the_inputs_are_the_data(network):
    net = network()
    assert net.graph.data is net.graph.inputs and not net.graph.masks
    assert net.moment(0).source(Ref("x", cell=(0,))) == Ref("x", cell=(0,))


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_input_is_its_mask_by_rho_times_the_data(dropping, is_kept):
    cell, row = places(dropping.moment(0), is_kept)[0]
    start = dropping.moment(0, example=row)
    told = explain(start, Ref("x", cell=(cell,)))
    (equation,) = told.equations
    assert isinstance(equation.right, Product) and isinstance(equation.right.factors[0], Quotient)
    assert evaluate(equation.right) == pytest.approx(start.value(Ref("x", cell=(cell,))))
    mask, data = equation.right.factors[0].above, equation.right.factors[1]
    assert (mask.ref.scope, data.ref.scope) == ("mask", "data")
    assert (name_text(mask.name), name_text(data.name)) == (f"m{'₁₂₃'[cell]}", f"x{'₁₂₃'[cell]}^data")
    said = "is kept, and made larger by 1/ρ (ρ = 0.8)" if is_kept else "is dropped in this iteration"
    assert told.narration.startswith(f"Input {cell + 1} {said}")
    kept = "is kept" if is_kept else "is dropped"
    drawn = explain(start, Ref("mask", cell=(cell,)))
    assert drawn.equations == () and [one.value for one in drawn.given] == [float(is_kept)]
    assert drawn.narration.startswith(f"Drawn at random for this iteration: input {cell + 1} {kept}")


@pytest.mark.parametrize(("inputs", "shown", "omitted"), [(3, 3, 0), (15, 12, 3)])
def test_before_the_first_step_it_says_what_is_left_of_the_inputs(network, inputs, shown, omitted):
    start = network(widths=(inputs, 1), keep_inputs=0.5, plan={"seed": 3}).moment(0)
    told = explain_place(start, Depth.NEURON)
    assert [one.target.ref for one in told.equations] == [Ref("x", cell=(i,)) for i in range(shown)]
    assert told.omitted == omitted
    dropped = int((start.array("mask").array == 0).sum())
    assert (
        f"4 examples at the inputs, of which {dropped} of {4 * inputs} numbers are dropped" in told.narration
    )
    passing = words_of_place(start, Depth.NEURON)
    assert (passing.equations, passing.omitted, passing.narration) == ((), 0, told.narration)


def test_without_dropout_there_is_nothing_to_explain_before_the_first_step(network):
    told = explain_place(network().moment(0), Depth.NEURON)
    assert told.equations == () and told.omitted == 0
    assert told.narration.startswith("Nothing is computed yet: 4 examples at the inputs, every weight")


def test_masks_of_units_say_what_they_mean(network):
    end = network(widths=(2, 6, 1), keep=0.5, plan={"seed": 1}).end()
    value = end.value(Ref("hidden1/mask", cell=(0,)))
    said = explain(end, Ref("hidden1/mask", cell=(0,))).narration
    assert said.startswith(
        f"Drawn at random for this iteration: neuron 3 is {'kept' if value else 'dropped'}"
    )


def test_the_data_behind_an_input_comes_from_the_raw_numbers(network):
    raw = np.array([[10.0, 1.0], [30.0, 3.0], [20.0, 2.0]])
    scaling = Scaling("range", 10.0, 30.0)
    preparation = Preparation(raw, ("a", "t"), (scaling, Scaling("none")), (0, 1), (None, None))
    data = (scaling.apply(raw[:, :1]), raw[:, 1:])
    net = network(widths=(1, 1), data=data, preparation=preparation, keep_inputs=0.5)
    start = net.moment(0, example=2)
    told = explain(start, Ref("data", cell=(0,)))
    assert evaluate(told.equations[0].right) == 0.5
    assert start.value(Ref("data", Part.RAW, (0,))) == 20.0
    assert start.notation.caption(Ref("data", Part.RAW, (0,))) == "input 1, before preprocessing"
    assert start.value(Ref("mask", cell=(0,))) is not None
    assert explain(start, Ref("mask", cell=(0,))).equations == ()


@pytest.mark.parametrize("numbering", ["network", "layer"])
def test_addresses_of_data_and_masks_lead_there_and_back(network, numbering):
    notation = network(widths=(3, 2, 1), keep_inputs=0.5, keep=0.5, numbering=numbering).textbook.notation
    for scope, address in (("x", "x[2]"), ("data", "data[2]"), ("mask", "mask[2]")):
        ref = Ref(scope, cell=(1,))
        assert notation.address(ref) == address and notation.parse(address) == ref
    unit = notation.address(Ref("hidden1/mask", cell=(1,)))
    assert notation.parse(unit) == Ref("hidden1/mask", cell=(1,))


@pytest.mark.parametrize("letter", ["data", "mask"])
def test_addresses_without_dropout_are_refused(network, letter):
    notation: Notation = network().textbook.notation
    with pytest.raises(AddressError, match=f"found {letter} of an input, but no input is dropped here"):
        notation.parse(f"{letter}[1]")


def test_captions_say_on_which_side_of_the_dropout(dropping):
    notation = dropping.textbook.notation
    captions = [notation.caption(Ref(scope, cell=(0,))) for scope in ("x", "data", "mask")]
    assert captions == ["input 1", "input 1, before dropout", "mask of input 1"]


@pytest.mark.parametrize(
    ("shape", "keep", "message"),
    [
        ((2,), 0.0, "x: found a probability of 0 to keep a unit, wanted more than 0, at most 1"),
        ((2,), 1.5, "x: found a probability of 1.5"),
        ((1, 4, 4), 0.5, "x: found dropout of an image, wanted inputs in one row"),
    ],
)
def test_what_cannot_be_dropped_is_refused(shape, keep, message):
    with pytest.raises(GraphError, match=message):
        GraphBuilder().inputs("x", shape, keep)


def test_layers_may_be_called_as_the_data_is(network):
    build = GraphBuilder()
    x = build.inputs("x", (2,), 0.5)
    build.dense(x, 2, Identity(), "mask", "Mask", keep=0.5)
    assert len([node for node in build.graph(x).masks]) == 2


@pytest.mark.parametrize("batch_size", [None, 1, 4])
def test_a_fast_run_leaves_the_data_as_it_is_and_comes_back_bit_for_bit(network, batch_size):
    options = {"widths": (3, 4, 1), "keep_inputs": 0.6, "keep": 0.7, "examples": 6, "batch_size": batch_size}
    run, slow = (network(**options, plan={"seed": 3}).timeline for _ in range(2))
    before = run.settings(0).inputs.copy()
    run.extend(60)
    for k in range(60):
        slow.ensure(k + 1)
        slow.record(k)
    assert np.array_equal(run.settings(0).inputs, before)
    assert np.array_equal(run.state(60).parameters, slow.state(60).parameters)
    record = Record(run.program, run.state(30), Batch(run.rows(30), *_data_of(run, 30)))
    drain(iterate(record))
    assert record.loss == run.loss(30)


def _data_of(run, iteration):
    """Inputs, targets and masks of an iteration, as its record has them."""
    batch = run.record(iteration).batch
    return batch.inputs, batch.targets, batch.masks
