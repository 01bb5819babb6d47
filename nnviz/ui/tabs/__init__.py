"""The tabs beside the canvas: a row for each here, and a folder of its own, imported when it is first shown.

A folder has the function `make`, which builds the view and connects what no other view asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from nnviz.engine.graph import Graph
from nnviz.ui.context import Context
from nnviz.ui.picture.traits import (
    always,
    has_answers,
    has_maps,
    has_steps,
    has_weights,
    is_planar,
    learns_from_loss,
    learns_in_steps,
    never,
)
from nnviz.ui.views.base import View


@dataclass(frozen=True, slots=True)
class Tab:
    """A table beside the canvas: what lesson files call it, and what stands on it.

    `is_offered` says for which networks it is there, `leads` for which it is in front where the lesson does
    not say; of several the first. What is `large` makes the curve above it lower.
    """

    key: str
    title: str
    is_offered: Callable[[Graph], bool] = always
    leads: Callable[[Graph], bool] = never
    is_large: bool = False

    def make(self, context: Context) -> View:
        """Its view."""
        view: View = import_module(f"{__name__}.{self.key}").make(context)
        return view


TABS: tuple[Tab, ...] = (  # from left to right
    Tab("image", "Image", has_maps, leads=has_maps),
    Tab("filters", "Filters", has_maps),
    Tab("time", "Time", has_steps, leads=learns_in_steps, is_large=True),
    Tab("output", "Output", has_answers, leads=is_planar, is_large=True),
    Tab("layers", "Layers"),
    Tab("matrices", "Matrices", leads=always),
    Tab("data", "Data"),
    Tab("error", "Error", learns_from_loss, is_large=True),
    Tab("spread", "Spread", has_weights),
    Tab("learning", "Learning"),
    Tab("conventions", "Conventions"),
)
