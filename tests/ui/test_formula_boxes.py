"""Formulas keep their parts apart and inside, whatever the numbers and the room."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import Explanation, explain_place
from nnviz.engine.formula import (
    EULER,
    HALF,
    ONE,
    TWO,
    Call,
    Difference,
    Equation,
    Expr,
    Group,
    Indicator,
    Name,
    Negative,
    Omitted,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    evaluate,
)
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.engine.ref import Part, Ref
from nnviz.engine.typeset import Setting, arrange, typeset
from nnviz.ui.formula_boxes import Face, Kind, lay, name, tokens
from nnviz.ui.formula_columns import aligned
from nnviz.ui.formula_drawing import Lights, Placed, Use, paint
from nnviz.ui.formula_sheet import MARGIN, Room, sheet
from nnviz.ui.tags import factor_tags

WIDE, NARROW, HUGE = Room(800, 126), Room(640, 84), Room(1400, 240, scale=1.6)


def number(value: float, letter: str = "w", sub: str = "1", decimals: int | None = None) -> Quantity:
    ref = Ref(f"{letter}{sub}")
    return Quantity(Name(letter, sub), value, ref, "positive", f"{letter} number {sub}", decimals)


A, B, C = number(0.123456789012, "a", "1"), number(-2.5, "w", "7,5"), number(12345.678, "z", "3")


def product(i: int) -> Expr:
    return Product((number(-0.123456789 * i, "w", f"9,{i}"), number(0.987654321, "a", f"{i}")))


EXPRESSIONS: dict[str, Expr] = {
    "logistic": Quotient(ONE, Sum((ONE, Power(EULER, Negative(B))))),
    "softmax": Quotient(Power(EULER, A), Sum(tuple(Power(EULER, number(i, "z", f"{i}")) for i in range(12)))),
    "tanh": Call("tanh", (B,)),
    "leaky": Call("max", (B, Product((HALF, B)))),
    "threshold": Indicator(B, "≥", ONE),
    "squares": Product((HALF, Group(Sum(tuple(Power(Group(Difference(A, B)), TWO) for _ in range(6)))))),
    "cross-entropy": Negative(Group(Sum((Product((A, Call("ln", (A,)))), Product((B, Call("ln", (A,)))))))),
    "twelve terms": Sum(tuple(product(i) for i in range(1, 13))),
    "omitted": Sum((*(product(i) for i in range(1, 5)), Omitted(780, 1.0), product(784))),
    "fraction in parentheses": Product((Group(Sum((Quotient(A, B), ONE))), C)),
    "prepared": Call("round", (Quotient(Difference(A, B), Difference(C, B)), TWO)),
    "square of a tall thing": Power(Group(Quotient(A, C)), TWO),
}


def explanation(*rights: Expr, omitted: int = 0) -> Explanation:
    equations = tuple(
        Equation(
            Quantity(Name("E", by=Name("w", f"{i},0")), evaluate(right), Ref(f"r{i}"), "backward"), right
        )
        for i, right in enumerate(rights)
    )
    return Explanation(None, (), equations, "", omitted=omitted)


def text_rects(placed: Placed) -> list[QRectF]:
    """Where ink is: the tight bounds of every text."""
    rects = []
    for x, y, text, _ in placed.texts:
        tight = QFontMetricsF(text.font).tightBoundingRect(text.text)
        top = tight.top() * text.stretch
        rects.append(QRectF(x + tight.left(), y + top, tight.width(), tight.height() * text.stretch))
    return rects


def check(placed: Placed) -> None:
    """No two factors meet; everything is inside."""
    page = QRectF(0, 0, placed.width, placed.height).adjusted(-0.5, -0.5, 0.5, 0.5)
    for first, second in itertools.combinations(placed.factors, 2):
        shared = first.rect.intersected(second.rect)
        assert min(shared.width(), shared.height()) <= 0.01, (first, second)
    for rect in (
        [one.rect for one in placed.factors] + [rect for rect, _ in placed.rules] + text_rects(placed)
    ):
        assert page.contains(rect), (page, rect)
    for x, y, bead in placed.beads:
        around = QRectF(x - bead.radius, y - bead.radius, 2 * bead.radius, 2 * bead.radius)
        assert page.contains(around)


def check_texts_apart(placed: Placed) -> None:
    """No ink of one text lies on that of another (a script may come near its letter)."""
    rects = text_rects(placed)
    for (i, first), (j, second) in itertools.combinations(enumerate(rects), 2):
        shared = first.intersected(second)
        near = 0.16 * placed.px
        assert min(shared.width(), shared.height()) <= near, (placed.texts[i], placed.texts[j])


@pytest.mark.parametrize("room", [WIDE, NARROW, HUGE], ids=["wide", "narrow", "presenter"])
@pytest.mark.parametrize("digits", [2, 4, 10])
@pytest.mark.parametrize("key", EXPRESSIONS)
def test_nothing_overlaps_or_sticks_out(qapp, key, digits, room):
    right = EXPRESSIONS[key]
    for one in (explanation(right), explanation(right, A, right), explanation(*[right] * 4, omitted=7)):
        placed = sheet(one, digits, room, factor_tags(one))
        check(placed)
        check_texts_apart(placed)
        assert placed.width <= room.width


@pytest.mark.parametrize("digits", [2, 4, 10])
@pytest.mark.parametrize("depth", [Depth.TERM, Depth.NEURON, Depth.LAYER, Depth.PASS])
def test_every_stop_of_an_iteration_is_set_cleanly(qapp, lesson, depth, digits):
    walk = Walk(lesson.timeline)
    cursor = walk.at(0, 0, 1)
    while (cursor := walk.over(cursor, depth)).iteration == 0:
        one = explain_place(resolve(walk, cursor, lesson.textbook), depth)
        for room in (WIDE, NARROW):
            placed = sheet(one, digits, room, factor_tags(one))
            check(placed)
            assert placed.width <= room.width
        if cursor.position == walk.outline(0).length:
            break


def test_every_number_of_both_lines_is_a_factor(qapp):
    right = EXPRESSIONS["twelve terms"]
    placed = sheet(explanation(right), 10, NARROW)
    uses = [one.factor.use for one in placed.factors]
    assert uses.count(Use.NUMBER) == 24
    assert uses.count(Use.SYMBOL) == 24 + 1
    assert uses.count(Use.RESULT) == 1


@pytest.mark.parametrize(
    ("rights", "at_least"),
    [((Product((A, B)),), 26), ((Product((A, B)), Product((A, C))), 22), ((EXPRESSIONS["squares"],), 14)],
    ids=["one product", "two products", "long sum"],
)
def test_type_is_as_large_as_fits(qapp, rights, at_least):
    placed = sheet(explanation(*rights), 4, WIDE)
    assert placed.px >= at_least
    assert placed.height <= WIDE.height


def test_what_does_not_fit_is_scrolled_at_the_smallest_size(qapp):
    placed = sheet(explanation(*[EXPRESSIONS["twelve terms"]] * 4), 10, NARROW)
    assert placed.px == 16
    assert placed.height > NARROW.height
    assert placed.width <= NARROW.width


def test_the_gradients_of_a_neuron_are_seen_at_once_on_a_small_screen(qapp, lesson):
    """Four sums over four examples, in the room that the strip has at 1280×720."""
    walk = Walk(lesson.timeline)
    cursor = walk.at(0, walk.outline(0).completed_at(Ref("hidden2/w", Part.GRADIENT, (1, 2))), 1)
    one = explain_place(resolve(walk, cursor, lesson.textbook), Depth.NEURON)
    placed = sheet(one, 4, Room(669, 130), factor_tags(one))
    assert len(one.equations) == 4
    assert placed.height <= 130 and placed.width <= 669


def test_numbers_stand_centered_under_their_symbols(qapp):
    one = explanation(Product((Group(Product((A, B))), C)))
    placed = Placed()
    placed.add(aligned(typeset(one.equations[0], 4), Face(26, roomy=True)), 0, 50)
    symbols = [p.rect for p in placed.factors if p.factor.use is Use.SYMBOL][1:]
    numbers = [p.rect for p in placed.factors if p.factor.use is Use.NUMBER]
    assert len(symbols) == len(numbers) == 3
    for symbol, value in zip(symbols, numbers, strict=True):
        assert symbol.center().x() == pytest.approx(value.center().x(), abs=0.01)
        assert symbol.bottom() <= value.top()


def test_tags_stand_under_their_factors_with_captions(qapp):
    one = explanation(Product((A, B)))
    placed = sheet(one, 4, WIDE, factor_tags(one))
    numbers = [p.rect for p in placed.factors if p.factor.use is Use.NUMBER]
    assert [bead.number for _, _, bead in placed.beads] == [1, 2]
    assert all(y > rect.bottom() for (_, y, _), rect in zip(placed.beads, numbers, strict=True))
    assert {"a number 1", "w number 7,5"} <= {text.text.text for text in placed.texts}


def test_parentheses_grow_with_fractions_only(qapp):
    face = Face(26)

    def tallest(expr: Expr) -> float:
        fences = [t.laid for t in tokens(arrange(expr, Setting()), face) if t.kind is not Kind.THING]
        return max(laid.height for laid in fences)

    assert tallest(Group(Quotient(A, C))) > 1.6 * tallest(Group(Sum((A, C))))


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (Name("δ", "6"), ["𝛿", "6"]),
        (Name("w", "7,5", "new"), ["𝑤", "7,5", "new"]),
        (Name("E", by=Name("a", "8")), ["𝜕", "𝐸", "𝜕", "𝑎", "8"]),
        (Name("(t − a)", "8"), ["(𝑡 − 𝑎)", "8"]),
        (Name("temperature"), ["temperature"]),
        (Name("temperature °C"), ["temperature °C"]),
        (Name("term 1"), ["term 1"]),
        (Name("z", "6", mark=" so far"), ["𝑧", "6", "so far"]),
        (Name("E", by=Name("w", "8,0"), mark=" so far"), ["𝜕", "𝐸", "𝜕", "𝑤", "8,0", "so far"]),
    ],
)
def test_variables_are_italic_and_digits_and_words_upright(qapp, one, shown):
    placed = Placed()
    placed.add(name(one, Face(26)), 0, 0)
    assert [text.text.text for text in placed.texts] == shown


def test_a_fraction_is_set_over_its_bar(qapp):
    placed = Placed()
    placed.add(lay(arrange(Quotient(A, B), Setting()), Face(26)), 0, 0)
    (bar, _), (above, below) = placed.rules[0], [one.rect for one in placed.factors]
    assert above.bottom() <= bar.top() and bar.bottom() <= below.top()


def test_pointed_factors_and_filled_results_are_painted(qapp):
    placed = sheet(explanation(Product((A, B))), 4, WIDE)
    result = len(placed.factors) - 1
    assert placed.factors[result].factor.use is Use.RESULT
    plain, filled = (
        painted(placed, Lights(filled=filled, phase=("#C2410C", "#FFEFE4"))) for filled in ((), {result})
    )
    inside = placed.factors[result].rect.topLeft().toPoint()
    assert plain.pixelColor(inside.x() + 5, inside.y() + 5).name() == "#ffffff"
    assert filled.pixelColor(inside.x() + 5, inside.y() + 5).name() == "#c2410c"


def painted(placed: Placed, lights: Lights) -> QImage:
    image = QImage(round(placed.width) + 2 * MARGIN, round(placed.height), QImage.Format.Format_RGB32)
    image.fill("white")
    painter = QPainter(image)
    paint(painter, placed, lights)
    painter.end()
    return image
