"""What a OneRoster set says: versions, packings, every row counted, calendars, homerooms and teachers of the day (п. 4.6, 5.1)."""

from collections.abc import Callable
from datetime import date

import pytest
from roster_reading import Files, marks_of, read, refused, result, said, session
from roster_set import csv_texts, manifest, packed, small_set, zipped

from school.errors import Refusal
from school.files.source import FileCounts
from school.imports.one_roster.archive import read_set
from school.imports.one_roster.tables import OneRosterTables

# --- versions and the manifest


def as_1_2(files: Files) -> Files:
    """Return the set as 1.2 has it: roles in a file of their own."""
    roles = [
        {
            "sourcedId": f"r{user['sourcedId']}",
            "userSourcedId": user["sourcedId"],
            "roleType": "primary",
            "role": user.pop("role"),
        }
        for user in files["users"]
    ]
    return files | {"roles": roles, "manifest": manifest("1.2")}


def test_1_2_with_its_roles_in_a_file_says_the_same_as_1_1() -> None:
    old, new = said(small_set()), said(as_1_2(small_set()))
    assert (new.rows.keys(), marks_of(new), new.names) == (old.rows.keys(), marks_of(old), old.names)
    assert new.names["p1"].last == "Петров"


@pytest.mark.parametrize("version", ["1.0", "2.0", "1.3"])
def test_an_unknown_version_is_refused_by_name(version: str) -> None:
    with pytest.raises(Refusal, match=f"OneRoster версии {version} не читается"):
        read_set(zipped(small_set() | {"manifest": manifest(version)}))


@pytest.mark.parametrize(
    ("said_of_results", "drops", "words"),
    [("bulk", True, "обещает файл results.csv"), ("partial", False, "о файле results.csv сказано «partial»")],
)
def test_a_manifest_that_contradicts_the_archive_is_refused(
    said_of_results: str, drops: bool, words: str
) -> None:
    files = small_set() | {"manifest": manifest("1.1", results=said_of_results)}
    if drops:
        del files["results"]
    with pytest.raises(Refusal, match=words):
        read_set(zipped(files))


def test_a_file_that_the_manifest_calls_absent_is_not_read() -> None:
    tables = said(small_set() | {"manifest": manifest("1.1", results="absent")})
    assert marks_of(tables) == []
    assert "results.csv не читается: manifest.csv говорит, что его в наборе нет." in tables.notes


# --- how programs pack and write it


def renamed(name: Callable[[str], str]) -> Callable[[Files], bytes]:
    return lambda files: packed({name(file): text.encode() for file, text in csv_texts(files).items()})


def encoded(coding: str) -> Callable[[Files], bytes]:
    return lambda files: packed({file: text.encode(coding) for file, text in csv_texts(files).items()})


def with_commas(header: str, row: str) -> Callable[[Files], bytes]:
    def pack(files: Files) -> bytes:
        members = {}
        for file, text in csv_texts(files).items():
            first, *rest = text.splitlines()
            members[file] = "\n".join([first + header, *(line + row for line in rest)]).encode()
        return packed(members)

    return pack


PACKINGS: dict[str, Callable[[Files], bytes]] = {
    "capitals": renamed(lambda file: file[0].upper() + file[1:]),
    "all capitals": renamed(str.upper),
    "a folder": renamed(lambda file: f"OneRoster export/{file}"),
    "backslashes": renamed(lambda file: f"export\\{file}"),
    "cp1251": encoded("cp1251"),
    "utf-16": encoded("utf-16"),
    "utf-16 without a mark": encoded("utf-16-le"),
    "utf-8 with a mark": encoded("utf-8-sig"),
    "semicolons": lambda files: packed(
        {
            file: text.replace(",", ";").encode()
            for file, text in csv_texts(files | {"classes": _one_term(files)}).items()
        }
    ),
    "commas at the end": with_commas(",,", ",,"),
    "commas at the end of the header": with_commas(",,", ""),
    "commas at the end of the rows": with_commas("", ",,,"),
}


def _one_term(files: Files) -> list[dict[str, str]]:
    return [
        line | {"termSourcedIds": "q1", "title": line["title"].replace(",", "")} for line in files["classes"]
    ]


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS)
def test_a_set_is_read_however_it_was_packed(pack: Callable[[Files], bytes]) -> None:
    _, tables = read(pack(small_set()))
    assert marks_of(tables) == marks_of(said(small_set()))
    assert tables.names["p2"].last == "Ветрова"


