"""Names as they are written: where Qt reads marks in a text, they are doubled, and so stand for themselves.

Labels and tool tips need no help: the style sheet says that all of them are plain text.
"""

from __future__ import annotations


def caption(text: str) -> str:
    """A text on a button, a tab or in a menu, where & marks the letter that is the key."""
    return text.replace("&", "&&")


def window_title(text: str) -> str:
    """A text in the frame of a window, where [*] is the place of the mark for unsaved changes."""
    return text.replace("[*]", "[*][*]")
