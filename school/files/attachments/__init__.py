"""What people attach to homework, certificates and words: which files may be kept, and how pictures are."""
