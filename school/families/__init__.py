"""What families see: diary, remarks, recommendations (п. 2.8, 3.6, 4.7)."""
