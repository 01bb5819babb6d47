"""Points, boxes and discs in the plane, y downward."""

from __future__ import annotations

import math
from typing import NamedTuple


class Point(NamedTuple):
    x: float
    y: float

    def toward(self, other: Point, share: float) -> Point:
        """The point so far on the way to another."""
        return Point(self.x + (other.x - self.x) * share, self.y + (other.y - self.y) * share)

    def distance(self, other: Point) -> float:
        return math.hypot(other.x - self.x, other.y - self.y)


class Line(NamedTuple):
    start: Point
    end: Point


class Box(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def center(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)

    def grown(self, by: float) -> Box:
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlap(self, other: Box) -> float:
        """The area two boxes share."""
        wide = min(self.right, other.right) - max(self.x, other.x)
        high = min(self.bottom, other.bottom) - max(self.y, other.y)
        return wide * high if wide > 0 and high > 0 else 0.0


class Disc(NamedTuple):
    center: Point
    radius: float


def as_share(value: float) -> float:
    """A number as a part of a length, from 0 to 1; what is not a number is no part of it."""
    return 0.0 if math.isnan(value) else min(max(value, 0.0), 1.0)


def centered(center: Point, width: float, height: float) -> Box:
    return Box(center.x - width / 2, center.y - height / 2, width, height)


def leaves_box(box: Box, toward: Point) -> Point:
    """Where the line from the center of a box to a point outside crosses its border."""
    center = box.center
    dx, dy = toward.x - center.x, toward.y - center.y
    share = min(
        box.width / 2 / abs(dx) if dx else math.inf,
        box.height / 2 / abs(dy) if dy else math.inf,
    )
    return center.toward(toward, min(share, 1.0))


def leaves_disc(disc: Disc, toward: Point) -> Point:
    """Where the line from the center of a disc to a point outside crosses its border."""
    distance = disc.center.distance(toward)
    return disc.center.toward(toward, min(1.0, disc.radius / distance) if distance else 0.0)
