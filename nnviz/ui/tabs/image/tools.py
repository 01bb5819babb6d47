"""The buttons above an image: what the mouse does to it, and what is done to the whole of it at once."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from nnviz.ui.style import icon, theme

SIDE, NARROWEST, SPACE, GROUP = 28, 24, 2, 7
TOOLS = (
    ("", "mouse-pointer-2", "Click pixels: pick one, double-click to type", "Alt+A"),
    ("pen", "pencil", "Draw with the mouse; the right button erases", "Alt+P"),
    ("eraser", "eraser", "Erase with the mouse", "Alt+E"),
)
SHIFTS = (
    ((0, -1), "arrow-left", "left", "Alt+Left"),
    ((-1, 0), "arrow-up", "up", "Alt+Up"),
    ((1, 0), "arrow-down", "down", "Alt+Down"),
    ((0, 1), "arrow-right", "right", "Alt+Right"),
)


class ImageTools(QWidget):
    """Three tools of which one is chosen, and buttons that act at once. Their keys work while seen."""

    tool_chosen = Signal(str)  # "", "pen" or "eraser"
    clear_requested = Signal()
    shift_requested = Signal(int, int)  # down, right
    load_requested = Signal()
    original_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: list[tuple[QToolButton, str]] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        self.tools = self._make_tools()
        self.clear = self._button("trash-2", "Clear: all background", "Alt+Backspace")
        self.clear.clicked.connect(self.clear_requested)
        self._row.addSpacing(GROUP)
        self.shifts = self._make_shifts()
        self._row.addSpacing(GROUP)
        self.load = self._button("folder-open", "Load an image file, or drop one on the image", "Alt+L")
        self.load.clicked.connect(self.load_requested)
        self.original = self._button("rotate-ccw", "Back to the original image of the lesson", "Alt+O")
        self.original.clicked.connect(self.original_requested)
        self.setMaximumWidth(9 * SIDE + 8 * SPACE + 2 * GROUP + 4 * SPACE)
        theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def set_can(self, has_rows: bool, has_original: bool) -> None:
        """What makes sense for an image: a sequence moves sideways only and is in no picture file."""
        for (down, _), button in self.shifts.items():
            button.setEnabled(has_rows or not down)
        self.load.setEnabled(has_rows)
        self.original.setEnabled(has_original)

    def choose(self, tool: str) -> None:
        """Take a tool into the hand. No button group: it would leave Tab only the tool that is chosen."""
        for name, button in self.tools.items():
            button.setChecked(name == tool)
        self.tool_chosen.emit(tool)

    def _make_tools(self) -> dict[str, QToolButton]:
        tools = {}
        for tool, name, tip, key in TOOLS:
            button = self._button(name, tip, key)
            button.setCheckable(True)
            button.setChecked(not tool)
            button.clicked.connect(partial(self._on_tool_clicked, tool))
            tools[tool] = button
        return tools

    def _make_shifts(self) -> dict[tuple[int, int], QToolButton]:
        shifts = {}
        for way, name, word, key in SHIFTS:
            button = self._button(name, f"Move the image one pixel {word}", key)
            button.clicked.connect(partial(self._on_shift_clicked, way))
            shifts[way] = button
        return shifts

    def _button(self, name: str, tip: str, key: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("kind", "tool")
        button.setFixedHeight(SIDE)
        button.setMinimumWidth(NARROWEST)
        button.setMaximumWidth(SIDE)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        button.setIconSize(QSize(16, 16))
        button.setShortcut(key)
        button.setToolTip(f"{tip} ({key})")
        button.setAccessibleName(tip)
        self._row.addWidget(button)
        self._icons.append((button, name))
        return button

    def _on_tool_clicked(self, tool: str, _: bool = False) -> None:
        self.choose(tool)

    def _on_shift_clicked(self, way: tuple[int, int], _: bool = False) -> None:
        self.shift_requested.emit(*way)

    def _on_theme_changed(self) -> None:
        for button, name in self._icons:
            button.setIcon(icon(name, size=16))
