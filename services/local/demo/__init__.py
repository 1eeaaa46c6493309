"""`make demo`: stories played against the running system through its public APIs, every date compared."""
