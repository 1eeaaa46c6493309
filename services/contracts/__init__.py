"""What services say to each other: event and shared data schemas. Pure data, imports nothing of ours."""
