"""An explanation as text, as HTML and as LaTeX: what a terminal and a notebook show of it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from nnviz.engine.formula import Quantity
from nnviz.engine.latex import latex_line, latex_lines, name_latex, words
from nnviz.engine.typeset import line, name_text, shown

if TYPE_CHECKING:
    from nnviz.engine.explain import Explanation

INDENT = "    "
BETWEEN = " › "


def as_text(explanation: Explanation, digits: int = 4) -> str:
    """Where it is, its equations one a line, and the sentence."""
    lines = [BETWEEN.join(explanation.crumbs)]
    lines += [f"{INDENT}{line(equation, digits)}" for equation in explanation.equations]
    lines += [f"{INDENT}{name_text(one.name)} = {shown(one, digits)}" for one in explanation.given]
    lines += [f"{INDENT}{words}" for words in _more(explanation)]
    return "\n".join([*lines, f"{INDENT}{explanation.narration}"])


def as_html(explanation: Explanation, digits: int = 4) -> str:
    """The same for a notebook, which sets what stands between dollar signs."""
    formulas = [latex_line(equation, digits) for equation in explanation.equations]
    formulas += [f"{name_latex(one.name)} = {_given(one, digits)}" for one in explanation.given]
    rows = [f"<div>$\\displaystyle {escape(formula)}$</div>" for formula in formulas]
    rows += [f"<div>{words}</div>" for words in _more(explanation)]
    where = f"<div><small>{escape(BETWEEN.join(explanation.crumbs))}</small></div>"
    return f"<div>{where}{''.join(rows)}<div>{escape(explanation.narration)}</div></div>"


def as_latex(explanation: Explanation, digits: int = 4) -> str:
    """The equations alone, as one aligned block; the sentence where there are none."""
    lines = [latex_lines(equation, digits) for equation in explanation.equations]
    lines += [f"{name_latex(one.name)} &= {_given(one, digits)}" for one in explanation.given]
    if not lines:
        return rf"$\text{{{words(explanation.narration)}}}$"
    rows = " \\\\\n".join(lines)
    return f"$\\begin{{aligned}}\n{rows}\n\\end{{aligned}}$"


def _given(quantity: Quantity, digits: int) -> str:
    text = shown(quantity, digits)
    return rf"\text{{{words(text)}}}" if quantity.text else text.replace("−", "-")


def _more(explanation: Explanation) -> Iterator[str]:
    if explanation.omitted:
        yield f"… and {explanation.omitted:,} more"
