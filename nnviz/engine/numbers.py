"""How a number is shown, everywhere: fixed digits, true minus, data with the digits it was written with."""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike

MINUS = "−"
MOST_DECIMALS = 10
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")  # a whole number as nnviz prints it


def show(value: float, digits: int = 4, decimals: int | None = None) -> str:
    """A number as text: ``show(-0.00061, 4) == "−0.0006"``.

    `decimals` is the number's own count of decimals where it is data; more than `digits` are not shown.
    What would round to nothing is shown in scientific notation, zero never has a sign, thousands are set off
    with a comma.
    """
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    places = digits if decimals is None else min(decimals, digits)
    if abs(value) >= 1e9:
        return scientific(value, digits)
    text = f"{abs(value):,.{places}f}"
    if value != 0 and not any(c in "123456789" for c in text):
        return scientific(value, 1)
    return MINUS + text if value < 0 else text


def show_like(value: float, text: str) -> str:
    """A number in the scientific notation of another one, as precise as that; empty where it has none.

    >>> show_like(0.00005, "5.0e−5"), show_like(0.00005, "0.0001")
    ('5.0e−5', '')
    """
    mantissa, e, _ = text.partition("e")
    return scientific(value, len(mantissa.partition(".")[2])) if e and math.isfinite(value) else ""


def shown_value(value: float, digits: int, decimals: int | None = None) -> Fraction | float:
    """The number that a reader gets who takes the shown digits at their word, exactly where it is finite."""
    if not math.isfinite(value):
        return value
    return Fraction(show(value, digits, decimals).replace(MINUS, "-").replace(",", ""))


def counted(count: int, what: str) -> str:
    """``counted(1, "position") == "1 position"``, ``counted(2000, "position") == "2,000 positions"``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def own_decimals(values: ArrayLike, most: int = MOST_DECIMALS) -> int | None:
    """How many decimals data was written with, the same for all of it; None if more than `most`."""
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        return None
    with np.errstate(over="ignore"):
        return next((n for n in range(most + 1) if np.array_equal(np.round(numbers, n), numbers)), None)


def has_thousands(shown: str) -> bool:
    """Whether a printed number has a comma between its thousands."""
    return "," in shown


def parse(text: str, has_thousands: bool = False) -> float:
    """A number as people type it: ``0.5``, ``.5``, ``0,5``, ``1/2`` and ``5e-1`` are all a half.

    ``1,650`` is 1650 where the number that is typed over `has_thousands`, as ``2,104`` has; elsewhere it may
    as well be 1.65 and is refused. Raises ValueError that says what was found and what was wanted.
    """
    plain = text.strip().replace(MINUS, "-").replace("–", "-").replace("\u00a0", "")
    parts = [part.strip() for part in plain.split("/")]
    if not has_thousands and (doubtful := next(filter(_is_ambiguous, parts), "")):
        wanted = f"wanted a number such as {_both_ways(doubtful)}"
        raise ValueError(f"found “{text.strip()}”{ambiguity(doubtful)}; {wanted}")
    try:
        above, slash, below = plain.partition("/")
        value = _decimal(above) / _decimal(below) if slash else _decimal(plain)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"found “{text.strip()}”, wanted a number such as 0.5, 0,5, 1/2 or 5e-1") from None
    if not math.isfinite(value):
        raise ValueError(f"found “{text.strip()}”, wanted a finite number")
    return value


def parse_whole(text: str) -> int:
    """A whole number, with or without commas between its thousands. Raises ValueError."""
    value = parse(text, has_thousands=True)
    if not value.is_integer():
        raise ValueError(f"found “{text.strip()}”, wanted a whole number")
    return int(value)


def _is_ambiguous(text: str) -> bool:
    """Whether a comma may be that of decimals and that between thousands."""
    return text.count(",") == 1 and bool(GROUPED.fullmatch(re.split("[eE]", text)[0]))


def ambiguity(text: str) -> str:
    """The two numbers that a text may be, in words that go on from it; empty where it is not two."""
    return f", which may be {_both_ways(text)}" if _is_ambiguous(text) else ""


def _both_ways(text: str) -> str:
    return f"{text.replace(',', '')} or {text.replace(',', '.')}"


def _decimal(text: str) -> float:
    text = text.strip()
    if "_" in text or text.lower().lstrip("+-").startswith(("inf", "nan")):
        raise ValueError(text)
    if _is_ambiguous(text):
        text = text.replace(",", "")
    elif text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    elif "," in text:
        text = _without_thousands(text)
    return float(text)


def _without_thousands(text: str) -> str:
    """``1,234,567.8`` as Python reads it; commas anywhere else are an error."""
    whole, point, rest = text.partition(".")
    groups = whole.lstrip("+-").split(",")
    if not (1 <= len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:]) and "," not in rest):
        raise ValueError(text)
    return whole.replace(",", "") + point + rest


def scientific(value: float, places: int) -> str:
    """A number in scientific notation: ``scientific(-1020, 1) == "−1.0e3"``."""
    mantissa, _, exponent = f"{value:.{places}e}".partition("e")
    power = str(int(exponent))
    return f"{mantissa}e{power}".replace("-", MINUS)
