"""Lessons are data: text files that a lecturer writes, validated into everything the engine needs."""
