"""OneRoster 1.1 and 1.2, the international roster exchange: a ZIP of CSV files, results included, into the register."""
