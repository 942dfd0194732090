"""Forecasters: one interface, from baselines to the blend."""
