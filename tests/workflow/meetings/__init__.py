"""Meetings that give decisions back to the process, verb by verb."""
