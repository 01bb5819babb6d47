"""The layer list of a published network: its tables and fields. `architecture_count` counts what they say.

A list says what a lesson cannot: weighted sums that read some of the maps below, biases for each unit,
pooling with weights, output units that measure a distance.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Discriminator, Field, model_validator

from nnviz.lessons.schema_base import Prose, Table, Text

Positive = Annotated[int, Field(ge=1)]
Pair = Annotated[list[Positive], Field(min_length=2, max_length=2)]  # rows, columns
Margin = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)]
Maps = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]
NumberOrMaps = Positive | list[Maps] | None


class ListedLayer(Table):
    name: Text
    note: Prose = ""


class ConvolutionList(ListedLayer):
    """Maps of weighted sums. `reads` is how many maps below each of them reads, or which ones; else all.

    `biases` says what has a bias of its own: every map or every unit.
    """

    kind: Literal["convolution"]
    maps: Positive
    size: Pair
    stride: Pair = [1, 1]
    padding: Margin = [0, 0]
    reads: NumberOrMaps = None
    biases: Literal["map", "unit"] = "map"


class SubsamplingList(ListedLayer):
    """Windows side by side, summed, times one coefficient a map, plus one bias a map."""

    kind: Literal["subsampling"]
    size: Pair


class MaxPoolingList(ListedLayer):
    kind: Literal["max_pooling"]
    size: Pair
    stride: Pair


class DenseList(ListedLayer):
    kind: Literal["dense"]
    units: Positive


class DistanceList(ListedLayer):
    """Units that measure how far their input is from a center that is set by hand and not trained."""

    kind: Literal["distance"]
    units: Positive


AnyLayer = Annotated[
    ConvolutionList | SubsamplingList | MaxPoolingList | DenseList | DistanceList, Discriminator("kind")
]


class PublishedTable(Table):
    """A figure as the lecture notes print it, `step` telling how finely it is rounded.

    `terms` are numbers that add up to it, and `why` says what they are or why it differs.
    """

    shown: Text
    value: Positive | None = None
    step: Positive = 1
    terms: list[Positive] = []
    why: Prose = ""

    @model_validator(mode="after")
    def _terms_add_up(self) -> PublishedTable:
        if self.terms and (self.value is None or not self.matches(sum(self.terms))):
            raise ValueError(f"the terms add up to {sum(self.terms)}, which does not round to {self.shown}")
        return self

    def matches(self, number: int) -> bool:
        """Whether a number is this figure when it is rounded as the figure is."""
        return self.value is not None and abs(number - self.value) * 2 <= self.step


class ComparedTable(Table):
    """The rows of the notes' table that a layer list can be compared with."""

    classes: PublishedTable
    image: PublishedTable
    units: PublishedTable
    parameters: PublishedTable
    connections: PublishedTable


class ArchitectureFile(Table):
    """`input` is the image as the first layer reads it: channels, rows, columns."""

    title: Text
    source: Prose
    task: Text
    input: Annotated[list[Positive], Field(min_length=3, max_length=3)]
    layers: Annotated[list[AnyLayer], Field(min_length=1)]
    notes: ComparedTable
