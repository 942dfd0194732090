"""Documentation: pages written by hand, and those that ``python -m docs`` writes from the code."""
