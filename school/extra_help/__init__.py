"""Extra help: who has taken up a pupil whom a forecast warned of, what was agreed, and what came of it."""
