"""The class register: lessons, cells of marks and absences, what may be entered when (п. 4.5, 5.2, 5.3, 5.5)."""
