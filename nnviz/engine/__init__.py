"""The numpy engine: networks as programs of textbook equations, with every number explainable.

Nothing here knows Qt. Importing the engine needs numpy and the standard library only. The names below are
its door for notebooks and scripts (docs/engine.md); each is imported when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "notebook": ("Network", "NotComputedError", "Steps", "network"),
    "layer_forms": ("LayerForm", "average_pool", "convolution", "dense", "gru", "lstm", "max_pool", "rnn"),
    "first_weights": ("Initial",),
    "initializers": ("INITIALIZERS",),
    "addresses": ("AddressError",),
    "conventions": ("Conventions",),
    "explain": ("Explanation",),
    "graph": ("GraphError",),
    "latex": ("latex_line",),
    "ops": ("ACTIVATIONS", "LOSSES"),
    "optimizers": ("OPTIMIZERS",),
    "order": ("Order",),
    "penalty": ("Penalty",),
    "schedules": ("SCHEDULES",),
    "typeset": ("line",),
}
_HOME = {name: module for module, names in _PUBLIC.items() for name in names}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
