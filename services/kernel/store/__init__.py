"""MongoDB: aggregates with their outbox, read copies, the journal. The only importer of the drivers."""
