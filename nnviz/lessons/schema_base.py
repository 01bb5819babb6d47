"""What all tables of a lesson file are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field

MOST_UNITS = 2048
BRANCH = "branch:"  # begins the names that tell the tables of a union apart, which no file contains

ONE, MANY = f"{BRANCH}one", f"{BRANCH}many"

Number = Annotated[float, Field(allow_inf_nan=False)]
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
