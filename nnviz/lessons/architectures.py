"""The lecture notes' table of LeNet 1989, LeNet 1998 and AlexNet 2012, derived from their layer lists."""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from nnviz.engine.census import Count, grouped, sized, total
from nnviz.engine.ops.base import Cell
from nnviz.lessons.architecture_count import CountedLayer, counted
from nnviz.lessons.architecture_schema import ArchitectureFile, PublishedTable
from nnviz.resources import resource

NAMES = ("lenet-1989", "lenet-1998", "alexnet-2012")
ROWS = ("classes", "image", "units", "parameters", "connections")
RULES = (
    "Counted as the papers count: a unit is one weighted sum, so the image and max pooling have none; a "
    "connection is one product of a weighted sum, with biases and padding; a parameter is a trained weight "
    "or bias, once however many units share it."
)
NOT_DERIVED = (
    "The task is no matter of layers: the list only names it. Classes are the units of the output. The rows "
    "of the notes on examples, summation, GPU and operations do not follow from a layer list."
)
LETTERS = {1_000: "k", 1_000_000: "M"}
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of the table: what the layer list gives, what the notes print, and how far they are apart.

    `working` adds the figure of the notes up where it can be; `why` explains it.
    """

    name: str
    derived: str
    published: str
    verdict: str
    agrees: bool
    working: str = ""
    why: str = ""

    @property
    def heading(self) -> str:
        """``Units, 8084 in the notes, 10 less``"""
        return f"{self.name.capitalize()}, {self.published} in the notes, {self.verdict}"

    @property
    def explanation(self) -> str:
        return " ".join(part for part in (self.working, self.why) if part)


@dataclass(frozen=True, slots=True)
class Architecture:
    """A published network: its layers, counted, and the notes' figures beside the derived ones."""

    name: str
    title: str
    source: str
    task: str
    image: Cell
    layers: tuple[CountedLayer, ...]
    figures: tuple[Figure, ...]

    @property
    def total(self) -> Count:
        return total(layer.count for layer in self.layers)


@cache
def architectures() -> tuple[Architecture, ...]:
    """The three networks of the notes, in their order."""
    return tuple(_load(name) for name in NAMES)


def _load(name: str) -> Architecture:
    text = resource("architectures", f"{name}.toml").read_text(encoding="utf-8")
    return architecture(name, ArchitectureFile.model_validate(tomllib.loads(text)))


def architecture(name: str, file: ArchitectureFile) -> Architecture:
    """A layer list, counted and compared. Raises ValueError where a layer does not fit on the one below."""
    image = tuple(file.input)
    layers = counted(file.layers, image)
    figures = _figures(file, image, layers)
    return Architecture(name, file.title, file.source, file.task, image, layers, figures)


def _figures(file: ArchitectureFile, image: Cell, layers: Sequence[CountedLayer]) -> tuple[Figure, ...]:
    count = total(layer.count for layer in layers)
    derived = {
        "classes": layers[-1].count.units,
        "units": count.units,
        "parameters": count.parameters,
        "connections": count.connections,
    }
    return tuple(
        _image_figure(file.notes.image, image)
        if name == "image"
        else _figure(name, derived[name], getattr(file.notes, name))
        for name in ROWS
    )


def _figure(name: str, derived: int, published: PublishedTable) -> Figure:
    working = ""
    if published.terms:
        working = f"{' + '.join(map(grouped, published.terms))} = {grouped(sum(published.terms))}."
    return Figure(
        name,
        grouped(derived),
        published.shown,
        _verdict(derived, published),
        published.matches(derived),
        working,
        published.why,
    )


def _image_figure(published: PublishedTable, image: Cell) -> Figure:
    channels, *sides = image
    derived = sized([*sides, channels] if channels > 1 else sides)
    agrees = derived == published.shown
    return Figure(
        "image", derived, published.shown, "the same" if agrees else "differs", agrees, why=published.why
    )


def _verdict(derived: int, published: PublishedTable) -> str:
    """``the same``, ``the same, rounded``, ``256 more``, ``about 3k more``: the notes against the list."""
    difference = (published.value or 0) - derived
    if difference == 0:
        return "the same"
    if published.matches(derived):
        return "the same, rounded"
    apart = abs(difference)
    ending = "more" if difference > 0 else "less"
    if published.step == 1:
        return f"{grouped(apart)} {ending}"
    return f"about {round(apart / published.step)}{LETTERS[published.step]} {ending}"


# As text


def architectures_text() -> str:
    """The table, the explanations and the layer lists, as the command prints them."""
    networks = architectures()
    parts = [_table(networks), _filled(RULES), _filled(NOT_DERIVED)]
    parts += [_details(network) for network in networks]
    return "\n\n".join(parts) + "\n"


def _table(networks: Sequence[Architecture]) -> str:
    rows = [["", *(network.title for network in networks)], ["task", *(network.task for network in networks)]]
    for i, name in enumerate(ROWS):
        figures = [network.figures[i] for network in networks]
        rows.append([name, *(figure.derived for figure in figures)])
        rows.append(["  notes", *(f"{figure.published}: {figure.verdict}" for figure in figures)])
    return _aligned(rows, "<<<<")


def _details(network: Architecture) -> str:
    rows = [["", "output", "units", "parameters", "connections"]]
    rows.append(["Image", sized(network.image), "", "", ""])
    rows += [[layer.name, sized(layer.output), *figures_of(layer.count)] for layer in network.layers]
    rows.append(["Total", "", *figures_of(network.total)])
    kinds = [f"{layer.name}: {layer.kind}. {layer.note}".rstrip() for layer in network.layers]
    reasons = [f"{one.heading}: {one.explanation}" for one in network.figures if one.explanation]
    lines = [network.title, _filled(network.source), "", _aligned(rows, "<>>>>")]
    return "\n".join([*lines, "", *map(_filled, kinds), "", *map(_filled, reasons)])


def figures_of(count: Count) -> tuple[str, str, str]:
    """Units, parameters and connections as text; a dash for what sums nothing."""
    if not count.units:
        return "–", "–", "–"
    return grouped(count.units), grouped(count.parameters), grouped(count.connections)


def _filled(text: str) -> str:
    return textwrap.fill(text, WIDTH)


def _aligned(rows: Sequence[Sequence[str]], sides: str) -> str:
    """Columns of text, each to its side; no line ends with spaces."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            f"{text:{side}{width}}" for text, side, width in zip(row, sides, widths, strict=True)
        ).rstrip()
        for row in rows
    )
