"""Signs that credentials are shared or leaked, put as questions to the administrator (п. 8.5, 8.7)."""
