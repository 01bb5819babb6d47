"""The stored texts of the shipped lessons."""

from __future__ import annotations

from pathlib import Path

from nnviz.lessons.catalogue import load, names
from tests.golden_texts.texts import text_of
from tests.reading.stored_texts import Store

LESSONS = Store(Path(__file__).parent / "stored", names(), lambda name: text_of(load(name)))
