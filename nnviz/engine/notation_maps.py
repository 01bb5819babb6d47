"""Names, addresses and captions of numbers that stand in rows and columns: pixels, feature maps, filters.

Rows and columns count from 0, maps, filters and channels from 1. A number that is the only one of its kind
in the network does not say so: z₂,₀ where there is one map, z₂,₀⁽³⁾ in the third of several maps, and the
layer in front of the map where there are several layers of the kind.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nnviz.engine.addresses import (
    BIAS_LETTERS,
    NEURON_LETTERS,
    POOL_LETTERS,
    SLOPE_LETTERS,
    WEIGHT_LETTERS,
    AddressError,
)
from nnviz.engine.formula import Name
from nnviz.engine.graph import ConvolutionLayer, Graph, Layer, PoolingLayer
from nnviz.engine.notation_slopes import slope_name, slope_ref
from nnviz.engine.ops.base import Cell
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import Part, Ref

Axes = tuple[tuple[str, int], ...]  # what the indices of an address count, and from which number

MAP_AXES = (("map", 1), ("row", 0), ("column", 0))
CHANNEL_AXES = (("channel", 1), ("row", 0), ("column", 0))
PARAMETER_LETTERS = {"w": WEIGHT_LETTERS, "b": BIAS_LETTERS, "lambda": SLOPE_LETTERS}
FILTER_AXES = (("filter", 1), ("channel", 1), ("row", 0), ("column", 0))


class MapNotation:
    """How numbers in maps are written. `filter_names` gives the names of a layer's filters by its scope."""

    def __init__(
        self,
        graph: Graph,
        channel_names: Sequence[str] = (),
        filter_names: Mapping[str, Sequence[str]] | None = None,
        image_name: str = "",
    ) -> None:
        self.graph = graph
        self.channel_names = tuple(channel_names)
        self.filter_names = {scope: tuple(names) for scope, names in (filter_names or {}).items()}
        self.image_name = image_name
        in_rows = [node for node in graph.nodes if len(node.shape) > 2]
        self.is_sequence = all(node.shape[-2] == 1 for node in in_rows)

    def holds(self, ref: Ref) -> bool:
        """Whether a number stands in a map, is a pixel, or belongs to a filter."""
        if ref.scope == self.graph.inputs.scope:
            return True
        layer = self.layer_of(ref.scope)
        return layer is not None and layer.is_map

    def layer_of(self, scope: str) -> Layer | None:
        layer = scope.rpartition("/")[0]
        return next((one for one in self.graph.layers if one.scope == layer), None)

    # Titles

    def map_title(self, layer: Layer | None, index: int) -> str:
        """What stands above a map of a layer, or above a channel of the image where `layer` is None."""
        if layer is None:
            alone = self.image_name or ("Sequence" if self.is_sequence else "Image")
            return alone if self._channels == 1 else self._channel(index).capitalize()
        name = self.map_name(layer, index)
        kind = "Feature map" if isinstance(layer, ConvolutionLayer) else "Pooled map"
        number = f" {index + 1}" if layer.a.shape[0] > 1 else ""
        return f"{kind}{number}{f': {name}' if name else ''}"

    def filter_title(self, layer: Layer, index: int) -> str:
        """What stands above a filter: “Filter 2: vertical”."""
        name = self.map_name(layer, index)
        number = f" {index + 1}" if layer.a.shape[0] > 1 else ""
        return f"Filter{number}{f': {name}' if name else ''}"

    def map_name(self, layer: Layer, index: int) -> str:
        """The name that a lesson gives a filter, and so its map and what is pooled from it; else empty."""
        names = self.filter_names.get(layer.scope, ())
        if isinstance(layer, PoolingLayer):
            below = next((one for one in self.graph.layers if one.a is layer.x), None)
            return "" if below is None else self.map_name(below, index)
        return names[index] if index < len(names) else ""

    def channel_title(self, layer: Layer, index: int) -> str:
        """What a filter's slice for one channel of its input is called: a color, or the map it reads."""
        if layer.x is self.graph.inputs:
            return self._channel(index)
        return f"map {index + 1}"

    # Names

    def name(self, ref: Ref, more: str = "") -> Name:
        """The symbol of a number; `more` is added above the letter."""
        if ref.scope == self.graph.inputs.scope:
            channel, *place = ref.cell
            over = f"({self._channel_mark(channel)})" if self._channels > 1 else ""
            return Name("x", self._place(place), over + more)
        layer = self.layer_of(ref.scope)
        assert layer is not None
        letter = ref.scope.rpartition("/")[2].replace("mask", "m")
        if letter == "lambda":
            return self._slope_name(ref, layer, more)
        if self.graph[ref.scope].is_parameter:
            sub, over = self._parameter_indices(ref, layer)
            if ref.part in UPDATE_NUMBERS:
                return UPDATE_NUMBERS[ref.part].name(sub, over + more)
            if ref.part is Part.NEW:
                return Name(letter, sub, f"{over}new")
            if ref.part in (Part.GRADIENT, Part.SHARE):
                return Name("E", by=Name(letter, sub, over), over=more)
            return Name(letter, sub, over + more)
        f, *place = ref.cell
        return _cell_name(ref, letter, self._place(place), self._over(layer, f) + more)

    def _slope_name(self, ref: Ref, layer: Layer, more: str) -> Name:
        """λ of a map, or ∂a/∂λ of one of its cells."""
        sub, over = self._parameter_indices(replace(ref, cell=ref.cell[:1]), layer)
        if len(ref.cell) == 1:
            return slope_name(ref, sub, over, more)
        f, *place = ref.cell
        return Name("a", self._place(place), self._over(layer, f) + more, by=Name("λ", sub, over))

    def _parameter_indices(self, ref: Ref, layer: Layer) -> tuple[str, str]:
        """What stands below and above the letter of a weight or bias of a filter."""
        filters = layer.a.shape[0]
        number = str(self.graph.layers.index(layer) + 1)
        if len(ref.cell) == 1:
            over = f"({number})" if self._is_one_of_several(layer) else ""
            return str(ref.cell[0] + 1) if filters > 1 else "", over
        f, k, *tap = ref.cell
        channels = layer.x.shape[0]
        is_alone = filters == 1 and channels == 1 and not self._is_one_of_several(layer)
        is_numbered = self._is_one_of_several(layer) or bool(
            self.graph.dense
        )  # whose weights say their layer
        into = str(f + 1) if filters > 1 or is_numbered else ""
        source = self._source_mark(layer, k) if channels > 1 else ""
        marks = "←".join(mark for mark in (into, source) if mark)
        over = "" if is_alone else f"({number},{marks})" if is_numbered else f"({marks})"
        return self._place(tap), over

    def _over(self, layer: Layer, f: int) -> str:
        is_alone = layer.a.shape[0] == 1 and not self._is_one_of_several(layer)
        if is_alone:
            return ""
        is_numbered = self._is_one_of_several(layer) or (self.is_sequence and bool(self.graph.dense))
        number = f"{self.graph.layers.index(layer) + 1}," if is_numbered else ""
        return f"({number}{f + 1})"

    def _is_one_of_several(self, layer: Layer) -> bool:
        return sum(type(one) is type(layer) for one in self.graph.layers) > 1

    def _place(self, place: Sequence[int]) -> str:
        """Row and column, the column alone in a sequence."""
        return str(place[-1]) if self.is_sequence else f"{place[0]},{place[1]}"

    @property
    def _channels(self) -> int:
        return self.graph.inputs.shape[0]

    def _channel(self, k: int) -> str:
        return self.channel_names[k] if k < len(self.channel_names) else f"channel {k + 1}"

    def _channel_mark(self, k: int) -> str:
        return self.channel_names[k] if k < len(self.channel_names) else str(k + 1)

    def _source_mark(self, layer: Layer, k: int) -> str:
        return self._channel_mark(k) if layer.x is self.graph.inputs else str(k + 1)

    # Words

    def number(self, layer: Layer | None, index: int) -> str:
        """The place of a cell or pixel: “2,0”, with its map where there are several."""
        shape = self.graph.inputs.shape if layer is None else layer.a.shape
        f, *place = _cell_at(index, shape)
        return f"{f + 1},{self._place(place)}" if shape[0] > 1 else self._place(place)

    def unit(self, layer: Layer | None, index: int) -> str:
        """What a cell of a map, or a pixel, is called in a sentence."""
        shape = self.graph.inputs.shape if layer is None else layer.a.shape
        f, *place = _cell_at(index, shape)
        if layer is not None:
            return f"{self.cell(layer, index)}{self._of_map(layer, f)} of {layer.title}"
        channel = f", {self._channel(f)}" if self._channels > 1 else ""
        return f"{'value' if self.is_sequence else 'pixel'} {self._at(place)}{channel}"

    def cell(self, layer: Layer, index: int) -> str:
        """What a cell is called where its map is known: “cell (2,0)”."""
        return f"cell {self._at(_cell_at(index, layer.a.shape)[1:])}"

    def _of_map(self, layer: Layer, f: int) -> str:
        if layer.a.shape[0] == 1:
            return ""
        name = self.map_name(layer, f)
        return f" of map {f + 1}{f' ({name})' if name else ''}"

    def _at(self, place: Sequence[int]) -> str:
        return self._place(place) if self.is_sequence else f"({self._place(place)})"

    def filter_words(self, layer: Layer, index: int) -> str:
        """What a filter is called in a sentence: “filter 2 (vertical)”, “the filter” if there is one."""
        if layer.a.shape[0] == 1:
            return "the filter"
        name = self.map_name(layer, index)
        return f"filter {index + 1}{f' ({name})' if name else ''}"

    def parameter(self, ref: Ref) -> str:
        """A weight or bias of a filter in a few words."""
        layer = self.layer_of(ref.scope)
        assert layer is not None
        which = self.filter_words(layer, ref.cell[0])
        if self._is_one_of_several(layer):
            which += f" of {layer.title}"
        if len(ref.cell) == 1:
            return f"{'slope λ' if ref.scope.endswith('/lambda') else 'bias'} of {which}"
        _, k, *tap = ref.cell
        channel = f", {self.channel_title(layer, k)}" if layer.x.shape[0] > 1 else ""
        return f"weight {self._at(tap)} of {which}{channel}"

    # Addresses

    def address(self, ref: Ref) -> str:
        """How a lesson writes a number of a map or filter: ``z[conv,1,2,0]``."""
        if ref.scope == self.graph.inputs.scope:
            k, *place = ref.cell
            channel = f"{k + 1}," if self._channels > 1 else ""
            return f"x[{channel}{self._place(place)}]"
        layer = self.layer_of(ref.scope)
        assert layer is not None
        letter = _letter(ref)
        if len(ref.cell) == 1:
            return f"{letter}[{layer.scope},{ref.cell[0] + 1}]"
        *maps, row, column = ref.cell
        indices = ",".join(str(i + 1) for i in maps)
        return f"{letter}[{layer.scope},{indices},{self._place((row, column))}]"

    def parse_pixel(self, address: str, indices: Sequence[str]) -> Ref:
        """``x[r,c]``, or ``x[k,r,c]`` where there are several channels. Raises AddressError."""
        shape = self.graph.inputs.shape
        axes: Axes = CHANNEL_AXES
        if self._channels == 1 and len(indices) < len(axes):
            axes, shape = axes[1:], shape[1:]
        cell = self._cell(address, indices, axes, shape)
        return Ref(self.graph.inputs.scope, cell=cell if len(cell) == 3 else (0, *cell))

    def parse(self, address: str, letter: str, layer: Layer, indices: Sequence[str]) -> Ref:
        """A number of a layer of maps. Raises AddressError that says what was found and wanted."""
        if isinstance(layer, PoolingLayer):
            role, part = _known(address, letter, POOL_LETTERS, layer)
            return Ref(f"{layer.scope}/{role}", part, self._cell(address, indices, MAP_AXES, layer.a.shape))
        assert isinstance(layer, ConvolutionLayer)
        if letter in WEIGHT_LETTERS:
            cell = self._cell(address, indices, FILTER_AXES, layer.w.shape)
            return Ref(layer.w.scope, WEIGHT_LETTERS[letter], cell)
        if letter in BIAS_LETTERS:
            if layer.b is None:
                raise AddressError(f"{address}: {layer.title} has no bias")
            cell = self._cell(address, indices, FILTER_AXES[:1], layer.b.shape)
            return Ref(layer.b.scope, BIAS_LETTERS[letter], cell)
        if letter in SLOPE_LETTERS:
            axes = MAP_AXES if SLOPE_LETTERS[letter] is Part.SLOPE else MAP_AXES[:1]
            shape = layer.a.shape[: len(axes)]
            return slope_ref(address, letter, layer, self._cell(address, indices, axes, shape))
        letters = {key: value for key, value in NEURON_LETTERS.items() if key != "error"}
        wanted = {**letters, **dict.fromkeys((*WEIGHT_LETTERS, *BIAS_LETTERS), ("", Part.VALUE))}
        role, part = _known(address, letter, wanted, layer)
        return Ref(f"{layer.scope}/{role}", part, self._cell(address, indices, MAP_AXES, layer.a.shape))

    def _cell(self, address: str, indices: Sequence[str], axes: Axes, shape: Cell) -> Cell:
        """Indices as the file writes them as a cell from 0.

        What there is only one of may be left away: the row of a sequence, the one map, filter or channel.
        """
        words = list(indices)
        if (
            self.is_sequence
            and ("row", 0) in axes
            and len(words) in (len(axes) - 1, _needed(axes, shape) - 1)
        ):
            words.insert(len(words) - 1, "0")
        if len(words) != len(axes) and len(words) == _needed(axes, shape):
            rest = iter(words)
            words = ["1" if _is_single(axis, n) else next(rest) for axis, n in zip(axes, shape, strict=True)]
        if len(words) != len(axes):
            names = ", ".join(name for name, _ in axes if not (self.is_sequence and name == "row"))
            raise AddressError(f"{address}: found {_count(words)}, wanted {names}")
        return tuple(
            _index(address, word, name, first, size)
            for word, (name, first), size in zip(words, axes, shape, strict=True)
        )

    def cells_of(self, ref: Ref) -> list[list[Ref]]:
        """All cells of the map or the slice of a filter in which a number stands, row by row."""
        *maps, _, _ = ref.cell
        rows, columns = self.graph[ref.scope].shape[-2:]
        return [
            [Ref(ref.scope, ref.part, (*maps, r, c), ref.example) for c in range(columns)]
            for r in range(rows)
        ]


