"""The curves of a run, at the right of the canvas."""
