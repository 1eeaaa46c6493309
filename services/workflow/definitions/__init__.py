"""Definitions: the files of a process, their versions, and which version new cases follow."""
