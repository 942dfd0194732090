"""What the product asks of its forecasts."""
