"""What makes one change touch many files, counted in the source: questions, lists, sizes, cycles."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.source import Module, Source
from benchmarks.table import Row

PRODUCT = Path(__file__).parent.parent / "nnviz"
OPS = "engine/ops"
FAMILIES = frozenset({"families", "dense", "maps", "steps"})  # folders in which kinds may be told apart
QUESTIONS = frozenset({"has_maps", "has_steps", "is_map", "is_stepwise"})
REGISTRIES = {
    "activations": "leaky_relu",
    "layer kinds": "max_pool",
    "optimizers": "rmsprop",
    "losses": "squared_error",
    "initializers": "glorot_uniform",
    "schedules": "cosine",
}
"""What lessons name -> a word that no list of such names leaves out."""

SHARED = 3  # names: fewer may be together by chance
MOST = 8  # details of a row


class Place(NamedTuple):
    """Where something was found."""

    module: str
    line: int
    what: str = ""


def rows(package: Path = PRODUCT) -> Iterator[Row]:
    """Every count of this file."""
    source = Source.of(package)
    asked = kinds_asked(source)
    families = questions(source)
    yield Row(
        "kinds of op and layer asked for outside engine/ops and families", len(asked), "×", 40, _most(asked)
    )
    yield Row("isinstance, of whatever it asks", len(instances(source)), "×")
    yield Row(f"{', '.join(sorted(QUESTIONS))} outside families", len(families), "×", None, _most(families))
    texts = scopes_read(source)
    yield Row("kinds read from the text of a scope", len(texts), "×", None, _most(texts))
    checks = asserts_at_import(source)
    yield Row("asserts about lists at import", len(checks), "×", 0, _most(checks))
    yield Row("product code", lines(source), "lines", 57_507)
    yield Row("  without empty lines, comments and docstrings", code_lines(source), "lines")
    (folder, modules), *_ = folders(source).most_common(1)
    yield Row(f"modules in one folder, most: {package.name}/{folder}", modules, "files", 20, _folders(source))
    hidden = hidden_cycles(source)
    yield Row("imports under TYPE_CHECKING that lie on a cycle", len(hidden), "×", 0, _leading(hidden))
    lists = all_lists(source)
    for registry, word in REGISTRIES.items():
        kept = lists_of(lists, word)
        yield Row(
            f"names of {registry} listed again in another module", max(len(kept) - 1, 0), "×", 0, _told(kept)
        )
    length, place = longest_function(source)
    yield Row(f"longest function: {place.module}.{place.what}", length, "lines", 40)


def _most(places: Iterable[Place]) -> tuple[str, ...]:
    """The modules with most of them."""
    counted = Counter(place.module for place in places).most_common(MOST)
    return (", ".join(f"{name} {count}" for name, count in counted),) if counted else ()


def _folders(source: Source) -> tuple[str, ...]:
    return (", ".join(f"{name or '.'} {count}" for name, count in folders(source).most_common(MOST)),)


def _leading(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(f"{place.module} reads {place.what}" for place in places)


def _told(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(f"{place.module}:{place.line}: {place.what}" for place in places)


# Kinds


def kinds_asked(source: Source) -> list[Place]:
    """Places that ask an object for its kind of op or layer, by isinstance, type or a class pattern."""
    kinds = source.kinds("Op", "Layer")
    return [
        Place(module.name, node.lineno)
        for module in source.modules.values()
        if not module.folder.startswith(OPS) and not _is_of_family(module)
        for node, wanted in _asking(module)
        if kinds.intersection(source.meant(module, wanted))
    ]


def _is_of_family(module: Module) -> bool:
    return not FAMILIES.isdisjoint(module.folder.split("/"))


def _asking(module: Module) -> Iterator[tuple[ast.expr | ast.pattern, ast.expr]]:
    """Whatever asks for a class, and the expression that names it."""
    for node in module.nodes:
        match node:
            case ast.Call(func=ast.Name("isinstance" | "issubclass"), args=[_, wanted]):
                yield node, wanted
            case ast.MatchClass():
                yield node, node.cls
            case ast.Compare(left=ast.Call(func=ast.Name("type")), comparators=[wanted]):
                yield node, wanted


def instances(source: Source) -> list[Place]:
    """All calls of isinstance."""
    return [
        Place(module.name, node.lineno)
        for module in source.modules.values()
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
    ]


def questions(source: Source) -> list[Place]:
    """Places that ask a network or a layer for its family."""
    return [
        Place(module.name, node.lineno, node.attr)
        for module in source.modules.values()
        if not _is_of_family(module)
        for node in module.nodes
        if isinstance(node, ast.Attribute) and node.attr in QUESTIONS
    ]


def scopes_read(source: Source) -> list[Place]:
    """Places that take a scope apart, ``hidden1/z``, to see what stands at its end."""
    return [
        Place(module.name, node.lineno)
        for module in source.modules.values()
        for node in module.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("rpartition", "endswith")
        and any(isinstance(part, ast.Attribute) and part.attr == "scope" for part in ast.walk(node.func))
    ]


def asserts_at_import(source: Source) -> list[Place]:
    """Assertions that hold two lists together when a module is imported."""
    return [
        Place(module.name, node.lineno)
        for module in source.modules.values()
        for node in module.tree.body
        if isinstance(node, ast.Assert)
    ]


# Sizes


def lines(source: Source) -> int:
    return sum(len(module.text.splitlines()) for module in source.modules.values())


def code_lines(source: Source) -> int:
    """Lines on which a statement or a part of one stands, docstrings apart."""
    return sum(len(_lines_of_code(module)) for module in source.modules.values())


def _lines_of_code(module: Module) -> set[int]:
    written = {
        number
        for number, line in enumerate(module.text.splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    }
    for node in module.nodes:
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            written -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return written


def folders(source: Source) -> Counter[str]:
    """How many modules lie in each folder, its ``__init__`` apart."""
    return Counter(module.folder for module in source.modules.values() if not module.is_package)


def longest_function(source: Source) -> tuple[int, Place]:
    return max(
        ((node.end_lineno or 0) - node.lineno + 1, Place(module.name, node.lineno, node.name))
        for module in source.modules.values()
        for node in module.nodes
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


# Imports


def hidden_cycles(source: Source) -> list[Place]:
    """Imports for types only of a module that, by what modules import when they are imported, leads back."""
    hidden = {name: _for_types(source, module) for name, module in source.modules.items()}
    reads = {name: hidden[name] | _at_once(source, module) for name, module in source.modules.items()}
    return [
        Place(name, 0, wanted)
        for name in source.modules
        for wanted in sorted(hidden[name])
        if name in _reached(reads, wanted)
    ]


def _for_types(source: Source, module: Module) -> set[str]:
    inside = (node for block in module.tree.body if _is_for_types(block) for node in ast.walk(block))
    return source.imports(module, inside)


def _at_once(source: Source, module: Module) -> set[str]:
    """What is imported with the module, not in a function."""
    return source.imports(module, (node for node in module.tree.body if not _is_for_types(node)))


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def _reached(reads: dict[str, set[str]], start: str) -> set[str]:
    """Every module that one leads to, itself included."""
    found, todo = {start}, [start]
    while todo:
        more = reads[todo.pop()] - found
        found |= more
        todo += more
    return found


# Lists of names


class Listed(NamedTuple):
    """Texts that are written side by side."""

    module: str
    line: int
    texts: frozenset[str]


def lists_of(lists: Iterable[Listed], word: str) -> list[Place]:
    """The first list of each module with some names of a registry, the longest list with a word of it."""
    lists = list(lists)
    names = max((one.texts for one in lists if word in one.texts), key=len, default=frozenset())
    found: dict[str, Place] = {}
    for module, line, texts in lists:
        if len(shared := sorted(names & texts)) >= SHARED:
            found.setdefault(module, Place(module, line, ", ".join(shared)))
    return list(found.values())


def all_lists(source: Source) -> list[Listed]:
    return [one for module in source.modules.values() for one in (*_lists(module), _of_classes(module))]


def _lists(module: Module) -> Iterator[Listed]:
    """Keys, elements, arguments, and the cases of one match."""
    for node in module.nodes:
        match node:
            case ast.Dict(keys=said) | ast.Tuple(elts=said) | ast.List(elts=said) | ast.Set(elts=said):
                yield Listed(module.name, node.lineno, frozenset(_texts(said)))
            case ast.Call(args=said):
                yield Listed(module.name, node.lineno, frozenset(_texts(said)))
            case ast.Match(cases=cases):
                patterns = (part for case in cases for part in ast.walk(case.pattern))
                said = [part.value for part in patterns if isinstance(part, ast.MatchValue)]
                yield Listed(module.name, node.lineno, frozenset(_texts(said)))


def _of_classes(module: Module) -> Listed:
    """What the classes of a module give as their ``key`` or ``name``."""
    given = (
        line.value
        for node in module.classes.values()
        for line in node.body
        if isinstance(line, ast.Assign | ast.AnnAssign)
        for target in (line.targets if isinstance(line, ast.Assign) else [line.target])
        if isinstance(target, ast.Name) and target.id in ("key", "name")
    )
    return Listed(module.name, 1, frozenset(_texts(given)))


def _texts(parts: Iterable[ast.expr | None]) -> Iterator[str]:
    """Texts, and the first of those that stand together, as a name does before its title."""
    for part in parts:
        match part:
            case ast.Constant(value=str(text)) | ast.Tuple(elts=[ast.Constant(value=str(text)), *_]) if text:
                yield text
