"""Every kind of fact that is kept of a child: what for, by what right, how long, in which tables (152-ФЗ, ст. 14 ч. 7)."""

from dataclasses import dataclass
from enum import StrEnum

REGISTER_LAW = "273-ФЗ, ст. 28 ч. 3 п. 10, 11; 152-ФЗ, ст. 6 ч. 1 п. 2"
SAFETY_LAW = "152-ФЗ, ст. 19"
FIVE_YEARS, TWENTY_FIVE_YEARS = "5 лет (п. 6.6)", "25 лет (п. 6.6)"


class Fact(StrEnum):
    """A kind of fact."""

    PERSON = "person"
    GUARDIANS = "guardians"
    PLACES = "places"
    MOVEMENTS = "movements"
    SUBGROUPS = "subgroups"
    MARKS = "marks"
    ABSENCES = "absences"
    LEAVES = "leaves"
    EXCUSES = "excuses"
    TERM_MARKS = "term_marks"
    YEAR_MARKS = "year_marks"
    FINAL_MARKS = "final_marks"
    COUNCIL = "council"
    FORMER_MARKS = "former_marks"
    TESTS = "tests"
    REMARKS = "remarks"
    ANNOUNCEMENTS = "announcements"
    CONSULTATIONS = "consultations"
    WEEKS = "weeks"
    LETTERS = "letters"
    TASKS = "tasks"
    TICKS = "ticks"
    ANSWERS = "answers"
    OCCASIONS = "occasions"
    CERTIFICATES = "certificates"
    FORECASTS = "forecasts"
    ACCESS = "access"
    EVENTS = "events"
    VIEWINGS = "viewings"


@dataclass(frozen=True)
class FactKind:
    """A kind of fact in words, and the tables that it stands in."""

    title: str
    purpose: str
    basis: str
    term: str
    tables: tuple[str, ...]


