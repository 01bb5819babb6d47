"""What all tables of a lesson file are made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, create_model

from nnviz.engine.choices import Domain, Setting

MOST_UNITS = 2048
BRANCH = "branch:"  # begins the names that tell the tables of a union apart, which no file contains

ONE, MANY = f"{BRANCH}one", f"{BRANCH}many"

Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, lt=1, allow_inf_nan=False)]
NUMBERS: dict[Domain, Any] = {
    Domain.ANY: Number,
    Domain.NOT_NEGATIVE: NotNegative,
    Domain.POSITIVE: Positive,
    Domain.SHARE: Share,
}
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]  # one line
Label = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]  # one line, or nothing
Prose = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


def _how_many(value: Any) -> str:
    return MANY if isinstance(value, list) else ONE


ONE_OR_MANY = Discriminator(
    _how_many
)  # of a union of one thing and a list: only one of them is complained about


class Table(BaseModel):
    """A table of the file: nothing unknown in it, nothing silently converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def with_settings(base: type[Table], settings: Mapping[str, Setting]) -> type[Table]:
    """A table that also has a field for every setting, which may be left out."""
    fields: dict[str, Any] = {name: (NUMBERS[one.domain] | None, None) for name, one in settings.items()}
    return create_model(base.__name__, __base__=base, **fields)
