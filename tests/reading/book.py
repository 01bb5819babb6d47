"""What each printed symbol means: a table of its own from letters and indices to the recorded arrays.

It is written from the rules that a reader is told (inputs and neurons are numbered through or layer by layer,
rows and columns count from 0, steps of time from 1, index 0 is the bias), not from the code that prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from nnviz.engine.graph import ConvolutionLayer, DenseLayer, Layer, PoolingLayer
from nnviz.engine.mistakes import counts
from nnviz.engine.moment import Moment
from nnviz.engine.recurrent import RecurrentLayer
from nnviz.engine.ref import Part, Ref
from tests.reading import derived
from tests.reading.grammar import Symbol, UnreadableError

Indices = Mapping[str, int]  # what the running indices of a sum stand for at one of its terms
IN_UPDATES = {
    "g": Part.TOTAL,
    "Δw": Part.CHANGE,
    "Δλ": Part.CHANGE,
    "m": Part.FIRST,
    "m̂": Part.FIRST_FAIR,
    "v": Part.SECOND,
    "v̂": Part.SECOND_FAIR,
    "(H⁻¹∇E)": Part.NEWTON,
}
KEPT = {"Δw": Part.CHANGE_BEFORE, "Δλ": Part.CHANGE_BEFORE, "m": Part.FIRST_BEFORE, "v": Part.SECOND_BEFORE}
STATES = {"c‡": "c_kept", "i†": "i_sigma", "i‡": "i_tanh", "o†": "o_sigma", "o‡": "o_tanh", "(r·m)": "rm"}
FEW_DIGITS = 1e-8  # a difference quotient of a unit that is saturated has no more
SETTINGS = {"μ": "momentum", "β₁": "beta1", "β₂": "beta2", "ρ": "decay", "ε": "epsilon"}


class OutsideError(Exception):
    """A place beyond the border of an image or filter, where there is nothing."""


@dataclass(frozen=True)
class Place:
    """Where a symbol is recorded: a cell of an array, with the example as first axis unless it is shared."""

    scope: str
    part: Part
    cell: tuple[int, ...]
    is_shared: bool = False


@dataclass(frozen=True)
class Book:
    """All that can be read at a moment. `numbers` are those of inputs and neurons where a lesson has some."""

    moment: Moment
    numbers: Sequence[int] | None = None
    line: str = ""  # the letter that the line begins with

    # Values

    def value(self, symbol: Symbol, indices: Indices) -> float:
        """The number of a symbol. Raises OutsideError beyond a border, UnreadableError for none."""
        special = self._special(symbol)
        if special is not None:
            return special
        row = self._row(symbol, indices)
        if "step" in " ".join(symbol.words) and symbol.by is not None:
            step = int(next(word for word in symbol.words if word.startswith("step")).split()[1]) - 1
            return derived.at_step(self.moment, self.parameter(symbol.by, indices), step)
        if symbol.by is not None and symbol.letter == "E":
            return self._gradient(symbol, indices, row)
        if symbol.by is not None:
            return self._slope(symbol, indices, row)
        if symbol.letter.startswith("(t − "):
            names = ("t", symbol.letter[-2])
            t, a = (Symbol(name, symbol.sub, symbol.groups, symbol.example) for name in names)
            return self.value(t, indices) - self.value(a, indices)
        is_earlier = "before" in symbol.words and symbol.letter not in KEPT
        return self._read(self.place(symbol, indices), row, is_earlier)

    def _special(self, symbol: Symbol) -> float | None:
        moment = self.moment
        if symbol.letter == "α":
            if "before" in symbol.words and moment.before is not None:
                return moment.before().state.learning_rate
            return moment.learning_rate
        if symbol.letter in SETTINGS:
            return float(getattr(moment.optimizer, SETTINGS[symbol.letter]))
        if symbol.letter == "λ" and self._is_of_the_penalty(symbol):
            rates = moment.penalty
            if not symbol.sub:
                return rates.l2 or rates.l1
            if symbol.sub == ("1",) and rates.l1 and rates.l2:
                return rates.l1
        if symbol.letter == "‖∂E/∂w‖":
            return derived.length_of_gradients(moment)
        if symbol.letter == "E" and symbol.by is None and not symbol.sub:
            if symbol.example:
                return derived.loss_of(moment, self._row(symbol, {}))
            return float(self._array("loss", Part.VALUE))
        return None

    def _read(self, place: Place, row: int, is_earlier: bool = False) -> float:
        array = self._earlier(place) if is_earlier else self._array(place.scope, place.part)
        if not place.is_shared:
            array = array[row]
        if any(i < 0 or i >= n for i, n in zip(place.cell, array.shape, strict=True)):
            raise OutsideError(place)
        return float(array[place.cell])

    def _earlier(self, place: Place) -> Any:
        """A parameter, its gradient or a number of its update, as the iteration before has left it."""
        assert self.moment.before is not None
        record = self.moment.before()
        node = record.program.graph[place.scope]
        if place.part is Part.VALUE:
            return record.cells[node.index]
        if place.part is Part.GRADIENT:
            return record.cells[record.program.gradient(node)]
        return record.trace(node)[place.part]

    def _array(self, scope: str, part: Part) -> Any:
        known = self.moment.known.get((scope, part))
        if known is None:
            raise UnreadableError(f"{part} of {scope} is not computed")
        return known.array

    def _row(self, symbol: Symbol, indices: Indices) -> int:
        """The place in the batch of the example that stands above a letter, or of the one in focus."""
        name = symbol.example or (symbol.by.example if symbol.by else "")
        if not name:
            return self.moment.row
        if name == "d":
            return indices["d"]
        if name not in self.examples:
            raise UnreadableError(f"example {name} is not in the batch of {self.examples}")
        return self.examples.index(name)

    @cached_property
    def examples(self) -> list[str]:
        """The names of those in the batch, in order."""
        return [self._example(row) for row in self.moment.rows]

    def _example(self, row: int) -> str:
        names = self.moment.textbook.examples
        return names[row] if row < len(names) else f"d{row + 1}"

    # Errors and slopes

    def _gradient(self, symbol: Symbol, indices: Indices, row: int) -> float:
        by = symbol.by
        assert by is not None
        if by.letter in ("w", "b", "λ"):
            place = self.parameter(by, indices)
            if symbol.example or by.example:
                return derived.share(self.moment, place, row)
            is_earlier = "before" in symbol.words
            return self._read(Place(place.scope, Part.GRADIENT, place.cell, True), row, is_earlier)
        if symbol.sub or {"↓", "←"} & set(symbol.words):
            return self._read(self._error_of_step(symbol, by, indices), row)
        place = self.place(by, indices)
        return self._read(Place(place.scope, Part.GRADIENT, place.cell), row)

    def _error_of_step(self, symbol: Symbol, by: Symbol, indices: Indices) -> Place:
        """∂E(t)/∂h(t) comes from above, ∂E(t+1)/∂h(t) and ∂E(≥t+1)/∂h(t) from the step after."""
        layer, (unit, t) = self._recurrent(by), self._unit_and_step(by, indices)
        state = "c" if by.letter == "c" else "h"
        if "↓" in symbol.words:
            return Place(f"{layer.scope}/{state}", Part.ABOVE, (t - 1, unit))
        since = t + 1 if "←" in symbol.words else int(symbol.sub[0].replace("≥", "=").removeprefix("t="))
        if since == t and "≥" not in symbol.sub[0]:
            return Place(f"{layer.scope}/{state}", Part.ABOVE, (t - 1, unit))
        if since != t + 1:
            raise UnreadableError(f"the error of step {since} on a state of step {t}")
        if t == layer.steps:
            return Place(f"{layer.scope}/{state}_later", Part.VALUE, (unit,))
        return Place(f"{layer.scope}/{state}_prev", Part.GRADIENT, (t, unit))

    def _slope(self, symbol: Symbol, indices: Indices, row: int) -> float:
        """∂a/∂z of one unit, ∂a/∂λ, or ∂p/∂a of a window."""
        by = symbol.by
        assert by is not None
        if symbol.letter == "p":
            window, cell = self.place(symbol, indices), self.place(by, indices)
            return derived.pooling_slope(self.moment, window, cell, row)
        if by.letter == "λ":
            return derived.slope_of_slope(self.moment, self.place(symbol, indices), row)
        z, a = self.place(by, indices), self.place(symbol, indices)
        if a.scope.endswith("/h") or a.scope.endswith("/h_full"):  # φ of a unit, before dropout and holding
            a = Place(derived.reader(self.moment, z.scope), Part.VALUE, z.cell)
        if z.cell != a.cell or derived.reader(self.moment, z.scope) != a.scope:
            raise UnreadableError(f"the slope of {a} over {z}")
        quotient = derived.slope(self.moment, a.scope, z.scope, z.cell, row)
        shown = self.moment.value(Ref(a.scope, Part.SLOPE, a.cell, self.moment.rows[row]))
        is_as_good = shown is not None and abs(quotient - shown) < FEW_DIGITS
        return shown if is_as_good and shown is not None else quotient

    # Places

    def place(self, symbol: Symbol, indices: Indices) -> Place:
        """Where the number of a symbol without a fraction is recorded."""
        graph = self.moment.graph
        is_update = symbol.letter in IN_UPDATES and symbol.letter != "m"
        if is_update or symbol.letter in ("w", "b", "λ") or (symbol.letter == "m" and self._is_mean(symbol)):
            return self.parameter(symbol, indices)
        if graph.has_steps:
            return self._place_in_steps(symbol, indices)
        if graph.has_maps:
            return self._place_in_maps(symbol, indices)
        return self._place_of_neuron(symbol, indices)

    def _is_of_the_penalty(self, symbol: Symbol) -> bool:
        """Whether λ weighs the penalty and is no slope: the notes call both λ, and no line has both."""
        is_of_an_update = self.line in ("w", *IN_UPDATES)
        return bool(self.moment.penalty) and is_of_an_update and not symbol.groups and symbol.by is None

    def _is_mean(self, symbol: Symbol) -> bool:
        """Whether m is a running mean of gradients and no mask: it stands in the lines of an update."""
        is_at_step = "=" in symbol.sub[-1] if symbol.sub else False
        return "before" in symbol.words or (self.line in ("m", "m̂", "w", "b", "λ") and not is_at_step)

    def parameter(self, symbol: Symbol, indices: Indices) -> Place:
        """A weight, bias or learned slope, or what an update makes of it."""
        part = Part.NEW if "new" in symbol.words else Part.VALUE
        if symbol.letter in IN_UPDATES:
            is_kept = "before" in symbol.words and symbol.letter in KEPT
            part = (KEPT if is_kept else IN_UPDATES)[symbol.letter]
        if "λ" in symbol.groups or symbol.letter == "Δλ":
            groups = tuple(group for group in symbol.groups if group != "λ")
            symbol = replace(symbol, letter="λ", groups=groups)
        scope, cell = self._parameter_cell(symbol, indices)
        return Place(scope, part, cell, True)

    def _parameter_cell(self, symbol: Symbol, indices: Indices) -> tuple[str, tuple[int, ...]]:
        graph = self.moment.graph
        if graph.has_steps:
            return self._weight_in_steps(symbol, indices)
        if graph.has_maps and not self._is_dense_weight(symbol):
            return self._filter(symbol, indices)
        return self._weight(symbol, indices)

    # Running indices

    def range_of(self, letter: str, symbols: Sequence[Symbol]) -> Sequence[int]:
        """What a running index of a sum goes over: examples, neurons above, positions, taps or channels."""
        if letter == "d":  # of a loss those that count: with “mistakes only” the others add nothing
            is_loss = any(one.letter == "t" for one in symbols)
            rows = enumerate(self.moment.rows)
            return [place for place, row in rows if not is_loss or counts(self.moment, row)]
        owner = "δ" if letter in "rc" else "w"
        symbol = next((one for one in symbols if one.letter == owner and letter in running(one)), None)
        if symbol is None:
            raise UnreadableError(f"nothing says how far {letter} runs")
        if letter == "i":
            return self._neurons_above(symbol)
        zeros = dict.fromkeys("rcmn", 0) | {"k": 1, "d": 0}
        shape = self.moment.graph[self.place(symbol, zeros).scope].shape
        if letter == "k":
            return range(1, shape[1] + 1)
        return range(shape[-1] if letter in "cn" or self._axes == 1 else shape[-2])

    def _neurons_above(self, symbol: Symbol) -> Sequence[int]:
        """The numbers of the neurons that read the one from which w(i,k) leads."""
        layers = self.moment.graph.layers
        if not self._is_numbered_through:
            return range(1, layers[int(symbol.groups[-1]) - 1].a.shape[-1] + 1)
        owner, _ = self._units[int(symbol.sub[1])]
        x = owner.a if owner is not None else self.moment.graph.inputs
        above = next(layer for layer in layers if layer.x is x)
        return [number for number, (layer, _) in self._units.items() if layer is above]

    # Neurons

    @cached_property
    def _units(self) -> dict[int, tuple[Layer | None, int]]:
        """Inputs and neurons by their number in the whole network."""
        graph = self.moment.graph
        units: list[tuple[Layer | None, int]] = [(None, i) for i in range(graph.inputs.shape[0])]
        units += [(layer, i) for layer in graph.layers for i in range(layer.units)]
        return dict(zip(self.numbers or range(1, len(units) + 1), units, strict=True))

    @property
    def _is_numbered_through(self) -> bool:
        return self.moment.textbook.notation.numbering == "network"

    def _unit(self, symbol: Symbol, index: str, indices: Indices) -> tuple[Layer | None, int]:
        number = number_at(index, indices)
        if self._is_numbered_through:
            if symbol.groups:
                raise UnreadableError(f"a layer above {symbol}, in a network that is numbered through")
            return self._units[number]
        if symbol.letter == "x" or not symbol.groups:
            return None, number - 1
        layer = self.moment.graph.layers[int(symbol.groups[-1]) - 1]
        if not 1 <= number <= layer.units:
            raise UnreadableError(f"{layer.title} has no unit {number}")
        return layer, number - 1

    def _place_of_neuron(self, symbol: Symbol, indices: Indices) -> Place:
        graph = self.moment.graph
        layer, unit = self._unit(symbol, symbol.sub[0], indices)
        if layer is None:
            if symbol.letter == "m":
                return Place(graph.nodes[graph.inputs.inputs[1]].scope, Part.VALUE, (unit,))
            if symbol.letter != "x":
                raise UnreadableError(f"{symbol} of an input")
            return Place((graph.data if "data" in symbol.words else graph.inputs).scope, Part.VALUE, (unit,))
        return self._place_in_layer(symbol, layer, (unit,))

    def _place_in_layer(self, symbol: Symbol, layer: Layer, cell: tuple[int, ...]) -> Place:
        graph = self.moment.graph
        match symbol.letter:
            case "z":
                return Place(f"{layer.scope}/z", Part.VALUE, cell)
            case "δ":
                return Place(f"{layer.scope}/z", Part.DELTA, cell)
            case "a":
                return Place(f"{layer.scope}/a", Part.VALUE, cell)
            case "m":
                return Place(f"{layer.scope}/mask", Part.VALUE, cell)
            case "t" if layer is graph.layers[-1] and graph.target is not None:
                return Place(graph.target.scope, Part.VALUE, cell)
        raise UnreadableError(f"{symbol} in {layer.title}")

    def _weight(self, symbol: Symbol, indices: Indices) -> tuple[str, tuple[int, ...]]:
        """w(i,k) into unit i from unit k, index 0 for the bias; λ(i) of a neuron."""
        layer, unit = self._into(symbol, indices)
        assert isinstance(layer, DenseLayer)
        if symbol.letter == "λ" or len(symbol.sub) == 1:
            return f"{layer.scope}/lambda", (unit,)
        source = number_at(symbol.sub[1], indices)
        if source == 0:
            assert layer.b is not None
            return layer.b.scope, (min(unit, layer.b.shape[0] - 1),)
        below = next((one for one in self.moment.graph.layers if one.a is layer.x), None)
        if self._is_numbered_through:
            owner, source = self._units[source]
            if owner is not below:
                raise UnreadableError(f"no weight leads there: {symbol}")
            return f"{layer.scope}/w", (unit, source)
        return f"{layer.scope}/w", (unit, source - 1)

    def _into(self, symbol: Symbol, indices: Indices) -> tuple[Layer | None, int]:
        named = next((one for one in self.moment.graph.layers if one.title == symbol.sub[0]), None)
        return (named, 0) if named is not None else self._unit(symbol, symbol.sub[0], indices)

    # Maps

    def _layers_of(self, *kinds: type[Layer]) -> list[Layer]:
        return [one for one in self.moment.graph.layers if isinstance(one, kinds)]

    @property
    def _axes(self) -> int:
        """How many indices a place in a map has: one in a sequence, where all maps have one row."""
        nodes = [node for node in self.moment.graph.nodes if len(node.shape) > 2]
        return 1 if all(node.shape[-2] == 1 for node in nodes) else 2

    def _spot(self, sub: Sequence[str], indices: Indices) -> tuple[int, int]:
        places = [number_at(one, indices) for one in sub]
        return (places[0], places[1]) if self._axes == 2 else (0, places[0])

    def _place_in_maps(self, symbol: Symbol, indices: Indices) -> Place:
        graph = self.moment.graph
        group = symbol.groups[-1].split(",") if symbol.groups else []
        if symbol.letter == "x":
            channel = self._channel(group[0], indices) if group else 0
            return Place(graph.inputs.scope, Part.VALUE, (channel, *self._spot(symbol.sub, indices)))
        if self._is_in_dense(symbol, group):
            layer = graph.layers[int(group[0]) - 1]
            return self._place_in_layer(symbol, layer, (number_at(symbol.sub[0], indices) - 1,))
        kind: type[Layer] = PoolingLayer if symbol.letter == "p" else ConvolutionLayer
        layer = graph.layers[int(group[0]) - 1] if len(group) == 2 else self._only(kind)
        if not isinstance(layer, kind):
            raise UnreadableError(f"{symbol} in {layer.title}")
        cell = (number_at(group[-1], indices) - 1 if group else 0, *self._spot(symbol.sub, indices))
        if symbol.letter == "p":
            return Place(layer.a.scope, Part.VALUE, cell)
        return self._place_in_layer(symbol, layer, cell)

    def _is_in_dense(self, symbol: Symbol, group: list[str]) -> bool:
        """Neurons of a dense layer have one index, and their layer alone above the letter."""
        has_dense = bool(self._layers_of(DenseLayer))
        return len(symbol.sub) == 1 and len(group) == 1 and has_dense and symbol.letter not in ("p", "x")

    def _only(self, kind: type[Layer]) -> Layer:
        layers = self._layers_of(kind)
        if len(layers) != 1:
            raise UnreadableError(f"no layer is named, and there are {len(layers)} of the kind")
        return layers[0]

    def _channel(self, mark: str, indices: Indices) -> int:
        maps = self.moment.textbook.notation.maps
        names = maps.channel_names if maps is not None else ()
        return names.index(mark) if mark in names else number_at(mark, indices) - 1

    def _is_dense_weight(self, symbol: Symbol) -> bool:
        group = symbol.groups[-1] if symbol.groups else ""
        if not group.isdecimal() or symbol.letter in ("b", "λ") or not self._layers_of(DenseLayer):
            return False
        return isinstance(self.moment.graph.layers[int(group) - 1], DenseLayer)

    def _filter(self, symbol: Symbol, indices: Indices) -> tuple[str, tuple[int, ...]]:
        """w(m,n) of a filter and channel, b and λ of a filter."""
        group = symbol.groups[-1] if symbol.groups else ""
        is_of_filter = len(symbol.sub) < self._axes or self._has_no_channel(group)
        if symbol.letter in ("b", "λ") or is_of_filter:
            layer = self.moment.graph.layers[int(group) - 1] if group else self._only(ConvolutionLayer)
            name = "lambda" if symbol.letter == "λ" else "b"
            return f"{layer.scope}/{name}", (int(symbol.sub[0]) - 1 if symbol.sub else 0,)
        number, comma, marks = group.rpartition(",")
        layer = self.moment.graph.layers[int(number) - 1] if comma else self._only(ConvolutionLayer)
        filters, channels = layer.a.shape[0], layer.x.shape[0]
        into, arrow, source = marks.partition("←")
        if not arrow and marks and filters == 1 and not comma:
            into, source = "", marks
        f = int(into) - 1 if into else 0
        k = self._channel(source, indices) if source and channels > 1 else 0
        return f"{layer.scope}/w", (f, k, *self._spot(symbol.sub, indices))

    def _has_no_channel(self, group: str) -> bool:
        """Whether a layer of several filters is named, or none where there is one, but no filter of it."""
        layers = self._layers_of(ConvolutionLayer)
        if not group:
            return self._only(ConvolutionLayer).a.shape[0] > 1
        return (
            len(layers) > 1 and group.isdecimal() and self.moment.graph.layers[int(group) - 1].a.shape[0] > 1
        )

    # Steps of time

    def _recurrent(self, symbol: Symbol) -> RecurrentLayer:
        """The layer whose number stands above a letter, or the only recurrent one."""
        number = next((group for group in symbol.groups if group.isdecimal()), None)
        layer = self._only(RecurrentLayer) if number is None else self.moment.graph.layers[int(number) - 1]
        if not isinstance(layer, RecurrentLayer):
            raise UnreadableError(f"{symbol} in {layer.title}")
        return layer

    def _unit_and_step(self, symbol: Symbol, indices: Indices) -> tuple[int, int]:
        step = symbol.sub[1].removeprefix("t=")
        t = derived.length(self.moment, self._row(symbol, indices)) if step == "T" else int(step)
        return number_at(symbol.sub[0], indices) - 1, t

    def _place_in_steps(self, symbol: Symbol, indices: Indices) -> Place:
        graph = self.moment.graph
        if symbol.letter == "E":
            return Place("loss/steps", Part.VALUE, (int(symbol.sub[0].removeprefix("t=")) - 1,))
        if symbol.letter == "on":
            assert graph.going is not None
            return Place(graph.going.scope, Part.VALUE, (int(symbol.sub[0].removeprefix("t=")) - 1,))
        if len(symbol.sub) == 1:
            return self._place_without_step(symbol, indices)
        unit, t = self._unit_and_step(symbol, indices)
        if symbol.letter in ("x", "t"):
            node = graph.inputs if symbol.letter == "x" else graph.target
            assert node is not None
            return Place(node.scope, Part.VALUE, (t - 1, unit))
        layer = self._layer_of_step(symbol)
        if not isinstance(layer, RecurrentLayer):
            return self._place_in_layer(symbol, layer, (t - 1, unit))
        return self._place_in_cell(symbol, layer, unit, t)

    def _layer_of_step(self, symbol: Symbol) -> Layer:
        number = next((group for group in symbol.groups if group.isdecimal()), None)
        return self._only(RecurrentLayer) if number is None else self.moment.graph.layers[int(number) - 1]

    def _place_without_step(self, symbol: Symbol, indices: Indices) -> Place:
        """A number that a whole sequence has once: a neuron behind its end, or a mask."""
        unit = number_at(symbol.sub[0], indices) - 1
        layer = self._layer_of_step(symbol)
        if symbol.letter == "m" and isinstance(layer, RecurrentLayer):
            return Place(f"{layer.scope}/mask", Part.VALUE, (unit,))
        return self._place_in_layer(symbol, layer, (unit,))

    def _place_in_cell(self, symbol: Symbol, layer: RecurrentLayer, unit: int, t: int) -> Place:
        scope = layer.scope
        if symbol.letter in ("z", "δ"):
            gates = [group for group in symbol.groups if not group.isdecimal()]
            z = f"{scope}/z_{STATES.get(gates[0], gates[0])}" if gates else f"{scope}/z"
            return Place(z, Part.VALUE if symbol.letter == "z" else Part.DELTA, (t - 1, unit))
        name = STATES.get(symbol.letter, symbol.letter)
        if name == "o":
            name = "h"
        name += "_full" if "all" in symbol.words else "_new" if "new" in symbol.words else ""
        if t == 0:
            return Place(f"{scope}/{name}_start", Part.VALUE, (unit,))
        return Place(f"{scope}/{name}", Part.VALUE, (t - 1, unit))

    def _weight_in_steps(self, symbol: Symbol, indices: Indices) -> tuple[str, tuple[int, ...]]:
        gates = [group for group in symbol.groups if not group.isdecimal()]
        unit = number_at(symbol.sub[0], indices) - 1
        layer = self._layer_of_step(symbol)
        if not isinstance(layer, RecurrentLayer):
            source = number_at(symbol.sub[1], indices)
            return (f"{layer.scope}/b", (unit,)) if source == 0 else (f"{layer.scope}/w", (unit, source - 1))
        if symbol.sub[1] == "0h":
            return f"{layer.scope}/b_h", (unit,)
        source = number_at(symbol.sub[1], indices)
        if gates[0] in ("hh", "hx"):
            return f"{layer.scope}/w_{'h' if gates[0] == 'hh' else 'x'}", (unit, source - 1)
        name = STATES.get(gates[0], gates[0])
        row = next(gate.rows.start for gate in layer.gates if gate.name == name) + unit
        if source == 0:
            return f"{layer.scope}/b", (row,)
        if source <= layer.width:
            return f"{layer.scope}/w_h", (row, source - 1)
        return f"{layer.scope}/w_x", (row, source - 1 - layer.width)


def number_at(text: str, indices: Indices) -> int:
    """An index as it is printed: 7, i, r+1, 2r−1, 3−m."""
    total, sign, part = 0, 1, ""
    for character in f"{text}+":
        if character not in "+−":
            part += character
            continue
        total += sign * _product(part, indices) if part else 0
        sign, part = (1 if character == "+" else -1), ""
    return total


def _product(part: str, indices: Indices) -> int:
    letter = part.lstrip("0123456789")
    if not letter:
        return int(part)
    if letter not in indices:
        raise UnreadableError(f"nothing says what {letter} stands for")
    return int(part[: -len(letter)] or 1) * indices[letter]


def running(symbol: Symbol) -> set[str]:
    """The indices of a symbol that are letters, and so run in a sum."""
    texts = [*symbol.sub, *(mark for group in symbol.groups for mark in _marks(group))]
    found = {c for text in texts for c in text.replace("t=", "") if c in "ircmnk"}
    found = {c for c in found if any(_is_index(text, c) for text in texts)}
    inner = running(symbol.by) if symbol.by is not None else set()
    return found | inner | ({"d"} if symbol.example == "d" else set())


def _marks(group: str) -> list[str]:
    return group.replace("←", ",").split(",")


def _is_index(text: str, letter: str) -> bool:
    """A lone letter, or one in an expression such as 2r+1; not one in a word."""
    parts = text.replace("t=", "").replace("−", "+").split("+")
    return any(part.lstrip("0123456789") == letter for part in parts)
