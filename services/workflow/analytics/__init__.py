"""What the cases of a process tell about it: counts, durations, delays and loops of each element."""
