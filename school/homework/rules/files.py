"""How many files may go with a lesson's homework (п. 3.4)."""

from school.errors import RuleRefused

FILES_A_LESSON = 5


def check_file_count(present: int) -> None:
    """Raise RuleRefused when a lesson has as many files as it may."""
    if present >= FILES_A_LESSON:
        raise RuleRefused(
            f"У урока уже {FILES_A_LESSON} файлов — больше нельзя.", next_step="Уберите лишний и повторите."
        )
