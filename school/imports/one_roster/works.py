"""Works and their results as marks: only those of the five-point scale, and only what was really graded (п. 5.3).

Works of a category such as «Отметка за период» are no works: their results are marks for the term or the year (п. 5.4).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from school.extracts.store.roster_rows import NO_WORK_TYPE, TERM_CATEGORY, YEAR_CATEGORY
from school.files.texts import words_key
from school.imports.one_roster.places import Places
from school.imports.one_roster.sessions import Calendar
from school.imports.one_roster.tables import Line, OneRosterTables, RosterSet, day_of, ids_in
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.register.rules.work_types import HIGHEST_WEIGHT

# The lowest mark that a five-point scale may name. A 0 or a 1 of it is nobody's mark here: neither is it made a 2, which
# nobody gave, nor are the other marks of the work kept out because of it (п. 5.2, 5.3).
_LOWEST_OF_SCALE = (0.0, 1.0, float(LOWEST_MARK))
_GRADED = ("", "fullygraded")
# What a result says in the place of a mark, by its scoreStatus without blanks and capitals.
_NOT_GRADED = {
    "exempt": "освобождён (exempt)",
    "notsubmitted": "работа не сдана (not submitted)",
    "submitted": "работа сдана, но не проверена (submitted)",
    "partiallygraded": "работа проверена не до конца (partially graded)",
}
_FLAGS = {
    "missing": "работы нет (missing)",
    "incomplete": "работа не закончена (incomplete)",
    "inProgress": "работа идёт (inProgress)",
}
# How programs write that a flag is set.
_SET = ("true", "1", "yes", "y", "t", "да")
# Titles of categories whose results are marks for a term and for the year; what follows a colon does not count.
TERM_CATEGORIES = frozenset(
    map(
        words_key,
        (
            TERM_CATEGORY, "Отметки за период", "Оценка за период", "Отметка за четверть", "Оценка за четверть",
            "Четвертная отметка", "Четвертная оценка", "Отметка за полугодие", "Оценка за полугодие",
            "Полугодовая отметка", "Полугодовая оценка", "Отметка за триместр", "Оценка за триместр",
            "Триместровая отметка", "Триместровая оценка",
        ),
    )
)  # fmt: skip
YEAR_CATEGORIES = frozenset(
    map(words_key, (YEAR_CATEGORY, "Отметки за год", "Оценка за год", "Годовая отметка", "Годовая оценка"))
)
WITHOUT_TEACHER = (
    "Отметок, у которых учитель в наборе изменений не назван: {}. Они встанут в урок своего дня, если он в журнале один, иначе — в "
    "урок без учителя."
)
WITH_NO_TEACHER = (
    "Отметок без учителя: {}. В наборе у их класса учитель не назван или назван не один без отметки primary; они встанут в "
    "уроки без учителя."
)
OTHER_PERIOD = (
    "Отметок, день которых не входит в период, названный их работой: {}. Они встанут в период своего дня."
)
_OUTSIDE = "{:%d.%m.%Y} не входит ни в один учебный период набора"
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_SIGN = re.compile(r"[^\s{}:,;\"'\[\]]+")


def add_marks(tables: OneRosterTables, roster: RosterSet, places: Places, calendar: Calendar) -> None:
    """Add the results of works on the five-point scale as marks of the day's class, teacher and term."""
    works, weights = _Works(roster, places), _weights(tables, roster)
    seen: dict[tuple[str, str], int] = {}
    for work, why in works.refused():
        tables.refuse("marks", work, why)
    for line in roster["results"]:
        pupil = (line["lineItemSourcedId"], line["studentSourcedId"])
        user = line["studentSourcedId"]
        is_known = user in tables.names or user in places.known_pupils
        if reason := works.refusal(line) or _not_graded(line) or _not_taken(line, is_known=is_known):
            tables.refuse("marks", line, reason)
            continue
        item = works.items[line["lineItemSourcedId"]]
        scheduled, category = places.classes[item["classSourcedId"]], works.category(item)
        given = line["scoreDate"] or item["dueDate"] or item["assignDate"]
        given_on = day_of(given)
        if given_on is None:
            name = "scoreDate" if line["scoreDate"] else "dueDate работы"
            tables.cannot_read("marks", line, f"{name}: «{given[:40]}», нужна дата ГГГГ-ММ-ДД")
            continue
        term, why = _graded_in(works, item, places, calendar, given_on)
        if not term:
            tables.refuse("marks", line, why)
            continue
        if (first := seen.setdefault(pupil, line.number)) != line.number:
            tables.refuse("marks", line, f"за эту работу у ученика уже есть отметка, в строке {first}")
            continue
        homes = places.classes_of(item["classSourcedId"], line["studentSourcedId"], given_on)
        if len(homes) > 1:
            listed = ", ".join(homes)
            tables.refuse(
                "marks", line, f"{given_on:%d.%m.%Y} ученик числится сразу в нескольких классах: {listed}"
            )
            continue
        mark = {
            "school_id": scheduled["schoolSourcedId"],
            "class_id": homes[0],
            "subject_id": scheduled["courseSourcedId"],
            "pupil_id": line["studentSourcedId"],
            "value": _score(line).replace(",", "."),
        }
        of_term = {"term_id": term, "teacher_id": places.teacher_of(item["classSourcedId"], given_on)}
        if category in YEAR_CATEGORIES:
            tables.add("year_marks", line, **mark, school_year=term)
        elif category in TERM_CATEGORIES:
            tables.add("term_marks", line, **mark, **of_term)
        else:
            work_type, weight = weights.get(item["categorySourcedId"], ("", ""))
            of_work = {"work_type": work_type, "weight": item["metadata.weight"] or weight}
            tables.add("marks", line, **mark, **of_term, **of_work, given_on=given_on.isoformat())
    _note_marks(tables, roster, works, calendar)


