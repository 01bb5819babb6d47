"""The page that compares three networks: its table, what a click chooses, and both themes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox

from nnviz.lessons.architectures import architectures
from nnviz.ui import style
from nnviz.ui.architecture_table import BAR, DERIVED, GAP
from nnviz.ui.architectures import ArchitecturesPage
from nnviz.ui.cells import text_width


@pytest.fixture
def page(qtbot):
    page = ArchitecturesPage()
    qtbot.addWidget(page)
    page.show()
    qtbot.waitExposed(page)
    return page


@pytest.mark.parametrize("index", range(3))
def test_a_click_on_a_column_shows_its_layers(page, index):
    QTest.mouseClick(page.table, Qt.MouseButton.LeftButton, pos=page.table.column(index).center().toPoint())
    network = architectures()[index]
    layers, reasons = page.layers.toPlainText(), page.reasons.toPlainText()
    assert network.title in layers
    for layer in network.layers:
        assert layer.name in layers and f"{layer.count.connections:,}" in layers or not layer.has_units
    for figure in network.figures:
        assert figure.explanation in reasons
    assert network.title in page.table.accessibleDescription()


def test_arrow_keys_choose_and_stop_at_the_ends(page, qtbot):
    page.table.setFocus()
    for key, chosen in [
        (Qt.Key.Key_Left, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Right, 2),
    ]:
        qtbot.keyClick(page.table, key)
        assert page.table.current == chosen
    assert "Conv 1" in page.layers.toPlainText()


def test_the_chosen_column_is_seen(page):
    page.table.choose(1)
    image = page.table.grab().toImage()
    colors = [
        image.pixelColor(page.table.column(i).center().toPoint().x(), BAR // 2).name() for i in range(3)
    ]
    assert colors[0] == colors[2] != colors[1]


@pytest.mark.parametrize("width", [1008, 1180, 1600])
def test_no_texts_of_the_table_meet(page, width):
    page.resize(width, 680)
    QApplication.processEvents()
    for index, network in enumerate(page.networks):
        room = page.table.column(index).width() - DERIVED - GAP
        for figure in network.figures:
            weight = 400 if figure.agrees else 600
            assert text_width(figure.derived, 16, 600) <= DERIVED
            assert text_width(f"{figure.published}, {figure.verdict}", style.CONTROL, weight) <= room


def test_it_fits_on_a_small_screen(page):
    needed = page.minimumSizeHint()
    assert needed.width() <= 1280 and needed.height() <= 660


def test_the_theme_changes_its_text(page):
    before = page.layers.toHtml()
    style.theme().toggle()
    try:
        assert style.colors().muted.lower() in page.layers.toHtml().lower()
        assert page.layers.toHtml() != before
    finally:
        style.theme().toggle()


def test_it_closes_by_its_button_and_by_escape(page, qtbot):
    button = page.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not page.isVisible()
    page.show()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.isVisible()
