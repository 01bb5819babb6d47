"""The source of a package, read and not run: its modules, what they import, and which classes they name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, eq=False)
class Module:
    """One file of a package; `name` is its dotted name, that of a package for its ``__init__``."""

    name: str
    path: Path
    folder: str  # below the package, with slashes
    text: str
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.name == "__init__.py"

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def classes(self) -> dict[str, ast.ClassDef]:
        return {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}

    @cached_property
    def values(self) -> dict[str, ast.expr]:
        """What the names of the module stand for, where it assigns them."""
        found: dict[str, ast.expr] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Assign):
                found |= {target.id: node.value for target in node.targets if isinstance(target, ast.Name)}
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                found[node.target.id] = node.value
        return found

    @cached_property
    def imported(self) -> dict[str, str]:
        """Every name that is imported anywhere in the module, with the dotted name that it stands for."""
        found: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.ImportFrom):
                found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            elif isinstance(node, ast.Import):
                found |= {one.asname: one.name for one in node.names if one.asname}
        return found


@dataclass(frozen=True, eq=False)
class Source:
    """All modules of a package, by their dotted names."""

    modules: dict[str, Module]

    @classmethod
    def of(cls, package: Path) -> Source:
        """Read a folder of Python files."""
        read = (_read(package, path) for path in sorted(package.rglob("*.py")))
        return cls({module.name: module for module in read})

    # What a name stands for

    def meant(self, module: Module, expression: ast.expr) -> Iterator[str]:
        """The dotted names of the classes that an expression names, behind aliases, tuples and unions."""
        match expression:
            case ast.Tuple() | ast.List():
                for one in expression.elts:
                    yield from self.meant(module, one)
            case ast.BinOp(op=ast.BitOr()):
                yield from self.meant(module, expression.left)
                yield from self.meant(module, expression.right)
            case ast.Name():
                yield from self._named(module, expression.id)
            case ast.Attribute(value=ast.Name(id=before)):
                yield from self._found(f"{module.imported.get(before, before)}.{expression.attr}")

    def _named(self, module: Module, name: str) -> Iterator[str]:
        if name in module.classes:
            yield f"{module.name}.{name}"
        elif name in module.imported:
            yield from self._found(module.imported[name])
        elif name in module.values:
            yield from self.meant(module, module.values[name])

    def _found(self, dotted: str) -> Iterator[str]:
        """What a dotted name stands for in the module that it leads to."""
        before, _, name = dotted.rpartition(".")
        if before in self.modules and dotted not in self.modules:
            yield from self._named(self.modules[before], name)

    # Kinds

    def kinds(self, *roots: str) -> set[str]:
        """All classes below those with one of these names, and these themselves."""
        found = {f"{m.name}.{name}" for m in self.modules.values() for name in m.classes if name in roots}
        bases = {
            f"{module.name}.{name}": {base for one in node.bases for base in self.meant(module, one)}
            for module in self.modules.values()
            for name, node in module.classes.items()
        }
        while more := {name for name, above in bases.items() if above & found} - found:
            found |= more
        return found

    # Imports

    def imports(self, module: Module, nodes: Iterable[ast.AST]) -> set[str]:
        """The modules of the package that some statements import."""
        found = set()
        for node in nodes:
            if isinstance(node, ast.Import):
                found |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom):
                inner = {f"{node.module}.{one.name}" for one in node.names}
                found |= {one if one in self.modules else str(node.module) for one in inner}
        return {name for name in found if name in self.modules} - {module.name}


def _read(package: Path, path: Path) -> Module:
    inside = path.relative_to(package)
    parts = [package.name, *inside.with_suffix("").parts]
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    text = path.read_text("utf-8")
    return Module(name, path, inside.parent.as_posix().removeprefix("."), text, ast.parse(text))
