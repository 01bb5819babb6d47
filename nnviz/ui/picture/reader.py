"""Numbers of a moment as the canvas shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from nnviz.engine.explain import explain, explain_place
from nnviz.engine.moment import Moment
from nnviz.engine.numbers import show
from nnviz.engine.outline import Depth
from nnviz.engine.quantities import role_of
from nnviz.engine.ref import Part, Ref
from nnviz.ui.picture.parts import Number
from nnviz.ui.tags import factor_tags


class Reader:
    """Reads a moment with the digits, the selection and the pointer of the window in mind."""

    def __init__(
        self,
        moment: Moment,
        depth: Depth,
        digits: int,
        selection: Ref | None,
        pointed: Ref | None,
        with_tags: bool = True,
    ) -> None:
        self.moment = moment
        self.depth = depth
        self.digits = digits
        self._selection = self._plain(self._drawn(selection))
        self._pointed = self._plain(self._drawn(pointed))
        factors = self._factors() if with_tags else {}
        self._tags = {self._plain(ref): tag for ref, tag in factors.items()}

    @property
    def selection(self) -> Ref | None:
        return self._selection

    @property
    def pointed(self) -> Ref | None:
        return self._pointed

    @property
    def tags(self) -> Mapping[Ref | None, int]:
        """The factors of the formula and their numbers ①②③; none where there are many."""
        return self._tags

    def _factors(self) -> dict[Ref, int]:
        if self._selection is not None:
            return factor_tags(explain(self.moment, self._selection))
        return factor_tags(explain_place(self.moment, self.depth))

    def _drawn(self, ref: Ref | None) -> Ref | None:
        """The number that stands in the place of another: an input for what it is before dropout."""
        return None if ref is None else self.moment.notation.after_dropout(ref)

    def _plain(self, ref: Ref | None) -> Ref | None:
        """The address without what goes without saying: the focus example and this iteration."""
        if ref is None:
            return None
        example = None if ref.example == self.moment.focus else ref.example
        return replace(ref, example=example, iteration=None)

    def number(self, ref: Ref) -> Number:
        """A number, or its empty place."""
        value = self.moment.value(ref)
        marks = (self._tags.get(ref, 0), ref == self._selection, ref == self._pointed)
        if value is None:
            return Number(ref, "", None, "plain", *marks)
        text = show(value, self.digits, self.moment.decimals(ref))
        return Number(ref, text, value, role_of(self.moment, ref, value), *marks)

    def known(self, ref: Ref) -> Number | None:
        """A number, if it is computed."""
        return self.number(ref) if self.moment.value(ref) is not None else None

    def marked_cell(self, scope: str) -> int | None:
        """The cell of a value that is pointed at or selected."""
        marks = (self._pointed, self._selection)
        return next((r.cell[0] for r in marks if r and (r.scope, r.part) == (scope, Part.VALUE)), None)

    def echo(self, ref: Ref, value: float, role: str) -> Number:
        """A number that stands for a step on the way to `ref`."""
        whole = self.moment.decimals(ref) if value.is_integer() else None
        text = show(value, self.digits, whole)
        return Number(ref, text, value, role, 0, False, ref == self._pointed, is_echo=True)
