"""Text of any origin as one harmless line: names and cells of files are quoted in messages."""

from __future__ import annotations

import re

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What commands a terminal, breaks a line, turns the direction of writing, or is no character at all."""


def printable(text: str) -> str:
    r"""The same text with its control characters written out: an escape is ``\x1b``, a line break ``\n``."""
    return CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
