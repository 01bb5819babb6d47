"""Names of examples, depths and places as they are printed."""

from __future__ import annotations

import re

from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.outline import Depth, Kind, Stage
from nnviz.engine.typeset import SUBSCRIPTS
from nnviz.engine.units import WeightsOfFilters
from nnviz.engine.units_steps import UnitsOfSteps

NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


def subscripted(name: str) -> str:
    """d1 as d₁; other names stay as they are."""
    match = NUMBERED.fullmatch(name)
    return match[1] + match[2].translate(SUBSCRIPTS) if match else name


def depth_name(depth: Depth, has_maps: bool = False, has_steps: bool = False) -> str:
    """What one step covers: a neuron is a cell in maps, and a map a time step in sequences."""
    if has_steps and depth is Depth.MAP:
        return "time step"
    return "cell" if has_maps and depth is Depth.NEURON else depth.name.lower()


def depth_label(depth: Depth, has_maps: bool = False, has_steps: bool = False) -> str:
    """The same on a button."""
    is_step = has_steps and depth is Depth.MAP
    return "Step" if is_step else depth_name(depth, has_maps).capitalize()


def unit_noun(stage: Stage) -> str:
    """What a stage goes through one by one."""
    if isinstance(stage.places, WeightsOfFilters):
        return "weight"
    if stage.kind is Kind.LOSS:
        return "step"
    if stage.layer is not None and stage.layer.is_stepwise:
        return "unit"
    return "cell" if stage.layer is not None and stage.layer.is_map else "neuron"


def group_noun(stage: Stage) -> str:
    """What the units of a stage belong to: to a filter what it weighs and sums up, else to a map."""
    is_filter = isinstance(stage.layer, ConvolutionLayer) and stage.kind in (
        Kind.SUM,
        Kind.GRADIENT,
        Kind.UPDATE,
    )
    return "filter" if is_filter else "map"


def time_step(stage: Stage, group: int) -> int | None:
    """The step of time, counted from 1, that a group of units stands for; None where it is not one."""
    is_stepwise = stage.layer is not None and stage.layer.is_stepwise
    if not is_stepwise or stage.kind in (Kind.GRADIENT, Kind.UPDATE):
        return None
    return 1 + (stage.places.step_of(group) if isinstance(stage.places, UnitsOfSteps) else group)