def damaged(**texts: Callable[[str], str]) -> bytes:
    """Return the small set with some files changed as text."""
    files = csv_texts(small_set())
    return packed({file: texts.get(file[:-4], str)(text).encode() for file, text in files.items()})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            damaged(users=lambda text: text.replace("Ветрова", '"Ветрова')),
            "users.csv, строка 3: кавычка не закрыта",
        ),
        (damaged(users=lambda text: text + "p9,"), ""),
        (packed({"a/users.csv": b"x", "b/Users.csv": b"x"}), "Файл users.csv в архиве дважды"),
        (
            damaged(orgs=lambda text: text.replace("name,", "sourcedId,")),
            "orgs.csv: столбец sourcedid встречается дважды",
        ),
        (packed({"orgs.csv": b"\xef\xbb\xbf\xff\xff"}), "orgs.csv: кодировка не распознана"),
        (
            zipped({name: rows for name, rows in small_set().items() if name != "users"}),
            "нет файлов users.csv",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(content: bytes, words: str) -> None:
    if not words:
        assert refused(read(content)[1])[0] == ("users.csv", 7, "полей 2, а в заголовке 11")
        return
    with pytest.raises(Refusal, match=words):
        read(content)


# --- every row is counted


def test_every_row_of_a_set_is_counted_once() -> None:
    files = small_set()
    files["users"] += [
        {"sourcedId": "g1", "role": "guardian", "familyName": "Петрова", "givenName": "Анна"},
        {"sourcedId": "p4", "role": "student", "familyName": "Другой"},
        {},
    ]
    files["results"][0]["status"] = "tobedeleted"
    files["results"][1]["scoreDate"] = "вчера"
    files["enrollments"].append(
        {"sourcedId": "a", "classSourcedId": "k1", "userSourcedId": "t1", "role": "aide"}
    )
    files["resources"] = [{"sourcedId": "r1"}]
    files["demographics"] = [
        {"sourcedId": "p1", "birthDate": "2013-05-01"},
        {"sourcedId": "p2", "birthDate": "", "sex": "female"},
        {"sourcedId": "p3", "birthDate": "весной"},
        {"sourcedId": "p77", "birthDate": "2013-05-01"},
    ]
    roster, tables = read(zipped(files))
    counts = tables.counts(roster, [], [])
    assert counts.total == sum(len(rows) for rows in files.values())
    assert counts == FileCounts(read=28, empty=1, unread=2, left_out=9)
    assert tables.birthdays == {"p1": date(2013, 5, 1)}
    assert ("demographics.csv", 4, "birthDate: «весной», нужна дата ГГГГ-ММ-ДД") in refused(tables)
    assert ("results.csv", 3, "scoreDate: «вчера», нужна дата ГГГГ-ММ-ДД") in refused(tables)
    assert set(tables.said_of_passed_over()) == {
        "orgs.csv: не взято строк 1 (строка 3): это не школа.",
        "users.csv: не взято строк 1 (строка 8): то же обозначение, что в строке 5.",
        "users.csv: не взято строк 1 (строка 7): человека нет ни в одном классе набора.",
        "results.csv: не взято строк 1 (строка 2): строка помечена к удалению; загрузка ничего не удаляет.",
        "enrollments.csv: не взято строк 1 (строка 10): роль aide журналу не нужна.",
        "demographics.csv: не взято строк 1 (строка 3): в строке нет дня рождения.",
        "demographics.csv: не взято строк 1 (строка 5): такого человека в наборе нет.",
    }
    assert "resources.csv: не взято строк 1: в журнале для них нет места." in tables.notes


def test_of_two_rows_of_one_thing_the_one_changed_later_counts() -> None:
    files = small_set()
    late = {**files["results"][0], "score": "3", "dateLastModified": "2025-10-02T01:00:00.000Z"}
    files["results"] = [late, {**files["results"][0], "dateLastModified": "2025-10-02T03:59:00+03:00"}]
    assert [mark[2] for mark in marks_of(said(files))] == ["3"]


def test_a_pupil_has_one_mark_for_a_work() -> None:
    files = small_set()
    files["results"] = [result("w1", "p1", "5"), result("w1", "p1", "2") | {"sourcedId": "other"}]
    tables = said(files)
    assert [mark[2] for mark in marks_of(tables)] == ["5"]
    assert refused(tables) == [("results.csv", 3, "за эту работу у ученика уже есть отметка, в строке 2")]


# --- the calendar


def terms_of(tables: OneRosterTables) -> list[tuple[str, ...]]:
    return [
        (row["term_id"], row["kind"], row["number"], row["starts_on"], row["ends_on"])
        for _, row in tables.rows["terms"]
    ]


CALENDARS: dict[str, tuple[list[dict[str, str]], list[tuple[str, ...]]]] = {
    "halves whose end is the day after": (
        [session("a", "2025-09-01", "2026-01-01"), session("b", "2026-01-01", "2026-06-01")],
        [("a", "half", "1", "2025-09-01", "2025-12-31"), ("b", "half", "2", "2026-01-01", "2026-05-31")],
    ),
    "halves next to each other": (
        [session("a", "2025-09-01", "2025-12-31"), session("b", "2026-01-01", "2026-05-31")],
        [("a", "half", "1", "2025-09-01", "2025-12-31"), ("b", "half", "2", "2026-01-01", "2026-05-31")],
    ),
    "the second half alone": (
        [session("b", "2026-01-12", "2026-05-29")],
        [("b", "half", "2", "2026-01-12", "2026-05-29")],
    ),
    "one quarter of four": (
        [session("q3", "2026-01-12", "2026-03-22", "gradingPeriod")],
        [("q3", "quarter", "3", "2026-01-12", "2026-03-22")],
    ),
    "trimesters": (
        [
            session("a", "2025-09-01", "2025-11-23"),
            session("b", "2025-12-01", "2026-02-22"),
            session("c", "2026-03-02", "2026-05-29"),
        ],
        [
            ("a", "trimester", "1", "2025-09-01", "2025-11-23"),
            ("b", "trimester", "2", "2025-12-01", "2026-02-22"),
            ("c", "trimester", "3", "2026-03-02", "2026-05-29"),
        ],
    ),
    "a year that begins in July": (
        [session("y", "2025-07-01", "2026-06-30", "schoolYear")],
        [("y", "year", "1", "2025-07-01", "2026-06-30")],
    ),
    "quarters and halves of one type": (
        [
            session("h1", "2025-09-01", "2025-12-28"),
            session("h2", "2026-01-12", "2026-05-29"),
            session("q1", "2025-09-01", "2025-10-26"),
        ],
        [
            ("h1", "half", "1", "2025-09-01", "2025-12-28"),
            ("h2", "half", "2", "2026-01-12", "2026-05-29"),
            ("q1", "quarter", "1", "2025-09-01", "2025-10-26"),
        ],
    ),
}


@pytest.mark.parametrize(("sessions", "terms"), CALENDARS.values(), ids=CALENDARS)
def test_terms_have_their_kind_by_their_length(
    sessions: list[dict[str, str]], terms: list[tuple[str, ...]]
) -> None:
    tables = said(small_set() | {"academicSessions": sessions})
    assert sorted(terms_of(tables)) == terms
    assert {row["school_year"] for _, row in tables.rows["terms"]} == {"2025"}


def test_overlapping_sessions_are_told_and_left_out() -> None:
    sessions = [
        session("a", "2025-09-01", "2025-12-28"),
        session("again", "2025-09-15", "2025-12-28"),
        session("year", "2025-09-01", "2026-05-31"),
        session("b", "2026-01-12", "2026-05-29"),
        session("bad", "2026-05-29", "31.05.2026"),
    ]
    tables = said(small_set() | {"academicSessions": sessions})
    assert [term[0] for term in terms_of(tables)] == ["a", "b"]
    file = "academicSessions.csv"
    assert [row for row in refused(tables) if row[0] == file] == [
        (file, 6, "endDate: «31.05.2026», нужна дата ГГГГ-ММ-ДД"),
        (file, 4, "это весь учебный год: он пересекается с его частями, за которые стоят отметки"),
        (file, 3, "пересекается по дням с периодом из строки 2; взят тот"),
    ]


@pytest.mark.parametrize(
    "above",
    [
        [session("y25", "2025-09-01", "2026-05-30", "schoolYear")],
        [
            session("s1", "", "", "semester", parentSourcedId="y25"),
            session("y25", "2025-09-01", "2026-05-30", "schoolYear"),
        ],
    ],
    ids=["the year itself", "a semester below it"],
)
def test_a_class_that_names_a_session_above_belongs_to_its_year(above: list[dict[str, str]]) -> None:
    files = small_set()
    files["academicSessions"] += [*above, session("n1", "2026-09-01", "2026-10-26", "gradingPeriod")]
    for line in files["classes"]:
        line["termSourcedIds"] = above[0]["sourcedId"]
    tables = said(files)
    assert {row["school_year"] for _, row in tables.rows["classes"]} == {"2025"}
    assert len(marks_of(tables)) == 3


def test_a_class_of_no_known_year_is_refused_where_there_are_several() -> None:
    files = small_set()
    files["academicSessions"].append(session("n1", "2026-09-01", "2026-10-26", "gradingPeriod"))
    files["classes"][0]["termSourcedIds"] = "nothing"
    assert ("classes.csv", 2, "termSourcedIds: неясно, какой это учебный год") in refused(said(files))


# --- who was where on the day


def moved(old_end: str, new_begin: str) -> Files:
    """Return the set with p1 moved to 6Г, and works before and after."""
    files = small_set()
    files["classes"].append({**files["classes"][0], "sourcedId": "h6g", "title": "6Г"})
    files["enrollments"][0]["endDate"] = old_end
    files["enrollments"].append(
        {
            **files["enrollments"][0],
            "sourcedId": "x",
            "classSourcedId": "h6g",
            "beginDate": new_begin,
            "endDate": "",
        }
    )
    files["lineItems"] = [
        {"sourcedId": day, "classSourcedId": "k1", "dueDate": day}
        for day in ("2025-12-26", "2026-01-12", "2026-02-10")
    ]
    files["results"] = [result(each["sourcedId"], "p1", "4") for each in files["lineItems"]]
    return files


@pytest.mark.parametrize(
    ("old_end", "new_begin", "left_on"),
    [
        ("2026-01-12", "2026-01-12", "2026-01-12"),
        ("2026-01-11", "2026-01-12", "2026-01-12"),
        ("", "2026-01-12", ""),
        ("2026-01-11T21:00:00Z", "2026-01-11T21:00:00Z", "2026-01-12"),
    ],
)
def test_a_mark_goes_to_the_homeroom_of_its_day(old_end: str, new_begin: str, left_on: str) -> None:
    tables = said(moved(old_end, new_begin))
    assert [mark[3] for mark in marks_of(tables)] == ["h6", "h6g", "h6g"]
    assert tables.rows["enrolments"][0][1]["ends_on"] == left_on


def test_a_mark_of_a_pupil_in_two_homerooms_at_once_is_refused() -> None:
    files = moved("", "")
    assert refused(said(files))[0] == (
        "results.csv",
        2,
        "26.12.2025 ученик числится сразу в нескольких классах: h6, h6g",
    )


def test_an_enrolment_that_ends_with_the_year_ends_with_its_last_day() -> None:
    files = small_set()
    files["enrollments"][0]["endDate"] = "2026-05-29"
    assert said(files).rows["enrolments"][0][1]["ends_on"] == "2026-05-30"


def test_a_mark_has_the_teacher_of_its_day() -> None:
    files = moved("2026-01-01", "2026-01-01")
    files["enrollments"][7] |= {"endDate": "2026-01-12"}
    files["enrollments"].append(
        {
            **files["enrollments"][7],
            "sourcedId": "y",
            "userSourcedId": "t2",
            "beginDate": "2026-01-12",
            "endDate": "",
        }
    )
    teachers = [row["teacher_id"] for _, row in said(files).rows["marks"]]
    assert teachers == ["t1", "t2", "t2"]
    files["enrollments"][-1] |= {"beginDate": "", "primary": "true"}
    assert [row["teacher_id"] for _, row in said(files).rows["marks"]] == ["t2"] * 3


def test_what_two_classes_share_and_who_has_no_name_is_said() -> None:
    files = small_set()
    files["classes"].append({**files["classes"][0], "sourcedId": "h6b", "title": "6 в"})
    files["users"][0].update(familyName="", givenName="")
    notes = said(files).notes
    assert (
        "classes.csv: классов «6В» 2025/26 учебного года несколько (строки 2, 5): загрузятся как разные."
        in notes
    )
    assert any(
        note.startswith("users.csv: людей без фамилии и имени 1 (первый — строка 2)") for note in notes
    )


def test_a_result_of_somebody_unknown_says_whom_it_names() -> None:
    files = small_set()
    files["results"][0]["studentSourcedId"] = "никто"
    assert refused(said(files))[0] == ("results.csv", 2, "studentSourcedId: ученика «никто» в наборе нет")


def test_a_name_that_swallowed_another_person_is_named_by_its_line() -> None:
    text = 'sourcedId,role,familyName,givenName\np1,student,"Петров,Пётр\np2,student,Ветрова",Вера\n'
    members = {name: each.encode() for name, each in csv_texts(small_set()).items()}
    with pytest.raises(Refusal, match=r"users\.csv, строка 2: кавычка не закрыта"):
        read(packed({**members, "users.csv": text.encode()}))
