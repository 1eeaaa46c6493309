"""The process: definitions and versions, the engine, instances, tasks, clocks and timers, incidents."""
