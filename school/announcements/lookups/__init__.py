"""Announcements as their readers see them: families, staff, and whoever looks who has answered."""
