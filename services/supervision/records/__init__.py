"""The records of supervision: chained, verifiable, and enough to make the board again."""
