"""A mark as files write it: «5», «5.0», «отл», and what a workbook made of «5/4»."""

import re

from school.errors import RuleRefused
from school.files.spellings import clean
from school.files.values.days import taken_for_day

WORDS: dict[str, str] = {
    "отлично": "5",
    "отл": "5",
    "пять": "5",
    "хорошо": "4",
    "хор": "4",
    "четыре": "4",
    "удовлетворительно": "3",
    "удовл": "3",
    "удов": "3",
    "уд": "3",
    "три": "3",
    "неудовлетворительно": "2",
    "неудовл": "2",
    "неуд": "2",
    "плохо": "2",
    "два": "2",
}
_WITH_WORD = re.compile(r"([2-5])\s*\(?\s*([а-я]{2,}\.?)\s*\)?")
_POINT = re.compile(r"([0-9]+)[.,]([0-9]+)")
_SIGNED = re.compile(r"[2-5]\s*[+\-−–]+")


def mark_text(text: str) -> str:
    """Return what stands for a mark with one spelling for «5», «5.0» and «отл»; other texts only lose spare spaces.

    Raises RuleRefused where nobody can know what was meant: a date that Excel made of «5/4», the number 5,4, «5+».
    """
    tidy = clean(text).casefold()
    word = tidy.rstrip(".")
    if word in WORDS:
        return WORDS[word]
    if match := _WITH_WORD.fullmatch(tidy):
        return _same_mark(match[1], match[2], tidy)
    if match := _POINT.fullmatch(tidy):
        return _whole(match[1], match[2], tidy)
    if _SIGNED.fullmatch(tidy):
        raise RuleRefused(f"Отметка «{tidy}» не от 2 до 5: плюсов и минусов в журнале не ставят.")
    if said := taken_for_day(tidy):
        raise RuleRefused(f"{said} Сделайте клетки текстовыми и впишите отметки снова.")
    return tidy


def _same_mark(digit: str, word: str, text: str) -> str:
    named = WORDS.get(word.rstrip("."))
    if named is None:
        return text
    if named != digit:
        raise RuleRefused(f"«{text}» — это две разные отметки: оставьте одну.")
    return digit


def _whole(whole: str, part: str, text: str) -> str:
    if not part.strip("0"):
        return whole
    pair = f"{whole}/{part}"
    if {whole, part} <= {"2", "3", "4", "5"}:
        raise RuleRefused(
            f"Непонятно, что значит «{text.replace('.', ',')}»: две отметки «{pair}» или дробное число. "
            f"Две отметки запишите текстом: «{pair}»."
        )
    raise RuleRefused(f"«{text.replace('.', ',')}» — дробное число, а отметка целая: 2, 3, 4 или 5.")
