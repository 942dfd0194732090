"""How the server is: its backups, how long saving takes, what went wrong, and whether it is well."""
