"""The school itself: records, rules, access, store, actions and lookups. Knows nothing of screens."""

__version__ = "0.9.0"
