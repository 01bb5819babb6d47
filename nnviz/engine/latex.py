"""From the boxes of a formula to LaTeX, as notebooks and papers set it."""

from __future__ import annotations

import re

from nnviz.engine.formula import Equation, Name
from nnviz.engine.numbers import MINUS
from nnviz.engine.typeset import OVER, Atom, Box, Fraction, Glyphs, Raised, Row, typeset

SIGNS = {
    MINUS: "-",
    "×": r"\times",
    "·": r"\cdot",
    "⋯": r"\cdots",
    "…": r"\ldots",
    "←": r"\leftarrow",
    "↓": r"\downarrow",
    "Σ": r"\sum",
    "½": r"\tfrac{1}{2}",
    "≥": r"\geq",
    "≤": r"\leq",
    "≈": r"\approx",
    "∞": r"\infty",
    "∂": r"\partial",
    "∇": r"\nabla",
    "α": r"\alpha",
    "β": r"\beta",
    "γ": r"\gamma",
    "δ": r"\delta",
    "Δ": r"\Delta",
    "ε": r"\varepsilon",
    "θ": r"\theta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "π": r"\pi",
    "ρ": r"\rho",
    "σ": r"\sigma",
    "φ": r"\varphi",
    "Φ": r"\Phi",
    "‖": r"\|",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "√": r"\surd",
    "†": r"^{\dagger}",
    "‡": r"^{\ddagger}",
    "⁻": "^{-}",
    "′": "'",
    "{": r"\{",
    "}": r"\}",
    "%": r"\%",
    "#": r"\#",
    "$": r"\$",
    "&": r"\&",
    "_": r"\_",
    "^": r"\wedge",
    "~": r"\sim",
    "\\": r"\backslash",
}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
HAT = "\N{COMBINING CIRCUMFLEX ACCENT}"
WORDS = re.compile(r"[A-Za-z]{3,} ")  # one of several
FUNCTIONS = ("ln", "tanh", "max", "cos")  # that LaTeX has a command for
IN_WORDS = {sign: f"${SIGNS[sign]}$" for sign in SIGNS if not sign.isascii()} | {
    sign: rf"\{sign}" for sign in "{}%#$&_"
}
IN_WORDS |= {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}
SPACES = re.compile(" {2,}")
COMMAND = re.compile(r"\\[A-Za-z]+$")  # it would run into a letter behind it
PIECES = re.compile(
    r"(?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)|(?P<index>[₀₁₂₃₄₅₆₇₈₉]+)"
    r"|(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[−+]?\d+)?)|(?P<word>[A-Za-z]{2,})|(?P<hat>.\u0302)|(?P<sign>.)",
    re.DOTALL,
)


def latex_line(equation: Equation, digits: int = 4) -> str:
    r"""An equation on one line of LaTeX: ``z_{3} = w_{3,0} + w_{3,1} \times x_{1} = …``."""
    return " ".join(_sides(equation, digits))


def latex_lines(equation: Equation, digits: int = 4) -> str:
    """The same as rows of an aligned environment: symbols in one, numbers and the result below."""
    target, *sides = _sides(equation, digits)
    if len(sides) < 3:
        return f"{target} &{' '.join(sides)}"
    symbols, *numbers = sides
    return rf"{target} &{symbols} \\ &{' '.join(numbers)}"


def _sides(equation: Equation, digits: int) -> list[str]:
    """The target and, each behind its sign, what stands to its right; the line of text has the same."""
    parts = typeset(equation, digits)
    sides = [latex(parts.symbolic)] if parts.has_symbols else []
    sides += [latex(parts.substituted)] if parts.has_numbers else []
    signs = ["=", *("=" for _ in sides[1:]), SIGNS.get(parts.sign, parts.sign)] if sides else ["="]
    written = (f"{sign} {side}" for sign, side in zip(signs, [*sides, latex(parts.result)], strict=True))
    return [SPACES.sub(" ", side) for side in (latex(parts.target), *written)]


