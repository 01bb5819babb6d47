"""Lessons on two moons for tests: with a validation set, or with batches and none."""

from __future__ import annotations

from nnviz.lessons.catalogue import load
from nnviz.lessons.lesson import Lesson

TEXT = """
format = 1
title = "Two moons"

[network]
initial = {{ method = "xavier", seed = 3 }}

[[network.layers]]
name = "Hidden"
units = 4
activation = "tanh"

[[network.layers]]
name = "Output"
units = 1

[data]
generate = {{ kind = "moons", examples = {examples}, noise = 0.25, seed = 1 }}
encoding = "single"
{split}

[training]
loss = "binary_cross_entropy"
optimizer = "{optimizer}"
learning_rate = {rate}
batch = {batch}
stop = {{ iterations = {iterations}{patience} }}
"""


def moons(
    folder,
    *,
    examples=40,
    validation=0.5,
    batch='"all"',
    patience=None,
    iterations=400,
    rate=0.05,
    optimizer="adam",
    name="moons",
) -> Lesson:
    """A lesson with these settings, from a file in a folder."""
    text = TEXT.format(
        examples=examples,
        split=f"split = {{ validation = {validation}, seed = 0 }}" if validation else "",
        optimizer=optimizer,
        rate=rate,
        batch=batch,
        iterations=iterations,
        patience=f", patience = {patience}" if patience else "",
    )
    path = folder / f"{name}.nnviz.toml"
    path.write_text(text, encoding="utf-8")
    return load(str(path))