FACTS: dict[Fact, FactKind] = {
    Fact.PERSON: FactKind("Ученик", "знать, кто учится", REGISTER_LAW, TWENTY_FIVE_YEARS, ("pupils",)),
    Fact.GUARDIANS: FactKind(
        "Родители (законные представители)", "сообщать об успеваемости, открыть дневник", REGISTER_LAW,
        "имя — 5 лет, телефон — до срока после выбытия", ("guardian_pupils", "guardians"),
    ),
    Fact.PLACES: FactKind("Классы", "вести списки классов", REGISTER_LAW, TWENTY_FIVE_YEARS, ("enrolments",)),
    Fact.MOVEMENTS: FactKind("Движение", "учесть прибытие, перевод, выбытие", REGISTER_LAW, TWENTY_FIVE_YEARS, ("pupil_movements",)),
    Fact.SUBGROUPS: FactKind("Подгруппы", "разделить класс на уроке", REGISTER_LAW, FIVE_YEARS, ("subgroup_members",)),
    Fact.MARKS: FactKind("Текущие отметки", "учесть успеваемость", REGISTER_LAW, FIVE_YEARS, ("marks",)),
    Fact.ABSENCES: FactKind("Пропуски и опоздания", "учесть посещаемость", REGISTER_LAW, FIVE_YEARS, ("absences",)),
    Fact.LEAVES: FactKind(
        "Причины отсутствия за дни", "учесть уважительные причины", REGISTER_LAW, "5 лет, пояснения — до срока", ("leaves",)
    ),
    Fact.EXCUSES: FactKind(
        "Сообщения семьи о пропусках", "записать причину пропуска", REGISTER_LAW,
        "5 лет; пояснения и снимки справок — до срока", ("excuses", "excuse_papers"),
    ),
    Fact.TERM_MARKS: FactKind("Отметки за периоды", "аттестовать", REGISTER_LAW, TWENTY_FIVE_YEARS, ("term_marks",)),
    Fact.YEAR_MARKS: FactKind("Отметки за год", "аттестовать", REGISTER_LAW, TWENTY_FIVE_YEARS, ("year_marks",)),
    Fact.FINAL_MARKS: FactKind("Экзамены и итоговые отметки", "аттестовать", REGISTER_LAW, TWENTY_FIVE_YEARS, ("exam_marks", "final_marks")),
    Fact.COUNCIL: FactKind(
        "Решения педагогического совета", "перевести в следующий класс", REGISTER_LAW, TWENTY_FIVE_YEARS, ("council_decisions",)
    ),
    Fact.FORMER_MARKS: FactKind(
        "Отметки из прежней школы", "аттестовать за год", REGISTER_LAW, TWENTY_FIVE_YEARS, ("former_school_marks",)
    ),
    Fact.TESTS: FactKind("ВПР, ОГЭ, ЕГЭ", "сверить отметки с независимой оценкой", REGISTER_LAW, FIVE_YEARS, ("external_test_results",)),
    Fact.REMARKS: FactKind(
        "Замечания и рекомендации", "сообщать семье", REGISTER_LAW, FIVE_YEARS, ("remarks", "remark_readings")
    ),
    Fact.ANNOUNCEMENTS: FactKind(
        "Объявления и кто с ними ознакомлен", "знать, что семья ознакомлена", REGISTER_LAW, FIVE_YEARS, ("announcement_recipients",)
    ),
    Fact.CONSULTATIONS: FactKind(
        "Консультации", "договориться о встрече с учителем", REGISTER_LAW, "5 лет; вопрос семьи и заметка учителя — до срока",
        ("consultation_bookings",),
    ),
    Fact.WEEKS: FactKind("Недели, просмотренные родителями", "знать, что семья ознакомлена", REGISTER_LAW, FIVE_YEARS, ("week_confirmations",)),
    Fact.LETTERS: FactKind(
        "Переписка о ребёнке", "ответить на вопросы семьи и ученика", REGISTER_LAW, "до срока после выбытия (обычно 3 года)",
        ("threads", "thread_people", "messages", "message_files"),
    ),
    Fact.TASKS: FactKind("Личные задания", "задать ребёнку своё", REGISTER_LAW, FIVE_YEARS, ("homework_task_pupils",)),
    Fact.TICKS: FactKind("Задания, отмеченные сделанными", "помочь ребёнку ничего не забыть", REGISTER_LAW, FIVE_YEARS, ("homework_ticks",)),
    Fact.ANSWERS: FactKind(
        "Ответы на индивидуальные задания и что сказал учитель", "проверить работу", REGISTER_LAW, FIVE_YEARS, ("task_steps", "task_files")
    ),
    Fact.OCCASIONS: FactKind("Ответы, придёт ли на событие", "знать, кто придёт", REGISTER_LAW, FIVE_YEARS, ("occasion_answers",)),
    Fact.CERTIFICATES: FactKind(
        "Выданные справки и выписки, заказы справок", "вести книгу выдачи", REGISTER_LAW, FIVE_YEARS,
        ("certificates", "certificate_requests"),
    ),
    Fact.FORECASTS: FactKind(
        "Прогнозы отметок за период (последний по предмету) и кто взялся помочь", "вовремя помочь; решений по ним не принимают", REGISTER_LAW,
        FIVE_YEARS, ("forecast_snapshot_rows", "extra_help"),
    ),
    Fact.ACCESS: FactKind(
        "Вход в дневник", "пускать только семью", SAFETY_LAW, "пока ребёнок учится; сеансы и попытки — до срока",
        (
            "users", "user_roles", "sessions", "sign_in_attempts", "invitations", "diary_readings", "calendar_feeds", "notice_letters", "views",
        ),
    ),
    Fact.EVENTS: FactKind("Записи об изменениях", "знать, кто и что исправил", SAFETY_LAW, FIVE_YEARS, ("events", "import_batch_rows")),
    Fact.VIEWINGS: FactKind("Кто смотрел", "знать, кто смотрел и выгружал", SAFETY_LAW, "до срока (обычно год)", ("viewings", "diary_visits", "schedule_readings")),
}  # fmt: skip
