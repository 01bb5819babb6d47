"""How fast nnviz is, measured beside what it is compared with. Run: ``python -m benchmarks``."""
