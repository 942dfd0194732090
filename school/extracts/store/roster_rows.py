"""A school year as the files of OneRoster 1.1: the rows of each, in the columns and the order of the specification.

A homeroom is a class of the school; a section, what a teacher teaches a class in a subject, is a scheduled class. Dates of
an end are the first day after. Ids are made of the register's own, the same in every export of this register.
"""

from typing import Any

from school.calendar import TERM_WORDS, school_year_title
from school.extracts.store.rows import KEYS
from school.store.reading import Reader
from school.store.selection import has_come

# The category of marks without a work type: the specification wants one for every work.
NO_WORK_TYPE = "Текущая отметка"
# The categories of marks for a term, one a term, its title after them, and for the year; they weigh nothing in a mean of works.
TERM_CATEGORY, YEAR_CATEGORY = "Отметка за период", "Отметка за год"
_HOMEROOM_COURSE = "Класс"
_NOTHING = "'' AS status, '' AS dateLastModified"


def _guid(kind: str, *keys: str) -> str:
    """Return SQL of an id that is the same for the same record of this register, and no other's anywhere."""
    parts = " || '|' || ".join(f"coalesce(CAST({key} AS VARCHAR), '')" for key in keys)
    return f"CAST(CAST(md5((SELECT name FROM namespace) || '|{kind}|' || {parts}) AS UUID) AS VARCHAR)"


_YEAR_ID = _guid("year", "$year")
_FRAME = f"""WITH {KEYS},
namespace AS (SELECT CAST(min(applied_at) AS VARCHAR) AS name FROM migrations),
own_classes AS (SELECT * FROM class_keys WHERE school_year = $year),
marked AS (SELECT m.*, l.class_id, l.subject_id, l.teacher_id, l.term_id, l.held_on, l.topic,
        coalesce(m.work_type_id, l.work_type_id) AS type_id
    FROM marks m JOIN lessons l USING (lesson_id) JOIN own_classes c USING (class_id)),
taught AS (SELECT l.class_id, l.subject_id, l.teacher_id, l.subgroup_id FROM lessons l JOIN own_classes USING (class_id)
        WHERE l.status <> 'cancelled' OR l.lesson_id IN (SELECT lesson_id FROM marked)
    UNION SELECT a.class_id, a.subject_id, a.teacher_id, a.subgroup_id FROM teaching_load a JOIN own_classes USING (class_id)),
stays AS (SELECT * FROM enrolments JOIN own_classes USING (class_id) WHERE {has_come("enrolments")}),
last_places AS (SELECT pupil_id, arg_max(class_id, {{'since': coalesce(starts_on, DATE '0001-01-01'), 'stay': enrolment_id}}) AS class_id
    FROM stays GROUP BY pupil_id),
given AS (
    SELECT m.class_id, m.subject_id, m.term_id, m.pupil_id, m.value, m.teacher_id, false AS is_nobodys FROM term_marks m JOIN own_classes USING (class_id)
    UNION ALL SELECT class_id, m.subject_id, m.term_id, m.pupil_id, m.value, NULL, true
        FROM former_school_marks m JOIN terms t USING (term_id) JOIN last_places p USING (pupil_id)
        WHERE t.school_year = $year AND NOT EXISTS (SELECT 1 FROM term_marks o WHERE o.class_id = p.class_id
            AND o.subject_id = m.subject_id AND o.term_id = m.term_id AND o.pupil_id = m.pupil_id)
    UNION ALL SELECT m.class_id, m.subject_id, NULL, m.pupil_id, m.value, NULL, true FROM year_marks m JOIN own_classes USING (class_id)
        WHERE m.school_year = $year),
last_terms AS (SELECT c.class_id, arg_max(t.term_id, t.ends_on) AS term_id FROM own_classes c JOIN terms t
        ON t.school_year = $year AND t.school_id = c.school_id
            AND (t.term_id IN (SELECT k.term_id FROM class_terms k WHERE k.class_id = c.class_id)
                OR c.class_id NOT IN (SELECT class_id FROM class_terms))
    GROUP BY c.class_id),
finals AS (SELECT g.* EXCLUDE (teacher_id, is_nobodys), coalesce(g.teacher_id, a.teacher_id) AS teacher_id, t.term_id AS session_id,
        least(t.ends_on, greatest(t.starts_on, s.last_day)) AS held_on
    FROM given g LEFT JOIN last_terms l USING (class_id) JOIN terms t ON t.term_id = coalesce(g.term_id, l.term_id)
        LEFT JOIN (SELECT class_id, subject_id, min(teacher_id) AS teacher_id FROM taught GROUP BY ALL) a
            ON g.is_nobodys AND a.class_id = g.class_id AND a.subject_id = g.subject_id
        LEFT JOIN (SELECT pupil_id, class_id, max(coalesce(ends_on - 1, DATE '9999-12-31')) AS last_day FROM stays GROUP BY ALL) s
            ON s.pupil_id = g.pupil_id AND s.class_id = g.class_id),
sections AS (SELECT class_id, subject_id, teacher_id, bool_or(subgroup_id IS NULL AND NOT is_final) AS is_whole,
        list(DISTINCT subgroup_id) AS subgroup_ids
    FROM (SELECT *, false AS is_final FROM taught UNION ALL SELECT class_id, subject_id, teacher_id, NULL, true FROM finals) GROUP BY ALL)"""

