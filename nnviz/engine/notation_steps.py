"""Names, addresses and captions of numbers that stand in steps of time: states, gates, shared weights.

Time counts from 1 and is written below the letter, as in the notes: h with 2,t=3 below is unit 2 at step 3,
and t=0 is the state that a sequence starts from. Gates stand above the letter of what belongs to them: w⁽ᶠ⁾.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from nnviz.engine.addresses import ALL_LETTERS, BIAS_LETTERS, NEURON_LETTERS, AddressError, plain, split
from nnviz.engine.formula import Name
from nnviz.engine.graph import DenseLayer, Graph, Layer
from nnviz.engine.notation_gates import SHARED, has_gates, letters_of_weights, ref_of, row_of, weight_letters
from nnviz.engine.ops.base import Cell
from nnviz.engine.ops.step_losses import GivenErrors
from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.recurrent import Gate, RecurrentLayer
from nnviz.engine.ref import STEP_LOSSES, Part, Ref
from nnviz.engine.unrolled.lstm import LSTM

SYMBOLS = {
    "c_kept": "c‡",
    "i_sigma": "i†",
    "i_tanh": "i‡",
    "o_sigma": "o†",
    "o_tanh": "o‡",
    "rm": "(r·m)",
    "h_full": "h",
    "h_new": "h",
    "c_new": "c",
    "mask": "m",
}
MARKS = {"h_full": "all", "h_new": "new", "c_new": "new"}
WORDS = {
    "c_kept": "what is kept of the cell",
    "i": "what is added to the cell",
    "c": "cell state",
    "c_new": "new cell state",
    "h": "state",
    "h_new": "new state",
    "h_full": "state before dropout",
    "m": "what is remembered",
    "rm": "what the reset gate lets through",
}


def at_the_end(name: Name, step: int) -> Name:
    """The name of a number of the last step, whichever that is: h with 2,t=T for h with 2,t=3."""
    return replace(name, sub=name.sub.replace(f"t={step + 1}", "t=T"))


class StepNotation:
    """How numbers in sequences are written."""

    def __init__(
        self, graph: Graph, input_names: Sequence[str] = (), class_names: Sequence[str] = ()
    ) -> None:
        self.graph = graph
        self.input_names = tuple(input_names)
        self.class_names = tuple(class_names)
        self.recurrent = [layer for layer in graph.layers if isinstance(layer, RecurrentLayer)]

    def holds(self, ref: Ref) -> bool:
        """Whether a number belongs to a step of time, or to a weight that is shared by the steps."""
        if ref.scope in (self.graph.inputs.scope, STEP_LOSSES) or self._is_going(ref):
            return True
        if self._is_target(ref):
            return len(ref.cell) == 2
        layer = self.layer_of(ref)
        return layer is not None and layer.is_stepwise

    def layer_of(self, ref: Ref) -> Layer | None:
        scope = ref.scope.rpartition("/")[0]
        return next((one for one in self.graph.layers if one.scope == scope), None)

    # Names

    def name(self, ref: Ref, example: str) -> Name:
        if ref.scope == STEP_LOSSES:
            return Name("E", f"t={ref.cell[0] + 1}", example)
        if self._is_going(ref):
            return Name("on", f"t={ref.cell[0] + 1}", example)
        if ref.scope == self.graph.inputs.scope or self._is_target(ref):
            return Name("x" if ref.scope == self.graph.inputs.scope else "t", self._sub(ref.cell), example)
        layer = self.layer_of(ref)
        assert layer is not None
        if self.graph[ref.scope].is_parameter:
            return self._weight_name(ref, layer, example)
        if isinstance(layer, RecurrentLayer):
            return self._part_name(ref, layer, example)
        letter = ref.scope.rpartition("/")[2]
        return self._unit_name(ref, SYMBOLS.get(letter, letter), self._over(layer) + example)

    def _part_name(self, ref: Ref, layer: RecurrentLayer, example: str) -> Name:
        name = layer.name_of(self.graph[ref.scope])
        state, _, what = name.rpartition("_")
        if what in ("start", "later") or name == "mask":
            return self._edge_name(ref, layer, name, example)
        if what == "prev":
            return self._memory_name(ref, layer, state, example)
        gate = layer.gate_of(self.graph[ref.scope])
        over = self._over(layer) + example
        if gate is not None and self.graph[ref.scope] is gate.z:
            return self._unit_name(ref, "z", self._gate_over(layer, gate) + over)
        letter = self.letter(layer, name)
        if ref.part is Part.ABOVE:
            at = Name(letter, self._sub(ref.cell), over)
            if self._is_below_another(layer):
                return Name("E", by=at, over="↓")
            return Name("E", f"t={ref.cell[0] + 1}", by=at)
        if ref.part is Part.SLOPE and gate is not None:
            z = Name("z", self._sub(ref.cell), self._gate_over(layer, gate) + over)
            return Name(letter, self._sub(ref.cell), over, by=z)
        return self._unit_name(ref, letter, self._over(layer) + MARKS.get(name, "") + example)

    def letter(self, layer: RecurrentLayer, name: str) -> str:
        """The letter of a vector: o for what an LSTM gives, as in the notes, where h is its copy."""
        if name == "h" and isinstance(layer.recurrence, LSTM):
            return "o"
        return SYMBOLS.get(name, name)

    def _memory_name(self, ref: Ref, layer: RecurrentLayer, state: str, example: str) -> Name:
        """The state of the step before; its error is that of all steps from this one on."""
        sub = f"{ref.cell[1] + 1},t={ref.cell[0]}"
        name = Name(state, sub, self._over(layer) + example)
        if ref.part is not Part.GRADIENT:
            return name
        if self._is_below_another(layer):
            return Name("E", by=name, over="←")
        return Name("E", self._from(layer, ref.cell[0]), by=name)

    def _from(self, layer: RecurrentLayer, t: int) -> str:
        """Whose errors are handed back: those of all steps from this one on.

        With one step and errors that are given, E(t) stands for all that is later, as in the notes.
        """
        is_given = self.graph.loss is not None and isinstance(self.graph.loss.op, GivenErrors)
        return f"t{'=' if is_given or t + 1 == layer.steps else '≥'}{t + 1}"

    def _is_below_another(self, layer: RecurrentLayer) -> bool:
        """Whether errors of later steps come back from above, too: then only the way tells errors apart."""
        return isinstance(self.graph.consumer_layer(layer.a), RecurrentLayer)

    def _edge_name(self, ref: Ref, layer: RecurrentLayer, name: str, example: str) -> Name:
        state, _, what = name.partition("_")
        over = self._over(layer) + example
        if name == "mask":
            return Name("m", str(ref.cell[0] + 1), over)
        if what == "start":
            return Name(state, f"{ref.cell[0] + 1},t=0", over)
        at = Name(state, f"{ref.cell[0] + 1},t={layer.steps}", over)
        return Name("E", f"t={layer.steps + 1}", by=at)

    def _unit_name(self, ref: Ref, letter: str, over: str) -> Name:
        sub = self._sub(ref.cell)
        match ref.part:
            case Part.DELTA:
                return Name("δ", sub, over)
            case Part.GRADIENT:
                return Name("E", by=Name(letter, sub, over))
            case Part.SLOPE:
                return Name(letter, sub, over, by=Name("z", sub, over))
            case Part.ERROR:
                return Name(f"(t − {letter})", sub, over)
        return Name(letter, sub, over)

    def _weight_name(self, ref: Ref, layer: Layer, example: str) -> Name:
        step, cell = self._use(ref)
        indices, over = self._weight_place(ref, layer, cell)
        over += self._over(layer)
        if ref.part in UPDATE_NUMBERS:
            return UPDATE_NUMBERS[ref.part].name(indices, over + example)
        if ref.part is Part.NEW:
            return Name("w", indices, over + "new")
        if ref.part in (Part.GRADIENT, Part.SHARE, Part.AT_STEP):
            use = f"step {step[0] + 1}" if step else example
            return Name("E", by=Name("w", indices, over), over=use)
        return Name("w", indices, over + example)

    def _use(self, ref: Ref) -> tuple[Cell, Cell]:
        """The step at which a weight is used, if one is meant, and the cell of the weight."""
        size = len(self.graph[ref.scope].shape)
        is_use = ref.part is Part.AT_STEP and len(ref.cell) > size
        return (ref.cell[:1], ref.cell[1:]) if is_use else ((), ref.cell)

    def _weight_place(self, ref: Ref, layer: Layer, cell: Cell) -> tuple[str, str]:
        """The two indices of a weight, and what stands above it: its gate, or where it leads from."""
        kind = ref.scope.rpartition("/")[2]
        if not isinstance(layer, RecurrentLayer):
            return f"{cell[0] + 1},{cell[1] + 1 if len(cell) > 1 else 0}", ""
        gate, unit = self._gate_and_unit(layer, kind, cell[0])
        is_simple = len(layer.gates) == 1
        if kind in ("b", "b_h"):
            above = "(h)" if is_simple else self._gate_over(layer, gate)
            return f"{unit + 1},0{'h' if kind == 'b_h' else ''}", above
        if is_simple:
            return f"{unit + 1},{cell[1] + 1}", "(hh)" if kind == "w_h" else "(hx)"
        place = cell[1] + 1 + (layer.width if kind == "w_x" else 0)
        return f"{unit + 1},{place}", self._gate_over(layer, gate)

    def _gate_and_unit(self, layer: RecurrentLayer, kind: str, row: int) -> tuple[Gate, int]:
        if kind == "b_h":
            return layer.gates[-1], row
        gate = layer.gate_at(row)
        return gate, row - gate.rows.start

    def _gate_over(self, layer: RecurrentLayer, gate: Gate) -> str:
        return "" if len(layer.gates) == 1 else f"({self.letter(layer, gate.name)})"

    def _over(self, layer: Layer) -> str:
        """The number of a layer, but for a recurrent layer that is the only one."""
        if isinstance(layer, RecurrentLayer) and len(self.recurrent) == 1:
            return ""
        return f"({self.graph.layers.index(layer) + 1})"

    def _sub(self, cell: Cell) -> str:
        return f"{cell[1] + 1},t={cell[0] + 1}"

    def _is_target(self, ref: Ref) -> bool:
        return self.graph.target is not None and ref.scope == self.graph.target.scope

    def _is_going(self, ref: Ref) -> bool:
        return self.graph.going is not None and ref.scope == self.graph.going.scope

    # Words

    def caption(self, ref: Ref) -> str:
        """A number in a few words: “forget gate 2 at step 3”."""
        if ref.scope == STEP_LOSSES:
            return f"error of step {ref.cell[0] + 1}"
        if self._is_going(ref):
            return f"whether the sequence goes on at step {ref.cell[0] + 1}"
        if ref.scope == self.graph.inputs.scope:
            return self._input_caption(ref)
        if self._is_target(ref):
            return f"target {self._class(ref.cell[1])} at step {ref.cell[0] + 1}"
        layer = self.layer_of(ref)
        assert layer is not None
        if self.graph[ref.scope].is_parameter:
            return self._weight_caption(ref, layer)
        what = self._what(ref, layer)
        words = {
            Part.DELTA: f"δ of {what}",
            Part.SLOPE: f"slope of φ at z of {what}",
            Part.ERROR: f"error of {what}",
            Part.GRADIENT: f"∂E/∂ of {what}",
            Part.ABOVE: f"∂E/∂ of {what}, from above",
        }
        return words.get(ref.part, what)

    def _input_caption(self, ref: Ref) -> str:
        t, k = ref.cell
        named = f" ({self.input_names[k]})" if k < len(self.input_names) else ""
        return f"input {k + 1}{named} at step {t + 1}"

    def _class(self, index: int) -> str:
        named = f" ({self.class_names[index]})" if index < len(self.class_names) else ""
        return f"{index + 1}{named}"

    def _what(self, ref: Ref, layer: Layer) -> str:
        name = ref.scope.rpartition("/")[2]
        if not isinstance(layer, RecurrentLayer):
            return f"{name} of {self.unit(layer, ref.cell)}"
        state, _, what = name.rpartition("_")
        if name == "mask":
            return f"mask of unit {ref.cell[0] + 1} of {layer.title}"
        if what in ("start", "later"):
            where = "that the sequence starts from" if what == "start" else "from behind the end"
            error = "∂E/∂ of " if what == "later" else ""
            return f"{error}{WORDS[state]} {ref.cell[0] + 1} {where}"
        at = f"{ref.cell[1] + 1} of {layer.title} at step {ref.cell[0] + 1}"
        if what == "prev":
            return f"{WORDS[state]} {ref.cell[1] + 1} of {layer.title}, remembered at step {ref.cell[0] + 1}"
        gate = layer.gate_of(self.graph[ref.scope])
        if gate is not None and len(layer.gates) > 1:
            return f"{'z of ' if self.graph[ref.scope] is gate.z else ''}{gate.title} {at}"
        return f"{WORDS.get(name, name)} {at}"

    def unit(self, layer: Layer, cell: Cell) -> str:
        """What a unit is called in a sentence."""
        is_class = layer is self.graph.output and cell[-1] < len(self.class_names)
        meaning = f" ({self.class_names[cell[-1]]})" if is_class else ""
        return f"unit {cell[-1] + 1} of {layer.title} at step {cell[0] + 1}{meaning}"

    def _weight_caption(self, ref: Ref, layer: Layer) -> str:
        step, cell = self._use(ref)
        kind = ref.scope.rpartition("/")[2]
        into = f"unit {cell[0] + 1} of {layer.title}"
        if isinstance(layer, RecurrentLayer):
            gate, unit = self._gate_and_unit(layer, kind, cell[0])
            of_gate = f" ({gate.title})" if len(layer.gates) > 1 else ""
            into = f"unit {unit + 1} of {layer.title}{of_gate}"
        if len(cell) == 1:
            words = f"bias of {into}" + (", of what is remembered" if kind == "b_h" else "")
        else:
            source = {"w_h": "state", "w_x": "input"}.get(kind, "unit")
            words = f"weight from {source} {cell[1] + 1} to {into}"
        if step:
            return f"∂E/∂w, {words}, by its use at step {step[0] + 1}"
        if ref.part in (Part.GRADIENT, Part.SHARE, Part.AT_STEP):
            return f"∂E/∂w, {words}"
        if ref.part in UPDATE_NUMBERS:
            return f"{UPDATE_NUMBERS[ref.part].caption}, {words}"
        return f"new {words}" if ref.part is Part.NEW else words

    # Addresses

    def address(self, ref: Ref) -> str:
        """How a lesson writes a number: ``h[rnn,3,2]`` is unit 2 at step 3, ``dw_h[rnn,1,2]`` a gradient."""
        if ref.scope == STEP_LOSSES:
            return f"E[{ref.cell[0] + 1}]"
        if self._is_going(ref):
            return f"going[{ref.cell[0] + 1}]"
        numbers = ",".join(str(i + 1) for i in ref.cell)
        if ref.scope == self.graph.inputs.scope or self._is_target(ref):
            return f"{'x' if ref.scope == self.graph.inputs.scope else 't'}[{numbers}]"
        layer = self.layer_of(ref)
        assert layer is not None
        role, part = ref.scope.rpartition("/")[2], Part.GRADIENT if ref.part is Part.SHARE else ref.part
        if isinstance(layer, DenseLayer) and role == "b":
            role, numbers = "w", f"{numbers},0"
        if isinstance(layer, RecurrentLayer) and has_gates(layer) and role in SHARED:
            step, cell = self._use(ref)
            gate, unit, column = row_of(layer, role, cell)
            role = f"w_{gate.name}"
            numbers = ",".join(map(str, (*(t + 1 for t in step), unit + 1, column)))
        letter = next(k for k, found in self._letters(layer).items() if found == (role, part))
        return f"{letter}[{layer.scope},{numbers}]"

    def parse(self, address: str) -> Ref | None:
        """The number an address means, None where it means no number of a sequence. Raises AddressError."""
        such_as = "h[rnn,3,2], delta[rnn,3,2], dw_h[rnn,1,2] or x[3,1]"
        given = {"x": self.graph.inputs, "t": self.graph.target, "going": self.graph.going, "E": None}
        if STEP_LOSSES in self.graph:
            given["E"] = self.graph[STEP_LOSSES]
        of_layers = [
            self._letters(layer) if layer.is_stepwise else (*ALL_LETTERS, *BIAS_LETTERS)
            for layer in self.graph.layers
        ]
        letters = dict.fromkeys(chain(("E", "x", "t", "alpha"), *of_layers, ("going",)))
        letter, inside = split(address, [*letters], such_as)
        if letter == "alpha" or inside is None:
            return None
        if letter not in given:
            return self._parse_of_layer(address, letter, inside)
        node = given[letter]
        if node is None and (letter == "going" or self.graph.loss is None):
            raise AddressError(f"{address}: this lesson has no {letter}")
        if node is None or not self.graph.is_in_steps(node):  # of an output at the end
            return None
        return self._checked(address, node.scope, Part.VALUE, inside)

    def _parse_of_layer(self, address: str, letter: str, inside: Sequence[str]) -> Ref | None:
        layer = next((one for one in self.graph.layers if one.scope == inside[0]), None)
        if layer is None:
            scopes = ", ".join(one.scope for one in self.graph.layers)
            raise AddressError(f"{address}: found layer “{inside[0]}”, wanted one of {scopes}")
        if not layer.is_stepwise:
            return None
        known = self._letters(layer)
        if letter not in known:
            wanted = ", ".join(plain([*known]))
            raise AddressError(f"{address}: {layer.title} has no {letter}, wanted one of {wanted}")
        role, part = known[letter]
        if isinstance(layer, DenseLayer) and role == "w" and inside[-1] == "0":
            return self._parse_bias(address, layer, part, inside[1:-1])
        if isinstance(layer, RecurrentLayer) and f"{layer.scope}/{role}" not in self.graph:
            return ref_of(address, layer, role, part, inside[1:])
        return self._checked(address, f"{layer.scope}/{role}", part, inside[1:])

    def _parse_bias(self, address: str, layer: DenseLayer, part: Part, inside: Sequence[str]) -> Ref:
        """The weight 0 of a unit; where all units share one bias, it is that of each of them."""
        if layer.b is None:
            raise AddressError(f"{address}: {layer.title} has no bias")
        *step, unit = self._checked(address, layer.w.scope, part, [*inside, "1"]).cell[:-1]
        return Ref(layer.b.scope, part, (*step, min(unit, layer.b.shape[0] - 1)))

    def _checked(self, address: str, scope: str, part: Part, inside: Sequence[str]) -> Ref:
        if scope not in self.graph:
            raise AddressError(f"{address}: this lesson has no {address.partition('[')[0].strip()}")
        shape = self.graph[scope].shape
        if part is Part.AT_STEP:
            layer = self.graph.layer_of(self.graph[scope])
            assert layer is not None
            shape = (layer.a.shape[0], *shape)
        if len(inside) != len(shape):
            raise AddressError(f"{address}: found {len(inside)} indices, wanted {len(shape)}")
        cell = []
        for number, size in zip(inside, shape, strict=True):
            if not number.isdecimal() or not 1 <= int(number) <= size:
                raise AddressError(f"{address}: found “{number}”, wanted 1 … {size}")
            cell.append(int(number) - 1)
        return Ref(scope, part, tuple(cell))

    def _letters(self, layer: Layer) -> dict[str, tuple[str, Part]]:
        """The letters of a layer: role of the node and part of the number."""
        if not layer.is_stepwise:
            return {}
        if isinstance(layer, DenseLayer):
            letters: dict[str, tuple[str, Part]] = {}
            for node in layer.parameters:
                letters |= weight_letters(node.scope.rpartition("/")[2])
            drops = f"{layer.scope}/mask" in self.graph
            return letters | {k: v for k, v in NEURON_LETTERS.items() if k != "mask" or drops}
        assert isinstance(layer, RecurrentLayer)
        letters = letters_of_weights(layer)
        for node in (*layer.parts, *layer.starts, *layer.later, *layer.more):
            if node is self.graph.going:
                continue
            role = layer.name_of(node)
            letters |= {role: (role, Part.VALUE), f"d{role}": (role, Part.GRADIENT)}
            letters[f"slope_{role}"] = (role, Part.SLOPE)
        for gate in layer.gates:
            role = layer.name_of(gate.z)
            letters["delta" + role.removeprefix("z")] = (role, Part.DELTA)
        return letters | {"above": (layer.name_of(layer.a), Part.ABOVE)}
