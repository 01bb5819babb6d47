"""A moment has no future, and at the end of an iteration it has everything."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.ops.contraction import Affine
from nnviz.engine.outline import Outline
from nnviz.engine.prefix import Prefix
from nnviz.engine.ref import LEARNING_RATE, Part, Ref

FREE = (Part.RAW,)
NEVER = 12  # moments of which one is asked for what never comes: most of what could be asked for


def refs_of(net, example=None):
    """Every number that could be asked for."""
    for node in net.graph.nodes:
        for part, cell in itertools.product(Part, np.ndindex(node.shape)):
            if part not in FREE:
                yield Ref(
                    node.scope, part, cell, None if node.is_parameter and part is not Part.SHARE else example
                )


def is_given(net, ref):
    if any(ref.part is before is not after for after, before in net.timeline.optimizer.remembers):
        return net.graph[ref.scope].is_trainable
    node = net.graph[ref.scope]
    return ref.part is Part.VALUE and (not node.inputs or node is net.graph.inputs)


def test_how_a_number_is_written_does_not_change_while_others_are_computed(variant):
    length = variant.walk.outline(0).length
    asked, seen = [*refs_of(variant)], {}
    for position in {*range(0, length, max(1, length // 40)), length}:
        moment = variant.moment(position)
        for ref in asked:
            if moment.value(ref) is not None:
                seen.setdefault(ref, set()).add(moment.decimals(ref))
    assert {ref: found for ref, found in seen.items() if len(found) > 1} == {}


def test_no_spoilers(variant):
    """Nothing is known before the position that computes it, and all of it from there on.

    Steps that a sequence does not have are never known.
    """
    outline = variant.walk.outline(0)
    rows = variant.timeline.rows(0)
    asked = [ref for row in rows for ref in refs_of(variant, row)]
    start = variant.moment(0)
    due = {
        ref: None
        if start.is_over(ref)
        else 0
        if is_given(variant, ref)
        else outline.completed_at(ref, None if ref.example is None else rows.index(ref.example))
        for ref in asked
    }
    coming = [ref for ref in asked if due[ref] is not None]
    positions = range(outline.length + 1)
    for number, position in enumerate(
        positions if outline.length < 400 else [*positions][:: outline.length // 200] + [outline.length]
    ):
        moment = variant.moment(position)
        for ref in asked if number % NEVER == 0 or position == outline.length else coming:
            known = moment.value(ref) is not None
            assert known == (due[ref] is not None and due[ref] <= position), (ref, due[ref], position)


def test_what_is_not_computed_cannot_be_read_from_an_array(variant):
    outline = variant.walk.outline(0)
    end = variant.end()
    for position in range(0, outline.length + 1, 1 + outline.length // 150):
        moment = variant.moment(position)
        for (scope, part), known in moment.known.items():
            node = variant.graph[scope]
            everything = end.array(scope, part).array
            assert known.array.shape == np.shape(everything)
            for cell in np.ndindex(known.array.shape):
                by_example = not node.is_parameter and node is not variant.graph.loss
                ref = (
                    Ref(scope, part, cell[1:], moment.rows[cell[0]]) if by_example else Ref(scope, part, cell)
                )
                is_known = moment.value(ref) is not None
                is_computed = known.mask is None or bool(known.mask[cell])
                assert is_known == (is_computed and not moment.is_over(ref))
                if is_known:
                    assert known.array[cell] == everything[cell]
                else:
                    assert math.isnan(moment.array(scope, part).array[cell])


def test_at_the_end_everything_is_there(variant):
    end = variant.end()
    record = variant.timeline.record(0)
    for stage in end.outline.stages:
        for scope, part in stage.computes:
            known, there = end.array(scope, part), end.lengths.there(end.graph[scope])
            assert np.array_equal(known.mask, there) if there is not None else known.mask is None
            assert np.isfinite(known.array[... if there is None else there]).all()
    for node in variant.graph.nodes:
        assert np.array_equal(end.known[node.scope, Part.VALUE].array, record.cells[node.index])
    assert end.is_complete


def test_at_the_start_only_data_and_parameters_are_there(variant):
    start = variant.moment(0)
    assert {scope for scope, _ in start.known} == {
        node.scope for node in variant.graph.nodes if not node.inputs or node is variant.graph.inputs
    }
    kept = {before for after, before in variant.timeline.optimizer.remembers if before is not after}
    assert {part for _, part in start.known} == {Part.VALUE} | kept
    assert start.stage is None and start.leaf is None and len(start.losses) == 0


shapes = st.lists(st.integers(1, 4), min_size=2, max_size=4).map(tuple)


@settings(max_examples=25)
@given(
    widths=shapes,
    seed=st.integers(0, 10**6),
    examples=st.integers(1, 4),
    late=st.booleans(),
    bias=st.sampled_from(["per_unit", "shared", "none"]),
    iteration=st.integers(0, 2),
    data=st.data(),
)
def test_no_spoilers_in_random_networks(network, widths, seed, examples, late, bias, iteration, data):
    net = network(widths=widths, seed=seed, examples=examples, late=late, bias=bias, batch_size=2)
    walk = net.walk
    walk.timeline.ensure(iteration)
    outline = walk.outline(iteration)
    rows = net.timeline.rows(iteration)
    position = data.draw(st.integers(0, outline.length), "position")
    moment = net.moment(position, iteration, rows.start)
    for row in rows:
        for ref in refs_of(net, row):
            due = 0 if is_given(net, ref) else outline.completed_at(ref, row - rows.start)
            assert (moment.value(ref) is not None) == (due is not None and due <= position), ref


def test_examples_of_other_batches_are_unknown(network):
    moment = network(batch_size=2, examples=4).end(1, example=2)
    z = Ref("output/z", cell=(0,))
    assert [moment.value(Ref(z.scope, z.part, z.cell, row)) is not None for row in range(4)] == [
        False,
        False,
        True,
        True,
    ]
    assert moment.value(z) == moment.value(Ref(z.scope, z.part, z.cell, 2))


def test_shares_add_up_to_the_gradient(variant):
    end = variant.end()
    for node in variant.graph.parameters:
        for cell in np.ndindex(node.shape):
            total = end.value(Ref(node.scope, Part.GRADIENT, cell))
            shares = [end.value(Ref(node.scope, Part.SHARE, cell, row)) for row in end.rows]
            if total is None:
                assert shares == [None] * len(end.rows)
            else:
                assert sum(shares) == pytest.approx(total, rel=1e-12, abs=1e-15)


def test_shares_of_a_layer_are_computed_at_once_and_its_stage_is_asked_once(network, monkeypatch):
    """A table of all weights asks for every share; looking each up among all inputs would take minutes."""
    end = network((5, 4)).end()
    node = end.graph.output.w
    calls = []
    one_by_one = Affine.d_w
    monkeypatch.setattr(Affine, "d_w", lambda *args: calls.append(1) or one_by_one(*args))
    monkeypatch.setattr(Outline, "completed_at", lambda *args: pytest.fail("looked up a single weight"))
    shares = [end.value(Ref(node.scope, Part.SHARE, cell)) for cell in np.ndindex(node.shape)]
    assert None not in shares and len(calls) == 1


def test_terms_of_the_examples_add_up_to_the_loss(variant):
    end = variant.end()
    if variant.graph.loss is None:
        pytest.skip("no loss")
    terms = [end.value(Ref("loss", Part.TERM, (), row)) for row in end.rows]
    scale = 1 / len(terms) if variant.graph.loss.op.mean else 1.0
    assert sum(terms) * scale == pytest.approx(end.value(Ref("loss")), rel=1e-12)


def test_losses_are_those_of_the_past(network):
    net = network()
    loss = net.walk.outline(0).completed_at(Ref("loss"))
    assert [len(net.moment(p, 3).losses) for p in (0, loss - 1, loss, 10**6)] == [3, 3, 4, 4]
    assert list(net.end(3).losses) == net.timeline.losses_until(4)[:4]


def test_a_prefix_hides_what_comes_after_it():
    numbers = [1.0, 2.0, 3.0, 4.0]
    prefix = Prefix(numbers, 3)
    assert list(prefix) == [1.0, 2.0, 3.0] and len(prefix) == 3
    assert prefix[-1] == 3.0 and prefix[1:] == [2.0, 3.0] and prefix[-2:] == [2.0, 3.0]
    for index in (3, -4):
        with pytest.raises(IndexError):
            prefix[index]


@pytest.mark.parametrize(
    ("address", "decimals"),
    [("x[1]", 2), ("t[8]", 2), ("w[7,5]", 2), ("w[7,0]", 2), ("alpha", 1), ("z[6]", None), ("E", None)],
)
def test_data_is_shown_as_it_was_written(power_plant, address, decimals):
    end = power_plant().end(example=1)
    assert end.decimals(end.notation.parse(address)) == decimals


def test_after_an_update_weights_are_no_longer_data(power_plant):
    end = power_plant().end(1)
    assert end.decimals(end.notation.parse("w[7,5]")) is None
    assert end.decimals(end.notation.parse("x[1]")) == 2


def test_whole_numbers_are_shown_without_decimals(network):
    relu = network(activations="relu", seed=3).end()
    assert relu.decimals(Ref("hidden1/a", Part.SLOPE, (0,))) == 0
    threshold = network(activations="threshold", loss=None).end()
    assert threshold.decimals(Ref("hidden1/a", cell=(0,))) == 0
    assert threshold.decimals(Ref("hidden1/z", cell=(0,))) is None


def test_decimals_look_at_all_of_the_data(network):
    inputs = np.zeros((600, 2))
    inputs[-1, 1] = 0.5
    net = network(widths=(2, 1), data=(inputs, np.zeros((600, 1))))
    assert net.end(example=599).decimals(Ref("x", cell=(1,))) == 1


def test_learning_rate_is_always_known(network):
    assert network(learning_rate=0.05).moment(0).value(LEARNING_RATE) == 0.05
