"""Names, addresses and captions of numbers, as the notes write them.

Neurons are numbered through the whole network (inputs 1, 2, …, then layer by layer, as in the notes) or
anew in every layer, where the layer stands above the letter: z₂⁽¹⁾.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nnviz.engine.addresses import (
    ALL_LETTERS,
    BIAS_LETTERS,
    INPUT_LETTERS,
    MAP_LETTERS,
    NEURON_LETTERS,
    POOL_LETTERS,
    SLOPE_LETTERS,
    WEIGHT_LETTERS,
    WEIGHT_OF_BIAS,
    AddressError,
    split,
)
from nnviz.engine.formula import Name
from nnviz.engine.graph import Graph, Layer, WeightedLayer
from nnviz.engine.notation_inputs import input_forms, input_scope, reading_index
from nnviz.engine.notation_maps import MapNotation
from nnviz.engine.notation_slopes import slope_name, slope_ref, slopes_scope
from nnviz.engine.notation_steps import StepNotation
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import BIAS_INPUT, LEARNING_RATE, PADDING_ZERO, Part, Ref

__all__ = ["AddressError", "Notation"]

BEFORE = "before"  # above the symbol of a number of the iteration before


@dataclass(frozen=True, slots=True)
class _Unit:
    """One numbered unit: a neuron of a layer, or an input where `layer` is None."""

    layer: Layer | None
    index: int


class Notation:
    """The numbering of one network, and everything that follows from it.

    `numbers` overrides the running numbers of inputs and neurons, in order, for a network that is part of a
    larger one in the book. Networks with maps are numbered per layer, and only they have `maps`, which knows
    the names of channels and filters. `class_names` are those of the outputs. Raises ValueError where a
    network with maps is to be numbered through.
    """

    def __init__(
        self,
        graph: Graph,
        numbering: Literal["network", "layer"] | None = None,
        numbers: Sequence[int] | None = None,
        input_names: Sequence[str] = (),
        *,
        maps: MapNotation | None = None,
        class_names: Sequence[str] = (),
    ) -> None:
        if (graph.has_maps or graph.has_steps) and numbering == "network":
            what = "maps" if graph.has_maps else "units of a sequence"
            raise ValueError(f"found numbering “network”, wanted “layer”: {what} are numbered in every layer")
        self.graph = graph
        self.numbering = numbering or ("layer" if graph.has_maps or graph.has_steps else "network")
        self.input_names = tuple(input_names)
        self.class_names = tuple(class_names)
        self.maps = (maps or MapNotation(graph)) if graph.has_maps else None
        self._inputs = input_forms(graph)
        self.steps = StepNotation(graph, input_names, class_names) if graph.has_steps else None
        units: list[_Unit] = []
        if self.numbering == "network":
            units += [_Unit(None, i) for i in range(graph.inputs.shape[0])]
            units += [_Unit(layer, i) for layer in graph.layers for i in range(layer.units)]
        running = tuple(numbers) if numbers is not None else tuple(range(1, len(units) + 1))
        self._numbers = {self._key(unit): number for unit, number in zip(units, running, strict=True)}
        self._units = dict(zip(running, units, strict=True))

    # Numbers and names

    def number(self, layer: Layer | None, index: int) -> str:
        """The number of a neuron or cell, or of an input or pixel where `layer` is None."""
        if self.maps is not None and (layer is None or layer.is_map):
            return self.maps.number(layer, index)
        if layer is not None and layer.is_stepwise:
            return str(index % layer.a.shape[-1] + 1)
        if self.numbering == "layer":
            return str(index + 1)
        return str(self._numbers[self._key(_Unit(layer, index))])

    def over(self, layer: Layer | None) -> str:
        """What stands above the letter of a neuron: its layer, if neurons are numbered per layer."""
        if self.numbering == "network" or layer is None:
            return ""
        return f"({self.graph.layers.index(layer) + 1})"

    def name(self, ref: Ref, example: str = "") -> Name:
        """The symbol of a number; `example` is added where several examples stand side by side."""
        if ref.scope == LEARNING_RATE.scope:
            return Name("α", over="" if ref.iteration is None else BEFORE)
        if ref == BIAS_INPUT:
            return Name("1")
        if ref == PADDING_ZERO:
            return Name("0")
        if ref.scope == "loss":
            return Name("E", over=example if ref.part is Part.TERM else "")
        if ref.part in (Part.RAW, Part.LOW, Part.HIGH):
            example += str(ref.part)
        if ref.iteration is not None:
            example += BEFORE
        if self.maps is not None and self.maps.holds(ref):
            return self.maps.name(ref, example)
        if self.steps is not None and self.steps.holds(ref):
            return self.steps.name(ref, example)
        if ref.scope in self._inputs:
            form = self._inputs[ref.scope]
            mark = form.mark if ref.part is Part.VALUE else ""
            return Name(form.letter, self.number(None, ref.cell[0]), over=example + mark)
        if self._is_target(ref):
            output = self.graph.output
            return Name("t", self.number(output, ref.cell[0]), self.over(output) + example)
        layer = self._layer(ref)
        if self.graph[ref.scope].is_parameter:
            assert isinstance(layer, WeightedLayer)
            return self._weight_name(ref, layer, example)
        return self._neuron_name(ref, layer, example)

    def _neuron_name(self, ref: Ref, layer: Layer, example: str) -> Name:
        sub, over = self.number(layer, ref.cell[0]), self.over(layer) + example
        letter = ref.scope.rpartition("/")[2].replace("mask", "m")
        match ref.part:
            case Part.DELTA:
                return Name("δ", sub, over)
            case Part.GRADIENT:
                return Name("E", by=Name(letter, sub, over))
            case Part.SLOPE:
                return Name("a", sub, over, by=Name("z", sub, over))
            case Part.ERROR:
                return Name("(t − a)", sub, over)
        return Name(letter, sub, over)

    def _weight_name(self, ref: Ref, layer: WeightedLayer, example: str) -> Name:
        if ref.scope == slopes_scope(layer):
            return slope_name(ref, self.number(layer, ref.cell[0]), self.over(layer), example)
        into, start = self.number(layer, ref.cell[0]), self._start(ref, layer)
        if layer.b is not None and ref.scope == layer.b.scope and layer.b.shape[0] < layer.units:
            into = layer.title
        over = self.over(layer)
        if ref.part in UPDATE_NUMBERS:
            return UPDATE_NUMBERS[ref.part].name(f"{into},{start}", over + example)
        if ref.part is Part.NEW:
            return Name("w", f"{into},{start}", over + "new")
        if ref.part in (Part.GRADIENT, Part.SHARE):
            return Name("E", by=Name("w", f"{into},{start}", over), over=example)
        return Name("w", f"{into},{start}", over + example)

    def _start(self, ref: Ref, layer: WeightedLayer) -> str:
        """Where a weight comes from: 0 for a bias; maps are counted through from 1."""
        if len(ref.cell) == 1:
            return "0"
        if len(layer.x.shape) > 1:
            return str(ref.cell[-1] + 1)
        return self.number(self.layer_below(layer), ref.cell[1])

    def map_title(self, layer: Layer | None, index: int) -> str:
        """What stands above a map of a layer, or a channel of the image where `layer` is None.

        Raises ValueError in a network without maps.
        """
        if self.maps is None:
            raise ValueError("found a network without maps")
        return self.maps.map_title(layer, index)

    # Words

    def neuron(self, layer: Layer | None, index: int) -> str:
        """What a unit is called in a sentence."""
        if self.maps is not None and (layer is None or layer.is_map):
            return self.maps.unit(layer, index)
        if self.steps is not None and layer is not None and layer.is_stepwise:
            return self.steps.unit(layer, divmod(index, layer.a.shape[-1]))
        if layer is None:
            named = f" ({self.input_names[index]})" if index < len(self.input_names) else ""
            return f"input {self.number(None, index)}{named}"
        where = f" of {layer.title}" if self.numbering == "layer" else ""
        is_class = layer is self.graph.output and index < len(self.class_names)
        meaning = f" (class {self.class_names[index]})" if is_class else ""
        return f"neuron {self.number(layer, index)}{where}{meaning}"

    def caption(self, ref: Ref) -> str:
        """A number in a few words: “δ of neuron 8”, “weight 6 to 8”."""
        if ref.scope == LEARNING_RATE.scope:
            return "learning rate"
        if ref == BIAS_INPUT:
            return "input of the bias"
        if ref == PADDING_ZERO:
            return "padding, outside of the image"
        if ref.scope == "loss":
            return "loss" if ref.part is not Part.TERM else "error of one example"
        if ref.part in (Part.RAW, Part.LOW, Part.HIGH):
            column = self.caption(self.after_dropout(ref).of(Part.VALUE))
            return f"{column}, before preprocessing" if ref.part is Part.RAW else f"scaling of {column}"
        if self.steps is not None and self.steps.holds(ref):
            return self.steps.caption(ref)
        if ref.scope in self._inputs:
            unit = self.neuron(None, reading_index(ref, self.graph.inputs.shape))
            return self._inputs[ref.scope].words.format(unit)
        if self._is_target(ref):
            return f"target of {self.neuron(self.graph.output, ref.cell[0])}"
        layer = self._layer(ref)
        if self.graph[ref.scope].is_parameter:
            assert isinstance(layer, WeightedLayer)
            return self._weight_caption(ref, layer)
        unit = self.neuron(layer, reading_index(ref, layer.a.shape))
        letter = ref.scope.rpartition("/")[2]
        words = {
            Part.DELTA: f"δ of {unit}",
            Part.SLOPE: f"slope of φ at z of {unit}",
            Part.ERROR: f"error of {unit}",
            Part.GRADIENT: f"∂E/∂{letter} of {unit}",
        }
        return words.get(ref.part, f"{letter} of {unit}")

    def after_dropout(self, ref: Ref) -> Ref:
        """The input that a number of the data becomes; any other number as it is."""
        return replace(ref, scope=self.graph.inputs.scope) if ref.scope == self.graph.data.scope else ref

    def _weight_caption(self, ref: Ref, layer: WeightedLayer) -> str:
        what = self._weight_words(ref, layer)
        if ref.scope == slopes_scope(layer) and ref.part in (Part.GRADIENT, Part.SHARE, Part.SLOPE):
            return f"∂{'a' if ref.part is Part.SLOPE else 'E'}/∂λ, {what}"
        if ref.part in (Part.GRADIENT, Part.SHARE):
            return f"∂E/∂{'b' if layer.is_map and len(ref.cell) == 1 else 'w'}, {what}"
        if ref.part in UPDATE_NUMBERS:
            return f"{UPDATE_NUMBERS[ref.part].caption}, {what}"
        return f"new {what}" if ref.part is Part.NEW else what

    def _weight_words(self, ref: Ref, layer: WeightedLayer) -> str:
        if ref.scope == slopes_scope(layer) and len(ref.cell) > 1:
            return f"slope λ at {self.neuron(layer, reading_index(ref, layer.a.shape))}"
        if self.maps is not None and layer.is_map:
            return self.maps.parameter(ref)
        into = self.number(layer, ref.cell[0])
        if ref.scope == slopes_scope(layer):
            return f"slope λ of {into}"
        if len(ref.cell) == 1:
            shared = layer.b is not None and layer.b.shape[0] < layer.units
            return f"bias of {layer.title}" if shared else f"bias of {into}"
        words = f"weight {self._start(ref, layer)} to {into}"
        if len(layer.x.shape) == 1 or self.graph.has_steps:
            return words
        return f"{words}, from {self.neuron(self.layer_below(layer), ref.cell[1])}"

    # Addresses

    def address(self, ref: Ref) -> str:
        """How a lesson writes this number: ``delta[6]``, ``w[7,5]``."""
        if ref.scope == LEARNING_RATE.scope:
            return "alpha"
        if ref.scope == "loss":
            return "E"
        if self.maps is not None and self.maps.holds(ref):
            return self.maps.address(ref)
        if self.steps is not None and self.steps.holds(ref):
            return self.steps.address(ref)
        if ref.scope in self._inputs:
            return f"{self._inputs[ref.scope].address}[{self.number(None, ref.cell[0])}]"
        layer = self.graph.output if self._is_target(ref) else self._layer(ref)
        prefix = f"{layer.scope}," if self.numbering == "layer" else ""
        unit = self.number(layer, ref.cell[0])
        if self._is_target(ref):
            return f"t[{prefix}{unit}]"
        if self.graph[ref.scope].is_parameter:
            part = Part.GRADIENT if ref.part is Part.SHARE else ref.part
            if isinstance(layer, WeightedLayer) and ref.scope == slopes_scope(layer):
                return f"{next(k for k, v in SLOPE_LETTERS.items() if v is part)}[{prefix}{unit}]"
            letter = next(k for k, v in WEIGHT_LETTERS.items() if v is part)
            assert isinstance(layer, WeightedLayer)
            return f"{letter}[{prefix}{unit},{self._start(ref, layer)}]"
        role = (ref.scope.rpartition("/")[2], ref.part)
        return f"{next(k for k, v in NEURON_LETTERS.items() if v == role)}[{prefix}{unit}]"

    def parse(self, address: str) -> Ref:
        """The number an address means. Raises AddressError that says what was found and wanted."""
        if self.steps is not None and (of_step := self.steps.parse(address)) is not None:
            return of_step
        is_map = self.maps is not None
        such_as = "z[conv,1,2,0], w[conv,1,1,0,0] or x[2,0]" if is_map else "z[6], delta[6] or w[7,5]"
        letters = MAP_LETTERS if is_map else (*ALL_LETTERS, *BIAS_LETTERS)
        letter, inside = split(address, letters, such_as)
        if letter in ("E", "alpha"):
            if inside is not None:
                raise AddressError(f"{address}: found an index, wanted {letter} alone")
            return Ref("loss") if letter == "E" else LEARNING_RATE
        layer, indices = self._split(address, inside or [""], letter)
        if self.maps is not None and letter == "x":
            return self.maps.parse_pixel(address, indices)
        if self.maps is not None and layer is not None and layer.is_map and letter not in ("t", "error"):
            return self.maps.parse(address, letter, layer, indices)
        if letter in POOL_LETTERS:
            assert layer is not None
            raise AddressError(f"{address}: {layer.title} has no {letter}, wanted a")
        if letter in BIAS_LETTERS:
            if len(indices) != 1:
                raise AddressError(f"{address}: found {len(indices)} indices, wanted one neuron")
            return self._parse_weight(address, WEIGHT_OF_BIAS[letter], layer, [*indices, "0"])
        if letter in WEIGHT_LETTERS:
            return self._parse_weight(address, letter, layer, indices)
        return self._parse_unit(address, letter, layer, indices)

    def _split(self, address: str, indices: list[str], letter: str) -> tuple[Layer | None, list[str]]:
        """The layer an address names first where neurons are numbered per layer, and the other indices."""
        is_input = letter in INPUT_LETTERS or (letter == "mask" and len(indices) == 1)
        if self.numbering == "network" or is_input:
            return None, indices
        if letter == "t" and len(indices) == 1:
            return self.graph.output, indices
        layer = next((one for one in self.graph.layers if one.scope == indices[0]), None)
        if layer is None:
            scopes = ", ".join(one.scope for one in self.graph.layers)
            raise AddressError(f"{address}: found layer “{indices[0]}”, wanted one of {scopes}")
        return layer, indices[1:]

    def _parse_unit(self, address: str, letter: str, layer: Layer | None, indices: list[str]) -> Ref:
        if len(indices) != 1:
            raise AddressError(f"{address}: found {len(indices)} indices, wanted one neuron")
        of_inputs = layer is None and letter in (*INPUT_LETTERS, "mask")
        inputs = math.prod(self.graph.inputs.shape)
        unit = self._find(address, layer, indices[0], inputs if of_inputs else self._units_in(layer))
        if letter in SLOPE_LETTERS:
            return slope_ref(address, letter, unit.layer, (unit.index,))
        if letter in INPUT_LETTERS and unit.layer is not None:
            raise AddressError(f"{address}: {indices[0]} is a neuron; wanted an input")
        if letter in INPUT_LETTERS or (letter == "mask" and unit.layer is None):
            return Ref(input_scope(self._inputs, address, letter), cell=(unit.index,))
        if unit.layer is None:
            raise AddressError(f"{address}: {indices[0]} is an input; wanted a neuron")
        if letter in ("t", "error"):
            self._require_output(address, unit.layer)
        if letter == "t":
            assert self.graph.target is not None
            return Ref(self.graph.target.scope, cell=(unit.index,))
        role, part = NEURON_LETTERS[letter]
        return Ref(f"{unit.layer.scope}/{role}", part, (unit.index,))

    def _require_output(self, address: str, layer: Layer) -> None:
        if self.graph.target is None or layer is not self.graph.output:
            raise AddressError(f"{address}: only outputs of a lesson with a target have one")

    def _parse_weight(self, address: str, letter: str, layer: Layer | None, indices: list[str]) -> Ref:
        if len(indices) != 2:
            raise AddressError(f"{address}: found {len(indices)} indices, wanted two, such as [7,5]")
        unit = self._find(address, layer, indices[0], self._units_in(layer))
        if unit.layer is None:
            raise AddressError(f"{address}: {indices[0]} is an input, and no weight leads into it")
        assert isinstance(unit.layer, WeightedLayer)
        part = WEIGHT_LETTERS[letter]
        if indices[1] == "0":
            if unit.layer.b is None:
                raise AddressError(f"{address}: {unit.layer.title} has no bias")
            return Ref(unit.layer.b.scope, part, (min(unit.index, unit.layer.b.shape[0] - 1),))
        below = self.layer_below(unit.layer)
        source = self._find(address, below, indices[1], unit.layer.w.shape[1])
        if source.layer is not below:
            raise AddressError(f"{address}: no weight leads from {indices[1]} to {indices[0]}")
        return Ref(unit.layer.w.scope, part, (unit.index, source.index))

    def _units_in(self, layer: Layer | None) -> int:
        return 0 if layer is None else layer.units

    def _find(self, address: str, layer: Layer | None, number: str, size: int) -> _Unit:
        """One of `size` units that a number may mean, where neurons are numbered per layer."""
        if not number.isdecimal():
            raise AddressError(f"{address}: found “{number}”, wanted the number of a neuron")
        if self.numbering == "network":
            unit = self._units.get(int(number))
            if unit is None:
                known = sorted(self._units)
                raise AddressError(f"{address}: found neuron {number}, wanted {known[0]} … {known[-1]}")
            return unit
        if not 1 <= int(number) <= size:
            raise AddressError(f"{address}: found neuron {number}, wanted 1 … {size}")
        return _Unit(layer, int(number) - 1)

    # Where things belong

    def layer_below(self, layer: Layer) -> Layer | None:
        """The layer whose activations a layer reads; None for the data."""
        return next((one for one in self.graph.layers if one.a is layer.x), None)

    def _layer(self, ref: Ref) -> Layer:
        layer = self.graph.layer_of(self.graph[ref.scope])
        if layer is None:
            raise ValueError(f"{ref.scope}: found a number of no layer")
        return layer

    def _is_target(self, ref: Ref) -> bool:
        return self.graph.target is not None and ref.scope == self.graph.target.scope

    def _key(self, unit: _Unit) -> tuple[str, int]:
        return (unit.layer.scope if unit.layer else "", unit.index)