_SCHOOL, _CLASS, _PUPIL = (
    _guid("school", "s.school_id"),
    _guid("class", "c.class_id"),
    _guid("pupil", "p.pupil_id"),
)
_SECTION = _guid("section", "x.class_id", "x.subject_id", "x.teacher_id")
_STAFF, _TERM, _SUBJECT = (
    _guid("staff", "w.staff_id"),
    _guid("term", "t.term_id"),
    _guid("subject", "x.subject_id"),
)
_WORK = _guid("work", "x.lesson_id", "x.type_id", "x.weight", "x.slot")
_CATEGORY = _guid("category", "x.type_id")
_FINAL_WORK = _guid("final work", "x.class_id", "x.subject_id", "x.teacher_id", "x.term_id")
_FINAL_CATEGORY = f"CASE WHEN x.term_id IS NULL THEN {_guid('year category', '$year')} ELSE {_guid('term category', 'x.term_id')} END"
_SCHOOL_OF_CLASS = _guid("school", "c.school_id")
_GRADES = "CASE WHEN c.grade_level IS NULL THEN '' ELSE lpad(CAST(c.grade_level AS VARCHAR), 2, '0') END"
_TERMS_OF_CLASS = f"""coalesce((SELECT string_agg({_guid("term", "k.term_id")}, ',' ORDER BY k.term_id)
    FROM class_terms k WHERE k.class_id = c.class_id), {_YEAR_ID})"""
_USER_END = "'' AS email, '' AS sms, '' AS phone, '' AS agentSourcedIds, {grades} AS grades, '' AS password"

_TERM_WORDS = " ".join(
    f"WHEN '{kind}' THEN '{words.replace('{}', '%d')}'" for kind, words in TERM_WORDS.items()
)

_ORGS = f"""SELECT {_SCHOOL} AS sourcedId, {_NOTHING}, s.name, 'school' AS type, s.school_key AS identifier, '' AS parentSourcedId
    FROM school_keys s WHERE s.school_id IN (SELECT school_id FROM own_classes)"""

_TERM_TITLE = (
    f"printf(CASE t.kind {_TERM_WORDS} ELSE '{TERM_WORDS['term'].replace('{}', '%d')}' END, t.number)"
)
_FINAL_TITLE = (
    f"CASE WHEN x.term_id IS NULL THEN '{YEAR_CATEGORY}' ELSE '{TERM_CATEGORY}: ' || {_TERM_TITLE} END"
)
_SESSIONS = f"""SELECT {_YEAR_ID} AS sourcedId, {_NOTHING}, $title AS title, 'schoolYear' AS type,
        min(starts_on) AS startDate, max(ends_on) + 1 AS endDate, '' AS parentSourcedId, $year + 1 AS schoolYear
    FROM (SELECT starts_on, ends_on FROM terms WHERE school_year = $year
        UNION ALL SELECT starts_on, ends_on FROM school_years WHERE school_year = $year)
    HAVING count(*) > 0
    UNION ALL SELECT {_TERM}, '', '', {_TERM_TITLE}, 'gradingPeriod', t.starts_on,
        t.ends_on + 1, {_YEAR_ID}, $year + 1
    FROM terms t WHERE t.school_year = $year AND t.school_id IN (SELECT school_id FROM own_classes)"""

_COURSES = f"""SELECT {_guid("subject", "b.subject_id")} AS sourcedId, {_NOTHING}, {_YEAR_ID} AS schoolYearSourcedId,
        b.name AS title, b.subject_key AS courseCode, '' AS grades, {_guid("school", "b.school_id")} AS orgSourcedId,
        '' AS subjects, '' AS subjectCodes
    FROM subject_keys b WHERE b.subject_id IN (SELECT subject_id FROM sections)
    UNION ALL SELECT {_guid("homeroom", "s.school_id")}, '', '', {_YEAR_ID}, '{_HOMEROOM_COURSE}', '', '', {_SCHOOL}, '', ''
    FROM school_keys s WHERE s.school_id IN (SELECT school_id FROM own_classes)"""

