"""What can be said of a thing that a lesson names: which numbers it is given, and where it is chosen."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Domain(Enum):
    """Which numbers a setting may be."""

    ANY = "any"
    NOT_NEGATIVE = "not negative"
    POSITIVE = "positive"
    SHARE = "share"  # in [0, 1)


class Setting(NamedTuple):
    """A number that an activation or optimizer is given: its letter in formulas, and what it is.

    `argument` is what the constructor calls it, where that is not the name of the field in a lesson. One
    without a `sentence` is not offered in the dialogs, only in files.
    """

    domain: Domain
    letter: str = ""
    caption: str = ""
    title: str = ""
    sentence: str = ""
    argument: str = ""