def _note_marks(tables: OneRosterTables, roster: RosterSet, works: "_Works", calendar: Calendar) -> None:
    """Say what of the marks taken is otherwise than a person may think."""
    facts = (row for name in ("marks", "term_marks") for _, row in tables.rows[name])
    if count := sum(not row["teacher_id"] for row in facts):
        tables.notes.append((WITHOUT_TEACHER if roster.is_delta else WITH_NO_TEACHER).format(count))
    if count := works.outside_their_period(tables, calendar):
        tables.notes.append(OTHER_PERIOD.format(count))
    if count := len(works.from_nought()):
        tables.notes.append(
            f"Работ со шкалой 0–5: {count}. Баллы от 2 до 5 взяты как отметки; 0 и 1 не взяты и двойками не стали: "
            "в журнале отметки 2–5, а 0 чаще всего значит «не сдано»."
        )


def _not_taken(line: Line, *, is_known: bool) -> str:
    """Return why a graded result is no mark of this register, empty where it is one."""
    if not is_known:
        return f"studentSourcedId: ученика «{line['studentSourcedId'][:40]}» в наборе нет"
    if _number(_score(line)) < LOWEST_MARK:
        return f"балл {_score(line)[:40]}: отметки ниже {LOWEST_MARK} в журнале нет"
    return ""


def _graded_in(
    works: "_Works", item: Line, places: Places, calendar: Calendar, given_on: date
) -> tuple[str, str]:
    """Return the term, or the school year, that a result is of, or an empty one and why."""
    category, named = works.category(item), works.session_of(item)
    of_class = ids_in(places.classes[item["classSourcedId"]]["termSourcedIds"])
    if category in TERM_CATEGORIES:
        return _graded_term(calendar, named, of_class, given_on)
    if category in YEAR_CATEGORIES:
        return str(places.year_of(item["classSourcedId"]) or ""), "неясно, какой это учебный год"
    return calendar.term_of(given_on, named, of_class), _OUTSIDE.format(given_on)


