"""The provincial platform: facts of cases pushed in order, its verdicts taken, each day compared (domain.md §6)."""
