"""The page “Three networks compared”: LeNet 1989, LeNet 1998 and AlexNet 2012, derived from their layers."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from nnviz.engine.census import sized
from nnviz.lessons.architectures import NOT_DERIVED, RULES, Architecture, architectures, figures_of
from nnviz.ui import style
from nnviz.ui.architecture_table import ArchitectureTable
from nnviz.ui.boxes import add_row
from nnviz.ui.dialogs import fit_screen

SIZE = (1180, 680)
FIGURE_COLUMNS = ("Output", "Units", "Parameters", "Connections")


class ArchitecturesPage(QDialog):
    """The notes' table above, and below the layer list of the chosen network and why figures differ."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Three networks compared")
        self.networks = architectures()
        self.table = ArchitectureTable(self.networks)
        self.layers, self.reasons = _browser("Layers"), _browser("Where the notes differ")
        self.rules = QLabel(f"{RULES} {NOT_DERIVED}")
        self._place()
        self.table.chosen.connect(self._on_chosen)
        style.theme().changed.connect(self.refresh)
        self.refresh()
        fit_screen(self, *SIZE)

    def _place(self) -> None:
        self.rules.setWordWrap(True)
        self.rules.setFont(style.font(style.CONTROL))
        self.rules.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 12)
        column.setSpacing(10)
        column.addWidget(self._page())
        column.addWidget(buttons)

    def _page(self) -> QScrollArea:
        """Table and texts, to be scrolled where the screen is smaller than they are."""
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.table)
        lower = add_row(column, stretch=1)
        lower.setSpacing(16)
        lower.addWidget(self.layers, 4)
        lower.addWidget(self.reasons, 3)
        column.addWidget(self.rules)
        area = QScrollArea()
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(page)
        return area

    def refresh(self) -> None:
        """Write network and rules again in the colors of the theme."""
        network = self.networks[self.table.current]
        self.layers.setHtml(layers_html(network))
        self.reasons.setHtml(reasons_html(network))
        palette = self.rules.palette()
        palette.setColor(self.rules.foregroundRole(), QColor(style.colors().muted))
        self.rules.setPalette(palette)

    def _on_chosen(self, index: int) -> None:
        self.refresh()


def layers_html(network: Architecture) -> str:
    """The layer list: what each layer is, what it hands on, and its figures."""
    heads = "".join(
        f'<td align="right" style="padding-left: 14px">{_muted(name)}</td>' for name in FIGURE_COLUMNS
    )
    rows = [
        f"<tr><td><b>{escape(network.title)}</b></td>{heads}</tr>",
        _row("Image", "", sized(network.image)),
    ]
    rows += [
        _row(one.name, one.kind, sized(one.output), figures_of(one.count), bool(one.count.units))
        for one in network.layers
    ]
    rows.append(_row("Total", "", "", figures_of(network.total), True))
    return f'<table width="100%" cellspacing="0" cellpadding="3">{"".join(rows)}</table>'


def reasons_html(network: Architecture) -> str:
    """What the figures of the notes are made of, remarks on layers, and the paper."""
    parts = [
        f"<p><b>{escape(one.heading)}.</b><br>{escape(one.explanation)}</p>"
        for one in network.figures
        if one.explanation
    ]
    parts += [f"<p><b>{escape(one.name)}.</b> {escape(one.note)}</p>" for one in network.layers if one.note]
    return "".join([*parts, f"<p>{_muted(network.source)}</p>"])


def _row(
    name: str, kind: str, output: str, figures: tuple[str, ...] = ("", "", ""), has_units: bool = False
) -> str:
    title = f"<b>{escape(name)}</b>" + (f"&nbsp; {_muted(kind)}" if kind else "")
    cells = [output, *(f"<b>{one}</b>" if has_units else one for one in figures)]
    return f"<tr><td>{title}</td>{''.join(map(_cell, cells))}</tr>"


def _cell(text: str) -> str:
    return f'<td align="right" style="white-space: nowrap; padding-left: 14px">{text}</td>'


def _muted(text: str) -> str:
    return f'<span style="color: {style.colors().muted}">{escape(text)}</span>'


def _browser(name: str) -> QTextBrowser:
    browser = QTextBrowser()
    browser.setFont(QFont(style.font(style.CONTROL)))
    browser.document().setDocumentMargin(8)
    browser.setAccessibleName(name)
    browser.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return browser
