"""The messenger: turns events into messages, sends them through channels, keeps every attempt."""
