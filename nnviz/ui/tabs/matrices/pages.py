"""The page of matrices of every kind of stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from nnviz.engine.graph import DenseLayer
from nnviz.engine.mistakes import counts
from nnviz.engine.moment import Moment
from nnviz.engine.ops.base import Elementwise
from nnviz.engine.ops.losses import Loss, SquaredError
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.outline import Depth, Kind
from nnviz.engine.ref import LEARNING_RATE, Part, Ref
from nnviz.engine.titles import stage_title
from nnviz.engine.typeset import name_text
from nnviz.ui.layout.matrix_equation import (
    Block,
    Entry,
    Formula,
    Page,
    Place,
    Sign,
    across,
    cell_used,
    column_used,
    error_above,
    just_computed,
    learning_rate,
    loss_value,
    lying,
    place_at,
    place_of,
    row_used,
    single,
    tone_of,
    transposed_weights,
    weights,
    whole_used,
    with_example,
)
from nnviz.ui.layout.names import subscripted
from nnviz.ui.tabs.matrices.maps import is_of_maps, map_formulas, map_note, map_title
from nnviz.ui.tabs.matrices.parts import entries_of, is_in_part, shortened
from nnviz.ui.tabs.matrices.steps import is_of_steps, step_formulas, step_note, step_title, within_vector

FOR_ONE_EXAMPLE = (Kind.ERROR, Kind.DELTA)


def page_at(moment: Moment, depth: Depth, selection: Ref | None) -> Page:
    """The equation of the cursor's stage, or of the selected number where that stage does not show it."""
    place = place_at(moment, depth)
    formulas, note = _formulas(place)
    if selection is not None and not _shows(formulas, place, selection):
        selected = place_of(moment, selection)
        if selected is not None:
            place, (formulas, note) = selected, _formulas(selected)
    highlighted, pending = just_computed(moment, depth)
    return Page(
        _title(place),
        place.stage.into,
        formulas,
        batch_table(moment) if _has_batch(moment) else None,
        place.example,
        highlighted,
        pending,
        note,
    )


def _has_batch(moment: Moment) -> bool:
    """Whether every example has one output that is a vector; of sequences only their end."""
    output = moment.graph.output
    return isinstance(output, DenseLayer) and not output.is_stepwise


def _formulas(place: Place) -> tuple[tuple[Formula, ...], str]:
    """The equations of a place with long matrices in part, and what is said about them."""
    if is_of_maps(place):
        whole, notes = map_formulas(place), [map_note(place)]
    elif is_of_steps(place):
        whole, notes = step_formulas(place), [step_note(place)]
        formulas, shortening = shortened(whole, within_vector(place))
        return formulas, "\n".join([*notes, *shortening])
    else:
        whole = FORMULAS[place.stage.kind](place)
        shared = place.stage.kind is Kind.GRADIENT and _shares_bias(place)
        notes = ["The bias is shared: its gradient adds up all of Δ."] if shared else []
    formulas, shortening = shortened(whole, place)
    return formulas, "\n".join([*notes, *shortening])


def _shows(formulas: tuple[Formula, ...], place: Place, ref: Ref) -> bool:
    blocks = [part for formula in formulas for part in formula if isinstance(part, Block)]
    if is_of_maps(place) or is_of_steps(place) or any(is_in_part(block) for block in blocks):
        wanted = with_example(place.graph, ref, place.moment.focus)
        return any(block.holds(wanted) and wanted in entries_of(block) for block in blocks)
    elsewhere = place.stage.kind in FOR_ONE_EXAMPLE and ref.example not in (None, place.example)
    return ref == LEARNING_RATE or (any(block.holds(ref) for block in blocks) and not elsewhere)


def _title(place: Place) -> str:
    if is_of_maps(place):
        return map_title(place)
    if is_of_steps(place):
        return step_title(place)
    title = stage_title(place.moment, place.stage.kind, place.stage.layer)
    if place.stage.kind in FOR_ONE_EXAMPLE:
        return f"{title}, example {subscripted(place.moment.textbook.example(place.example))}"
    return title


def _shares_bias(place: Place) -> bool:
    b = place.layer.b
    return b is not None and b.is_trainable and b.shape[0] < place.layer.units


