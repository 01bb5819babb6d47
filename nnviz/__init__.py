"""nnviz: step through what a neural network computes, one number at a time, forward and backward."""

__version__ = "0.1.0"
