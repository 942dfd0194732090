"""How good forecasts are: on closed terms, over schools."""
