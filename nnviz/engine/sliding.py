"""What a filter does at any of its cells, in one product: w(m,n) × x(2+m, 0+n).

The numbers of a receptive field are written out one by one; the symbols say it once for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nnviz.engine.formula import Expr, Name, Product, Quantity
from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.moment import Moment
from nnviz.engine.ops.convolution import Convolution
from nnviz.engine.ref import Part, Ref

TAPS, PLACES = ("m", "n"), ("r", "c")
ANY_EXAMPLE = "d"


def any_product(moment: Moment, layer: ConvolutionLayer, cell: tuple[int, ...], example: str = "") -> Expr:
    """The product of any weight of the filter with what lies under it, for the cell that is computed."""
    f, *place = cell
    op = _op(layer)
    shape = layer.w.shape[2:]
    under = []
    for axis, tap in enumerate(TAPS):
        start = place[axis] * op.stride[axis] - op.padding[axis]
        if op.flipped:
            last = start + shape[axis] - 1
            under.append(f"{last}−{tap}" if last >= 0 else f"−{-last}−{tap}")
        else:
            under.append(f"{start}+{tap}" if start >= 0 else f"{tap}−{-start}")
    weight = _general(moment, Ref(layer.w.scope, cell=(f, 0, 0, 0)), TAPS, layer)
    return Product((weight, _general(moment, Ref(layer.x.scope, cell=(0, 0, 0)), under, layer, example)))


def any_use(moment: Moment, layer: ConvolutionLayer, cell: tuple[int, ...], example: str = "") -> Expr:
    """δ at any position of a map times what lay there under one weight of the filter."""
    f, k, *tap = cell
    op = _op(layer)
    under = []
    for axis, letter in enumerate(PLACES):
        offset = layer.w.shape[2 + axis] - 1 - tap[axis] if op.flipped else tap[axis]
        by = offset - op.padding[axis]
        times = f"{op.stride[axis]}{letter}" if op.stride[axis] > 1 else letter
        under.append(times if by == 0 else f"{times}+{by}" if by > 0 else f"{times}−{-by}")
    delta = _named(moment, Ref(layer.z.scope, Part.DELTA, (f, 0, 0)), PLACES, example)
    return Product((delta, _named(moment, Ref(layer.x.scope, cell=(k, 0, 0)), under, example)))


def _op(layer: ConvolutionLayer) -> Convolution:
    assert isinstance(layer.z.op, Convolution)
    return layer.z.op


def _general(
    moment: Moment, ref: Ref, place: Sequence[str], layer: ConvolutionLayer, example: str = ""
) -> Quantity:
    """A number at any place; where there are several channels, in any of them."""
    if layer.x.shape[0] == 1:
        return _named(moment, ref, place, example)
    named = _named(moment, ref, place)
    return replace(named, name=replace(named.name, over=f"{_any_channel(named.name)}{example}"))


def _any_channel(name: Name) -> str:
    """(red) or (3,2←1) with k in place of the channel."""
    inside = name.over.strip("()")
    before, arrow, _ = inside.rpartition("←")
    layer, comma, _ = inside.rpartition(",")
    if arrow:
        return f"({before}←k)"
    return f"({layer},k)" if comma and name.letter != "w" else "(k)"


def _named(moment: Moment, ref: Ref, place: Sequence[str], example: str = "") -> Quantity:
    maps = moment.notation.maps
    parts = list(place)[-1:] if maps is not None and maps.is_sequence else list(place)
    sub = ",".join(parts) if all(len(part) == 1 for part in parts) else ", ".join(parts)
    role = "backward" if ref.part is Part.DELTA else "plain"
    return Quantity(replace(moment.notation.name(ref, example), sub=sub), 0.0, None, role)
