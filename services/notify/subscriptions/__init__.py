"""Other systems that are told: webhooks with a secret, deliveries that stay visible, replay (ADR 0023)."""