def _graded_term(calendar: Calendar, named: str, of_class: Sequence[str], given_on: date) -> tuple[str, str]:
    """Return the term that a mark is for, or an empty one and why: a half is not one of its quarters."""
    if named in {term.key for term in calendar.terms}:
        return named, ""
    if named:
        return "", f"отметка за период «{named[:40]}», а классы набора получают отметки за другие периоды"
    return calendar.term_of(given_on, "", of_class), _OUTSIDE.format(given_on)


def _score(line: Line) -> str:
    text = line["textScore"]
    return line["score"] or (text if text.isdecimal() and LOWEST_MARK <= int(text) <= HIGHEST_MARK else "")


def _not_graded(line: Line) -> str:
    """Return why a result is no mark, empty where it is one."""
    status = re.sub(r"[\s_-]", "", line["scoreStatus"].lower())
    if status in _NOT_GRADED:
        return f"нет отметки: {_NOT_GRADED[status]}"
    if flag := next((words for name, words in _FLAGS.items() if line[name].lower() in _SET), None):
        return f"нет отметки: {flag}"
    if status not in _GRADED:
        return f"scoreStatus: «{line['scoreStatus'][:40]}» — такого в OneRoster нет"
    if not _score(line):
        words = f"отметка словом «{line['textScore'][:40]}»" if line["textScore"] else "score пуст"
        return f"нет отметки: {words}"
    return ""


class _Works:
    """The works of a set, and why some of them are none of this register's."""

    def __init__(self, roster: RosterSet, places: Places) -> None:
        self.items = {line["sourcedId"]: line for line in roster["lineItems"]}
        self._places, self._is_delta = places, roster.is_delta
        self._categories = {
            line["sourcedId"]: words_key(line["title"].split(":")[0]) for line in roster["categories"]
        }
        self._scores: dict[str, list[str]] = defaultdict(list)
        for line in roster["results"]:
            if not _not_graded(line):
                self._scores[line["lineItemSourcedId"]].append(_score(line))
        self._scales = {line["sourcedId"]: line for line in roster["scoreScales"]}
        self._of_work = _grouped(roster["lineItemScoreScales"], "lineItemSourcedId")
        self._of_result = _grouped(roster["resultScoreScales"], "resultSourcedId")
        self._refusals = {key: self._refusal(item) for key, item in self.items.items()}

    def category(self, item: Line) -> str:
        """Return the title of a work's category as it is compared, without what follows a colon."""
        return self._categories.get(item["categorySourcedId"], "")

    @staticmethod
    def session_of(item: Line) -> str:
        """Return the session that a work names; its column has another name in 1.2."""
        return item["gradingPeriodSourcedId"] or item["academicSessionSourcedId"]

    def outside_their_period(self, tables: OneRosterTables, calendar: Calendar) -> int:
        """Return how many marks taken are of a day that is not in the term that their work names."""
        terms = {term.key for term in calendar.terms}
        named = (
            (self.session_of(self.items[line["lineItemSourcedId"]]), row)
            for line, row in tables.rows["marks"]
        )
        return sum(session in terms and session != row["term_id"] for session, row in named)

    def from_nought(self) -> list[str]:
        """Return the works taken whose scale begins with 0."""
        return [
            key for key, reason in self._refusals.items() if not reason and self._lowest(self.items[key]) == 0
        ]

    def _lowest(self, item: Line) -> float:
        """Return the lowest number of a work's scale, 1 where none is said."""
        scales = [self._scales.get(key) for key in self._of_work.get(item["sourcedId"], ())]
        sides = [_five_point(scale["scoreScaleValue"]) for scale in scales if scale is not None]
        said = [_number(item["resultValueMin"])] if item["resultValueMin"] else []
        return min([*said, *(min(side) for side in sides if side)], default=1.0)

    def refused(self) -> list[tuple[Line, str]]:
        """Return the works that are kept out as a whole, and why."""
        return [(self.items[key], reason) for key, reason in self._refusals.items() if reason]

    def refusal(self, result: Line) -> str:
        """Return why a result's work, or its own scale, keeps it out, empty where nothing does."""
        key = result["lineItemSourcedId"]
        if key not in self.items:
            return f"lineItemSourcedId: работы «{key[:40]}» в наборе нет"
        return self._refusals[key] or self._strange_scale(self._of_result.get(result["sourcedId"], ()))

    def _refusal(self, item: Line) -> str:
        if item["classSourcedId"] not in self._places.classes:
            only_whole = "; он бывает в полном наборе" if self._is_delta else ""
            return f"класса «{item['classSourcedId'][:40]}» этой работы в наборе нет{only_whole}"
        low, high = item["resultValueMin"], item["resultValueMax"]
        if (low and _number(low) not in _LOWEST_OF_SCALE) or (high and _number(high) != HIGHEST_MARK):
            return f"работа со шкалой {low or '…'}–{high or '…'}, а в журнале 2–5"
        if strange := self._strange_scale(self._of_work.get(item["sourcedId"], ())):
            return strange
        given = self._scores[item["sourcedId"]]
        lowest = min(self._lowest(item), 1.0)
        beyond = [text for text in given if not lowest <= _number(text) <= HIGHEST_MARK]
        return f"в работе есть балл {beyond[0][:40]}: шкала не 2–5" if beyond else ""

    def _strange_scale(self, keys: Sequence[str]) -> str:
        for key in keys:
            scale = self._scales.get(key)
            if scale is None:
                return f"шкалы «{key[:40]}» этой работы в наборе нет"
            if not _five_point(scale["scoreScaleValue"]):
                return f"работа со шкалой «{scale['title'][:40]}», а в журнале 2–5"
        return ""


