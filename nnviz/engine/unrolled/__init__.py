"""Recurrent layers as they are computed: one step of time after the other, over all examples of a batch."""
