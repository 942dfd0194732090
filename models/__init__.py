"""Forecasts of term and year marks: probabilities of 2, 3, 4, 5 with the baselines always beside them."""
