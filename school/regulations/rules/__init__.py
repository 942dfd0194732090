"""What a document of the school may be, and what its templates say."""
