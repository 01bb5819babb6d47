"""Lessons on sequences, and moments of them, for tests of views."""

from nnviz.engine.cursor import Cursor, Walk
from nnviz.engine.moment import resolve
from nnviz.lessons import catalogue
from tests.lessons.test_recurrent_lessons import FOLDER


class Sequences:
    """A lesson on sequences, with the moment at any leaf."""

    def __init__(self, name):
        self.lesson = catalogue.load(str(FOLDER / f"{name}.nnviz.toml"))
        self.walk = Walk(self.lesson.timeline)
        self.graph, self.outline = self.lesson.timeline.graph, self.walk.outline(0)

    def moment(self, position, example=0):
        return resolve(self.walk, Cursor(0, position, example), self.lesson.textbook)

    def stage(self, kind, scope, into=None):
        return next(
            stage
            for stage in self.outline.stages
            if stage.kind is kind and stage.layer and stage.layer.scope == scope
        )

    def after(self, kind, scope, unit):
        """The moment at which a unit of a stage has just been computed."""
        return self.moment(self.stage(kind, scope).starts[unit + 1])