_CLASSES = f"""SELECT {_CLASS} AS sourcedId, {_NOTHING}, c.name AS title, {_GRADES} AS grades,
        {_guid("homeroom", "c.school_id")} AS courseSourcedId, c.class_key AS classCode, 'homeroom' AS classType,
        '' AS location, {_SCHOOL_OF_CLASS} AS schoolSourcedId, {_TERMS_OF_CLASS} AS termSourcedIds, '' AS subjects,
        '' AS subjectCodes, '' AS periods
    FROM own_classes c
    UNION ALL SELECT {_SECTION}, '', '', b.name || ' ' || c.name, {_GRADES}, {_SUBJECT}, '', 'scheduled', '',
        {_SCHOOL_OF_CLASS}, {_TERMS_OF_CLASS}, '', '', ''
    FROM sections x JOIN own_classes c USING (class_id) JOIN subject_keys b USING (subject_id)"""

_PUPILS = "SELECT pupil_id FROM stays UNION SELECT pupil_id FROM marked UNION SELECT pupil_id FROM finals"
_USERS = f"""SELECT {_PUPIL} AS sourcedId, {_NOTHING}, 'true' AS enabledUser, {_guid("school", "p.school_id")} AS orgSourcedIds,
        'student' AS role, k.pupil_key AS username, '' AS userIds, p.first_name AS givenName, p.last_name AS familyName,
        p.middle_name AS middleName, k.pupil_key AS identifier, {_USER_END.format(grades="coalesce(g.grades, '')")}
    FROM pupils p JOIN pupil_keys k USING (pupil_id)
        LEFT JOIN (SELECT e.pupil_id, arg_max({_GRADES}, e.enrolment_id) AS grades
            FROM stays e JOIN own_classes c USING (class_id) GROUP BY ALL) g USING (pupil_id)
    WHERE p.pupil_id IN ({_PUPILS})
    UNION ALL SELECT {_STAFF}, '', '', CASE WHEN w.dismissed_on IS NULL THEN 'true' ELSE 'false' END, o.schools, 'teacher',
        k.teacher_key, '', w.first_name, w.last_name, w.middle_name, k.teacher_key, {_USER_END.format(grades="''")}
    FROM staff w JOIN staff_keys k USING (staff_id)
        JOIN (SELECT staff_id, string_agg(DISTINCT {_SCHOOL_OF_CLASS}, ',') AS schools FROM (
                SELECT x.teacher_id AS staff_id, c.school_id FROM sections x JOIN own_classes c USING (class_id)
                UNION ALL SELECT homeroom_id, school_id FROM own_classes) c
            WHERE staff_id IS NOT NULL GROUP BY ALL) o USING (staff_id)"""

_RACES = ", ".join(
    f"'' AS {name}"
    for name in (
        "americanIndianOrAlaskaNative",
        "asian",
        "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander",
        "white",
        "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity",
        "countryOfBirthCode",
        "stateOfBirthAbbreviation",
        "cityOfBirth",
        "publicSchoolResidenceStatus",
    )
)
# A row has the id of its user. The register does not know the sex of its people.
_DEMOGRAPHICS = f"""SELECT {_PUPIL} AS sourcedId, {_NOTHING}, p.born_on AS birthDate, '' AS sex, {_RACES}
    FROM pupils p WHERE p.born_on IS NOT NULL AND p.pupil_id IN ({_PUPILS})"""

_ENROLLMENTS = f"""SELECT {_guid("stay", "e.enrolment_id")} AS sourcedId, {_NOTHING}, {_CLASS} AS classSourcedId,
        {_SCHOOL_OF_CLASS} AS schoolSourcedId, {_guid("pupil", "e.pupil_id")} AS userSourcedId, 'student' AS role,
        'false' AS "primary", e.starts_on AS beginDate, e.ends_on AS endDate
    FROM stays e JOIN own_classes c USING (class_id)
    UNION ALL SELECT {_guid("homeroom teacher", "c.class_id")}, '', '', {_CLASS}, {_SCHOOL_OF_CLASS},
        {_guid("staff", "c.homeroom_id")}, 'teacher', 'true', NULL, NULL
    FROM own_classes c WHERE c.homeroom_id IN (SELECT staff_id FROM staff)
    UNION ALL SELECT {_guid("member", "e.enrolment_id", "x.subject_id", "x.teacher_id")}, '', '', {_SECTION}, {_SCHOOL_OF_CLASS},
        {_guid("pupil", "e.pupil_id")}, 'student', 'false', e.starts_on, e.ends_on
    FROM sections x JOIN own_classes c USING (class_id) JOIN stays e USING (class_id)
    WHERE x.is_whole OR e.pupil_id IN (SELECT g.pupil_id FROM subgroup_members g WHERE list_contains(x.subgroup_ids, g.subgroup_id)
            UNION SELECT f.pupil_id FROM finals f WHERE f.class_id = x.class_id AND f.subject_id = x.subject_id
                AND f.teacher_id IS NOT DISTINCT FROM x.teacher_id)
    UNION ALL SELECT {_guid("teacher", "x.class_id", "x.subject_id", "x.teacher_id")}, '', '', {_SECTION}, {_SCHOOL_OF_CLASS},
        {_guid("staff", "x.teacher_id")}, 'teacher', 'true', NULL, NULL
    FROM sections x JOIN own_classes c USING (class_id) WHERE x.teacher_id IN (SELECT staff_id FROM staff)"""

