"""Where a number comes from: the equation behind any `Ref`, read from the op and its index map.

Nothing here computes: every value is the engine's own, and the expression trees only say which numbers were
put together, and how.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from nnviz.engine import explain_steps as steps
from nnviz.engine.formula import (
    Difference,
    Equation,
    Expr,
    Group,
    Name,
    Negative,
    Product,
    Quantity,
    evaluate,
)
from nnviz.engine.graph import Layer, Node, PoolingLayer, WeightedLayer
from nnviz.engine.mistakes import counts
from nnviz.engine.moment import Moment
from nnviz.engine.narrate import narrate
from nnviz.engine.ops.base import Contraction, Elementwise, Pooling
from nnviz.engine.ops.elementwise import PReLU
from nnviz.engine.ops.losses import Loss
from nnviz.engine.ops.rounding import summed
from nnviz.engine.ops.selection import Softmax
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.outline import Depth, Pass
from nnviz.engine.places import MOST_EQUATIONS, place_of
from nnviz.engine.quantities import quantity
from nnviz.engine.ref import LEARNING_RATE, STEP_LOSSES, Part, Ref
from nnviz.engine.sums import ZERO, Leading, Terms, Written, short_sum
from nnviz.engine.terms import (
    ABSENT,
    all_terms,
    beside,
    error_sum,
    gradient_in_any_example,
    gradient_of_example,
    gradient_terms,
    loss_terms,
    over_examples,
    softmax_terms,
    weighted_sum,
    with_sign,
    written_loss_terms,
)
from nnviz.engine.terms_steps import any_step_losses, step_losses
from nnviz.engine.titles import title_of
from nnviz.engine.updates import update_line

NOT_YET = "Not computed yet."
MOST_EXPONENTIALS = 5  # in the denominator of a softmax, which is set small


@dataclass(frozen=True, slots=True, repr=False)
class Explanation:
    """What the equation strip and the printed walk-through say about a number or a place.

    `given` holds the numbers that have no equation because they are data or start values.
    """

    into: Pass | None
    crumbs: tuple[str, ...]
    equations: tuple[Equation, ...]
    narration: str
    given: tuple[Quantity, ...] = ()
    omitted: int = 0

    # Written where they are asked for: the window draws its own, and need not wait for these.

    def __repr__(self) -> str:
        from nnviz.engine.written import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from nnviz.engine.written import as_html

        return as_html(self)

    def _repr_latex_(self) -> str:
        from nnviz.engine.written import as_latex

        return as_latex(self)


def explain(moment: Moment, ref: Ref) -> Explanation:
    """Where one number comes from. A number that is not computed yet has no equation and says so."""
    of = "" if ref.example is None else f", {moment.textbook.example(ref.example)}"
    crumbs = (f"Iteration {moment.iteration + 1:,}", moment.notation.caption(ref) + of)
    if moment.value(ref) is None:
        return Explanation(None, crumbs, (), narrate(moment, ref, ()) if moment.is_over(ref) else NOT_YET)
    stage = moment.outline.stage_of(ref.scope, ref.part)
    found = equation(moment, ref)
    equations = (found,) if found else ()
    given = () if found else (quantity(moment, ref),)
    sentence = narrate(moment, ref, equations)
    return Explanation(stage.into if stage else None, crumbs, equations, sentence, given)


def explain_place(moment: Moment, depth: Depth) -> Explanation:
    """What the last step of a depth has done: the equations of a term, a neuron or a layer."""
    if depth not in moment.told:
        moment.told[depth] = _explain_place(moment, depth)
    told: Explanation = moment.told[depth]
    return told


def words_of_place(moment: Moment, depth: Depth) -> Explanation:
    """The same without its equations, for a moment that flies by in a run: nobody could read them."""
    if moment.stage is None or moment.leaf is None:
        return replace(_explain_start(moment), equations=(), omitted=0)
    sentence = narrate(moment, moment.leaf.ref, (), depth)
    return Explanation(moment.stage.into, title_of(moment, depth), (), sentence)


def _explain_place(moment: Moment, depth: Depth) -> Explanation:
    if moment.stage is None or moment.leaf is None:
        return _explain_start(moment)
    crumbs = title_of(moment, depth)
    into = moment.stage.into
    place = None if depth is Depth.TERM else place_of(moment, depth)
    if place is None or not place.shown:  # or it has been reached in finer steps, and nothing is complete
        equations = term_equations(moment)
        is_given = not equations and not is_nowhere(moment)
        given = [quantity(moment, moment.leaf.ref)] if is_given else []
        return Explanation(into, crumbs, equations, narrate(moment, moment.leaf.ref, equations), tuple(given))
    equations = tuple(e for ref in place.shown if (e := equation(moment, ref, whole=True)) is not None)
    given = [] if equations else [quantity(moment, ref) for ref in place.shown]
    sentence = narrate(moment, place.shown[-1], equations, depth)
    return Explanation(into, crumbs, equations, sentence, tuple(given), place.total - len(place.shown))


def _explain_start(moment: Moment) -> Explanation:
    """What is there before the first step: with dropout of inputs, what is left of them."""
    inputs = moment.graph.inputs
    count = inputs.shape[0] if inputs.inputs else 0
    refs = [Ref(inputs.scope, cell=(i,)) for i in range(min(count, MOST_EQUATIONS))]
    equations = tuple(e for ref in refs if (e := equation(moment, ref)) is not None)
    crumbs = (f"Iteration {moment.iteration + 1:,}", "start")
    return Explanation(None, crumbs, equations, narrate(moment, None, ()), omitted=count - len(equations))


# Equations


def equation(moment: Moment, ref: Ref, whole: bool = False) -> Equation | None:
    """``ref = right side`` or None for data and start values.

    `whole` writes the error gradient of a hidden neuron in one line, Σ included, as the notes do; otherwise
    its sum is a number of its own.
    """
    if ref == LEARNING_RATE and moment.schedule_line is not None:
        return Equation(quantity(moment, ref), moment.schedule_line)
    if ref.scope not in moment.graph or moment.is_over(ref):  # α and the input of the bias are given
        return None
    node = moment.graph[ref.scope]
    right = _right_side(moment, node, ref, whole)
    if right is None:
        return None
    return Equation(quantity(moment, ref), right)


def _right_side(moment: Moment, node: Node, ref: Ref, whole: bool) -> Expr | None:
    if steps.speaks_of(moment, node, ref):
        return steps.right_side(moment, node, ref)
    rules: dict[Part, Callable[[], Expr | None]] = {
        Part.VALUE: lambda: _value(moment, node, ref),
        Part.GRADIENT: lambda: _gradient(moment, node, ref),
        Part.DELTA: lambda: _delta(moment, node, ref, whole),
        Part.SLOPE: lambda: _slope(moment, node, ref),
        Part.SHARE: lambda: _share(moment, node, ref),
        Part.NEW: lambda: update_line(moment, node, ref),
        **dict.fromkeys(UPDATE_NUMBERS, lambda: update_line(moment, node, ref)),
        Part.ERROR: lambda: _error(moment, ref),
        Part.TERM: lambda: _loss_of_example(moment, ref),
    }
    return rules[ref.part]() if ref.part in rules else None


def _value(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    if node.is_parameter:
        return _updated_before(moment, node, ref)
    if not node.inputs:
        return _prepared(moment, ref)
    if node is moment.graph.loss:
        return _loss_sum(moment)
    inputs = [moment.graph.nodes[i] for i in node.inputs]
    if isinstance(node.op, Contraction):
        return weighted_sum(moment, node, ref)
    if isinstance(node.op, Pooling):
        window = node.op.window(ref.cell, inputs[0].shape)
        return node.op.expression(
            tuple(quantity(moment, Ref(inputs[0].scope, cell=cell, example=ref.example)) for cell in window)
        )
    if isinstance(node.op, Softmax):
        zs = [quantity(moment, beside(inputs[0], i, ref)) for i in range(inputs[0].shape[-1])]
        total = short_sum([node.op.share(z) for z in zs], MOST_EXPONENTIALS)
        return node.op.expression(zs[ref.cell[-1]], total)
    assert isinstance(node.op, Elementwise)
    return node.op.expression(*(_input_of(moment, one, ref) for one in inputs))


def _input_of(moment: Moment, node: Node, ref: Ref) -> Quantity:
    """What an activation reads: z of the same cell, its mask, or λ of its neuron or map."""
    if node.is_parameter:
        return quantity(moment, Ref(node.scope, cell=ref.cell[:1]))
    return quantity(moment, replace(ref, scope=node.scope, part=Part.VALUE))


def _prepared(moment: Moment, ref: Ref) -> Expr | None:
    """Data from its raw value, unless somebody has edited it."""
    preparation, column = moment.textbook.preparation, moment.column(ref)
    if preparation is None or column is None:
        return None
    row = moment.focus if ref.example is None else ref.example
    right = preparation.expression(row, column, replace(ref, part=Part.RAW, example=row))
    return right if right is not None and evaluate(right) == moment.value(ref) else None


def _gradient(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    if node.is_parameter and len(moment.rows) == 1:
        return gradient_of_example(moment, node, replace(ref, example=moment.rows[0]))
    if node.is_parameter:
        return over_examples(
            moment,
            lambda row, many: gradient_terms(moment, node, replace(ref, example=row), many),
            gradient_in_any_example(moment, node, ref),
        )
    layer = moment.graph.layer_of(node)
    assert layer is not None
    if isinstance(layer, WeightedLayer) and node is layer.z:
        return with_sign(moment, quantity(moment, ref.of(Part.DELTA)))
    above = moment.graph.consumer_layer(node)
    if above is None:
        return _loss_gradient(moment, layer, ref)
    total = error_sum(moment, layer, ref)
    return total if isinstance(above, PoolingLayer) else with_sign(moment, total)


def _share(moment: Moment, node: Node, ref: Ref) -> Expr:
    row = moment.focus if ref.example is None else ref.example
    return gradient_of_example(moment, node, replace(ref, example=row))


def _delta(moment: Moment, node: Node, ref: Ref, whole: bool) -> Expr:
    layer = moment.graph.layer_of(node)
    assert isinstance(layer, WeightedLayer)
    loss = moment.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    if moment.graph.consumer_layer(layer.a) is None and not loss.op.through_slope:
        return with_sign(moment, _loss_gradient(moment, layer, replace(ref, scope=layer.a.scope)))
    activation = replace(ref, scope=layer.a.scope)
    if isinstance(layer.a.op, Softmax):
        return with_sign(moment, short_sum(softmax_terms(moment, layer, ref)))
    slope = quantity(moment, activation.of(Part.SLOPE))
    above = moment.graph.consumer_layer(layer.a)
    if whole and above is not None and not isinstance(above, PoolingLayer):
        total = error_sum(moment, layer, activation)
        return Product((total if total is ZERO else Group(total), slope))
    return with_sign(moment, Product((quantity(moment, activation.of(Part.GRADIENT)), slope)))


def _slope(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    layer = moment.graph.layer_of(node)
    if isinstance(layer, WeightedLayer) and node is layer.slopes:
        assert isinstance(layer.a.op, PReLU)
        return layer.a.op.slope_derivative_expression(
            quantity(moment, replace(ref, scope=layer.z.scope, part=Part.VALUE))
        )
    if not isinstance(node.op, Elementwise):
        return None
    xs = (_input_of(moment, moment.graph.nodes[i], ref) for i in node.inputs)
    return node.op.slope_expression(quantity(moment, ref.of(Part.VALUE)), *xs)


def _updated_before(moment: Moment, node: Node, ref: Ref) -> Expr | None:
    """A weight from the update of the iteration before; a start value, or one set by hand, is given."""
    if moment.iteration == 0 or not node.is_trainable or moment.before is None:
        return None
    earlier = moment.iteration - 1
    right = update_line(moment, node, replace(ref, part=Part.NEW, iteration=earlier))
    return right if right is not None and _is_close(evaluate(right), moment.value(ref)) else None


def _is_close(found: float, value: float | None) -> bool:
    """The same number but for the rounding of a formula that is computed in another order."""
    return value is not None and math.isclose(found, value, rel_tol=1e-12, abs_tol=1e-15)


def _error(moment: Moment, ref: Ref) -> Expr:
    assert moment.graph.target is not None
    t = Ref(moment.graph.target.scope, cell=ref.cell, example=ref.example)
    return Difference(quantity(moment, t), quantity(moment, ref.of(Part.VALUE)))


# The loss


def _loss_sum(moment: Moment) -> Expr:
    """E: of sequences the sum of the errors of all steps.

    Else a common ½ or minus stands in front of the sum, as in the notes.
    """
    loss = moment.graph.loss
    assert loss is not None and isinstance(loss.op, Loss)
    if STEP_LOSSES in moment.graph:
        counts = [moment.lengths.of(place) for place in range(len(moment.rows))]
        of_steps = over_examples(
            moment, lambda row, many: step_losses(moment, row, many), any_step_losses(moment), counts
        )
        return loss.op.scaled(of_steps, len(moment.rows))
    total = over_examples(
        moment,
        lambda row, many: Written([_core(term) for term in loss_terms(moment, row, many)]),
        Written([_core(term) for term in written_loss_terms(moment, moment.focus, many=False)]),
    )
    first = written_loss_terms(moment, moment.focus, many=False)[0]
    if isinstance(first, Product):
        total = Product((first.factors[0], total))
    elif isinstance(first, Negative):
        total = Negative(total)
    return loss.op.scaled(total, len(moment.rows))


def _core(term: Expr) -> Expr:
    """A term of the loss without the ½ or the minus that all of them share."""
    if isinstance(term, Product):
        return term.factors[1]
    return term.inner if isinstance(term, Negative) else term


def _loss_of_example(moment: Moment, ref: Ref) -> Expr:
    row = moment.focus if ref.example is None else ref.example
    if STEP_LOSSES in moment.graph:
        return short_sum(step_losses(moment, row, many=False))
    return short_sum(loss_terms(moment, row, many=False))


def _loss_gradient(moment: Moment, layer: Layer, ref: Ref) -> Expr:
    """∂E/∂a of an output, or ∂E/∂z where the loss contains the activation function."""
    loss, target = moment.graph.loss, moment.graph.target
    assert loss is not None and target is not None and isinstance(loss.op, Loss)
    if not counts(moment, moment.focus if ref.example is None else ref.example):
        return ZERO
    a: Expr = quantity(moment, Ref(layer.a.scope, cell=ref.cell, example=ref.example))
    t = quantity(moment, Ref(target.scope, cell=ref.cell, example=ref.example))
    if not loss.op.through_slope:
        total = short_sum([quantity(moment, beside(target, j, ref)) for j in range(layer.a.shape[-1])])
        if evaluate(total) != 1.0:
            a = Product((Group(total), a))
    return loss.op.scaled(loss.op.gradient_expression(a, t), len(moment.rows))


# Terms


def is_nowhere(moment: Moment) -> bool:
    """Whether the step of now is about a time that the sequence does not have."""
    leaf = moment.leaf
    if leaf is None:
        return False
    return moment.is_over(leaf.ref) or (leaf.term is not None and not term_equations(moment))


def term_equations(moment: Moment) -> tuple[Equation, ...]:
    """At the finest depth: the term reached last, and the sum so far; or the number they make."""
    leaf = moment.leaf
    assert leaf is not None
    if leaf.term is None:
        found = equation(moment, leaf.ref)
        return (found,) if found else ()
    if moment.is_over(leaf.ref):
        return ()
    terms = all_terms(moment, leaf.ref)
    term = terms[leaf.term] if leaf.term < len(terms) else ABSENT
    if term is ABSENT:
        return ()
    of = moment.notation.name(leaf.ref)
    so_far: Terms = Leading(terms, leaf.term + 1)
    if isinstance(terms, Written):
        so_far = Written([one for one in so_far if one is not ABSENT])
    equations = [Equation(Quantity(Name(f"term {leaf.term + 1}"), evaluate(term), None, "term"), term)]
    if len(so_far) > 1:
        target = Quantity(replace(of, mark=" so far"), summed(so_far.values()), None, "partial")
        equations.append(Equation(target, short_sum(so_far)))
    return tuple(equations)
