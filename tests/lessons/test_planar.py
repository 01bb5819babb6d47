"""The classic sets of points: they are what their formulas say, and the same again with the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.lessons.planar import CURVES, PLANAR, circle, gaussians, linear, moons, spirals, xor

EVERY = [(name, k) for name, one in PLANAR.items() for k in range(2, one.most_classes + 1)]


@pytest.mark.parametrize(("name", "classes"), EVERY)
@pytest.mark.parametrize("examples", [1, 7, 200])
def test_shapes_balance_and_seed(name, classes, examples):
    draw = PLANAR[name].draw
    points, labels = draw(examples, 0.1, 3, classes)
    assert points.shape == (examples, 2) and labels.shape == (examples,)
    counts = np.bincount(labels, minlength=classes)
    assert len(counts) == classes and counts.max() - counts.min() <= 1
    again, other = draw(examples, 0.1, 3, classes)[0], draw(examples, 0.1, 4, classes)[0]
    assert np.array_equal(points, again) and not np.array_equal(points, other)


@pytest.mark.parametrize("name", PLANAR)
def test_noise_moves_the_points_by_as_much_as_it_says(name):
    draw = PLANAR[name].draw
    moved = draw(4000, 0.3, 1, 2)[0] - draw(4000, 0.0, 1, 2)[0]
    assert moved.std() == pytest.approx(0.3, rel=0.05) and abs(moved.mean()) < 0.02


def test_linear_has_its_margin():
    points, labels = linear(500)
    away = points.sum(axis=1) / np.sqrt(2.0) * (2 * labels - 1)
    assert 0.2 <= away.min() < 0.25


def test_xor_is_the_sign_of_the_product():
    points, labels = xor(500)
    assert np.array_equal(labels == 1, points.prod(axis=1) < 0)


def test_a_circle_separates_disk_and_ring():
    points, labels = circle(500)
    radius = np.hypot(*points.T)
    assert radius[labels == 0].max() <= 0.5 and radius[labels == 1].min() >= 0.7
    assert radius.max() <= 1.0


def test_moons_are_half_circles():
    points, labels = moons(101)
    assert np.hypot(*points[labels == 0].T) == pytest.approx(1.0)
    assert np.hypot(*(points[labels == 1] - [1.0, 0.5]).T) == pytest.approx(1.0)
    assert points[labels == 0, 1].min() >= -1e-12 and points[labels == 1, 1].max() <= 0.5 + 1e-12


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_arms_of_spirals_are_one_arm_turned(classes):
    points, labels = spirals(60 * classes, classes=classes)
    arms = [points[labels == k] @ np.array([1, 1j]) for k in range(classes)]
    for k, arm in enumerate(arms):
        assert arm == pytest.approx(arms[0] * np.exp(2j * np.pi * k / classes))
    gap = min(abs(a - b[:, None]).min() for i, a in enumerate(arms) for b in arms[:i])
    assert gap > 0.015 and not linearly_separable(points, labels == 0)


def linearly_separable(points, labels):
    """Whether the perceptron ends, which on these few points it does soon or never."""
    x, y = np.column_stack([np.ones(len(points)), points]), np.where(labels, 1, -1)
    w = np.zeros(3)
    for _ in range(500):
        wrong = np.flatnonzero(y * (x @ w) <= 0)
        if not len(wrong):
            return True
        w = w + y[wrong[0]] * x[wrong[0]]
    return False


def test_which_sets_a_perceptron_can_learn():
    for name, wanted in [("linear", True), ("xor", False), ("circle", False), ("spirals", False)]:
        points, labels = PLANAR[name].draw(100, 0.0, 0, 2)
        assert linearly_separable(points, labels == 1) == wanted, name


def test_gaussians_have_their_centers():
    points, labels = gaussians(9000, 0.1, 0, 3)
    for k in range(3):
        angle = np.pi / 4 + 2 * np.pi * k / 3
        cloud = points[labels == k]
        assert cloud.mean(axis=0) == pytest.approx([0.5 * np.cos(angle), 0.5 * np.sin(angle)], abs=0.01)
        assert cloud.std(axis=0) == pytest.approx([0.1, 0.1], abs=0.005)


@pytest.mark.parametrize(
    ("name", "formula"), [("sine", lambda x: np.sin(np.pi * x)), ("parabola", lambda x: x * x)]
)
def test_curves(name, formula):
    x, y = CURVES[name].draw(50, 0.0, 0)
    assert x.shape == (50, 1) and y == pytest.approx(formula(x[:, 0]))
    noisy = CURVES[name].draw(5000, 0.2, 1)[1] - CURVES[name].draw(5000, 0.0, 1)[1]
    assert noisy.std() == pytest.approx(0.2, rel=0.05)
