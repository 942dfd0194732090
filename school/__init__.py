"""The school itself: records, rules, access, store, actions and lookups. Knows nothing of screens."""
