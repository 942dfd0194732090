"""Fair comparison and grading consistency."""