# Forward


def _sums(place: Place) -> tuple[Formula, ...]:
    """Z = W·A, and A = φ(Z) where φ is a function of one number."""
    layer, up = place.layer, place.up()
    z = across(place, layer.z, Part.VALUE, f"Z{up}", "forward")
    w = row_used(weights(layer, Part.VALUE, f"W{up}"), place.unit, place.term)
    formula = (_result(place, z), Sign("="), w, Sign("∙"), _input_used(place))
    if not isinstance(layer.a.op, Elementwise):
        return (formula,)
    a = across(place, layer.a, Part.VALUE, f"A{up} = φ(Z{up})", "forward")
    return formula, (_result(place, a),)


def _input_used(place: Place) -> Block:
    """What the layer reads, under a row of ones where it has a bias."""
    layer = place.layer
    below = place.moment.notation.layer_below(layer)
    label = "X" if below is None else f"A{place.up(below)}"
    tone = tone_of(place.graph, layer.x)
    block = across(place, layer.x, Part.VALUE, label, tone, ones=layer.b is not None)
    return block if place.unit is None else column_used(block, place.column, place.term)


def _activations(place: Place) -> tuple[Formula, ...]:
    """A of a layer whose units compete: every cell of a column depends on the whole column of Z."""
    layer, up = place.layer, place.up()
    a = across(place, layer.a, Part.VALUE, f"A{up}", "forward")
    z = across(place, layer.z, Part.VALUE, f"Z{up}", "forward")
    used = z if place.unit is None else column_used(z, place.column)
    return ((_result(place, a), Sign(f"= {layer.a.op.symbol}"), used),)


def _result(place: Place, block: Block) -> Block:
    """What is computed, framed as a whole where a step covers the whole layer."""
    covers_all = place.unit is None and place.moment.stage is place.stage
    return whole_used(block) if covers_all else block


# Loss


def _loss(place: Place) -> tuple[Formula, ...]:
    """The errors T − A, or targets and outputs, what each example adds, and their sum."""
    graph, up = place.graph, place.up()
    loss, target = graph.loss, graph.target
    assert loss is not None and target is not None and isinstance(loss.op, Loss)
    output = graph.output
    if isinstance(loss.op, SquaredError):
        read: tuple[Formula, ...] = ((across(place, output.a, Part.ERROR, f"T − A{up}", "plain"),),)
    else:
        a = across(place, output.a, Part.VALUE, f"A{up}", "forward")
        read = ((across(place, target, Part.VALUE, "T", "plain"),), (a,))
    scale = f"1/{len(place.examples)} Σ" if loss.op.mean else "Σ"
    total = (loss_value(), Sign(f"= {scale}"), _loss_terms(place, loss.op))
    return (*read, total)


def _loss_terms(place: Place, op: Loss) -> Block:
    label = op.formula.removeprefix("E = ").replace("1/N ", "")
    if place.graph.output.units == 1:
        label = label.replace("Σ ", "")
    examples = place.examples

    def entry(_: int, j: int) -> Entry:
        return Ref("loss", Part.TERM, (), examples[j])

    return Block(label, 1, len(examples), entry, (("loss", Part.TERM),), "plain", examples)


# Backward, for the example in focus


def _errors(place: Place) -> tuple[Formula, ...]:
    """∂E/∂a of a layer whose units compete."""
    error = single(place, place.layer.a, Part.GRADIENT, f"∂E/∂a{place.up()}", "backward")
    return ((error, Sign("="), *_error_behind(place)),)


def _error_behind(place: Place) -> Formula:
    """What ∂E/∂a is made from: Wᵀ·δ of the layer above, or target and output."""
    above = place.graph.consumer_layer(place.layer.a)
    if above is not None:
        signs = (Sign("−"),) if place.moment.textbook.conventions.delta_sign < 0 else ()
        assert isinstance(above, DenseLayer)
        return (*signs, transposed_weights(place, above), Sign("∙"), error_above(place, above))
    target = place.graph.target
    assert target is not None
    t = single(place, target, Part.VALUE, "t", "plain")
    a = single(place, place.layer.a, Part.VALUE, f"a{place.up()}", "forward")
    return Sign("∂E/∂a of"), t, Sign("and"), a


