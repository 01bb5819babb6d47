"""Layers as they are listed in a notebook: what each is before it knows what it reads.

``network([2, dense(3, "tanh"), dense(1)])`` is a list of forms behind the shape of one example; a whole
number alone is a dense layer of so many units.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import index
from typing import NamedTuple, SupportsIndex, TypeAlias, TypeVar

from numpy.typing import ArrayLike

from nnviz.engine.conventions import Conventions, agreed_arguments
from nnviz.engine.fitting import numbers_of
from nnviz.engine.graph import Graph, GraphError, Layer, Node
from nnviz.engine.layers import GraphBuilder
from nnviz.engine.ops import ACTIVATIONS, LOSSES, Loss, SquaredError
from nnviz.engine.ops.base import Activation, Array, Cell
from nnviz.engine.ops.pooling import AveragePool, MaxPool
from nnviz.engine.recurrent_layers import GATED, Options, simple_recurrent

Phi: TypeAlias = str | Activation
Size: TypeAlias = int | tuple[int, int]
Kind = TypeVar("Kind")


class Place(NamedTuple):
    """Where a layer is added: what it reads, what it is called, and what holds for all layers."""

    builder: GraphBuilder
    x: Node
    scope: str
    title: str
    phi: Phi
    conventions: Conventions

    def activation(self, named: Phi | None) -> Activation:
        """The function by its name, or that of the network. Raises GraphError for one that there is not."""
        wanted = self.phi if named is None else named
        if isinstance(wanted, Activation):
            return wanted
        kind = known(f"{self.scope}: activation", wanted, ACTIVATIONS)
        return kind(**agreed_arguments(kind, self.conventions))

    def whole(self, what: str, number: SupportsIndex) -> int:
        return whole(f"{self.scope}: {what}", number)

    def pair(self, what: str, size: Size) -> Cell:
        """(rows, columns), the same for both where it is one number."""
        both = size if isinstance(size, tuple | list) else (size, size)
        if len(both) != 2:
            raise GraphError(f"{self.scope}: found {what} {size}, wanted a number or (rows, columns)")
        return self.whole(what, both[0]), self.whole(what, both[1])


@dataclass(frozen=True, eq=False)
class LayerForm:
    """A layer that is still to be added; `start` are its first parameters as far as they are listed."""

    kind: str
    title: str
    add: Callable[[Place], Layer]
    name: str | None
    start: Mapping[str, ArrayLike | None]


LayerLike: TypeAlias = LayerForm | int


def dense(
    units: int,
    activation: Phi | None = None,
    *,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    slopes: ArrayLike | None = None,
    trainable: bool = True,
    keep: float | None = None,
    every_step: bool = True,
    name: str | None = None,
) -> LayerForm:
    """A fully connected layer. `w` is (units, inputs), `b` (units,), `slopes` the λ of prelu (units,).

    What is not listed is drawn. With `keep` its units are dropped in training, each kept with this
    probability; of a sequence it reads every step, or only the last one.
    """

    def add(place: Place) -> Layer:
        return place.builder.dense(
            place.x,
            place.whole("units", units),
            place.activation(activation),
            place.scope,
            place.title,
            bias=place.conventions.bias != "none",
            shared_bias=place.conventions.bias == "shared",
            train_weights=trainable,
            train_bias=trainable and place.conventions.bias_trained,
            keep=keep,
            every_step=every_step,
        )

    return LayerForm("hidden", "Hidden", add, name, {"w": w, "b": b, "lambda": slopes})


def convolution(
    filters: int,
    size: Size,
    activation: Phi | None = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    flipped: bool = False,
    w: ArrayLike | None = None,
    b: ArrayLike | None = None,
    slopes: ArrayLike | None = None,
    trainable: bool = True,
    keep: float | None = None,
    name: str | None = None,
) -> LayerForm:
    """A layer of feature maps. `w` is (filters, channels, rows, columns), `b` (filters,)."""

    def add(place: Place) -> Layer:
        return place.builder.convolution(
            place.x,
            place.whole("filters", filters),
            place.pair("size", size),
            place.activation(activation),
            place.scope,
            place.title,
            stride=place.pair("stride", stride),
            padding=place.pair("padding", padding),
            flipped=flipped,
            bias=place.conventions.bias != "none",
            train_weights=trainable,
            train_bias=trainable and place.conventions.bias_trained,
            keep=keep,
        )

    return LayerForm("conv", "Convolution", add, name, {"w": w, "b": b, "lambda": slopes})


def max_pool(size: Size = 2, *, stride: Size | None = None, name: str | None = None) -> LayerForm:
    """The largest number of every window; windows lie side by side unless a stride is given."""
    return _pool(MaxPool, size, stride, name)


def average_pool(size: Size = 2, *, stride: Size | None = None, name: str | None = None) -> LayerForm:
    """The mean of every window."""
    return _pool(AveragePool, size, stride, name)


def _pool(
    op: type[MaxPool] | type[AveragePool], size: Size, stride: Size | None, name: str | None
) -> LayerForm:
    def add(place: Place) -> Layer:
        window = place.pair("size", size)
        step = window if stride is None else place.pair("stride", stride)
        return place.builder.pooling(place.x, op(window, step), place.scope, place.title)

    return LayerForm("pool", "Pooling", add, name, {})


def rnn(
    units: int,
    activation: Phi = "tanh",
    *,
    w_x: ArrayLike | None = None,
    w_h: ArrayLike | None = None,
    b: ArrayLike | None = None,
    trainable: bool = True,
    keep: float | None = None,
    name: str | None = None,
) -> LayerForm:
    """A simple recurrent layer. `w_x` is (units, inputs), `w_h` (units, units), `b` (units,)."""

    def add(place: Place) -> Layer:
        options, width = _options(place, trainable, keep), place.whole("units", units)
        phi = place.activation(activation)
        return simple_recurrent(place.builder, place.x, width, phi, place.scope, place.title, options)  # type: ignore[arg-type]

    return LayerForm("rnn", "Recurrent", add, name, {"w_x": w_x, "w_h": w_h, "b": b})


def lstm(
    units: int,
    *,
    w_x: ArrayLike | None = None,
    w_h: ArrayLike | None = None,
    b: ArrayLike | None = None,
    trainable: bool = True,
    keep: float | None = None,
    name: str | None = None,
) -> LayerForm:
    """A layer of LSTM units; rows gate by gate: forget, input σ, input tanh, output σ.

    `w_x` is (4·units, inputs), `w_h` (4·units, units), `b` (4·units,).
    """
    return _gated("lstm", units, trainable, keep, name, {"w_x": w_x, "w_h": w_h, "b": b})


def gru(
    units: int,
    *,
    w_x: ArrayLike | None = None,
    w_h: ArrayLike | None = None,
    b: ArrayLike | None = None,
    b_h: ArrayLike | None = None,
    trainable: bool = True,
    keep: float | None = None,
    name: str | None = None,
) -> LayerForm:
    """A layer of gated recurrent units; rows gate by gate: reset, update, candidate.

    `w_x` is (3·units, inputs), `w_h` (3·units, units), `b` (3·units,), and `b_h` (units,) is added to what
    the candidate remembers.
    """
    return _gated("gru", units, trainable, keep, name, {"w_x": w_x, "w_h": w_h, "b": b, "b_h": b_h})


def _gated(
    kind: str,
    units: int,
    trainable: bool,
    keep: float | None,
    name: str | None,
    start: Mapping[str, ArrayLike | None],
) -> LayerForm:
    def add(place: Place) -> Layer:
        width, options = place.whole("units", units), _options(place, trainable, keep)
        return GATED[kind](place.builder, place.x, width, place.scope, place.title, options)

    return LayerForm(kind, kind.upper(), add, name, start)


def _options(place: Place, trainable: bool, keep: float | None) -> Options:
    conventions = place.conventions
    if conventions.bias == "shared":
        raise GraphError(f"{place.scope}: found a shared bias, wanted per_unit or none in a recurrent layer")
    return Options(conventions.bias != "none", trainable, trainable and conventions.bias_trained, keep)


# From a list of forms to a graph


def graph_of(
    layers: Sequence[LayerLike | Sequence[int]],
    activation: Phi,
    loss: str | Loss | None,
    conventions: Conventions,
) -> tuple[Graph, dict[str, Array]]:
    """A graph, and the parameters that are listed. Raises GraphError for what does not fit."""
    shape, forms = _shape(layers), [_form(place, one) for place, one in enumerate(layers[1:], 1)]
    builder = GraphBuilder()
    x = below = builder.given("x", shape)
    made: list[Layer] = []
    listed: dict[str, Array] = {}
    for form, (scope, title) in zip(forms, _names(forms), strict=True):
        made.append(form.add(Place(builder, below, scope, title, activation, conventions)))
        below = made[-1].a
        start = {name: values for name, values in form.start.items() if values is not None}
        listed |= {f"{scope}/{name}": numbers_of(f"{scope}/{name}", values) for name, values in start.items()}
    if loss is None:
        return builder.graph(x), listed
    t = builder.given("t", below.shape)
    error = builder.loss(_loss(loss, conventions), made[-1], t)
    return builder.graph(x, t, error, conventions.backward_weights == "new"), listed


def _shape(layers: Sequence[LayerLike | Sequence[int]]) -> Cell:
    """The shape of one example, which stands in front of the layers."""
    wanted = "wanted the shape of one example and behind it one layer or more, as in [2, 3, 1]"
    if isinstance(layers, str) or not isinstance(layers, Sequence) or len(layers) < 2:
        raise GraphError(f"layers: found {layers!r}, {wanted}")
    first = layers[0]
    if isinstance(first, LayerForm):
        raise GraphError(f"layers: found a layer in front, {wanted}")
    lengths = tuple(first) if isinstance(first, tuple | list) else (first,)
    shape = tuple(whole("layers: inputs", length, least=1) for length in lengths)
    if not 1 <= len(shape) <= 3:
        raise GraphError(f"layers: found inputs {shape}, wanted n, (steps, n) or (channels, rows, columns)")
    return shape


def _form(place: int, one: LayerLike | Sequence[int]) -> LayerForm:
    if isinstance(one, LayerForm):
        return one
    if isinstance(one, str | bytes | Iterable):
        message = f"found {one!r}, wanted a number of units or a layer such as dense(3)"
        raise GraphError(f"layers: layer {place}: {message}")
    return dense(one)


def _names(forms: Sequence[LayerForm]) -> list[tuple[str, str]]:
    """(scope, title) of every layer: its own name, or its kind and a number; the last one is the output."""
    counts: dict[str, int] = {}
    names = []
    for form in forms:
        counts[form.kind] = number = counts.get(form.kind, 0) + 1
        scope, title = f"{form.kind}{number}", f"{form.title} {number}"
        if form is forms[-1] and form.kind == "hidden":
            scope, title = "output", "Output"
        if form.name is not None:
            scope, title = scope_of(form.name), form.name
        names.append((scope, title))
    return names


def scope_of(name: str) -> str:
    """What a layer is called in addresses: its name in small letters without blanks."""
    return "".join(c for c in name.lower() if c.isascii() and c.isalnum()) or "layer"


def _loss(named: str | Loss, conventions: Conventions) -> Loss:
    if isinstance(named, Loss):
        return named
    kind, mean = known("loss", named, LOSSES), conventions.reduction == "mean"
    return SquaredError(conventions.squared_error_half, mean) if kind is SquaredError else kind(mean)


# What is written by hand


def known(what: str, name: object, named: Mapping[str, Kind]) -> Kind:
    """The thing of a name. Raises GraphError with all names that there are."""
    if isinstance(name, str) and name in named:
        return named[name]
    close = difflib.get_close_matches(str(name), named, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    raise GraphError(f"{what}: found {_quoted(name)}, wanted one of {', '.join(named)}{hint}")


def whole(what: str, number: SupportsIndex, least: int = 0) -> int:
    """A whole number, not below the least. Raises GraphError for any other."""
    try:
        found = index(number)
    except TypeError:
        raise GraphError(f"{what}: found {_quoted(number)}, wanted a whole number") from None
    if found < least:
        raise GraphError(f"{what}: found {found}, wanted {least} or more")
    return found


def _quoted(found: object) -> str:
    return f"“{found}”" if isinstance(found, str) else repr(found)