def _grouped(lines: Sequence[Line], name: str) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        groups[line[name]].append(line["scoreScaleSourcedId"])
    return groups


def _five_point(values: str) -> set[float]:
    """Return the numbers of a scale whose pairs «{5:отлично},{4:хорошо}» have those of the five-point scale and no other on
    one side; nothing for another scale.
    """
    pairs = [pair.split(":", 1) for pair in re.split(r"[},;]+", values) if _SIGN.search(pair)]
    sides = zip(*(pair if len(pair) > 1 else pair * 2 for pair in pairs), strict=True)
    found = [{_number("".join(_SIGN.findall(text))) for text in side} for side in sides]
    return next(
        (each for each in found if HIGHEST_MARK in each and each <= {0.0, 1.0, 2.0, 3.0, 4.0, 5.0}), set()
    )


def _number(text: str) -> float:
    """Return the number of a text, NaN where it is none."""
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else float("nan")


def _weights(tables: OneRosterTables, roster: RosterSet) -> dict[str, tuple[str, str]]:
    """Return the name and the weight of each category; weights above the register's highest are all made smaller alike."""
    numbers: dict[str, float] = {}
    for line in roster["categories"]:
        weight = _number(line["weight"])
        if line["weight"] and not weight >= 0:
            tables.cannot_read("marks", line, f"weight: «{line['weight'][:40]}», нужно число не меньше нуля")
        elif line["weight"]:
            numbers[line["sourcedId"]] = weight
    highest = max(numbers.values(), default=0.0)
    share = HIGHEST_WEIGHT / highest if highest > HIGHEST_WEIGHT else 1.0
    if share != 1:
        tables.notes.append(
            f"categories.csv: веса больше {HIGHEST_WEIGHT:g} уменьшены все в одно и то же число раз."
        )
    return {
        line["sourcedId"]: (
            "" if roster.is_own and line["title"] == NO_WORK_TYPE else line["title"],
            f"{numbers[key] * share:g}" if (key := line["sourcedId"]) in numbers else "",
        )
        for line in roster["categories"]
    }
