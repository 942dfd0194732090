"""What the leaders of the school do to keep control of it: this quarter's inspections, the plan of the year."""
