"""Signals between cases: each becomes a broadcast, which is brought to every case that waits for it."""
