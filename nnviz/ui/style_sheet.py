"""What a palette cannot say: the style sheet of the application, made from the colors of a theme.

``property("kind")`` marks the few controls that have a look of their own.
"""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnviz.ui.style import Colors

SHEET = Template("""
QLabel,
QToolTip {
    qproperty-textFormat: PlainText;
}
QToolTip {
    background: $text;
    color: $panel;
    border: none;
    padding: 4px 8px;
}
QToolButton,
QPushButton {
    background: $panel;
    color: $text;
    border: 1px solid $control_border;
    border-radius: 7px;
    padding: 5px 10px;
}
QToolButton:hover,
QPushButton:hover {
    background: $grid;
}
QToolButton:pressed,
QPushButton:pressed {
    background: $line;
}
QToolButton:focus,
QPushButton:focus {
    border: 2px solid $positive;
    padding: 4px 9px;
}
QToolButton:disabled,
QPushButton:disabled {
    color: $faded;
}
QToolButton[kind="flat"],
QPushButton[kind="flat"] {
    border: 1px solid transparent;
    background: transparent;
}
QToolButton[kind="flat"]:hover,
QPushButton[kind="flat"]:hover {
    background: $grid;
}
QToolButton[kind="flat"]:focus,
QPushButton[kind="flat"]:focus {
    border: 1px solid $positive;
    padding: 5px 10px;
}
QPushButton[kind="primary"] {
    background: $text;
    color: $panel;
    font-weight: 600;
}
QPushButton[kind="primary"]:disabled {
    background: $grid;
    color: $faded;
}
QToolButton::menu-indicator {
    image: none;
}
QToolButton[kind="segment"] {
    border: 1px solid transparent;
    background: transparent;
    padding: 4px 9px;
    color: $muted;
}
QToolButton[kind="segment"]:checked {
    background: $panel;
    border: 1px solid $control_border;
    color: $text;
    font-weight: 600;
}
QToolButton[kind="segment"]:focus {
    border: 1px solid $positive;
}
QToolButton[kind="tool"] {
    border-radius: 6px;
    padding: 2px;
}
QToolButton[kind="tool"]:checked {
    background: $grid;
    border: 2px solid $text;
    padding: 1px;
}
QToolButton[kind="tool"]:focus {
    border: 2px solid $positive;
    padding: 1px;
}
QFrame[kind="segments"] {
    background: $window;
    border: 1px solid $control_border;
    border-radius: 8px;
}
QFrame[kind="panel"],
QWidget[kind="panel"] {
    background: $panel;
}
QTabWidget::pane {
    border: none;
    border-top: 1px solid $line;
    background: $panel;
}
QTabBar {
    background: $panel;
}
QTabBar::scroller {
    width: 0px;
}
QTabBar::tab {
    background: $panel;
    color: $muted;
    padding: 8px 5px;
    border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:selected {
    color: $text;
    font-weight: 600;
    border-bottom: 2px solid $text;
}
QTabBar::tab:focus {
    border-bottom: 2px solid $positive;
}
QMenu {
    background: $panel;
    color: $text;
    border: 1px solid $control_border;
    padding: 4px;
}
QMenu::item {
    padding: 6px 18px;
    border-radius: 5px;
}
QMenu::item:selected {
    background: $grid;
}
QMenu::item:disabled {
    color: $not_yet;
}
QMenu::separator {
    background: $line;
    height: 1px;
    margin: 4px 8px;
}
QLineEdit {
    background: $panel;
    color: $text;
    border: 1px solid $control_border;
    border-radius: 6px;
    padding: 3px 6px;
    selection-background-color: $positive;
    selection-color: $on_fill;
}
QPlainTextEdit {
    background: $panel;
    color: $text;
    border: 1px solid $control_border;
    border-radius: 6px;
    padding: 3px;
    selection-background-color: $positive;
}
QPlainTextEdit:focus {
    border: 2px solid $positive;
    padding: 2px;
}
QLineEdit[invalid="true"] {
    border: 2px solid $backward;
}
QHeaderView,
QTableCornerButton::section {
    background: $panel;
    border: none;
}
QHeaderView::section {
    background: $panel;
    color: $muted;
    border: none;
    padding: 4px 6px;
}
QTreeView,
QTableView,
QScrollArea,
QTextBrowser {
    background: $panel;
    border: none;
}
QScrollBar:vertical {
    background: transparent;
    width: 10px;
    margin: 0;
}
QScrollBar:horizontal {
    background: transparent;
    height: 10px;
    margin: 0;
}
QScrollBar::handle {
    background: $control_border;
    border-radius: 4px;
    min-height: 24px;
    min-width: 24px;
    margin: 1px;
}
QScrollBar::add-line,
QScrollBar::sub-line,
QScrollBar::add-page,
QScrollBar::sub-page {
    background: none;
    border: none;
    width: 0;
    height: 0;
}
QComboBox {
    background: $panel;
    color: $text;
    border: 1px solid $control_border;
    border-radius: 7px;
    padding: 4px 10px;
}
QComboBox:focus {
    border: 2px solid $positive;
    padding: 3px 9px;
}
QComboBox::drop-down {
    border: none;
    width: 18px;
}
QSplitter::handle {
    background: $line;
}
""")


def style_sheet(c: Colors) -> str:
    """The sheet of a theme."""
    faded = f"#66{c.text[1:]}"  # 40 % of the text color
    return SHEET.substitute(asdict(c), faded=faded)