def _deltas(place: Place) -> tuple[Formula, ...]:
    """δ = Wᵀ·δ ⊙ φ′(z), at the output ∂E/∂a ⊙ φ′(z) or, through softmax and cross-entropy, A − T."""
    layer, up = place.layer, place.up()
    loss = place.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    delta = single(place, layer.z, Part.DELTA, f"δ{up}", "backward")
    above = place.graph.consumer_layer(layer.a)
    negative = place.moment.textbook.conventions.delta_sign < 0
    minus = (Sign("−"),) if negative else ()
    if above is None and not loss.op.through_slope:
        return ((delta, Sign("="), *_activation_minus_target(place, negative)),)
    error = cell_used(single(place, layer.a, Part.GRADIENT, f"∂E/∂a{up}", "backward"), place.unit)
    if not isinstance(layer.a.op, Elementwise):
        return ((delta, Sign("="), *minus, Sign("∂a/∂z  ∙"), whole_used(error)),)
    slope = cell_used(single(place, layer.a, Part.SLOPE, f"φ′(z{up})", "forward"), place.unit)
    if above is None:
        return ((delta, Sign("="), *minus, error, Sign("⊙"), slope),)
    assert isinstance(above, DenseLayer)
    back = (transposed_weights(place, above), Sign("∙"), error_above(place, above))
    return ((delta, Sign("="), *back, Sign("⊙"), slope),)


def _activation_minus_target(place: Place, negative: bool) -> Formula:
    """A − T; T − A where δ is the negative gradient, over N where the loss is a mean; 0 if nothing counts."""
    loss, target = place.graph.loss, place.graph.target
    assert loss is not None and target is not None and isinstance(loss.op, Loss)
    if not counts(place.moment, place.example):
        return (Sign("0"),)
    scale, end = ((Sign(f"1/{len(place.examples)}  ∙ ("),), (Sign(")"),)) if loss.op.mean else ((), ())
    a = cell_used(single(place, place.layer.a, Part.VALUE, f"a{place.up()}", "forward"), place.unit)
    t = cell_used(single(place, target, Part.VALUE, "t", "plain"), place.unit)
    values = place.moment.array(target.scope)
    whole = values is None or abs(float(values.array[place.column].sum()) - 1.0) < 1e-12
    total: Formula = () if whole else (Sign("Σt  ∙"),)
    difference = (t, Sign("−"), *total, a) if negative else (*total, a, Sign("−"), t)
    return (*scale, *difference, *end)


# Parameters


def _gradients(place: Place) -> tuple[Formula, ...]:
    """∂E/∂W = Δ·Aᵀ: the product adds up the examples."""
    layer, up = place.layer, place.up()
    gradient = _result(place, weights(layer, Part.GRADIENT, f"∂E/∂W{up}", learning=True))
    delta = row_used(across(place, layer.z, Part.DELTA, f"Δ{up}", "backward"), place.unit, place.term)
    below = place.moment.notation.layer_below(layer)
    label = "X^{⊤}" if below is None else f"A{place.up(below, '⊤')}"
    bias = layer.b is not None and layer.b.is_trainable
    a = lying(place, layer.x, label, bias, rest=layer.w.is_trainable)
    a = column_used(a, _learning_column(place), place.term)
    sign = "= −" if place.moment.textbook.conventions.delta_sign < 0 else "="
    line: Formula = (gradient, Sign(sign), delta, Sign("∙"), a)
    return line, *_slopes(place, Part.GRADIENT, f"∂E/∂λ{up}")


def _learning_column(place: Place) -> int | None:
    """The column of the parameter in use among those that learn."""
    b = place.layer.b
    frozen_bias = b is not None and not b.is_trainable
    return None if place.weight is None else place.weight - frozen_bias


