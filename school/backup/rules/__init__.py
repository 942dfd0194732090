"""Rules of backups: which stay and when the next is due; how the server and its backups stand."""
