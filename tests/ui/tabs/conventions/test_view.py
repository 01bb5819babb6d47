"""The conventions panel: everything is there, and nothing is cut off."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from nnviz.lessons import catalogue
from nnviz.ui.cells import with_italics
from nnviz.ui.tabs.conventions.view import ConventionsView, FormulaLine


def opened(qtbot, lesson, width=350):
    view = ConventionsView()
    qtbot.addWidget(view)
    view.resize(width, 420)
    view.set_conventions(lesson.conventions, lesson.source, lesson.summary)
    view.show()
    QApplication.processEvents()
    return view


def test_every_convention_is_listed_with_its_choice_and_formula(qtbot, lesson):
    view = opened(qtbot, lesson)
    texts = [label.text().lower() for label in view.labels]
    formulas = [line.text for line in view.findChildren(FormulaLine)]
    for row in lesson.conventions:
        assert row.name.lower() in texts and row.choice.lower() in texts
        assert not row.formula or with_italics(row.formula) in formulas
    assert any(lesson.source.lower() in text for text in texts)
    assert " ".join(lesson.summary.split()).lower() in texts


@pytest.mark.parametrize("width", [300, 350, 600])
@pytest.mark.parametrize("name", [entry.name for entry in catalogue.entries()])
def test_nothing_is_cut_off(qtbot, name, width):
    view = opened(qtbot, catalogue.load(name), width)
    lines = view.findChildren(FormulaLine)
    for part in (*view.labels, *lines):
        assert part.height() >= part.heightForWidth(part.width()), part.accessibleName()
        assert part.geometry().right() <= width - 10
    for line in lines:
        assert " ".join(line.lines(line.width())) == line.text


def test_another_lesson_replaces_what_was_there(qtbot, lesson):
    view = opened(qtbot, lesson)
    xor = catalogue.load("xor")
    view.set_conventions(xor.conventions, xor.source, xor.summary)
    QApplication.processEvents()
    assert "Squared error" not in [label.text() for label in view.labels]
    assert len(view.findChildren(FormulaLine)) == sum(bool(row.formula) for row in xor.conventions)


@pytest.mark.parametrize(
    ("plain", "shown"),
    [("φ′(0) = 0", "𝜑′(0) = 0"), ("E and ∂E/∂w", "𝐸 and ∂𝐸/∂𝑤"), ("softmax", "softmax")],
)
def test_only_single_letters_are_variables(plain, shown):
    assert with_italics(plain) == shown
