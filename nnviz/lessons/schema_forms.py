"""What every form of data and every kind of layer may say in a lesson file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from nnviz.lessons.schema_base import BRANCH, Number, Table, Text


class NormalizeTable(Table):
    """What happens to the raw numbers before the network reads them."""

    method: Literal["none", "range", "standard"]
    decimals: Annotated[int, Field(ge=0, le=10)] | None = None
    min: list[Number] | None = None
    max: list[Number] | None = None
    targets: bool = True


def _count_or_share(value: Any) -> str:
    return f"{BRANCH}count" if isinstance(value, int) else f"{BRANCH}share"


Portion = Annotated[
    Annotated[int, Field(ge=0), Tag(f"{BRANCH}count")]
    | Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False), Tag(f"{BRANCH}share")],
    Discriminator(_count_or_share),
]


class SplitTable(Table):
    """How many examples are kept from training: counts, or shares below 1, drawn by the seed."""

    validation: Portion = 0
    test: Portion = 0
    seed: Annotated[int, Field(ge=0)] = 0


class EditsTable(Table):
    """Numbers of an example that were changed by hand, in the numbers that the network reads, by address."""

    example: Annotated[int, Field(ge=1)]
    values: Annotated[dict[str, Number], Field(min_length=1)]


class DataForm(Table):
    """What every form of data may say. `encoding` is for two classes: two columns, or one of 0/1 or −1/+1."""

    names: list[Text] | None = None
    normalize: NormalizeTable | None = None
    encoding: Literal["one_hot", "single", "signs"] | None = None
    split: SplitTable | None = None
    edits: list[EditsTable] | None = None


class LayerForm(Table):
    """What every layer may say."""

    name: Text
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")] | None = None
    reads: str | None = None
