"""Substitutions: who may stand in for an absent teacher, in which order, and what a substitute is paid for (п. 4.2, 4.5)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum

from school.errors import RuleRefused
from school.records import JoinTarget, Lesson, LessonStatus, SubstitutionKind, TeacherHours

REASON_LENGTH = 200
MOST_DAYS = 14


KIND_TITLES: dict[SubstitutionKind, str] = {
    SubstitutionKind.SUBJECT: "замена по предмету",
    SubstitutionKind.SUPERVISION: "присмотр",
    SubstitutionKind.JOINED: "объединение",
    SubstitutionKind.CANCELLED: "урок отменён",
}
# Kinds that somebody gives: each is signed in the log and counts an hour in the sheet.
GIVEN_KINDS = (SubstitutionKind.SUBJECT, SubstitutionKind.SUPERVISION, SubstitutionKind.JOINED)


class SubstituteFit(IntEnum):
    """How well a free teacher fits a lesson, the best first."""

    SUBJECT_IN_CLASS = 1
    SUBJECT = 2
    CLASS_ONLY = 3
    SUPERVISION = 4

    @property
    def kind(self) -> SubstitutionKind:
        """What the substitution is called in the sheet."""
        return SubstitutionKind.SUBJECT if self <= SubstituteFit.SUBJECT else SubstitutionKind.SUPERVISION


_FITS = {
    (True, True): SubstituteFit.SUBJECT_IN_CLASS,
    (True, False): SubstituteFit.SUBJECT,
    (False, True): SubstituteFit.CLASS_ONLY,
    (False, False): SubstituteFit.SUPERVISION,
}
_Hour = tuple[date, int]  # day, lesson number


@dataclass(frozen=True)
class Candidate:
    """A free teacher for a lesson; ``lessons_that_day`` is 0 for who is not at school otherwise."""

    staff_id: int
    name: str
    fit: SubstituteFit
    lessons_that_day: int


def is_free(teacher: TeacherHours, day: date, number: int) -> bool:
    """Whether a teacher neither teaches at this lesson number nor is away that day."""
    return (day, number) not in teacher.busy and day not in teacher.away_on


def fit_of(teacher: TeacherHours, subject_id: int, class_id: int) -> SubstituteFit:
    """Return how a teacher fits a lesson: qualified is who teaches the subject now."""
    return _FITS[subject_id in teacher.subject_ids, class_id in teacher.class_ids]


def candidates(
    teachers: Iterable[TeacherHours], lesson: Lesson, absent_ids: Collection[int | None]
) -> list[Candidate]:
    """Return the free teachers for a lesson: qualified first, of them those who also teach the class.

    Of equals who is at school that day comes first, and of them who has fewer lessons.
    """
    day = lesson.held_on
    free = [
        Candidate(
            each.staff_id, each.name, fit_of(each, lesson.subject_id, lesson.class_id), each.lessons_on(day)
        )
        for each in teachers
        if each.staff_id not in absent_ids and is_free(each, day, lesson.number)
    ]
    return sorted(
        free, key=lambda each: (each.fit, not each.lessons_that_day, each.lessons_that_day, each.name)
    )


def joins(
    lesson: Lesson, grade_level: int | None, others: Iterable[JoinTarget], absent_ids: Collection[int | None]
) -> list[JoinTarget]:
    """Return the lessons of the same hour to join with: another group of the class, then the subject in the grade, then elsewhere.

    Lessons that share neither class nor subject are no company for one another.
    """

    def place(other: JoinTarget) -> tuple[bool, bool, bool, str]:
        return (
            other.class_id != lesson.class_id,
            other.subject_id != lesson.subject_id,
            other.grade_level != grade_level,
            other.class_name,
        )

    fitting = [
        other
        for other in others
        if (other.held_on, other.number) == (lesson.held_on, lesson.number)
        and other.lesson_id != lesson.lesson_id
        and other.teacher_id not in absent_ids
        and (other.class_id == lesson.class_id or other.subject_id == lesson.subject_id)
    ]
    return sorted(fitting, key=place)


def check_reason(kind: SubstitutionKind, reason: str) -> None:
    """Raise RuleRefused for a cancelled lesson without a reason, or a reason that is too long."""
    if kind is SubstitutionKind.CANCELLED and not reason.strip():
        raise RuleRefused(
            "Причина отмены урока не указана.",
            "Отмена меняет прохождение программы (п. 6.3).",
            "Напишите причину отсутствия учителя.",
        )
    if len(reason.strip()) > REASON_LENGTH:
        raise RuleRefused(f"Причина длиннее {REASON_LENGTH} знаков.", next_step="Сократите её.")


def check_days(first_day: date, last_day: date) -> None:
    """Raise RuleRefused for days in the wrong order or too many at once."""
    if not first_day <= last_day < first_day + timedelta(days=MOST_DAYS):
        raise RuleRefused(
            "Такие дни не подходят.",
            next_step=f"Выберите первый и последний день, не больше {MOST_DAYS} дней подряд.",
        )


def check_lesson_is_open(lesson: Lesson, *, has_entries: bool, is_settled: bool) -> None:
    """Raise RuleRefused where a lesson can get no substitute: settled already, filled, cancelled, or in a closed term."""
    if is_settled:
        raise RuleRefused(
            "По этому уроку замена уже записана.", next_step="Снимите прежнее назначение и назначьте снова."
        )
    if lesson.term_is_closed:
        raise RuleRefused(
            "Учебный период закрыт.",
            "Замены в нём уже учтены.",
            "Откройте период на странице «Учебные периоды».",
        )
    if lesson.status == LessonStatus.CANCELLED:
        raise RuleRefused("Урок отменён.", next_step="Выберите другой урок.")
    if has_entries:
        raise RuleRefused(
            "В уроке уже есть записи.",
            "Его дал тот, кто их внёс.",
            "Если записи внесены по ошибке, их сначала удаляет учитель.",
        )


def check_is_free(is_teacher_free: bool, name: str) -> None:
    """Raise RuleRefused where a teacher is no longer free at the hour of the lesson."""
    if not is_teacher_free:
        raise RuleRefused(
            f"{name or 'Этот учитель'} в это время не может заменить.",
            "У учителя свой урок, другая замена или он сам в этот день отсутствует.",
            "Выберите другого учителя из списка.",
        )


def check_may_withdraw(*, has_entries: bool, has_joined: bool) -> None:
    """Raise RuleRefused where an assignment stays: the lesson was filled, or another is joined to it."""
    if has_entries:
        raise RuleRefused(
            "Назначение снять нельзя: в уроке уже есть записи замещающего.",
            "Замена состоялась и входит в табель.",
        )
    check_nothing_joined(has_joined)


def check_nothing_joined(has_joined: bool) -> None:
    """Raise RuleRefused where another lesson is joined to this one, so that its teacher must stay."""
    if has_joined:
        raise RuleRefused(
            "С этим уроком объединён другой.", next_step="Сначала снимите объединение того урока."
        )


def check_may_sign(held_on: date, today: date, *, is_given: bool, is_signed: bool) -> None:
    """Raise RuleRefused for a signature before the day of the lesson, a second one, or one for a cancelled lesson (п. 4.5)."""
    if not is_given:
        raise RuleRefused("Подписывать нечего: этой замены нет.", next_step="Обновите страницу.")
    if is_signed:
        raise RuleRefused("Замена уже подписана.", next_step="Обновите страницу.")
    if held_on > today:
        raise RuleRefused("Урок ещё не состоялся.", next_step="Подпишите замену в день урока.")


@dataclass(frozen=True)
class GivenLesson:
    """A substituted lesson that was given: the row of the sheet that it counts in."""

    substitute_id: int
    kind: SubstitutionKind
    is_signed: bool


@dataclass
class SheetHours:
    """A substitute's hours (lessons) of a month by kind, and how many of them are not signed."""

    hours: Counter[SubstitutionKind] = field(default_factory=Counter)
    unsigned: int = 0

    @property
    def total(self) -> int:
        """All hours together."""
        return sum(self.hours.values())


def sheet_hours(lessons: Iterable[GivenLesson]) -> dict[int, SheetHours]:
    """Return the substitution sheet (п. 4.2): one lesson is one hour; cancelled lessons count for nobody."""
    sheet: dict[int, SheetHours] = {}
    for lesson in lessons:
        if lesson.kind in GIVEN_KINDS:
            row = sheet.setdefault(lesson.substitute_id, SheetHours())
            row.hours[lesson.kind] += 1
            row.unsigned += not lesson.is_signed
    return sheet


def proposals(of_lessons: Mapping[int, tuple[_Hour, Sequence[Candidate]]]) -> dict[int, Candidate]:
    """Return the best candidate of each lesson such that nobody is proposed for two lessons at once."""
    taken: set[tuple[int, _Hour]] = set()
    chosen: dict[int, Candidate] = {}
    for lesson_id, (hour, free) in of_lessons.items():
        best = next((each for each in free if (each.staff_id, hour) not in taken), None)
        if best:
            taken.add((best.staff_id, hour))
            chosen[lesson_id] = best
    return chosen
