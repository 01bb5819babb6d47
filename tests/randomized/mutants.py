"""Small wrong changes to the program, and whether the tests see them.

``python -m tests.randomized.mutants --count 120 --seed 1`` copies the tree, changes one place of one module
at a time, runs the tests that are about it, and prints the diff of every change that no test has seen.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    "tests/engine/test_notation*.py",
    "tests/lessons/test_addresses_of_lessons.py",
)
SYMBOLS = "tests/reading/test_symbols.py::"
LINES = (
    "tests/engine/test_explain.py::test_a_sum_of_targets_that_is_not_1_stands_before_the_output",
    f"{SYMBOLS}test_a_filter_is_written_once_weight_by_what_lies_under_it",
    f"{SYMBOLS}test_every_op_loss_layer_and_convention_is_read",
    f"{SYMBOLS}test_every_number_that_is_picked_is_read",
    "tests/reading/test_sentences.py",
    "tests/lessons/test_ends_of_sequences.py",
    f"{SYMBOLS}test_the_symbols_of_a_lesson_give_its_numbers",
)
GOLDEN = "tests/golden_texts"
WORDS = ("tests/reading/test_sentences.py", "tests/engine/test_narrate*.py", GOLDEN)
PLACES = ("tests/engine/test_outline.py",)
PAGES = ("tests/ui/reading/test_pages.py", "tests/ui/test_matri*.py")
PICTURES = "tests/ui/reading/test_pictures.py"
CANVAS = (PICTURES, "tests/ui/reading/test_canvas.py", "tests/ui/test_canvas.py")
MAPS = (
    PICTURES,
    "tests/ui/picture/test_maps.py",
    "tests/ui/reading/test_canvas.py",
    "tests/ui/test_map_canvas.py",
)
STEPS = (
    PICTURES,
    "tests/ui/reading/test_canvas.py",
    "tests/ui/test_steps_text.py",
    "tests/ui/test_steps_canvas.py",
)
BANDS = (*MAPS, "tests/ui/test_overview.py", *STEPS[1:])
# The tests that are about a module, the quickest first.
TESTS: dict[str, tuple[str, ...]] = {
    "nnviz/engine/explain*.py": LINES,
    "nnviz/engine/terms*.py": LINES,
    "nnviz/engine/sums.py": ("tests/engine/test_sums.py", *LINES),
    "nnviz/engine/sliding.py": LINES,
    "nnviz/engine/places.py": (*PLACES, *LINES),
    "nnviz/engine/updates.py": LINES,
    "nnviz/engine/update_names.py": (*NAMES, *LINES),
    "nnviz/engine/notation*.py": (*NAMES, *LINES),
    "nnviz/engine/narrate*.py": WORDS,
    "nnviz/engine/titles.py": WORDS,
    "nnviz/ui/layout/matrix*.py": PAGES,
    "nnviz/ui/picture/network.py": CANVAS,
    "nnviz/ui/picture/spotlight.py": (*CANVAS, *MAPS, *STEPS),
    "nnviz/ui/picture/maps*.py": MAPS,
    "nnviz/ui/picture/steps*.py": STEPS,
    "nnviz/ui/items/*step*.py": STEPS,
    "nnviz/ui/items/columns.py": STEPS,
    "nnviz/ui/items/vector.py": STEPS,
    "nnviz/ui/items/symbols.py": STEPS,
    "nnviz/ui/items/grid*.py": MAPS,
    "nnviz/ui/items/map_scenery.py": MAPS,
    "nnviz/ui/items/panel.py": MAPS,
    "nnviz/ui/items/rays.py": MAPS,
    "nnviz/ui/items/work.py": MAPS,
    "nnviz/ui/items/overview*.py": BANDS,
    "nnviz/ui/items/board.py": ("tests/ui/test_canvas_input.py", *CANVAS),
    "nnviz/ui/items/[bcelns]*.py": CANVAS,
}
# Changed lines that mean the same, each with its reason.
EQUIVALENT = {
    "return f'unit {cell[1] + 1} of {layer.title} at step {cell[0] + 1}{meaning}'": "a cell is (step, unit)",
    "last = max(first, last - 1)": "the larger of two in any order",
}
OPPOSITE: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
SIGNS = {"−": "+", "+": "−", "start": "end", "end": "start"}
ROLES = {"forward": "backward", "backward": "forward", "positive": "negative", "negative": "positive"}


@dataclass(frozen=True)
class Mutant:
    """One changed module: its path, what it says now, and what was done."""

    path: str
    source: str
    what: str


# Changes


Change = Callable[[ast.AST], ast.AST | None]


def another_operator(node: ast.AST) -> ast.AST | None:
    """+ for −, < for ≤, and for or."""
    changed = deepcopy(node)
    if isinstance(changed, ast.BinOp | ast.BoolOp) and type(changed.op) in OPPOSITE:
        changed.op = OPPOSITE[type(changed.op)]()  # type: ignore[assignment]
        return changed
    if isinstance(changed, ast.Compare) and type(changed.ops[0]) in OPPOSITE:
        changed.ops[0] = OPPOSITE[type(changed.ops[0])]()  # type: ignore[call-overload]
        return changed
    return None


def off_by_one(node: ast.AST) -> ast.AST | None:
    """A small number, an index among them, made larger by 1."""
    if isinstance(node, ast.Constant) and type(node.value) is int and -3 <= node.value <= 6:
        return ast.Constant(node.value + 1)
    return None


def without_minus(node: ast.AST) -> ast.AST | None:
    """Negative(x) becomes x, and −x becomes x."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Negative":
        return deepcopy(node.args[0])
    return deepcopy(node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else None


def without_not(node: ast.AST) -> ast.AST | None:
    """What is not so becomes so."""
    return deepcopy(node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) else None


def other_branch(node: ast.AST) -> ast.AST | None:
    """The two branches of a condition change places."""
    if isinstance(node, ast.IfExp) or (isinstance(node, ast.If) and node.orelse):
        changed = deepcopy(node)
        changed.body, changed.orelse = changed.orelse, changed.body
        return changed
    return None


def swapped_arguments(node: ast.AST) -> ast.AST | None:
    """The first two operands, arguments or elements change places."""
    changed = deepcopy(node)
    if isinstance(changed, ast.Call) and len(changed.args) >= 2:
        changed.args[:2] = changed.args[1::-1]
        return None if ast.dump(changed) == ast.dump(node) else changed
    if isinstance(changed, ast.Tuple) and len(changed.elts) == 2 and isinstance(changed.ctx, ast.Load):
        changed.elts = changed.elts[::-1]
        return None if ast.dump(changed) == ast.dump(node) else changed
    return None


def another_word(node: ast.AST) -> ast.AST | None:
    """A sign or role for its opposite."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        other = SIGNS.get(node.value) or ROLES.get(node.value)
        return ast.Constant(other) if other else None
    if isinstance(node, ast.Attribute) and node.attr in {**SIGNS, **ROLES}:
        changed = deepcopy(node)
        changed.attr = SIGNS.get(node.attr) or ROLES[node.attr]
        return changed
    return None


CHANGES: tuple[Change, ...] = (
    another_operator,
    off_by_one,
    without_minus,
    without_not,
    other_branch,
    swapped_arguments,
    another_word,
)


# On the canvas a pixel more is no other meaning; a color, a sign or the end of an arrow is.
SEEN: tuple[Change, ...] = (another_word, other_branch, without_not)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.old:
            return ast.copy_location(self.new, node)
        return self.generic_visit(node)


def places(name: str, tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST, str]]:
    """What can be changed inside the functions of a module, with the change and its name."""
    changes = SEEN if name.startswith(("nnviz/ui/items", "nnviz/ui/picture")) else CHANGES
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            body = [statement for statement in function.body if not _is_docstring(statement)]
            for statement in body:
                for node in _without_asserts(statement):
                    for change in changes:
                        if (new := change(node)) is not None:
                            yield node, new, change.__name__.replace("_", " ")


def _without_asserts(statement: ast.AST) -> Iterator[ast.AST]:
    """A statement and all that it is made of, but for what is asserted and for functions inside of it."""
    if not isinstance(statement, ast.Assert | ast.FunctionDef):
        yield statement
        for part in ast.iter_child_nodes(statement):
            yield from _without_asserts(part)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def modules(only: str) -> list[str]:
    """The paths of all modules that are changed."""
    found = {path.relative_to(ROOT).as_posix() for pattern in TESTS for path in ROOT.glob(pattern)}
    return sorted(name for name in found if only in name)


def mutants(count: int, seed: int, only: str) -> Iterator[Mutant]:
    """So many changes, as many of every module as its number of places asks for."""
    chance = random.Random(seed)
    found: list[tuple[str, int]] = []
    for name in modules(only):
        whole = len(list(places(name, ast.parse((ROOT / name).read_text("utf-8")))))
        found += [(name, place) for place in range(whole)]
    for name, place in chance.sample(found, min(count, len(found))):
        source = (ROOT / name).read_text("utf-8")
        tree = ast.parse(source)
        old, new, what = list(places(name, tree))[place]
        line = getattr(old, "lineno", 0)
        changed = ast.unparse(_Replace(old, new).visit(tree))
        yield Mutant(name, changed, f"{name}:{line}: {what}: {ast.unparse(old)} → {ast.unparse(new)}")


# Tests


def tests_of(name: str) -> list[str]:
    """The tests that are about a module."""
    pattern = next(one for one in TESTS if Path(name).match(one))
    found = []
    for one in TESTS[pattern]:
        files, mark, function = one.partition("::")
        found += [path.relative_to(ROOT).as_posix() + mark + function for path in sorted(ROOT.glob(files))]
    return list(dict.fromkeys(found))


def is_caught(tree: Path, tests: Sequence[str], keeps_code: bool = False) -> bool:
    """Whether any test fails in a copy of the tree; one that hangs or dies is caught, too."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "" if keeps_code else "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, timeout=900)
    except subprocess.TimeoutExpired:
        return True
    if done.returncode > 2:
        raise RuntimeError(done.stdout.decode() + done.stderr.decode())
    return done.returncode != 0


