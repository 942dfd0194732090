"""What contradicts itself in the school's data (п. 4.3, 6.3)."""
