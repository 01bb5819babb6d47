"""Names of examples, depths and places as they are printed."""

from __future__ import annotations

import re

from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.outline import Depth, Kind, Stage
from nnviz.engine.typeset import SUBSCRIPTS
from nnviz.engine.units import WeightsOfFilters

NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


def subscripted(name: str) -> str:
    """d1 as d₁; other names stay as they are."""
    match = NUMBERED.fullmatch(name)
    return match[1] + match[2].translate(SUBSCRIPTS) if match else name


def depth_name(depth: Depth, has_maps: bool) -> str:
    """What one step covers: a neuron is a cell where neurons stand in maps."""
    return "cell" if has_maps and depth is Depth.NEURON else depth.name.lower()


def unit_noun(stage: Stage) -> str:
    """What a stage goes through one by one."""
    if isinstance(stage.places, WeightsOfFilters):
        return "weight"
    return "cell" if stage.layer is not None and stage.layer.is_map else "neuron"


def group_noun(stage: Stage) -> str:
    """What the units of a stage belong to: to a filter what it weighs and sums up, else to a map."""
    is_filter = isinstance(stage.layer, ConvolutionLayer) and stage.kind in (
        Kind.SUM,
        Kind.GRADIENT,
        Kind.UPDATE,
    )
    return "filter" if is_filter else "map"
