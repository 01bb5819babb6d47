"""The tags ①②③ that a number carries both in the picture and in the formula."""

from __future__ import annotations

from nnviz.engine.explain import Explanation
from nnviz.engine.formula import quantities
from nnviz.engine.ref import Ref
from nnviz.engine.typeset import typeset

MOST_TAGS = 4


def factor_tags(explanation: Explanation) -> dict[Ref, int]:
    """The numbers of the factors of the last equation, from 1 in reading order; none if they are too many.

    A factor that occurs twice keeps its first tag. Where the equation says no more than its result, nothing
    in it could have one.
    """
    if not explanation.equations:
        return {}
    parts = typeset(explanation.equations[-1])
    if not (parts.has_symbols or parts.has_numbers):
        return {}
    right = explanation.equations[-1].right
    refs = dict.fromkeys(q.ref for q in quantities(right) if q.ref is not None)
    return {ref: place for place, ref in enumerate(refs, 1)} if len(refs) <= MOST_TAGS else {}
