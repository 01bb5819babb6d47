"""A small lesson that reads images, for tests to spoil."""

GOOD = """\
format = 1
title = "Small images"

[network]
numbering = "layer"

[network.image]
rows = 4
columns = 4
channels = ["gray"]
range = [0, 255]

[network.initial]
method = "he"

[[network.layers]]
name = "Convolution"
id = "conv"
kind = "convolution"
filters = 2
size = [3, 3]
stride = 1
padding = 0
activation = "relu"

[[network.layers]]
name = "Pool"
kind = "max_pool"
size = 2

[[network.layers]]
name = "Flatten"
kind = "flatten"

[[network.layers]]
name = "Output"
units = 2
activation = "softmax"

[data]
images = [
  [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 255]],
  [[9, 8, 7, 6], [5, 4, 3, 2], [1, 0, 1, 2], [3, 4, 5, 6]],
]
labels = ["rising", "falling"]

[training]
loss = "cross_entropy"
learning_rate = 0.1
"""
