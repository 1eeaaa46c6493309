"""How every service runs: HTTP, events, time, storage, identity, refusals, logs and measures."""
