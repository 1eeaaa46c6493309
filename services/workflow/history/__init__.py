"""The history of a case: chained, verifiable, replayable to any moment, and exported as one file."""
