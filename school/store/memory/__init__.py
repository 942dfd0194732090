"""What a store keeps in memory: what changed since when, answers with the state of their data, and tables in a catalog of their own."""
