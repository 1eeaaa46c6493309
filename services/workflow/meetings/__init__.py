"""Meetings that give decisions back to the process: bodies, queue, sessions, minutes, conditions (A-40, B-48)."""
