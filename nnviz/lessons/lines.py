"""Which line of a TOML file a field stands in, which neither TOML nor the validator tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

TABLE = re.compile(r"^\s*\[(?!\[)\s*([^\]]+?)\s*\]\s*(#.*)?$")
ARRAY = re.compile(r"^\s*\[\[\s*([^\]]+?)\s*\]\]\s*(#.*)?$")
PART = r"(?:\"[^\"]*\"|'[^']*'|[\w\-]+)"
KEY = re.compile(rf"^\s*({PART}(?:\s*\.\s*{PART})*)\s*=")

Place = tuple[str | int, ...]


def line_of(text: str, place: Sequence[str | int]) -> int | None:
    """The line (from 1) of the field at `place`, or of the nearest table or key around it."""
    known = _places(text)
    wanted = tuple(place)
    while wanted and wanted not in known:
        wanted = wanted[:-1]
    return known.get(wanted)


def _places(text: str) -> dict[Place, int]:
    places: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.split("\n"), 1):
        if match := ARRAY.match(line):
            name = _resolve(_split(match[1]), counts)
            counts[name] = counts.get(name, -1) + 1
            table = (*name, counts[name])
            places.setdefault(name, number)
            places[table] = number
        elif match := TABLE.match(line):
            table = _resolve(_split(match[1]), counts)
            places[table] = number
        elif match := KEY.match(line):
            places.setdefault((*table, *_split(match[1])), number)
    return places


def _split(dotted: str) -> Place:
    return tuple(part.strip("\"'") for part in re.findall(PART, dotted))


def _resolve(name: Place, counts: dict[Place, int]) -> Place:
    """``network.layers.extra`` below ``[[network.layers]]`` means the newest of the layers."""
    resolved: Place = ()
    for index, part in enumerate(name):
        resolved = (*resolved, part)
        if resolved in counts and index < len(name) - 1:
            resolved = (*resolved, counts[resolved])
    return resolved
