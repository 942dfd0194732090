"""Faults injected on purpose: kills, a full disk, lost logs, clocks; a table says what became of them."""
