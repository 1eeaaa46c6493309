"""Operations on tasks and cases (docs/operations.md), each in one write; of two rivals one reads a clear 409."""
