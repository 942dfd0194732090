"""Who may do what with whose rows: actions, the table of roles, scopes and the checks."""
