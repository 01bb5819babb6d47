"""From a file to its validated tables. Every mistake is told at once, with its line."""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from nnviz.lessons import schema, schema_data, schema_forms, schema_layers, schema_sequences
from nnviz.lessons.errors import LessonError, Problem
from nnviz.lessons.files import FileError, read_bytes
from nnviz.lessons.lines import line_of
from nnviz.lessons.schema import FORMAT, LessonFile
from nnviz.lessons.schema_base import BRANCH, Table

MOST_BYTES = 4 * 2**20
MOST_DOTS = 100
UNKNOWN = "found a field that "
KERNELS = 'a table as in [[[0, 1], [1, 0]]], or a name as in ["horizontal"]'
SEQUENCES = {("data", "sequences"): ("sequence", "step"), ("data", "targets"): ("sequence", "row")}
SYNTAX_PLACE = re.compile(r"\s*\(at line (\d+), column (\d+)\)|\s*\(at end of document\)")


WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "text in quotes",
    "list_type": "a list in brackets",
    "string_too_short": "some text",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "small letters, digits and underscores, a letter first",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "greater_than_equal": "{ge:,.12g} or more",
    "less_than_equal": "at most {le:,.12g}",
    "greater_than": "more than {gt:,.12g}",
}
"""What the validator wants, in the words of a lesson file."""


def read(path: Path) -> tuple[LessonFile, str]:
    """The tables of a lesson file and its text. Raises LessonError."""
    text = _text(path)
    return parse(text, str(path)), text


def parse(text: str, path: str) -> LessonFile:
    """The tables of a lesson given as text; `path` is what errors call it."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.partition("=")[0].count(".") > MOST_DOTS:
            raise LessonError(path, [Problem("", "found a key with far too many parts", number)])
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LessonError(path, [_syntax(str(error))]) from None
    except RecursionError:
        raise LessonError(path, [Problem("", "found brackets nested too deeply to read")]) from None
    except ValueError:  # Python's own limit
        raise LessonError(path, [Problem("", "found a whole number with thousands of digits")]) from None
    _check_format(tables, text, path)
    try:
        return LessonFile.model_validate(tables)
    except ValidationError as error:
        problems = [_problem(detail, text) for detail in error.errors()]
        raise LessonError(path, _sorted(problems)) from None


def _text(path: Path) -> str:
    try:
        content = read_bytes(path, MOST_BYTES)
    except FileError as error:
        raise LessonError(str(path), [Problem("", str(error))]) from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"found bytes that are not UTF-8 text (at byte {error.start + 1}), wanted a lesson file"
        raise LessonError(str(path), [Problem("", message)]) from None


def _check_format(tables: dict[str, Any], text: str, path: str) -> None:
    """A file from the future is told as such before anything else in it is complained about."""
    found = tables.get("format")
    if type(found) is int and 1 <= found <= FORMAT:
        return
    line = line_of(text, ("format",))
    if found is None:
        message = f"missing, wanted format = {FORMAT} at the top of the file"
    elif type(found) is int and found > FORMAT:
        message = (
            f"found version {found}, and this nnviz reads up to version {FORMAT}; a newer nnviz is needed"
        )
    else:
        message = f"found {found!r}, wanted format = {FORMAT}"
    raise LessonError(path, [Problem("format", message, line)])


def _syntax(message: str) -> Problem:
    match = SYNTAX_PLACE.search(message)
    line = int(match[1]) if match and match[1] else None
    column = f" (column {match[2]})" if match and match[2] else ""
    return Problem("", f"this is not TOML: {SYNTAX_PLACE.sub('', message)}{column}", line)


def _problem(detail: ErrorDetails, text: str) -> Problem:
    place = [part for part in detail["loc"] if not _is_branch(part)]
    if detail["type"] == "union_tag_invalid":
        place.append("kind")
    field, where = _spoken(place)
    return Problem(field, where + problem_message(detail), line_of(text, place))


def _spoken(place: list[Any]) -> tuple[str, str]:
    """A field, and of numbers in a sequence also which sequence and which step of it."""
    words = SEQUENCES.get(tuple(place[:2]), ())
    where = ", ".join(f"{word} {part + 1}" for word, part in zip(words, place[2:], strict=False))
    return (field_name(place[:2]), f"{where}: ") if where else (field_name(place), "")


def _is_branch(part: str | int) -> bool:
    """Names that the validator adds to tell the branches of a union apart."""
    return isinstance(part, str) and (
        part.startswith((BRANCH, "literal[", "constrained-", "function-")) or part == "int"
    )


def field_name(place: list[Any]) -> str:
    """``network.layers[1].units``, counting from 1 as people do."""
    name = ""
    for part in place:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else str(part)
    return name


def problem_message(detail: ErrorDetails) -> str:
    """What is wrong with one field: found and wanted."""
    kind, found = detail["type"], _shown(detail["input"])
    if kind == "missing":
        return "missing, wanted a value"
    if kind == "extra_forbidden":
        return _unknown_field(detail)
    if kind == "union_tag_invalid":
        return f"found {_shown(detail['input']['kind'])}, wanted one of {', '.join(schema_layers.KINDS)}"
    if kind == "string_pattern_mismatch" and "x00" in detail["msg"]:
        return f"found {found}, wanted text without control characters"
    if kind in ("too_short", "too_long"):
        least = "at least" if kind == "too_short" else "at most"
        limit = detail["ctx"]["min_length" if kind == "too_short" else "max_length"]
        return f"found a list of {detail['ctx']['actual_length']}, wanted {least} {limit}"
    if kind == "list_type" and "kernels" in detail["loc"]:
        return f"found {found}, wanted a list with an entry for each filter: {KERNELS}"
    if kind in WANTED:
        return f"found {found}, wanted {WANTED[kind].format(**detail.get('ctx', {}))}"
    wanted = detail["msg"].replace("Input should be ", "").replace("Input should have ", "")
    quoted = re.sub("'([^']*)'", "“\\1”", f"{wanted[0].lower()}{wanted[1:]}")
    return f"found {found}, wanted {quoted}{' or a whole number' if 'batch' in detail['loc'] else ''}"


def _unknown_field(detail: ErrorDetails) -> str:
    name = str(detail["loc"][-1])
    names = {name for table in _tables() for name in table.model_fields}
    if name in names:
        branch = next((p for p in reversed(detail["loc"]) if _is_branch(p)), "")
        where = str(branch).removeprefix(BRANCH).replace("_", " ")
        return f"{UNKNOWN}does not belong here{f' ({where})' if where else ''}"
    close = difflib.get_close_matches(name, sorted(names), 1)
    return f"{UNKNOWN}lessons do not have{f'; did you mean “{close[0]}”?' if close else ''}"


def _tables() -> list[type[Table]]:
    modules = (schema, schema_data, schema_forms, schema_layers, schema_sequences)
    every = [value for module in modules for value in vars(module).values()]
    return [t for t in every if isinstance(t, type) and issubclass(t, Table)]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        text = f"“{repr(value)[1:-1]}”" if isinstance(value, str) else repr(value)
    except ValueError:
        return "a number with thousands of digits"
    return text if len(text) <= 60 else text[:57] + "…"


def _sorted(problems: list[Problem]) -> list[Problem]:
    """Misspelled fields first, for others may be missing for that, then by line; each place once."""
    by_place: dict[tuple[int | None, str], Problem] = {}
    for problem in problems:
        by_place.setdefault((problem.line, problem.field), problem)
    return sorted(by_place.values(), key=lambda p: (not p.message.startswith(UNKNOWN), p.line or 10**9))