def _is_single(axis: tuple[str, int], size: int) -> bool:
    """Whether an axis counts maps, filters or channels, and there is only one."""
    return axis[1] == 1 and size == 1


def _needed(axes: Axes, shape: Cell) -> int:
    """How many indices a number needs at least, its row included."""
    return sum(not _is_single(axis, size) for axis, size in zip(axes, shape, strict=True))


def _cell_name(ref: Ref, letter: str, sub: str, over: str) -> Name:
    match ref.part:
        case Part.DELTA:
            return Name("δ", sub, over)
        case Part.GRADIENT:
            return Name("E", by=Name(letter, sub, over))
        case Part.SLOPE:
            return Name("a", sub, over, by=Name("z", sub, over))
    return Name(letter, sub, over)


def _cell_at(index: int, shape: Cell) -> Cell:
    if not 0 <= index < math.prod(shape):
        raise IndexError(f"found cell {index}, wanted 0 … {math.prod(shape) - 1}")
    return tuple(int(i) for i in np.unravel_index(index, shape))


def _letter(ref: Ref) -> str:
    """The letter that an address of this part of this node begins with."""
    role = ref.scope.rpartition("/")[2]
    part = Part.GRADIENT if ref.part is Part.SHARE else ref.part
    if role in PARAMETER_LETTERS:
        letters = PARAMETER_LETTERS[role]
        return next(letter for letter, one in letters.items() if one is part)
    roles = {**NEURON_LETTERS, **POOL_LETTERS}
    return next(letter for letter, one in roles.items() if one == (role, part))


def _known(
    address: str, letter: str, letters: Mapping[str, tuple[str, Part]], layer: Layer
) -> tuple[str, Part]:
    if letter not in letters:
        raise AddressError(f"{address}: {layer.title} has no {letter}; wanted one of {', '.join(letters)}")
    return letters[letter]


def _index(address: str, word: str, name: str, first: int, size: int) -> int:
    last = size - 1 + first
    if not (word.isascii() and word.isdecimal()):
        raise AddressError(f"{address}: found “{word}”, wanted the number of a {name}")
    if len(word) > 6 or not first <= int(word) <= last:
        wanted = f"{first} … {last}" if last > first else str(first)
        raise AddressError(f"{address}: found {name} {word}, wanted {wanted}")
    return int(word) - first


def _count(words: Sequence[str]) -> str:
    return f"{len(words)} {'index' if len(words) == 1 else 'indices'}"
