"""No layout is filled before it is given to another one or to a widget.

Of a filled layout PySide6 makes Python wrappers for all items. Qt deletes those items without telling, and
the next object at the address of one is taken for it: a wrong attribute, or the death of the program.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import nnviz.ui

GIVING = {"addLayout", "insertLayout", "setLayout", "addRow", "insertRow"}
FILLING = ("add", "insert")
REACHING = {"itemAt", "itemAtPosition", "takeAt", "itemForPosition"}  # each makes a wrapper as well


def faults(source: str) -> list[int]:
    """The lines on which a layout is given away that may have been filled, or an item is taken out of one."""
    tree = ast.parse(source)
    bodies = [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.Lambda))]
    return sorted({line for body in bodies for line in _faults_in(body)})


def _faults_in(body: ast.AST) -> Iterator[int]:
    calls = sorted(_calls(body), key=lambda call: (call.lineno, call.col_offset))
    made = {name: line for node in _own(body) for name, line in _empty_layouts(node)}
    for call in calls:
        what = call.func.attr
        if what in REACHING:
            yield call.lineno
        elif what in GIVING:
            for given in _layouts(call):
                name = ast.unparse(given)
                began = made.get(name, 0)
                touched = any(
                    ast.unparse(one.func.value) == name and one.func.attr.startswith(FILLING)
                    for one in calls
                    if began <= one.lineno < call.lineno
                )
                if not _is_new(given) and (not began or touched):
                    yield call.lineno


def _own(body: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    for child in ast.iter_child_nodes(body):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from _own(child)


def _calls(body: ast.AST) -> list[ast.Call]:
    return [
        node for node in _own(body) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


def _layouts(call: ast.Call) -> list[ast.expr]:
    """The arguments that may be layouts: of a row in a form, only what is known to be one."""
    if call.func.attr in ("addRow", "insertRow"):
        return [one for one in call.args if "ayout" in ast.unparse(one)]
    return [one for one in call.args if not isinstance(one, ast.Constant)][:1]


def _is_new(node: ast.AST) -> bool:
    """``QHBoxLayout()``: without a parent."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.endswith("Layout")
        and not node.args
    )


def _empty_layouts(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The names that a statement gives to new layouts."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        pairs = [(target, node.value)]
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=False))  # one of them may have a star
        yield from ((ast.unparse(name), node.lineno) for name, value in pairs if _is_new(value))


EMPTY = """
def place(self):
    column = QVBoxLayout(self)
    row = QHBoxLayout()
    row.setSpacing(4)
    column.addLayout(row)
    row.addWidget(self.label)
""", """
def place(self):
    column, self._row, inner = QVBoxLayout(self), QHBoxLayout(), QGridLayout()
    column.addLayout(self._row, 1)
    self._row.addStretch(1)
    self._row.addLayout(inner)
    inner.addWidget(self.label, 0, 0)
""", """
def place(column):
    column.addLayout(QHBoxLayout())
    column.insertLayout(0, QHBoxLayout())
"""  # fmt: skip
FILLED = """
def place(self):
    column = QVBoxLayout(self)
    row = QHBoxLayout()
    row.addWidget(self.label)
    column.addLayout(row)
""", """
def place(self):
    row = QHBoxLayout()
    row.addStretch(1)
    self.setLayout(row)
""", """
def place(self, column):
    row, inner = QHBoxLayout(), QVBoxLayout()
    row.addLayout(inner)
    column.insertLayout(1, row)
""", """
def place(self, column):
    column.addLayout(self.row_of(self.label))
""", """
def place(self, column, *parts):
    for part in parts:
        column.addLayout(part)
""", """
def place(self):
    self._row = QHBoxLayout()
    self._row.addWidget(self.label)
    self.form.addRow("Width", self._row_layout)
""", """
def clear(self):
    while self.column.count():
        self.column.takeAt(0)
"""  # fmt: skip


@pytest.mark.parametrize("source", EMPTY)
def test_a_layout_that_is_filled_afterwards_passes(source):
    assert faults(source) == []


@pytest.mark.parametrize("source", FILLED)
def test_a_layout_that_may_be_filled_does_not(source):
    assert len(faults(source)) == 1


def test_no_layout_of_the_window_is_filled_before_it_is_given_away():
    root = Path(nnviz.ui.__file__).parent
    written = {path: path.read_text("utf-8") for path in sorted(root.rglob("*.py"))}
    assert [f"{path.name}:{line}" for path, text in written.items() for line in faults(text)] == []
