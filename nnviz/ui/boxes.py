"""Rows of widgets inside columns.

A row is added empty and filled afterwards: of a filled layout PySide6 wraps every item, Qt deletes the items
without telling, and whatever comes to lie at their address later is taken for one of them.
"""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

Row = tuple[QWidget | None, ...]  # None is a gap that grows


def add_row(column: QBoxLayout, *parts: QWidget | None, stretch: int = 0) -> QHBoxLayout:
    """Widgets side by side at the end of a column; None is a gap that grows."""
    row = QHBoxLayout()
    column.addLayout(row, stretch)
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def stack(*parts: QWidget | Row, margins: tuple[int, int] = (0, 0)) -> QWidget:
    """Widgets and rows below each other; rows keep a margin at their left and right."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        if isinstance(part, QWidget):
            column.addWidget(part)
        else:
            row = add_row(column, *part)
            row.setContentsMargins(margins[0], 0, margins[1], 0)
            row.setSpacing(8)
    return whole