def latex(box: Box) -> str:
    """A box in LaTeX, for mathematical mode."""
    match box:
        case Glyphs(text=characters, is_operator=is_operator):
            return f" {_signs(characters).strip()} " if is_operator else _signs(characters)
        case Atom(quantity=quantity, text=number):
            return name_latex(quantity.name) if number is None else _number(number, quantity.text)
        case Row(boxes=(Glyphs(text=root), inside)) if root.strip() == "√":
            return rf"\sqrt{{{latex(_without_fence(inside))}}}"
        case Row(boxes=boxes):
            return "".join(map(latex, boxes))
        case Fraction(above=above, below=below):
            return rf"\frac{{{latex(above)}}}{{{latex(below)}}}"
        case Raised(base=base, exponent=exponent):
            return f"{{{latex(base)}}}^{{{latex(exponent)}}}"
    raise TypeError(f"{type(box).__name__} is not a box")


def _without_fence(box: Box) -> Box:
    """What stands in parentheses; the bar of a root says as much."""
    match box:
        case Row(boxes=(Glyphs(text="("), inside, Glyphs(text=")"))):
            return inside
    return box


def _number(shown: str, word: str) -> str:
    return rf"\text{{{words(shown)}}}" if word or shown == "not a number" else _signs(shown)


def name_latex(name: Name) -> str:
    r"""A symbol: ``\delta_{6}``, ``\frac{\partial E}{\partial w_{7,5}}``, ``z_{2}^{(1)}``."""
    if name.by is not None:
        top = name_latex(Name(name.letter, name.sub, name.over))
        return rf"\frac{{\partial {top}}}{{\partial {name_latex(name.by)}}}{_signs(name.mark)}"
    letter, over = _index(name.letter), _over(name.over)
    below = f"_{{{_index(name.sub)}}}" if name.sub else ""
    if over and "^" in letter:
        letter = f"{{{letter}}}"  # it has something above it already
    above = f"^{{{over}}}" if over else ""
    base = f"{{{letter}{below}{above}}}" if name.mark == "′" and above else f"{letter}{below}{above}"
    return f"{base}{_mark(name.mark)}"


def _mark(mark: str) -> str:
    return rf"\ \text{{{words(mark.strip())}}}" if mark.startswith(" ") else _signs(mark)


def _index(mark: str) -> str:
    """Numbers and places as they are, the name of a layer in words."""
    return rf"\text{{{words(mark)}}}" if WORDS.search(mark) else _signs(mark)


def _over(over: str) -> str:
    """An index in parentheses, and behind it a mark in words: (2), (2) new, d1."""
    found = OVER.fullmatch(over)
    assert found is not None
    index, mark = found.groups()
    is_word = len(mark) > 1 and mark.isascii() and mark.isalpha()
    inside = index[1:-1]
    upright = rf"(\mathrm{{{inside}}})" if len(inside) > 1 and inside.isascii() and inside.isalpha() else None
    parts = [upright or _signs(index)] if index else []
    parts += [rf"\mathrm{{{mark}}}" if is_word else _index(mark)] if mark else []
    return r"\,".join(parts)


def words(text: str) -> str:
    """Text for ``\\text{…}``, with signs that LaTeX reads otherwise written out."""
    return "".join(IN_WORDS.get(sign, sign) for sign in text)


def _signs(characters: str) -> str:
    """Characters of a formula, sign by sign: ``Σ`` is a sum, ``5.0e−5`` a power of ten, words are upright."""
    pieces = (COMMAND.sub(r"\g<0> ", _piece(found)) for found in PIECES.finditer(characters))
    return SPACES.sub(" ", "".join(pieces))


def _piece(found: re.Match[str]) -> str:
    kind, piece = found.lastgroup, found.group()
    if kind == "power":
        return f"^{{{piece.translate(RAISED)}}}"
    if kind == "index":
        return f"_{{{piece.translate(LOWERED)}}}"
    if kind == "number":
        mantissa, e, power = piece.replace(",", "{,}").partition("e")
        return rf"{mantissa} \cdot 10^{{{power.replace(MINUS, '-')}}}" if e else mantissa
    if kind == "word":
        return rf"\{piece}" if piece in FUNCTIONS else rf"\mathrm{{{piece}}}"
    if kind == "hat":
        return rf"\hat{{{SIGNS.get(piece[0], piece[0])}}}"
    return SIGNS.get(piece, piece)
