"""What the uses of a shared weight add to its gradient: by step, by example and by error."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.contributions import contributions
from nnviz.engine.graph import GraphError
from nnviz.engine.ref import Part, Ref
from nnviz.engine.timeline import Edit
from tests.engine.conftest import Network
from tests.engine.step_networks import CELLS, build_step_network


def network(cell, **options):
    return Network(*build_step_network((cell,), steps=4, units=3, examples=3, **options))


def weights(net):
    layer = net.graph.layers[0]
    return [*layer.parameters, *net.graph.output.parameters]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", [{}, {"ends": True}, {"keep": 0.6}, {"delta": "negative_gradient"}])
def test_contributions_of_the_steps_add_up_to_the_gradient(cell, options):
    net = network(cell, **options)
    end = net.end()
    for node in weights(net):
        by_step = end.contributions(node.scope)
        gradient = end.array(node.scope, Part.GRADIENT).array
        assert by_step.shape == (4, *node.shape)
        assert by_step.sum(axis=0) == pytest.approx(gradient, rel=1e-12, abs=1e-14)
        for t, *cell_of in np.ndindex(by_step.shape):
            ref = Ref(node.scope, Part.AT_STEP, (t, *cell_of))
            assert end.value(ref) == pytest.approx(by_step[(t, *cell_of)], rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("options", [{}, {"ends": True}, {"mean": True}])
def test_the_errors_one_at_a_time_add_up_to_the_gradient(cell, options):
    net = network(cell, **options)
    end = net.end()
    for node in weights(net):
        each = [end.contributions(node.scope, error) for error in range(4)]
        assert sum(each) == pytest.approx(end.contributions(node.scope), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_an_error_flows_back_to_the_start_and_not_ahead(cell):
    end = network(cell).end()
    for error in range(4):
        by_step = end.contributions("l1/w_x", error)
        amounts = np.abs(by_step).max(axis=(1, 2))
        assert (amounts[: error + 1] > 0).all() and (amounts[error + 1 :] == 0).all()
        at_output = np.abs(end.contributions("out/w", error)).max(axis=(1, 2))
        assert [bool(amount) for amount in at_output] == [t == error for t in range(4)]


def test_contributions_are_told_when_all_of_them_are_computed():
    net = network("simple")
    outline = net.walk.outline(0)
    done = outline.stage_of("l1/w_h", Part.GRADIENT).end
    assert net.moment(done - 1).contributions("l1/w_h") is None
    assert net.moment(done).contributions("l1/w_h") is not None


def test_an_error_at_the_end_cannot_be_taken_apart():
    net = network("simple", every=False)
    assert net.end().contributions("l1/w_h").shape == (4, 3, 3)
    with pytest.raises(GraphError, match="one error for the whole sequence"):
        contributions(net.timeline.record(0), "l1/w_h", 0)


def test_a_use_is_known_when_its_term_has_been_stepped_through():
    net = Network(*build_step_network(("simple",), steps=4, examples=2))
    outline = net.walk.outline(0)
    ref = Ref("l1/w_h", Part.GRADIENT, (1, 0))
    done = outline.completed_at(ref)
    uses = [Ref("l1/w_h", Part.AT_STEP, (t, 1, 0)) for t in range(4)]
    assert [outline.completed_at(use) for use in uses] == [done - 4 + t for t in range(4)]
    for position in range(done - 6, done + 1):
        moment = net.moment(position)
        for use in uses:
            assert (moment.value(use) is not None) == (outline.completed_at(use) <= position)


def test_a_start_state_can_be_edited_and_the_end_of_a_sequence_cannot():
    net = network("lstm", ends=True)
    start, going = Ref("l1/c_start", cell=(1,), example=2), Ref("going", cell=(1,), example=0)
    moment = net.moment(0)
    assert moment.can_edit(start) and not moment.can_edit(going)
    edited = net.with_timeline(net.timeline.edited(Edit(0, ((start, 0.75),))))
    assert edited.moment(0).value(start) == 0.75
    assert edited.end().value(Ref("l1/c_prev", cell=(0, 1), example=2)) == 0.75
    assert edited.end().losses[0] != net.end().losses[0]


def test_the_error_on_all_the_data_leaves_out_what_lies_behind_the_ends():
    whole = network("simple", ends=True)
    online = network("simple", ends=True, batch_size=1)
    assert online.timeline.data_loss(0) == pytest.approx(whole.timeline.data_loss(0), rel=1e-12)
