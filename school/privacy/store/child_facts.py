"""Everything that the tables hold of one child, kind by kind, as texts for a document."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from school.audit.rules import EVENT_TITLES
from school.calendar import school_year_title, term_title
from school.certificates.records import PaperKind
from school.certificates.rules.issuing import KINDS as PAPER_KINDS
from school.councils.records import Outcome
from school.councils.rules import OUTCOME_TITLES
from school.external_tests.records import ExternalTestKind
from school.external_tests.rules import KINDS
from school.families.rules import REMARK_TITLES
from school.numbers import number_text
from school.occasions.rules import SIDE_TITLES, Side
from school.people.records import MovementKind
from school.people.rules.movements import MOVEMENT_TITLES
from school.privacy.rules.facts import Fact
from school.privacy.rules.viewing import title_of
from school.records import AbsenceReason, RemarkKind
from school.store.names import full_name, short_name, surname_and_initials
from school.store.reading import Reader
from school.tasks.rules import STEP_TITLES, StepKind

REASONS: Mapping[str, str] = {
    AbsenceReason.UNKNOWN: "причина не указана",
    AbsenceReason.ILLNESS: "болезнь",
    AbsenceReason.VALID: "уважительная",
    AbsenceReason.LATE: "опоздание",
}


def _term(code: str) -> str:
    kind, _, number = code.rpartition(" ")
    return term_title(kind, int(number))


def _viewed(code: str) -> str:
    kind, _, title = code.partition("|")
    return title_of(kind, title)


# How the values of a column are written, by the code after «:» in its title.
_WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "year": school_year_title,
    "term": _term,
    "reason": lambda code: REASONS[code],
    "movement": lambda code: MOVEMENT_TITLES[MovementKind(code)],
    "remark": lambda code: REMARK_TITLES[RemarkKind(code)],
    "test": lambda code: KINDS[ExternalTestKind(code)].title,
    "event": lambda code: EVENT_TITLES.get(code, code),
    "viewed": _viewed,
    "step": lambda code: STEP_TITLES[StepKind(code)],
    "outcome": lambda code: OUTCOME_TITLES[Outcome(code)],
    "certificate": lambda code: PAPER_KINDS[PaperKind(code)].title,
    "side": lambda code: SIDE_TITLES[Side(code)],
}


@dataclass(frozen=True)
class FactRows:
    """A kind of fact of one child: the titles of the columns, and rows of texts."""

    fact: Fact
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]


# The other parent may not learn a phone, a name for signing in or an hour of this one's from the document.
_PHONE = (
    "CASE WHEN coalesce(g.phone, '') = '' THEN 'не указан' ELSE 'оканчивается на ' || right(g.phone, 2) END"
)
# By kind: columns by title, with how each is written after «:» (year, term, reason, …), and the query of their values.
_QUERIES: Mapping[Fact, tuple[tuple[str, ...], str]] = {
    Fact.PERSON: (
        ("Фамилия, имя, отчество", "Дата рождения", "Номер в ЕСИА"),
        f"SELECT {full_name('p')}, p.born_on, p.esia_id FROM pupils p WHERE p.pupil_id = $pupil",
    ),
    Fact.GUARDIANS: (
        ("Кто", "Кем приходится", "Телефон"),
        f"""SELECT {full_name("g")}, k.relation, {_PHONE} FROM guardian_pupils k JOIN guardians g USING (guardian_id)
            WHERE k.pupil_id = $pupil ORDER BY 1""",
    ),
    Fact.PLACES: (
        ("Учебный год:year", "Класс", "С", "До"),
        """SELECT c.school_year, c.name, e.starts_on, e.ends_on FROM enrolments e JOIN classes c USING (class_id)
            WHERE e.pupil_id = $pupil ORDER BY c.school_year, e.starts_on""",
    ),
    Fact.MOVEMENTS: (
        ("Когда", "Что:movement", "Приказ", "Причина"),
        "SELECT happened_on, kind, order_title, reason FROM pupil_movements WHERE pupil_id = $pupil ORDER BY happened_on",
    ),
    Fact.SUBGROUPS: (
        ("Учебный год:year", "Предмет", "Подгруппа"),
        """SELECT c.school_year, b.name, s.name FROM subgroup_members m JOIN subgroups s USING (subgroup_id)
            JOIN classes c USING (class_id) JOIN subjects b USING (subject_id) WHERE m.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.MARKS: (
        ("Учебный год:year", "Предмет", "Дни и отметки"),
        """SELECT t.school_year, b.name, string_agg(strftime(l.held_on, '%d.%m') || ' — ' || m.value, '; ' ORDER BY l.held_on, m.slot)
            FROM marks m JOIN lessons l USING (lesson_id) JOIN terms t USING (term_id) JOIN subjects b USING (subject_id)
            WHERE m.pupil_id = $pupil AND ($hidden_from IS NULL OR (coalesce(m.recorded_at < $hidden_from, true)
                AND NOT EXISTS (FROM events e WHERE e.kind = 'cell' AND e.happened_at >= $hidden_from
                    AND e.pupil_id = m.pupil_id AND e.lesson_id = m.lesson_id)))
            GROUP BY t.school_year, b.name ORDER BY ALL""",
    ),
    Fact.ABSENCES: (
        ("Учебный год:year", "Причина:reason", "Дни и уроки"),
        """SELECT t.school_year, a.reason, string_agg(strftime(l.held_on, '%d.%m') || ', ' || b.name, '; ' ORDER BY l.held_on, l.number)
            FROM absences a JOIN lessons l USING (lesson_id) JOIN terms t USING (term_id) JOIN subjects b USING (subject_id)
            WHERE a.pupil_id = $pupil GROUP BY t.school_year, a.reason ORDER BY ALL""",
    ),
    Fact.LEAVES: (
        ("С", "По", "Причина:reason", "Пояснение", "Справка от"),
        """SELECT starts_on, ends_on, reason, note || CASE WHEN withdrawn_at IS NOT NULL THEN ' (отозвана)' ELSE '' END,
            certified_on FROM leaves WHERE pupil_id = $pupil ORDER BY starts_on""",
    ),
    Fact.EXCUSES: (
        ("Когда", "С", "По", "Причина:reason", "Ответ", "Файлов"),
        """SELECT x.sent_at, x.starts_on, x.ends_on, x.reason, CASE WHEN x.withdrawn_at IS NOT NULL THEN 'отозвано семьёй'
                WHEN x.decided_at IS NULL THEN 'ждёт' WHEN x.leave_id IS NULL THEN 'отклонено' ELSE 'принято' END,
                (SELECT count(*) FROM excuse_papers p WHERE p.excuse_id = x.excuse_id)
            FROM excuses x WHERE x.pupil_id = $pupil ORDER BY x.sent_at""",
    ),
    Fact.TERM_MARKS: (
        ("Учебный год:year", "Период:term", "Предмет", "Отметка", "Примечание"),
        """SELECT t.school_year, t.kind || ' ' || t.number, b.name, m.value, m.reason FROM term_marks m
            JOIN terms t USING (term_id) JOIN subjects b USING (subject_id) WHERE m.pupil_id = $pupil
            ORDER BY t.school_year, t.starts_on, b.name""",
    ),
    Fact.YEAR_MARKS: (
        ("Учебный год:year", "Предмет", "Отметка", "Примечание"),
        """SELECT m.school_year, b.name, m.value, m.reason FROM year_marks m JOIN subjects b USING (subject_id)
            WHERE m.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.FINAL_MARKS: (
        ("Учебный год:year", "Предмет", "Что", "Отметка", "Примечание"),
        """SELECT c.school_year, b.name, m.what, m.value, m.reason FROM (
                SELECT class_id, subject_id, pupil_id, 'экзамен' AS what, value, '' AS reason FROM exam_marks
                UNION ALL SELECT class_id, subject_id, pupil_id, 'итог', value, reason FROM final_marks) m
            JOIN classes c USING (class_id) JOIN subjects b USING (subject_id) WHERE m.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.COUNCIL: (
        ("Учебный год:year", "Решение:outcome", "Протокол", "От", "Примечание"),
        """SELECT c.school_year, d.outcome, d.protocol, d.decided_on, d.note FROM council_decisions d JOIN classes c USING (class_id)
            WHERE d.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.FORMER_MARKS: (
        ("Учебный год:year", "Период:term", "Предмет", "Отметка"),
        """SELECT t.school_year, t.kind || ' ' || t.number, b.name, m.value FROM former_school_marks m
            JOIN terms t USING (term_id) JOIN subjects b USING (subject_id) WHERE m.pupil_id = $pupil
            ORDER BY t.school_year, t.starts_on, b.name""",
    ),
    Fact.TESTS: (
        ("Когда", "Что:test", "Предмет", "Отметка", "Балл"),
        """SELECT e.held_on, e.kind, b.name, r.mark, r.score FROM external_test_results r JOIN external_tests e USING (test_id)
            JOIN subjects b USING (subject_id) WHERE r.pupil_id = $pupil ORDER BY e.held_on, b.name""",
    ),
    Fact.REMARKS: (
        ("Когда", "Что:remark", "Предмет", "Текст", "Кто", "Прочитано"),
        f"""SELECT r.written_at, r.kind, coalesce(b.name, ''), r.text || CASE WHEN r.withdrawn_at IS NOT NULL
                THEN ' (отозвано)' ELSE '' END, coalesce({surname_and_initials("s")}, ''), max(d.read_at)
            FROM remarks r LEFT JOIN subjects b USING (subject_id) LEFT JOIN users u ON u.user_id = r.written_by
                LEFT JOIN staff s ON s.staff_id = u.staff_id LEFT JOIN remark_readings d USING (remark_id)
            WHERE r.pupil_id = $pupil GROUP BY ALL ORDER BY r.written_at""",
    ),
    Fact.ANNOUNCEMENTS: (
        ("Когда", "Объявление", "Кому", "Открыто", "Подтверждено"),
        """SELECT a.sent_at, a.subject || CASE WHEN a.withdrawn_at IS NOT NULL THEN ' (отозвано)' ELSE '' END,
                CASE r.part WHEN 'pupil' THEN 'ученику' ELSE 'родителю' END, r.seen_at, r.confirmed_at
            FROM announcement_recipients r JOIN announcements a USING (announcement_id)
            WHERE r.owner_id = $pupil AND r.part <> 'staff' ORDER BY ALL""",
    ),
    Fact.CONSULTATIONS: (
        ("Когда", "С кем", "Кто записался", "Записался(-ась)", "Что стало", "Заметка учителя"),
        f"""SELECT s.begins_at, {surname_and_initials("t")}, coalesce({full_name("g")}, ''), b.booked_at,
                CASE WHEN b.cancelled_at IS NULL THEN '' WHEN b.is_by_school THEN 'отменила школа' ELSE 'отменила семья' END,
                CASE WHEN b.note <> '' THEN 'есть' ELSE '' END
            FROM consultation_bookings b JOIN consultation_slots s USING (slot_id) JOIN staff t USING (staff_id)
                LEFT JOIN users u ON u.user_id = b.booked_by LEFT JOIN guardians g USING (guardian_id)
            WHERE b.pupil_id = $pupil ORDER BY s.begins_at, b.booking_id""",
    ),
    Fact.WEEKS: (
        ("Неделя с", "Кто", "Когда"),
        f"""SELECT w.monday, coalesce({full_name("g")}, ''), w.confirmed_at FROM week_confirmations w JOIN users u USING (user_id)
            LEFT JOIN guardians g USING (guardian_id) WHERE w.pupil_id = $pupil ORDER BY ALL""",
    ),
    # The other parent may not learn from the document what this one wrote of: neither subjects nor words stand in it.
    Fact.LETTERS: (
        ("Начата", "Между кем", "Сообщений", "Последнее"),
        """SELECT t.started_at, (SELECT string_agg(DISTINCT CASE h.role WHEN 'guardian' THEN 'родитель' WHEN 'pupil' THEN 'ученик'
                ELSE 'сотрудник школы' END, ' и ') FROM thread_people h WHERE h.thread_id = t.thread_id), count(*), max(m.written_at)
            FROM threads t JOIN messages m USING (thread_id) WHERE t.pupil_id = $pupil GROUP BY t.thread_id, t.started_at
            ORDER BY t.started_at""",
    ),
    Fact.TASKS: (
        ("Когда", "Предмет", "Задание"),
        """SELECT l.held_on, b.name, t.text FROM homework_task_pupils h JOIN homework_tasks t USING (task_id)
            JOIN lessons l USING (lesson_id) JOIN subjects b USING (subject_id) WHERE h.pupil_id = $pupil
            UNION ALL SELECT t.created_at::DATE, b.name, t.text FROM homework_task_pupils h JOIN register_tasks t USING (task_id)
            JOIN subjects b USING (subject_id) WHERE h.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.TICKS: (
        ("Урок", "Предмет", "Когда отмечено"),
        """SELECT l.held_on, b.name, h.done_at FROM homework_ticks h JOIN lessons l USING (lesson_id)
            JOIN subjects b USING (subject_id) WHERE h.pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.ANSWERS: (
        ("Когда", "Что:step", "Предмет", "Текст", "Файлов"),
        """SELECT s.made_at, s.kind, b.name, s.text, (SELECT count(*) FROM task_files f WHERE f.step_id = s.step_id)
            FROM task_steps s LEFT JOIN homework_tasks t USING (task_id) LEFT JOIN lessons l USING (lesson_id)
                LEFT JOIN register_tasks r USING (task_id) JOIN subjects b ON b.subject_id = coalesce(r.subject_id, l.subject_id)
            WHERE s.pupil_id = $pupil ORDER BY s.step_id""",
    ),
    Fact.OCCASIONS: (
        ("Событие", "День", "Чей ответ:side", "Ответ", "Когда"),
        """SELECT o.title, o.starts_on, a.side, CASE WHEN a.is_coming THEN 'придёт' ELSE 'не придёт' END, a.answered_at
            FROM occasion_answers a JOIN occasions o USING (occasion_id) WHERE a.side <> 'staff' AND a.person_id = $pupil
            ORDER BY o.starts_on, a.side""",
    ),
    Fact.CERTIFICATES: (
        ("Когда", "Что:certificate", "№", "Куда", "Состояние"),
        """SELECT issued_at, kind, number || '/' || number_year, to_whom, CASE WHEN cancelled_at IS NULL THEN 'выдано'
                ELSE 'аннулировано: ' || cancel_reason END FROM certificates WHERE pupil_id = $pupil
            UNION ALL SELECT asked_at, kind, '', to_whom, CASE WHEN decided_at IS NULL THEN 'заказано'
                WHEN certificate_id IS NULL THEN 'отказано: ' || answer ELSE 'заказ выполнен' END
            FROM certificate_requests WHERE pupil_id = $pupil ORDER BY ALL""",
    ),
    Fact.FORECASTS: (
        ("На день", "Период:term", "Предмет", "2", "3", "4", "5"),
        """SELECT s.as_of, t.kind || ' ' || t.number, b.name, round(100 * r.p2)::INT || ' %', round(100 * r.p3)::INT || ' %',
                round(100 * r.p4)::INT || ' %', round(100 * r.p5)::INT || ' %'
            FROM forecast_snapshot_rows r JOIN forecast_snapshots s USING (snapshot_id) JOIN terms t USING (term_id)
                JOIN subjects b USING (subject_id) WHERE r.pupil_id = $pupil
            QUALIFY row_number() OVER (PARTITION BY r.subject_id ORDER BY s.as_of DESC, s.made_at DESC) = 1
            UNION ALL SELECT h.taken_at::DATE, t.kind || ' ' || t.number, b.name, 'взялся помочь: ' || h.agreed, '', '', ''
            FROM extra_help h JOIN terms t USING (term_id) JOIN subjects b USING (subject_id) WHERE h.pupil_id = $pupil
            ORDER BY 3, 1""",
    ),
    Fact.ACCESS: (
        (
            "Чей вход",
            "Имя для входа",
            "Открытых сеансов",
            "Последний сеанс",
            "Дневник открыт",
            "Календарей по ссылке",
        ),
        f"""SELECT coalesce(nullif({full_name("g")}, ''), 'ученик'), CASE WHEN u.pupil_id = $pupil THEN u.login ELSE 'знает родитель' END,
                count(s.session_hash) FILTER (s.revoked_at IS NULL AND s.expires_at > $now),
                CASE WHEN u.pupil_id = $pupil THEN max(s.created_at) END,
                CASE WHEN u.pupil_id = $pupil THEN max(d.read_at) END,
                (SELECT count(*) FROM calendar_feeds f WHERE f.user_id = u.user_id AND f.pupil_id = $pupil)
            FROM users u LEFT JOIN guardians g USING (guardian_id) LEFT JOIN sessions s USING (user_id)
                LEFT JOIN diary_readings d ON d.user_id = u.user_id AND d.pupil_id = $pupil
            WHERE u.pupil_id = $pupil OR u.guardian_id IN (SELECT guardian_id FROM guardian_pupils WHERE pupil_id = $pupil)
            GROUP BY g.last_name, g.first_name, g.middle_name, u.user_id, u.pupil_id, u.login ORDER BY ALL""",
    ),
    Fact.EVENTS: (
        ("Вид записи:event", "Сколько", "Первая", "Последняя"),
        """SELECT kind, count(*), min(happened_at), max(happened_at) FROM events WHERE pupil_id = $pupil GROUP BY kind ORDER BY kind""",
    ),
    Fact.VIEWINGS: (
        ("Когда", "Кто", "Что:viewed"),
        f"""SELECT v.viewed_at, concat_ws(', ', nullif({surname_and_initials("s")}, ''), nullif(s.position, ''),
                nullif({short_name("g")}, '')), v.kind || '|' || v.title
            FROM viewings v LEFT JOIN users u USING (user_id) LEFT JOIN staff s ON s.staff_id = u.staff_id
                LEFT JOIN guardians g ON g.guardian_id = u.guardian_id
            WHERE v.pupil_id = $pupil OR v.pupil_id IS NULL
            UNION ALL SELECT r.read_on::TIMESTAMP, c.name, 'schedule|' FROM schedule_readings r
                JOIN schedule_clients c USING (client_id) WHERE r.pupil_id = $pupil
            ORDER BY 1 DESC""",
    ),
}


def child_facts(
    reader: Reader, pupil_id: int, now: datetime, marks_hidden_from: datetime | None = None
) -> list[FactRows]:
    """Return all kinds of facts of a child, each in the order of its days; marks entered or corrected since a moment are left out."""
    values = {"now": now, "hidden_from": marks_hidden_from}
    found = []
    for fact, (columns, query) in _QUERIES.items():
        titles, codes = zip(*(title.partition(":")[::2] for title in columns), strict=True)
        given: dict[str, Any] = {"pupil": pupil_id}
        given |= {name: value for name, value in values.items() if f"${name}" in query}
        rows = [tuple(map(_text, row, codes)) for row in reader.read(query, given)]
        found.append(FactRows(fact, titles, rows))
    return found


def _text(value: Any, code: str) -> str:
    if value is None:
        return ""
    if code:
        return _WRITTEN[code](value)
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    return number_text(value, 1) if isinstance(value, float) else str(value)


def readers_by_role(reader: Reader) -> dict[str, int]:
    """Return how many people who may sign in have each role."""
    query = """SELECT r.role, count(*) FROM user_roles r JOIN users u USING (user_id)
        WHERE u.blocked_at IS NULL AND u.password_hash <> '' GROUP BY r.role"""
    return dict(reader.read(query))


def name_and_class(reader: Reader, pupil_id: int) -> tuple[str, str] | None:
    """Return a pupil's full name and newest class, or None where there is no such pupil."""
    query = f"""SELECT {full_name("p")}, coalesce((SELECT max_by(c.name, (c.school_year, coalesce(e.starts_on, DATE '1900-01-01')))
            FROM enrolments e JOIN classes c USING (class_id) WHERE e.pupil_id = p.pupil_id), '')
        FROM pupils p WHERE p.pupil_id = $pupil"""
    return next(iter(reader.read(query, {"pupil": pupil_id})), None)
