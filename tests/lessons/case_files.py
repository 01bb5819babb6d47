"""Small lesson files, each reduced to the core of something that people really write."""

from __future__ import annotations

from pathlib import Path

from nnviz.engine.cursor import Walk
from nnviz.engine.explain import explain_place
from nnviz.engine.moment import resolve
from nnviz.engine.outline import Depth
from nnviz.lessons import catalogue
from nnviz.lessons.walkthrough import Form, walkthrough

CASES = Path(__file__).parent / "cases"


def case(name):
    return catalogue.load(str(CASES / f"{name}.nnviz.toml"))


def case_names():
    return sorted(path.name.removesuffix(".nnviz.toml") for path in CASES.glob("*.nnviz.toml"))


def walked(lesson, example=0, depth=Depth.NEURON):
    """The lines of the walk of a lesson."""
    return [text.strip() for text in walkthrough(lesson, Form(depth), example)]


def explanations(lesson, example, depth):
    """What is said at every stop of the first iteration."""
    walk = Walk(lesson.timeline)
    for position in walk.outline(0).stops(depth):
        yield explain_place(resolve(walk, walk.at(0, position, example), lesson.textbook), depth)


def end_of(lesson, example=0):
    """The end of the first iteration."""
    walk = Walk(lesson.timeline)
    return resolve(walk, walk.at(0, walk.outline(0).length, example), lesson.textbook)
