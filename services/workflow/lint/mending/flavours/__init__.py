"""What each other engine's settings are called, and what they are called here."""
