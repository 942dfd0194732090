"""What a user's events say about their work with the register (п. 4.3, 7.1)."""

# Kinds of events by what was entered; a cell of the register holds marks, an absence, or both.
CELL = "cell"
ENTRIES: dict[str, tuple[str, ...]] = {
    "attendance_entries": ("attendance", "leave"),
    "topic_entries": ("topic", "topic_of_plan", "work_type", "lesson_plan"),
    "homework_entries": ("homework", "homework_due", "homework_task", "homework_file"),
    "term_mark_entries": ("term_mark", "year_mark"),
    "remark_entries": ("remark",),
}
SIGN_IN = "sign_in"
# What happens to a user or leaves the register is no work with it.
NO_WORK = ("sign_in_refused", "sign_out", "first_admin")
MARK_DIGIT = "[2-5]"
