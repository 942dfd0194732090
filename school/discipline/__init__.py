"""Measures of the head towards employees, with the terms of the Labour Code; seen by the head and the employee alone (п. 4.1)."""
