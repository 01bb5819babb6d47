"""The numpy engine: networks as programs of textbook equations, with every number explainable.

Nothing here knows Qt. Importing the engine needs numpy and the standard library only.
"""
