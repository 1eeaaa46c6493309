"""The bureau's papers (文书): due when the process says the fact, numbered, kept with their hash, never changed."""
