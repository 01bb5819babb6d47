"""Names are shown as they are written: markup in them is text, in every label, tip and accessible text."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import tomli_w
from PySide6.QtCore import (
    QAbstractListModel,
    QAbstractTableModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QAccessible, QAction, QHelpEvent, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGraphicsView,
    QLabel,
    QMenu,
    QMessageBox,
    QTabBar,
    QToolTip,
    QWidget,
)

import nnviz.ui
from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough import Form, walkthrough
from nnviz.printable import printable
from nnviz.ui.application import make_application
from nnviz.ui.data_form import DataForm
from nnviz.ui.layer_menu import make_menu
from nnviz.ui.main_window import MainWindow

MARK = "<img src=file:///x>R&D <b>a</b>&lt;[*]"
NAMES = ("title", "topic", "source", "summary", "name", "inputs", "columns", "names", "classes", "channels")
PIECES = ("<img", "src=", "R&D", "<b>", "&lt;", "&amp;", "[*]")
LESSONS = (
    "power-plant-logistic",
    "softmax-by-hand",
    "rgb-image",
    "max-pooling",
    "cnn-by-hand",
    "perceptron-line",
    "three-steps",
    "names-lstm",
)
TABLE = """
format = 1
title = "{mark}"
[data]
csv = "table.csv"
target = "{mark} kind"
[network]
initial = {{ method = "he" }}
[[network.layers]]
name = "{mark} hidden"
units = 3
[[network.layers]]
name = "{mark} output"
units = 2
activation = "softmax"
[training]
learning_rate = 0.1
loss = "cross_entropy"
"""


def marked(tables, key=""):
    """The tables of a lesson with the mark before every name."""
    if isinstance(tables, dict):
        return {
            name: marked(value, name if key != "narration" else "summary") for name, value in tables.items()
        }
    if isinstance(tables, list):
        return [marked(value, key) for value in tables]
    return f"{MARK}{tables}" if key in NAMES and isinstance(tables, str) and tables else tables


def marked_lesson(name):
    path = next(catalogue.resource("lessons").glob(f"*-{name}.nnviz.toml"))
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    for layer in tables["network"]["layers"]:
        layer.setdefault("id", "".join(c for c in layer.get("name", "flatten").lower() if c.isalnum()))
    labels = tables["data"].get("labels", [])
    if "classes" in tables["data"]:
        tables["data"]["labels"] = [f"{MARK}{one}" if isinstance(one, str) else one for one in labels]
    return catalogue.from_text(tomli_w.dumps(marked(tables)), f"{MARK}{name}")


def lesson_of_a_table(folder):
    rows = "\n".join(f"{i},{i % 3},{MARK}{'ab'[i % 2]}" for i in range(12))
    heads = ",".join(f"{MARK} {name}" for name in ("length", "width", "kind"))
    (folder / "table.csv").write_text(f"{heads}\n{rows}\n", encoding="utf-8")
    return catalogue.from_text(TABLE.format(mark=MARK), "table", folder)


@pytest.fixture(scope="module")
def window(qapp):
    make_application()
    one = MainWindow()
    one.resize(1440, 900)
    one.show()
    yield one
    one.close_now()  # what was typed in is asked about otherwise
    one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


# What people read

ROOT = QModelIndex()
ROLES = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)


def models_of(widget):
    return [widget.model()] if isinstance(widget, QAbstractItemView | QComboBox) else []


def texts_of_model(model, parent=ROOT):
    is_list = isinstance(model, QAbstractListModel)
    columns = range(1 if is_list else min(model.columnCount(ROOT), 12))
    for row in range(min(model.rowCount(parent), 40)):
        for column in columns:
            index = model.index(row, column, parent)
            yield from (index.data(role) for role in ROLES)
            if column == 0 and not isinstance(model, QAbstractListModel | QAbstractTableModel):
                yield from texts_of_model(model, index)
    for column in columns:
        yield from (model.headerData(column, Qt.Orientation.Horizontal, role) for role in ROLES)


def accessible(widget):
    face = QAccessible.queryAccessibleInterface(widget)
    if face is not None:
        yield from (face.text(kind) for kind in (QAccessible.Text.Name, QAccessible.Text.Description))


def plain_texts(top):
    """Every text of a window that stands there as it is read."""
    for widget in (top, *top.findChildren(QWidget)):
        yield from (widget.toolTip(), widget.statusTip(), widget.whatsThis())
        yield from (widget.accessibleName(), widget.accessibleDescription())
        yield from accessible(widget)
        if isinstance(widget, QLabel):
            yield widget.text()
        for model in models_of(widget):
            yield from texts_of_model(model)
        if isinstance(widget, QGraphicsView) and widget.scene() is not None:
            yield from (item.toolTip() for item in widget.scene().items())


def captions(top):
    """Every text in which & marks a key."""
    for widget in (top, *top.findChildren(QWidget)):
        if isinstance(widget, QAbstractButton):
            yield widget.text()
        if isinstance(widget, QTabBar):
            yield from map(widget.tabText, range(widget.count()))
        if isinstance(widget, QMenu):
            yield widget.title()
            yield from (action.text() for action in widget.actions())
    yield from (action.text() for action in top.findChildren(QAction))


def is_whole(text):
    """Whether the mark is there unchanged as often as any part of it is; the end may be cut off."""
    rest = text.replace(MARK, "")
    cut = next((n for n in range(len(MARK), 2, -1) if f"{MARK[:n]}…" in rest), 0)
    rest = rest.replace(f"{MARK[:cut]}…", "") if cut else rest
    return not any(piece in rest for piece in PIECES)


def check(top):
    """Every text of a window is whole, and the mark is in many of them."""
    texts = [text for text in plain_texts(top) if isinstance(text, str)]
    marks = re.compile("(?<!&)(?:&&)*&(?!&)")
    written = [text for text in captions(top) if not text.startswith("&")]
    assert [text for text in written if marks.search(text)] == []
    texts += [text.replace("&&", "&") for text in written]
    assert [text for text in texts if not is_whole(text)] == []
    labels = top.findChildren(QLabel)
    assert [one.text() for one in labels if one.textFormat() is not Qt.TextFormat.PlainText] == []
    return [text for text in texts if MARK in text]


@pytest.mark.parametrize("name", LESSONS)
def test_markup_in_every_name_of_a_lesson_is_shown_as_it_is_written(name, window):
    window.open_lesson(marked_lesson(name))
    for _ in range(3):
        window.player.step()
    look_at_all_tabs(window)
    assert len(check(window)) > 10
    check(make_menu(window.context, window.player.timeline.graph.layers[0].scope))
    assert window.windowTitle().replace("[*][*]", "[*]").startswith(MARK)


def test_markup_in_a_table_of_ones_own_is_shown_as_it_is_written(window, tmp_path):
    window.open_lesson(lesson_of_a_table(tmp_path))
    window.player.to_end()
    look_at_all_tabs(window)
    assert len(check(window)) > 20


def look_at_all_tabs(window):
    for place in range(window.tabs.count()):
        if window.tabs.isTabVisible(place):
            window.tabs.setCurrentIndex(place)
            QApplication.processEvents()


# What shows them


def tip():
    """The tool tip that is shown."""
    found = [one for one in QApplication.topLevelWidgets() if one.metaObject().className() == "QTipLabel"]
    return next(one for one in found if one.isVisible())


def test_a_tool_tip_is_plain_text(qtbot):
    label = QLabel("x")
    qtbot.addWidget(label)
    label.setToolTip(MARK)
    label.show()
    at = QPoint(2, 2)
    QApplication.sendEvent(label, QHelpEvent(QHelpEvent.Type.ToolTip, at, label.mapToGlobal(at)))
    assert (tip().text(), tip().textFormat()) == (MARK, Qt.TextFormat.PlainText)
    QToolTip.hideText()


@pytest.mark.parametrize("name", ["<img src=x>R&D<b>.toml", "x" * 300, "x" * 300 + ".toml", "\x1b[2J\n.toml"])
def test_a_message_about_a_file_is_plain_text(name, window):
    window.try_to_open(name)
    box = window.findChild(QMessageBox)
    shown = printable(name)
    assert box.text() == f"{shown} cannot be opened as a lesson."
    assert box.informativeText().startswith(f"{shown}: ")
    labels = [one for one in box.findChildren(QLabel) if one.text()]
    assert labels and all(one.textFormat() is Qt.TextFormat.PlainText for one in labels)
    box.close()
    box.setParent(None)
    box.deleteLater()


def test_the_button_of_a_file_says_its_name(qtbot, tmp_path):
    form = DataForm()
    qtbot.addWidget(form)
    form.show_choice(replace(form.choice, csv=tmp_path / "R&D.csv"))
    assert form.file.text() == "R&&D.csv"


@pytest.mark.parametrize("name", ["power-plant-logistic", "cnn-by-hand", "three-steps"])
def test_markup_in_a_walk_through_as_markdown_is_text(name, qapp):
    lesson = marked_lesson(name)
    printed = "\n".join(walkthrough(lesson, Form(Depth.LAYER, markdown=True), 0))
    page = QTextDocument()
    page.setMarkdown(printed, QTextDocument.MarkdownFeature.MarkdownDialectGitHub)
    assert page.toPlainText().count(MARK) > 5
    assert is_whole(page.toPlainText())


HTML = {
    "setHtml",
    "insertHtml",
    "appendHtml",
    "setMarkdown",
    "RichText",
    "AutoText",
    "MarkdownText",
    "fromHtml",
}
PAGES = {"help.py", "architectures.py"}  # which escape what they are made from


def test_no_view_writes_markup():
    written = []
    for path in Path(nnviz.ui.__file__).parent.rglob("*.py"):
        names = {
            one.attr for one in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(one, ast.Attribute)
        }
        if names & HTML and path.name not in PAGES:
            written.append((path.name, names & HTML))
    assert written == []
