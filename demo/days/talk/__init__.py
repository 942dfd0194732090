"""What people of the made-up school write to one another and say to each other."""
