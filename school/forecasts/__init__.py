"""Fitted models, and forecasts remembered as they were made (п. 2.7)."""
