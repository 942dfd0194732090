"""Results of national tests in a file: which rows can be taken, and why the others cannot (п. 2.5, 6.3)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from school.calendar import school_year_of
from school.errors import RuleRefused
from school.external_tests.records import EnrolledName, ExternalResult, ExternalTestKey, ExternalTestKind
from school.files.column_mapping import columns_beginning
from school.files.person_names import birthday_beside, people_named, read_name, refuse_namesakes
from school.files.plan import ImportKind, Plan, PlannedRow, SourceRow, digest_of, plan_of, read_each
from school.files.spellings import abbreviated, class_key, plain
from school.files.values.days import check_no_day, parse_day
from school.files.values.marks import mark_text
from school.files.values.numbers import parse_number, parse_whole
from school.register.rules.cells import HIGHEST_MARK, LOWEST_MARK
from school.spans import is_in_span

HIGHEST_SCORE = 100.0


@dataclass(frozen=True)
class KindRow:
    """A national test: its title, how files write it, and whether its result is a mark 2..5."""

    title: str
    spellings: tuple[str, ...]
    has_mark: bool


KINDS: dict[ExternalTestKind, KindRow] = {
    ExternalTestKind.VPR: KindRow("ВПР", ("впр", "всероссийская проверочная работа"), True),
    ExternalTestKind.OGE: KindRow("ОГЭ", ("огэ", "основной государственный экзамен"), True),
    ExternalTestKind.EGE: KindRow("ЕГЭ", ("егэ", "единый государственный экзамен"), False),
}
# Fields of a row with the headers that name them; a header fits where it begins so.
FIELDS: dict[str, tuple[str, ...]] = {
    "class": ("класс",),
    "pupil": ("ученик", "фио", "ф и о", "фамилия", "участник"),
    "born_on": ("дата рожд", "рожд", "родил", "д р", "др"),
    "subject": ("предмет",),
    "kind": ("тест", "вид", "экзамен", "работа"),
    "held_on": ("дата",),
    "mark": ("отметка", "оценка"),
    "score": ("балл", "тестовый балл", "итоговый балл"),
}
NEEDED_FIELDS = ("class", "pupil", "subject", "kind", "held_on")
RESULT_FIELDS = ("mark", "score")


@dataclass(frozen=True)
class ResultRosters:
    """What rows are checked against: who was where, the subjects by id, and the results the register holds."""

    enrolled: Sequence[EnrolledName]
    subjects: Mapping[int, str]
    known: Sequence[ExternalResult]

    @property
    def digest(self) -> str:
        """A digest of all of it."""
        return digest_of([*self.enrolled, *self.subjects.items(), *self.known])


def fields_of(header: Sequence[str]) -> dict[str, int]:
    """Return which column of a table holds which field; nothing where a field that each row needs has none."""
    found = columns_beginning(header, FIELDS)
    is_complete = found.keys() >= set(NEEDED_FIELDS) and not found.keys().isdisjoint(RESULT_FIELDS)
    return found if is_complete else {}


def has_result(row: SourceRow) -> bool:
    """Whether a row says what was reached: a pupil of a list without a result wrote no test."""
    return any(row[field] for field in RESULT_FIELDS)


def plan_results(rows: Sequence[SourceRow], rosters: ResultRosters, today: date) -> Plan[ExternalResult]:
    """Return what loading the rows would do; rows without a result are passed over."""
    checking = _Checking(rosters, today)
    seen: dict[tuple[ExternalTestKey, int], int] = {}

    def read(row: SourceRow) -> PlannedRow[ExternalResult]:
        result = checking.result(row)
        key = (result.test, result.pupil_id)
        if (twin := seen.setdefault(key, row.number)) != row.number:
            raise RuleRefused(f"Результат этого ученика уже есть в строке {twin}.")
        return PlannedRow(row.number, result, checking.known.get(key))

    planned, refused = read_each((row for row in rows if row.unread or has_result(row)), read)
    return plan_of(ImportKind.EXTERNAL_TESTS, planned, refused, rosters.digest)


class _Checking:
    """The lists that every row is looked up in, made ready once."""

    def __init__(self, rosters: ResultRosters, today: date) -> None:
        self.subjects, self.today = rosters.subjects, today
        self.known = {(result.test, result.pupil_id): result for result in rosters.known}
        self.classes: dict[tuple[int, str], list[EnrolledName]] = defaultdict(list)
        for each in rosters.enrolled:
            self.classes[each.school_year, class_key(each.class_name)].append(each)

    def result(self, row: SourceRow) -> ExternalResult:
        """Return the result that a row states; raises RuleRefused with the reason."""
        kind, held_on = _kind(row["kind"]), _day(row["held_on"], self.today)
        test = ExternalTestKey(kind, self._subject(row["subject"]), held_on)
        pupil_id = self._pupil(row["class"], row["pupil"], _birthday(row["born_on"]), held_on)
        mark, score = _mark(row["mark"]), _score(row["score"])
        if KINDS[kind].has_mark and mark is None:
            raise RuleRefused(f"Нет отметки: у {KINDS[kind].title} она нужна, от 2 до 5.")
        if not KINDS[kind].has_mark and score is None:
            raise RuleRefused(f"Нет балла: у {KINDS[kind].title} он нужен, от 0 до 100.")
        return ExternalResult(test, pupil_id, mark, score)

    def _subject(self, text: str) -> int:
        found = abbreviated(text, self.subjects.items())
        return _the_only(
            found, f"Предмета «{text}» нет в журнале.", f"Под «{text}» подходит несколько предметов."
        )

    def _pupil(self, class_name: str, text: str, born_on: date | None, held_on: date) -> int:
        listed = self.classes.get((school_year_of(held_on), class_key(class_name)))
        if listed is None:
            check_no_day(class_name, "-")
            raise RuleRefused(f"Класса «{class_name}» в этом учебном году нет.")
        there = {each.pupil_id: each.name for each in listed if is_in_span([each.span], held_on)}
        born_on = birthday_beside(read_name(text), born_on)
        birthdays = {each.pupil_id: each.born_on for each in listed}
        found = people_named(text, there, birthdays, born_on)
        if len(found) > 1:
            several = f"В классе {class_name} под «{text}» подходит несколько учеников."
            raise refuse_namesakes(several, [there[each] for each in found], born_on)
        if not found and born_on and people_named(text, there):
            raise RuleRefused(f"У ученика «{text}» в карточке не {born_on:%d.%m.%Y}, а другая дата рождения.")
        return _the_only(found, f"Ученика «{text}» {held_on:%d.%m.%Y} не было в классе {class_name}.", "")


def _the_only(found: Sequence[int], nobody: str, several: str) -> int:
    if len(found) != 1:
        raise RuleRefused(several if found else nobody)
    return found[0]


def _kind(text: str) -> ExternalTestKind:
    wanted = plain(text)
    found = [kind for kind, row in KINDS.items() if wanted in row.spellings]
    if not found:
        raise RuleRefused(f"Тест «{text}» неизвестен: бывают ВПР, ОГЭ и ЕГЭ.")
    return found[0]


def _day(text: str, today: date) -> date:
    day = parse_day(text)
    if day is None:
        raise RuleRefused(f"Дата «{text}» не читается: напишите её как 15.04.2026.")
    if day > today:
        raise RuleRefused(f"Дата {day:%d.%m.%Y} ещё не наступила.")
    return day


def _birthday(text: str) -> date | None:
    day = parse_day(text) if text else None
    if text and day is None:
        raise RuleRefused(f"Дата рождения «{text}» не читается: напишите её как 15.04.2014.")
    return day


def _mark(text: str) -> int | None:
    if not text:
        return None
    number = parse_whole(mark_text(text))
    if number is None or not LOWEST_MARK <= number <= HIGHEST_MARK:
        raise RuleRefused(f"Отметка «{text}» не от 2 до 5.")
    return number


def _score(text: str) -> float | None:
    if not text:
        return None
    number = parse_number(text)
    if number is None:
        check_no_day(text)
    if number is None or number > HIGHEST_SCORE:
        raise RuleRefused(f"Балл «{text}» не от 0 до 100.")
    return number
