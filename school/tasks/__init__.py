"""Tasks of single pupils: what they and their families answer, what the teacher says to it, tasks without a lesson (п. 4.7)."""
