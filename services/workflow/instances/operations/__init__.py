"""Operations of people on tasks and cases (docs/operations.md): each a plain function that decides or refuses."""
