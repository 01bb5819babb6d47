"""Start values have the size that their method promises."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.initializers import (
    blend,
    constant,
    fans,
    glorot_uniform,
    he,
    normal,
    uniform,
    xavier,
    xavier_in,
)


@pytest.mark.parametrize(
    ("shape", "n_in", "n_out"),
    [((10, 40), 40, 10), ((6, 1, 5, 5), 25, 150), ((16, 6, 5, 5), 150, 400), ((2, 3, 1, 4), 12, 8)],
)
def test_fans_count_the_weights_into_a_unit_and_out_of_one(shape, n_in, n_out):
    assert fans(shape) == (n_in, n_out)


@pytest.mark.parametrize(
    ("draw", "shape", "deviation"),
    [
        (he(), (400, 100), math.sqrt(2 / 100)),
        (he(), (200, 8, 5, 5), math.sqrt(2 / 200)),
        (xavier(), (400, 100), math.sqrt(2 / 500)),
        (xavier(), (200, 8, 5, 5), math.sqrt(2 / (200 + 5000))),
        (xavier_in(), (400, 100), 0.1),
        (xavier_in(), (200, 8, 5, 5), math.sqrt(1 / 200)),
        (glorot_uniform(), (400, 100), math.sqrt(2 / 500)),
        (glorot_uniform(), (200, 8, 5, 5), math.sqrt(2 / (200 + 5000))),
        (blend(is_first=True), (400, 100), 0.1),
        (blend(is_first=False), (400, 100), math.sqrt(2 / 100)),
        (normal(0.0, 0.3), (400, 100), 0.3),
        (uniform(-0.5, 0.5), (400, 100), 1 / math.sqrt(12)),
        (constant(0.0), (4, 4), 0.0),
    ],
)
def test_the_spread_is_the_promised_one(draw, shape, deviation):
    values = draw(np.random.default_rng(0), shape)
    assert values.shape == shape
    # the error of a mean is σ/√n, that of a deviation at most σ/√(2n): five of them never happen by chance
    bound = 5 * deviation / math.sqrt(values.size)
    assert values.mean() == pytest.approx(0.0, abs=bound + 1e-15)
    assert values.std() == pytest.approx(deviation, abs=bound / math.sqrt(2) + 1e-15)


NORMAL = {"he": he(), "xavier": xavier(), "xavier_in": xavier_in(), "normal": normal(0.0, 0.2)}


@pytest.mark.parametrize("draw", NORMAL.values(), ids=NORMAL.keys())
def test_normal_weights_have_the_tails_of_a_normal_distribution(draw):
    values = draw(np.random.default_rng(1), (300, 200))
    kurtosis = np.mean((values / values.std()) ** 4)
    assert kurtosis == pytest.approx(3.0, abs=5 * math.sqrt(24 / values.size))


def test_glorot_uniform_fills_its_interval_and_stays_inside():
    values = glorot_uniform()(np.random.default_rng(2), (300, 200))
    bound = math.sqrt(6) / math.sqrt(300 + 200)
    assert np.abs(values).max() < bound
    counts, _ = np.histogram(values, bins=10, range=(-bound, bound))
    each = values.size / 10
    assert counts == pytest.approx(np.full(10, each), abs=5 * math.sqrt(each))


def test_the_blend_has_the_deviations_of_the_notes(golden):
    """Equation 70: 100 inputs, 80 and 50 rectifiers, 5 outputs; the shape alone decides."""
    example = golden("initialization")["blend_example"]

    class Deviation:
        def normal(self, mean, deviation, shape):
            return deviation

    layers = list(zip(example["layers"][1:], example["layers"], strict=False))
    found = [blend(is_first=i == 0)(Deviation(), shape) for i, shape in enumerate(layers)]
    assert found == pytest.approx(example["std"], rel=1e-15)


def layer_variances(draw, widths, examples=100, runs=200):
    """The variance of z of every layer of linear units, over many networks with standardized inputs."""
    rng = np.random.default_rng(7)
    squares = np.zeros(len(widths) - 1)
    for _ in range(runs):
        a = rng.normal(size=(examples, widths[0]))
        a = (a - a.mean(axis=0)) / a.std(axis=0)
        for i, shape in enumerate(zip(widths[1:], widths, strict=False)):
            a = a @ draw(rng, shape).T
            squares[i] += np.mean(a**2)
    return squares / runs


def test_small_weights_make_the_sums_of_the_notes_vanish(golden):
    """Equations 65 and 66: var(z) = n_in · var(W) · var(d) in the first two layers.

    The mean of z² over 100 neurons with 2 weights each has a relative error of √(2/200) a network, 0.007
    over 200 networks; a second layer adds no more than another √(2/100).
    """
    notes = golden("initialization")
    first, second = layer_variances(normal(0.0, 0.01), (2, 100, 100))
    assert first == pytest.approx(notes["var_z_hl1_sigma_0.01"], rel=5 * 0.1 / math.sqrt(200))
    assert second == pytest.approx(notes["var_z_hl2_sigma_0.01"], rel=5 * 0.18 / math.sqrt(200))


def test_sums_explode_with_large_weights_and_keep_their_size_with_xavier():
    """σ = 0.2 multiplies the variance by 100 · 0.2² = 4 a layer; 1/n_in leaves it as it is."""
    exploding = layer_variances(normal(0.0, 0.2), (2, 100, 100, 100, 100), runs=60)
    assert exploding[1:] / exploding[:-1] == pytest.approx([4.0] * 3, rel=0.15)
    for draw in (xavier_in(), xavier(), glorot_uniform()):
        kept = layer_variances(draw, (100, 100, 100, 100), runs=20)
        assert kept == pytest.approx([1.0] * 3, rel=0.15)


METHODS = {
    **NORMAL,
    "glorot_uniform": glorot_uniform(),
    "blend": blend(is_first=False),
    "uniform": uniform(-0.5, 0.5),
}


@pytest.mark.parametrize("draw", METHODS.values(), ids=METHODS.keys())
def test_the_same_seed_draws_the_same_weights(draw):
    one, two, other = (draw(np.random.default_rng(seed), (5, 4)) for seed in (3, 3, 4))
    assert one.tolist() == two.tolist() != other.tolist()


SEED_11 = {
    "he": [-0.41666398342035305, -0.24329108703912014, -0.43060739044711954],
    "xavier": [-0.32274653375029416, -0.18845246567664228, -0.33354705039110577],
    "uniform": [-0.47131099162805545, -0.35207391542254407, 0.4282110229603695],
    "normal": [-0.05103070767876675, -0.02979695111064471, -0.052738419303342526],
}


def test_what_a_seed_has_drawn_once_it_always_draws():
    """Bit for bit, so that a lesson file opens with the same numbers on any machine."""
    drawn = {
        "he": he(),
        "xavier": xavier(),
        "uniform": uniform(-0.5, 0.5),
        "normal": normal(0.0, 0.1),
    }
    found = {name: draw(np.random.default_rng(11), (2, 3))[1].tolist() for name, draw in drawn.items()}
    assert found == SEED_11
