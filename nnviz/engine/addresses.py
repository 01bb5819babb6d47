"""The letters of addresses, and how one is taken apart: ``delta[6]`` is the letter delta and the index 6."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from nnviz.engine.optimizers import UPDATE_NUMBERS
from nnviz.engine.ref import Part

NEURON_LETTERS = {
    "z": ("z", Part.VALUE),
    "a": ("a", Part.VALUE),
    "delta": ("z", Part.DELTA),
    "da": ("a", Part.GRADIENT),
    "dz": ("z", Part.GRADIENT),
    "slope": ("a", Part.SLOPE),
    "error": ("a", Part.ERROR),
    "mask": ("mask", Part.VALUE),
}
WEIGHT_LETTERS = {"w": Part.VALUE, "dw": Part.GRADIENT, "w_new": Part.NEW}
SLOPE_LETTERS = {  # of a learned slope λ
    "lambda": Part.VALUE,
    "dlambda": Part.GRADIENT,
    "lambda_new": Part.NEW,
    "da_dlambda": Part.SLOPE,
}
UPDATE_LETTERS = {number.address: part for part, number in UPDATE_NUMBERS.items()}
WEIGHT_LETTERS |= UPDATE_LETTERS
SLOPE_LETTERS |= {f"{letter}_lambda": part for letter, part in UPDATE_LETTERS.items()}
INPUT_LETTERS = ("x", "data")  # data: before dropout
DATA_LETTERS = (*INPUT_LETTERS, "t")
ALL_LETTERS = (*NEURON_LETTERS, *WEIGHT_LETTERS, *SLOPE_LETTERS, *DATA_LETTERS, "E", "alpha")

POOL_LETTERS = {"p": ("p", Part.VALUE), "dp": ("p", Part.GRADIENT)}
BIAS_LETTERS = {"b": Part.VALUE, "db": Part.GRADIENT, "b_new": Part.NEW}
BIAS_LETTERS |= {f"{letter}_b": part for letter, part in UPDATE_LETTERS.items()}
WEIGHT_OF_BIAS = {  # b[7] is the weight 0 of neuron 7
    letter: next(k for k, one in WEIGHT_LETTERS.items() if one is part)
    for letter, part in BIAS_LETTERS.items()
}
MAP_LETTERS = (*ALL_LETTERS, *POOL_LETTERS, *BIAS_LETTERS)

LONGEST = 300  # characters of an address
ADDRESS = re.compile(r"\s*([A-Za-z_]+)\s*(?:\[([^\]]*)\])?\s*")


class AddressError(ValueError):
    """An address that means no number of this network."""


def plain(letters: Sequence[str]) -> list[str]:
    """Letters without those of what an optimizer computes between a gradient and a new weight."""
    inner = {*UPDATE_LETTERS, *(f"{between}_{of}" for between in UPDATE_LETTERS for of in letters)}
    return [letter for letter in letters if letter not in inner]


def split(address: str, letters: Sequence[str], such_as: str) -> tuple[str, list[str] | None]:
    """The letter and the indices of an address, None where it has no brackets.

    Raises AddressError for what is no address, and for a letter that is none of `letters`.
    """
    match = ADDRESS.fullmatch(address)
    if match is None or len(address) > LONGEST:
        shown = address if len(address) <= LONGEST else f"{address[:LONGEST]}…"
        raise AddressError(f"found “{shown}”, wanted an address such as {such_as}")
    letter, inside = match[1], match[2]
    if letter not in letters:
        close = difflib.get_close_matches(letter, letters, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise AddressError(f"found “{letter}”, wanted one of {', '.join(plain(letters))}{hint}")
    return letter, None if inside is None else [part.strip() for part in inside.split(",")]
