"""The normal distribution: Φ(z), for whole arrays.

Φ(z) = ½·erfc(−z/√2). numpy has no error function; the rational approximations are those of FreeBSD's
``s_erf.c`` (Sun Microsystems 1993), each for a stretch of |x|, and right to the last digits also where erfc
is tiny.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from nnviz.engine.ops.base import Array

NEAR, MIDDLE, FAR = 0.84375, 1.25, 1 / 0.35  # |x| where one approximation ends and the next begins
FLAT = 40.0  # Φ′ is 0 beyond
END = 27.0  # erfc is less than 1e−318 beyond

# erf x = x + x·p(x²)/q(x²)
NEAR_P = (
    1.28379167095512558561e-01,
    -3.25042107247001499370e-01,
    -2.84817495755985104766e-02,
    -5.77027029648944159157e-03,
    -2.37630166566501626084e-05,
)
NEAR_Q = (
    1.0,
    3.97917223959155352819e-01,
    6.50222499887672944485e-02,
    5.08130628187576562776e-03,
    1.32494738004321644526e-04,
    -3.96022827877536812320e-06,
)
# erf x = ERF_1 + p(x − 1)/q(x − 1)
ERF_1 = 8.45062911510467529297e-01
MIDDLE_P = (
    -2.36211856075265944077e-03,
    4.14856118683748331666e-01,
    -3.72207876035701323847e-01,
    3.18346619901161753674e-01,
    -1.10894694282396677476e-01,
    3.54783043256182359371e-02,
    -2.16637559486879084300e-03,
)
MIDDLE_Q = (
    1.0,
    1.06420880400844228286e-01,
    5.40397917702171048937e-01,
    7.18286544141962662868e-02,
    1.26171219808761642112e-01,
    1.36370839120290507362e-02,
    1.19844998467991074170e-02,
)
# erfc x = e^(−x² − 0.5625 + p(1/x²)/q(1/x²)) / x
FAR_P = (
    -9.86494403484714822705e-03,
    -6.93858572707181764372e-01,
    -1.05586262253232909814e01,
    -6.23753324503260060396e01,
    -1.62396669462573470355e02,
    -1.84605092906711035994e02,
    -8.12874355063065934246e01,
    -9.81432934416914548592e00,
)
FAR_Q = (
    1.0,
    1.96512716674392571292e01,
    1.37657754143519042600e02,
    4.34565877475229228821e02,
    6.45387271733267880336e02,
    4.29008140027567833386e02,
    1.08635005541779435134e02,
    6.57024977031928170135e00,
    -6.04244152148580987438e-02,
)
FARTHEST_P = (
    -9.86494292470009928597e-03,
    -7.99283237680523006574e-01,
    -1.77579549177547519889e01,
    -1.60636384855821916062e02,
    -6.37566443368389627722e02,
    -1.02509513161107724954e03,
    -4.83519191608651397019e02,
)
FARTHEST_Q = (
    1.0,
    3.03380607434824582924e01,
    3.25792512996573918826e02,
    1.53672958608443695994e03,
    3.19985821950859553908e03,
    2.55305040643316442583e03,
    4.74528541206955367215e02,
    -2.24409524465858183362e01,
)


def cumulated(z: Array) -> Array:
    """Φ(z): how much of the normal distribution lies below z."""
    return 0.5 * erfc(z * -math.sqrt(0.5))


def density(z: Array) -> Array:
    """Φ′(z) = e^(−z²/2) / √(2π)."""
    near = np.clip(z, -FLAT, FLAT)
    slope: Array = np.exp(-0.5 * near * near) / math.sqrt(2.0 * math.pi)
    return slope


def erfc(x: Array) -> Array:
    """1 − erf x, with all its digits where it is small."""
    size = np.minimum(np.abs(x), END)
    y = np.where(np.isnan(x), x, 1.0 - x)
    for low, high, function in (
        (0.0, NEAR, _near),
        (NEAR, MIDDLE, lambda a: 1.0 - ERF_1 - _ratio(a - 1.0, MIDDLE_P, MIDDLE_Q)),
        (MIDDLE, FAR, lambda a: _tail(a, FAR_P, FAR_Q)),
        (FAR, np.inf, lambda a: _tail(a, FARTHEST_P, FARTHEST_Q)),
    ):
        here = (low <= size) & (size < high)
        if here.any():
            above = function(size[here])
            y[here] = np.where(x[here] < 0.0, 2.0 - above, above)
    return y


def _near(size: Array) -> Array:
    erf = size + size * _ratio(size * size, NEAR_P, NEAR_Q)
    return np.where(size < 0.25, 1.0 - erf, 0.5 - (size - 0.5 + (erf - size)))


def _tail(size: Array, p: Sequence[float], q: Sequence[float]) -> Array:
    """x is cut off after half of its digits, so that its square is exact; the rest makes a factor."""
    cut = (size.view(np.int64) & ~0xFFFFFFFF).view(np.float64)
    rest = (cut - size) * (cut + size) + _ratio(1.0 / (size * size), p, q)
    tail: Array = np.exp(-cut * cut - 0.5625) * np.exp(rest) / size
    return tail


def _ratio(x: Array, p: Sequence[float], q: Sequence[float]) -> Array:
    return _polynomial(x, p) / _polynomial(x, q)


def _polynomial(x: Array, factors: Sequence[float]) -> Array:
    """Horner's rule, the constant first in `factors`."""
    total = np.full_like(x, factors[-1])
    for factor in reversed(factors[:-1]):
        total *= x
        total += factor
    return total
