"""What the workflow service answers, as people read it."""