def is_seen(tree: Path, mutant: Mutant) -> bool:
    """Whether the tests about a module see its change; afterwards it is as before, its time included."""
    target = tree / mutant.path
    whole, times = target.read_text("utf-8"), target.stat()
    target.write_text(mutant.source, "utf-8")
    caught = is_caught(tree, tests_of(mutant.path))
    target.write_text(whole, "utf-8")
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    return caught


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=120)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", help="only modules whose path has this in it")
    chosen = options.parse_args()
    found = [one for one in mutants(chosen.count, chosen.seed, chosen.only) if not _is_equivalent(one)]
    caught = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache"))
        if is_caught(tree, sorted({test for one in found for test in tests_of(one.path)}), keeps_code=True):
            raise SystemExit("a test fails without any change")
        for mutant in found:
            is_ok = is_seen(tree, mutant)
            caught += is_ok
            print(f"{'caught   ' if is_ok else 'SURVIVED '} {mutant.what}", flush=True)
            if not is_ok:
                print(_difference((tree / mutant.path).read_text("utf-8"), mutant.source), flush=True)
    print(f"{caught} of {len(found)} caught")
    return 0


def _is_equivalent(mutant: Mutant) -> bool:
    lines = _difference((ROOT / mutant.path).read_text("utf-8"), mutant.source).splitlines()
    return any(line.startswith("+") and line[1:].strip() in EQUIVALENT for line in lines)


def _difference(whole: str, changed: str) -> str:
    """The change as a diff, without the layout that the parser does not keep."""
    plain = ast.unparse(ast.parse(whole)).splitlines()
    return "\n".join(difflib.unified_diff(plain, changed.splitlines(), lineterm="", n=1))


if __name__ == "__main__":
    raise SystemExit(main())
