"""Lines of a lesson plan as people have them: pasted, or in the cells of a workbook."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from school.files.rows_below import TOTAL, is_total
from school.files.spellings import clean
from school.files.values.days import taken_for_day
from school.files.values.numbers import parse_hours
from school.records import PlanTopic
from school.register.rules.entry import TOPIC_LENGTH

HOURS_A_TOPIC = 99
TOPICS_A_PLAN = 500
_NUMBERING = re.compile(r"^\d{1,3}\s*[.)]\s+")
_SUM_OF_HOURS = re.compile(
    r"(?:общее\s+)?(?:количество|кол-во)\s+часов|за\s+(?:год|\S+\s+(?:четверть|полугодие|триместр))\s*[:.–—-]?\s*$",
    re.IGNORECASE,
)
# Fewer may make the hours of a last topic by chance.
TOPICS_OF_A_SUM = 3
# «1», and «1.2» below it.
_DOTTED = re.compile(r"(\d{1,3}(?:\.\d{1,3})*)\.?", re.ASCII)
_NUMBER = re.compile(r"^№?\s*\d{1,3}[.)]?$")
_HOURS = r"(\d{1,3}(?:[.,]\d+)?)\s*(?:ч|час|часа|часов)?\.?"
SECTION = "заголовки разделов"
_SECTION = re.compile(
    r"(раздел|глава|модуль|блок|часть|тематический блок)\s*(?:№\s*)?(?:\d[\d.]*|[IVXІХ]+|[а-я]+(?:ый|ая))(?=[\s.:,(–—-]|$)"
    r"|(раздел|модуль)\s*:"
    r"|(?:\d|[IVХXІ]{1,3})(?:\s*-?\s*[яйе])?\s+(четверть|полугодие|триместр)\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(rf"^(.*?)\s*\(\s*{_HOURS}\s*\)\.?$")
_AFTER_DASH = re.compile(
    r"^(.*?)(?:\s+[-–—]|\s*[,:])\s*(\d{1,3})\s*(?:ч|час|часа|часов)\.?$|^(.*?\S)\s+(\d{1,3})\s*ч\.?$"
)
_ONLY_HOURS = re.compile(rf"^{_HOURS}$")
# Spaces, tabs and invisible signs that come along with a copied table.
_BLANK = re.compile(r"[^\S\t]+|[\u200b-\u200f\u2060\ufeff\x00-\x08\x0b-\x1f]")


@dataclass(frozen=True)
class PlanLine:
    """One line of a plan: its number in the source and either a topic, what is wrong with it, or why it is no topic."""

    number: int
    title: str
    hours: int | None
    problem: str = ""
    left_out: str = ""

    @property
    def topic(self) -> PlanTopic:
        """The topic of a sound line. Raises ValueError for a line with a problem."""
        if self.problem or self.left_out or self.hours is None:
            raise ValueError("a line with a problem, or left out, has no topic")
        return PlanTopic(self.title, self.hours)


def plan_line(number: int, title: str, hours_text: str) -> PlanLine:
    """Return a line with its topic checked: words there and not too long, whole hours from 1."""
    title = " ".join(title.split())
    hours, hours_problem = _hours(hours_text)
    if not title.isdigit() and (said := taken_for_day(title, "-")):
        return PlanLine(number, title, hours, said)
    if not title:
        return PlanLine(number, "", hours, "нет темы")
    if len(title) > TOPIC_LENGTH:
        return PlanLine(number, title, hours, f"тема длиннее {TOPIC_LENGTH} знаков")
    return PlanLine(number, title, hours, hours_problem)


def _hours(text: str) -> tuple[int | None, str]:
    text = text.strip()
    if not text:
        return None, "часы не указаны"
    hours = parse_hours(text)
    if hours is None:
        if said := taken_for_day(text):
            return None, said
        return None, f"часы — не число: «{text[:20]}»"
    if hours != int(hours):
        return None, f"часы — не целое число: «{text[:20]}»"
    if not 1 <= hours <= HOURS_A_TOPIC:
        return None, f"часов должно быть от 1 до {HOURS_A_TOPIC}"
    return int(hours), ""


def without_headings(lines: Sequence[PlanLine], numbers: Sequence[str] | None = None) -> list[PlanLine]:
    """Return the lines with those left out that are no topics: totals, and «Раздел 1. Числа (12 ч)» over its topics.

    ``numbers``: what stands in the column of numbers beside each line. A line without one among numbered lines is a heading
    where it has no hours or as many as the topics under it together, and a total at the end where it has as many as all
    above it; a line of number 1 over those of 1.1 and 1.2 is a heading; other numbered lines are topics.
    """
    told = bool(numbers and any(numbers))
    marks = [clean(number) for number in numbers] if numbers and told else [""] * len(lines)
    is_free = [not _is_number(mark) for mark in marks]
    named = [
        (_section_word(line.title) or _section_word(mark)) if free else ""
        for free, mark, line in zip(is_free, marks, lines, strict=True)
    ]
    found: list[PlanLine] = []
    for place, line in enumerate(lines):
        rest = range(place + 1, len(lines))
        end = next((each for each in rest if named[each] or (told and is_free[each])), len(lines))
        below = [each.hours or 0 for each in lines[place + 1 : end]]
        # «Глава 1» may stand over «Раздел 1»; a «Глава 1» over nothing but «Глава 2» is a topic itself.
        has_topics = bool(below) or (end < len(lines) and named[end] not in ("", named[place]))
        # A small letter goes on with the topic above: that is no heading.
        is_part = told and is_free[place] and bool(below) and not line.title[:1].islower()
        is_sum = is_part and line.hours in (None, sum(below))
        if is_free[place] and (
            _is_sum_of_plan(line.title) or _is_last_sum(found, line, told, end == place + 1)
        ):
            found.append(replace(line, problem="", left_out=TOTAL))
        elif (named[place] and has_topics) or is_sum or _is_over(marks[place], marks[place + 1 : place + 2]):
            found.append(replace(line, problem="", left_out=SECTION))
        else:
            found.append(line)
    return found


def _is_number(mark: str) -> bool:
    """Whether a mark numbers a lesson: «I» and «Раздел 1» number parts of the course."""
    return any(map(str.isdigit, mark)) and not _section_word(mark)


def _is_over(mark: str, following: Sequence[str]) -> bool:
    """Whether a line numbered «1.» stands over one numbered «1.1»."""
    own = _DOTTED.fullmatch(mark)
    return bool(own and following and following[0].startswith(f"{own[1]}."))


def _is_sum_of_plan(title: str) -> bool:
    return is_total(title) or bool(_SUM_OF_HOURS.match(title))


def _is_last_sum(above: Sequence[PlanLine], line: PlanLine, told: bool, has_nothing_below: bool) -> bool:
    """Whether a line without a number, with none of its own below, has the hours of all topics above it together."""
    hours = [each.hours for each in above if not each.left_out and not each.problem and each.hours]
    return told and has_nothing_below and len(hours) >= TOPICS_OF_A_SUM and line.hours == sum(hours)


def _section_word(title: str) -> str:
    match = _SECTION.match(title)
    return next(filter(None, match.groups())).casefold() if match else ""


def pasted_lines(text: str) -> list[PlanLine]:
    """Read a pasted plan: a topic a line, its hours after a tab, «;», a dash or in brackets; without them one hour.

    Numbering, empty lines and a heading «Тема … Часы» are passed over; headings of sections and totals are left out.
    """
    lines = enumerate(re.split(r"\r\n|[\n\r\v\f\x85\u2028\u2029]", text), start=1)
    cleaned = ((number, _BLANK.sub(" ", line).strip(" ")) for number, line in lines)
    return without_headings(
        [
            _pasted(number, line)
            for number, line in cleaned
            if line.strip() and not is_heading(line.split("\t"))
        ]
    )


def is_heading(cells: Iterable[str]) -> bool:
    """Whether the cells are the names of the columns."""
    words = " ".join(cells).casefold().split()
    return (
        len(words) <= 8
        and any(word.startswith("тем") for word in words)
        and any(word.startswith(("час", "кол-во")) for word in words)
    )


def _pasted(number: int, line: str) -> PlanLine:
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) > 1:
        return _from_cells(number, cells)
    line = _NUMBERING.sub("", line)
    head, semicolon, tail = line.rpartition(";")
    if semicolon and (not tail.strip() or _ONLY_HOURS.match(tail.strip())):
        return plan_line(number, head, tail.strip() or "1")
    match = _IN_BRACKETS.match(line) or _AFTER_DASH.match(line)
    title, hours = (part for part in match.groups() if part is not None) if match else (line, "1")
    return plan_line(number, title, hours)


def _from_cells(number: int, cells: Sequence[str]) -> PlanLine:
    if _NUMBER.match(cells[0]) and (len(cells) > 2 or not _ONLY_HOURS.match(cells[1])):
        cells = cells[1:]
    title = _NUMBERING.sub("", cells[0])
    given = [cell for cell in cells[1:] if cell]
    return plan_line(number, title, given[0] if given else "1")


def bad_lines(lines: Iterable[PlanLine]) -> list[PlanLine]:
    """Return the lines that cannot be taken."""
    return [line for line in lines if line.problem]


def topic_lines(lines: Iterable[PlanLine]) -> list[PlanLine]:
    """Return the lines that were not left out."""
    return [line for line in lines if not line.left_out]
