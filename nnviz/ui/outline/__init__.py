"""The places of an iteration as a tree, at the left of the canvas."""
