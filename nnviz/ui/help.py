"""The help dialog: the first steps and every key, made from the commands themselves."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from nnviz.ui.commands import Command
from nnviz.ui.dialogs import fit_screen
from nnviz.ui.style import CONTROL, colors, font

FIRST_STEPS = """
<p><b>Step</b> with → or Space, and back with ←: back is exact, also across weight updates. Choose with
the number keys how much one step covers, from a single term of a sum to a whole epoch; ↓ goes into the
next neuron or cell term by term, ↑ out of it.</p>
<p><b>Click any number</b>, in the picture, a formula or a table: it explains itself below the picture. Esc
goes back to the step.</p>
<p><b>Double-click</b> a weight, a bias, an input, a target or α to change it; 0.5, 0,5, 1/2 and 5e-1 are
all a half. Everything after the change is computed anew, and Ctrl+Z takes it back.</p>
<p><b>Your own network</b>: Ctrl+N chooses data, layers and training, each choice explained; G lets it
learn. Right-click a layer for one neuron more or fewer, another activation function, a layer more;
Ctrl+E shows all choices, Ctrl+S saves the network as a lesson file.</p>
<p><b>Images</b>: draw with the pen of the Image tab, shift and clear there (Alt and the arrows,
Alt+Backspace), choose filters, stride, padding and pooling in the Filters tab.</p>
"""
SIZE = (640, 600)
ARROWS = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓", "PgDown": "Page Down", "PgUp": "Page Up"}


class HelpDialog(QDialog):
    """Keys and first steps."""

    def __init__(self, commands: list[Command], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys and first steps")
        text = QTextBrowser()
        text.setFont(font(CONTROL))
        text.setHtml(FIRST_STEPS + _table(commands))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(text)
        column.addWidget(buttons)
        fit_screen(self, *SIZE)


def _table(commands: list[Command]) -> str:
    rows, group = "", ""
    for command in commands:
        if command.group != group:
            group = command.group
            rows += f'<tr><td colspan="2"><br><b>{escape(group)}</b></td></tr>'
        keys = ", ".join(_pretty(key) for key in command.keys)
        style = f"color:{colors().muted}; padding-right:24px"
        rows += f'<tr><td style="{style}">{escape(keys)}</td><td>{escape(command.text)}</td></tr>'
    return f"<table>{rows}</table>"


def _pretty(key: str) -> str:
    """A key as it is printed on a keyboard."""
    modifiers, plus, name = key.rpartition("+")
    return f"{modifiers}{plus}{ARROWS.get(name, name)}" if name else key
