"""The instance: one case on its way through its process, and every rule of how it moves on."""
