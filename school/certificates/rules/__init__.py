"""Pure rules: what may be issued and asked for, and what each paper says."""
