"""Applying online (网上申报): a draft without an account, its sections and files, and its filing as a case."""
