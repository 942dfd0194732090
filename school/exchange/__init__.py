"""Exchange of whole registers: a journal extract in and out."""
