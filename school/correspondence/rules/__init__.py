"""The rules of this subject as pure functions; each cites its clause."""
