"""How a service runs: one place to declare it, one to run it."""
