"""The filters of a convolution as a file lists them: their shape, weights and biases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.engine.graph import ConvolutionLayer
from nnviz.engine.ops.base import Array, Cell
from nnviz.lessons.errors import BuildError
from nnviz.lessons.errors import layer_field as _at
from nnviz.lessons.filters import FILTERS, kernel, title
from nnviz.lessons.grids import GridError, grid
from nnviz.lessons.schema_layers import MOST_STEPS, ConvolutionTable


@dataclass(frozen=True, slots=True)
class Form:
    """What one number for a size means: rows and columns of an image, columns of a sequence."""

    is_sequence: bool

    def size(self, steps: int | list[int]) -> Cell:
        """(rows, columns) of a filter, a window or a stride."""
        if isinstance(steps, int):
            return (1 if self.is_sequence and steps else steps, steps)
        return (steps[0], steps[1])

    def padding(self, steps: int | list[int]) -> Cell:
        """(rows, columns) of a padding."""
        if isinstance(steps, int):
            return (0 if self.is_sequence else steps, steps)
        return (steps[0], steps[1])

    def of_filters(self, index: int, table: ConvolutionTable, channels: int) -> tuple[int, Cell]:
        """(number of filters, (rows, columns)) of a layer that reads so many channels. Raises BuildError."""
        if table.kernels is None:
            for field in ("filters", "size"):
                if getattr(table, field) is None:
                    message = f"{table.name}: missing, wanted a value or a list of kernels"
                    raise BuildError(_at(index, field), message)
            assert table.filters is not None and table.size is not None
            _check_names(index, table, table.filters)
            return table.filters, self.size(table.size)
        filters, _, *size = listed_kernels(index, table, channels).shape
        if table.filters is not None and table.filters != filters:
            message = f"{table.name}: found {table.filters}, wanted {filters}, as many as there are kernels"
            raise BuildError(_at(index, "filters"), message)
        if table.size is not None and self.size(table.size) != tuple(size):
            found = " × ".join(map(str, self.size(table.size)))
            message = f"{table.name}: found {found}, wanted {size[0]} × {size[1]} as the kernels are"
            raise BuildError(_at(index, "size"), message)
        _check_names(index, table, filters)
        return filters, (size[0], size[1])


def _check_names(index: int, table: ConvolutionTable, filters: int) -> None:
    if table.names is not None and len(table.names) != filters:
        message = f"{table.name}: found {len(table.names)}, wanted {filters}, one for each filter"
        raise BuildError(_at(index, "names"), message)


def filter_names(table: ConvolutionTable) -> tuple[str, ...]:
    """What the filters are called: as the lesson says, or as the named filters that it uses."""
    if table.names is not None:
        return tuple(table.names)
    kernels = table.kernels or []
    if any(isinstance(one, str) for one in kernels):
        return tuple(title(one) if isinstance(one, str) else "" for one in kernels)
    return ()


def listed_kernels(index: int, table: ConvolutionTable, channels: int) -> Array:
    """The weights that a table lists, (filter, channel, row, column). Raises BuildError."""
    arrays: list[Array] = []
    for number, one in enumerate(table.kernels or [], 1):
        what = f"{table.name}, kernel {number}"
        try:
            array = _named(one, what, channels) if isinstance(one, str) else grid(one, what)
        except GridError as error:
            raise BuildError(_at(index, "kernels"), str(error)) from None
        if array.shape[0] != channels:
            message = f"{what}: found {_channels(array.shape[0])}, wanted {channels} as in the maps it reads"
            raise BuildError(_at(index, "kernels"), message)
        if max(array.shape[1:]) > MOST_STEPS:
            message = f"{what}: found {_size(array)}, wanted at most {MOST_STEPS} × {MOST_STEPS}"
            raise BuildError(_at(index, "kernels"), message)
        if arrays and array.shape != arrays[0].shape:
            message = f"{what}: found {_size(array)}, wanted {_size(arrays[0])} as kernel 1"
            raise BuildError(_at(index, "kernels"), message)
        arrays.append(array)
    return np.stack(arrays)


def _named(name: str, what: str, channels: int) -> Array:
    """A filter of the notes, the same for every channel."""
    if name not in FILTERS:
        raise GridError(f"{what}: found “{name}”, wanted numbers or one of {', '.join(FILTERS)}")
    return np.repeat(kernel(name)[None], channels, axis=0)


def listed_biases(index: int, table: ConvolutionTable, layer: ConvolutionLayer) -> Array | None:
    """The biases that a table lists, None where it lists none. Raises BuildError."""
    if table.biases is None:
        return None
    if layer.b is None:
        raise BuildError(_at(index, "biases"), f"{table.name}: found biases in a layer without, wanted none")
    if len(table.biases) != layer.b.shape[0]:
        message = f"{table.name}: found {len(table.biases)}, wanted {layer.b.shape[0]}, one for each filter"
        raise BuildError(_at(index, "biases"), message)
    return np.array(table.biases, dtype=np.float64)


def _channels(count: int) -> str:
    return f"{count} channel{'' if count == 1 else 's'}"


def _size(array: Array) -> str:
    return f"{array.shape[1]} × {array.shape[2]}"
