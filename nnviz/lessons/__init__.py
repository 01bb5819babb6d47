"""Lessons are data: a text file that a lecturer writes, read and validated into everything the engine needs."""
