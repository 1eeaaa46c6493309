"""Migration: running cases are carried to another version, one by one, with a preview and a way back."""