_CATEGORIES = f"""SELECT {_CATEGORY} AS sourcedId, {_NOTHING}, coalesce(k.name, '{NO_WORK_TYPE}') AS title
    FROM (SELECT DISTINCT type_id FROM marked) x LEFT JOIN work_types k ON k.work_type_id = x.type_id
    UNION ALL SELECT DISTINCT {_FINAL_CATEGORY}, '', '', {_FINAL_TITLE} FROM finals x JOIN terms t ON t.term_id = x.session_id"""

# Marks of a lesson with one work type and one weight are a work; a pupil's second mark of a lesson is of another. Marks of a
# section for a term, or for the year, which stands in the last of its terms, are a work too.
_LINE_ITEMS = f"""SELECT {_WORK} AS sourcedId, {_NOTHING}, coalesce(k.name, '{NO_WORK_TYPE}') AS title,
        x.topic AS description, x.held_on AS assignDate, x.held_on AS dueDate, {_SECTION} AS classSourcedId,
        {_CATEGORY} AS categorySourcedId, {_guid("term", "x.term_id")} AS gradingPeriodSourcedId, '2' AS resultValueMin,
        '5' AS resultValueMax, coalesce(x.weight, k.weight, 1) AS "metadata.weight"
    FROM (SELECT DISTINCT lesson_id, type_id, weight, slot, topic, held_on, class_id, subject_id, teacher_id, term_id FROM marked) x
        LEFT JOIN work_types k ON k.work_type_id = x.type_id
    UNION ALL SELECT DISTINCT {_FINAL_WORK}, '', '', {_FINAL_TITLE}, '', t.ends_on, t.ends_on, {_SECTION}, {_FINAL_CATEGORY},
        {_TERM}, '2', '5', 0
    FROM finals x JOIN terms t ON t.term_id = x.session_id"""

_RESULTS = f"""SELECT {_guid("mark", "x.lesson_id", "x.pupil_id", "x.slot")} AS sourcedId, {_NOTHING}, {_WORK} AS lineItemSourcedId,
        {_guid("pupil", "x.pupil_id")} AS studentSourcedId, 'fully graded' AS scoreStatus, x.value AS score,
        x.held_on AS scoreDate, '' AS comment
    FROM marked x
    UNION ALL SELECT {_guid("final mark", "x.class_id", "x.subject_id", "x.term_id", "x.pupil_id")}, '', '', {_FINAL_WORK},
        {_guid("pupil", "x.pupil_id")}, 'fully graded', x.value, x.held_on, ''
    FROM finals x"""

_FILES: dict[str, str] = {
    "academicSessions": _SESSIONS,
    "categories": _CATEGORIES,
    "classes": _CLASSES,
    "courses": _COURSES,
    "demographics": _DEMOGRAPHICS,
    "enrollments": _ENROLLMENTS,
    "lineItems": _LINE_ITEMS,
    "orgs": _ORGS,
    "results": _RESULTS,
    "users": _USERS,
}
ROSTER_FILES = tuple(_FILES)


def roster_query(file: str, school_year: int) -> tuple[str, dict[str, Any]]:
    """Return the query of a file's rows of a school year, and its parameters."""
    sql = f"{_FRAME} SELECT * FROM ({_FILES[file]}) ORDER BY sourcedId"
    title = {"title": school_year_title(school_year)} if "$title" in sql else {}
    return sql, {"year": school_year, **title}


def years_with_classes(reader: Reader) -> list[int]:
    """Return the school years that have classes, the newest first."""
    return [row[0] for row in reader.read("SELECT DISTINCT school_year FROM classes ORDER BY 1 DESC")]
