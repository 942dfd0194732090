"""What awaits somebody of the school's leaders, gathered from all subjects (п. 4.1, 4.2)."""
