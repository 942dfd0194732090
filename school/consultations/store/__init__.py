"""Rows of consultations: times, bookings and evenings; whom a child's family may ask."""
