"""The server around the pages: session, menu, HTTP, faults, background jobs."""
