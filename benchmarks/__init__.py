"""Measures this server side by side with others, in one run on one machine: ``python -m benchmarks``."""
