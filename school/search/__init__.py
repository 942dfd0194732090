"""Finding a screen, a class, a register, a teacher or a pupil by some typed letters, and where somebody was last."""
