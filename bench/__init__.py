"""Benchmarks: they print figures with their limit and ratio, and are no timed tests. Run with `make bench`."""
