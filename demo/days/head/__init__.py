"""What the head decides in the demonstration: documents of the school and measures (п. 4.1)."""
