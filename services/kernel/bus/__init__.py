"""NATS JetStream: publishing, durable consumers, the demo clock's key. The only importer of `nats`."""