def _updates(place: Place) -> tuple[Formula, ...]:
    """W ← W − α·∂E/∂W."""
    layer, up, column = place.layer, place.up(), _learning_column(place)
    new = weights(layer, Part.NEW, f"W{place.up(after='new')}", "update", learning=True)
    old = weights(layer, Part.VALUE, f"W{up}", learning=True)
    gradient = weights(layer, Part.GRADIENT, f"∂E/∂W{up}", learning=True)
    old, gradient = (row_used(block, place.unit, column) for block in (old, gradient))
    alpha = learning_rate() if place.unit is None else whole_used(learning_rate())
    if place.moment.is_plain_descent:
        line: Formula = (_result(place, new), Sign("="), old, Sign("−"), alpha, Sign("∙"), gradient)
    else:
        following = Sign(f"from {place.moment.optimizer.title}:")
        line = (_result(place, new), following, old, Sign(","), alpha, Sign(","), gradient)
    return line, *_between(place), *_slopes(place, Part.NEW, f"λ{place.up(after='new')}")


def _between(place: Place) -> tuple[Formula, ...]:
    """What the optimizer computes on its way to the new weights, a matrix for each of its lines."""
    computed = frozenset(place.stage.computes)
    parts = dict.fromkeys(part for _, part in place.stage.computes if part in UPDATE_NUMBERS)
    blocks = (
        weights(place.layer, part, f"{UPDATE_NUMBERS[part].matrix}{place.up()}", "update", True)
        for part in parts
    )
    return tuple((_computed_only(block, computed),) for block in blocks)


def _computed_only(block: Block, computed: frozenset[tuple[str, Part]]) -> Block:
    """Without the cells of what the optimizer leaves out, as a penalty does the biases."""

    def entry(i: int, j: int) -> Entry:
        ref = block.entry(i, j)
        return ref if isinstance(ref, Ref) and (ref.scope, ref.part) in computed else None

    quantities = tuple(quantity for quantity in block.quantities if quantity in computed)
    return replace(block, entry=entry, quantities=quantities)


def _slopes(place: Place, part: Part, label: str) -> tuple[Formula, ...]:
    """The slope λ of every unit, or its gradient, where a layer learns it."""
    slopes = place.layer.slopes
    if slopes is None or not slopes.is_trainable:
        return ()

    def entry(i: int, _: int) -> Entry:
        return Ref(slopes.scope, part, (i,))

    tone = "update" if part is Part.NEW else "signed"
    return ((Block(label, slopes.shape[0], 1, entry, ((slopes.scope, part),), tone),),)


FORMULAS: dict[Kind, Callable[[Place], tuple[Formula, ...]]] = {
    Kind.SUM: _sums,
    Kind.ACTIVATION: _activations,
    Kind.LOSS: _loss,
    Kind.ERROR: _errors,
    Kind.DELTA: _deltas,
    Kind.GRADIENT: _gradients,
    Kind.UPDATE: _updates,
}


# The batch


def batch_table(moment: Moment) -> Block:
    """Target, output, error and its gradient of every example, as far as they are computed."""
    graph = moment.graph
    output, target, loss = graph.output, graph.target, graph.loss
    kinds: list[tuple[str, str, Part]] = [("output ", output.a.scope, Part.VALUE)]
    if target is not None:
        kinds.insert(0, ("target ", target.scope, Part.VALUE))
    if target is not None and loss is not None and isinstance(loss.op, Loss):
        assert isinstance(output, DenseLayer)
        error = output.a if loss.op.through_slope else output.z
        kinds += [("", output.a.scope, Part.ERROR)]
        kinds += [("", error.scope, Part.GRADIENT)] if graph.trains else []
    cells = [(prefix, Ref(scope, part, (i,))) for prefix, scope, part in kinds for i in range(output.units)]
    names = tuple(prefix + _row_name(moment, ref) for prefix, ref in cells)
    examples = tuple(moment.rows)

    def entry(i: int, j: int) -> Entry:
        ref = cells[i][1]
        return Ref(ref.scope, ref.part, ref.cell, examples[j])

    quantities = tuple((scope, part) for _, scope, part in kinds)
    return Block("Batch", len(cells), len(examples), entry, quantities, "plain", examples, None, names)


def _row_name(moment: Moment, ref: Ref) -> str:
    if ref.part is not Part.ERROR:
        return name_text(moment.notation.name(ref))
    return f"t − {name_text(moment.notation.name(ref.of(Part.VALUE)))}"
