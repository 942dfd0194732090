"""The checks of the school's data: each asks one question and says why the answer matters (п. 4.3, 6.3).

The query of a check stands under the same name in ``school.data_checks.store``.
"""

from dataclasses import dataclass
from enum import StrEnum


class MendedAt(StrEnum):
    """Where people set right what a check finds."""

    REGISTER = "register"
    ABSENCES = "absences"
    TERM_MARKS = "term_marks"
    CLASS_LIST = "class_list"
    SUBSTITUTIONS = "substitutions"
    LOAD = "load"
    TIMETABLE = "timetable"


@dataclass(frozen=True)
class DataCheck:
    """A check: its name, its title, the question it answers, why that matters and where it is set right."""

    name: str
    title: str
    question: str
    why: str
    mended_at: MendedAt


CHECKS: tuple[DataCheck, ...] = (
    DataCheck(
        "entries_on_days_off",
        "Записи в выходной",
        "Есть ли отметки и пропуски в праздник, каникулы или выходной?",
        "Урока в этот день по календарному графику нет (п. 5.1): дата урока неверна.",
        MendedAt.REGISTER,
    ),
    DataCheck(
        "entries_at_cancelled_lessons",
        "Записи на отменённом уроке",
        "Есть ли отметки и пропуски на отменённых уроках?",
        "Урока не было: отметка и пропуск недостоверны (п. 8.3).",
        MendedAt.REGISTER,
    ),
    DataCheck(
        "leaves_without_absence",
        "Причина без пропуска",
        "Есть ли справки и заявления на уроки, где ученик отмечен присутствующим?",
        "Либо ученик был на уроке, либо учитель не отметил пропуск (п. 4.3, 6.3).",
        MendedAt.ABSENCES,
    ),
    DataCheck(
        "entries_of_unlisted_pupils",
        "Ученика нет в списке",
        "Есть ли отметки и пропуски учеников, которые в тот день не числились в классе или группе?",
        "Ученик не попадает в отчёты класса; проверьте даты движения (п. 4.6).",
        MendedAt.REGISTER,
    ),
    DataCheck(
        "pupils_without_class",
        "Ученик без класса",
        "Все ли ученики зачислены в класс этого года?",
        "Без класса у ученика нет ни журнала, ни дневника (п. 3.3).",
        MendedAt.CLASS_LIST,
    ),
    DataCheck(
        "lessons_of_dismissed_staff",
        "Уроки уволенных",
        "Есть ли уроки и нагрузка у сотрудников после увольнения?",
        "Журнал некому заполнять (п. 4.5): нужна замена или другой учитель.",
        MendedAt.SUBSTITUTIONS,
    ),
    DataCheck(
        "teacher_at_two_lessons",
        "Учитель на двух уроках",
        "Есть ли два урока одного учителя в одно время без объединения?",
        "Один из уроков дал кто-то другой: замена не записана (п. 6.3).",
        MendedAt.SUBSTITUTIONS,
    ),
    DataCheck(
        "class_at_two_lessons",
        "Класс на двух уроках",
        "Есть ли два урока у класса или группы в одно время?",
        "Один из уроков лишний: прохождение программы завышено (п. 6.3).",
        MendedAt.REGISTER,
    ),
    DataCheck(
        "load_without_timetable",
        "Нагрузка без расписания",
        "У всей ли нагрузки есть уроки в расписании?",
        "Без расписания уроки не появляются в журнале (п. 4.3).",
        MendedAt.TIMETABLE,
    ),
    DataCheck(
        "timetable_without_load",
        "Расписание без нагрузки",
        "У всех ли уроков расписания есть действующая нагрузка и учитель?",
        "Урок никому не поручен: журнал останется пустым (п. 4.3).",
        MendedAt.LOAD,
    ),
    DataCheck(
        "terms_without_marks",
        "Период без отметок",
        "Есть ли журналы, где уроки идут, а отметок за период нет ни одной?",
        "Аттестовать не по чему: нужны отметки за период (п. 5.2).",
        MendedAt.REGISTER,
    ),
    DataCheck(
        "closed_terms_without_term_marks",
        "Нет отметки за закрытый период",
        "У всех ли учеников с текущими отметками выставлена отметка за закрытый период?",
        "Период закрыт, а итог не выставлен (п. 5.3, 5.4).",
        MendedAt.TERM_MARKS,
    ),
)
CHECK_OF_NAME = {check.name: check for check in CHECKS}
