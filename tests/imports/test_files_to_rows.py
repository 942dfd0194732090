"""From a sheet to rows by field: headers are guessed, people's choices hold, a journal workbook is read cell by cell."""

import pytest
from loading import read, workbook_of
from small_school import NOW

from school.errors import Refusal
from school.files.column_mapping import EVERY_SHEET, ColumnMapping, guess_columns, mapping_of_text, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind
from school.files.tables import SheetTable, read_tables

GUESSES = {
    ImportKind.PUPILS: {
        "№": None,
        "Ф.И.О. обучающегося": "full_name",
        "Кл.": "school_class",
        "Дата рожд.": None,
        "Д.р.": "born_on",
        "Телефон родителя": "phone",
    },
    ImportKind.STAFF: {"Фамилия": "last_name", "ИМЯ": "first_name", "Отчество": "middle_name", "Должность": "position"},
    ImportKind.LOAD: {"Педагог": "teacher", "Класс": "school_class", "Предмет": "subject", "Часов в неделю": "hours_a_week"},
    ImportKind.TIMETABLE: {"День недели": "weekday", "№ урока": "number", "Класс": "school_class", "Предмет": "subject", "Каб.": "room"},
    ImportKind.FACTS: {
        "subject": "subject",
        "lesson_date": "lesson_date",
        "mark": "mark",
        "weight": "weight",
        "school_class": "school_class",
        "last_name": "last_name",
        "first_name": "first_name",
        "middle_name": "middle_name",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", GUESSES)
def test_headers_are_known_by_their_words(kind: ImportKind) -> None:
    found = guess_columns(FORMS[kind], list(GUESSES[kind]))
    assert {header: name for name, header in found.items()} == {
        header: name for header, name in GUESSES[kind].items() if name
    }


@pytest.mark.parametrize("kind", [kind for kind in FORMS if kind is not ImportKind.JOURNAL])
def test_the_template_of_each_kind_is_known_by_its_own_titles(kind: ImportKind) -> None:
    found = guess_columns(FORMS[kind], [field.title for field in FORMS[kind].fields])
    assert found == {field.name: field.title for field in FORMS[kind].fields}


def test_a_profile_gives_back_the_very_mapping() -> None:
    mapping = ColumnMapping(
        ImportKind.FACTS, "Лист1", 2, 1, {"mark": "Оценка"}, {"school_class": "7А"}, {"absence": {"бол": "б"}}
    )
    assert mapping_of_text(mapping.to_text()) == mapping


def test_the_files_own_words_are_put_into_the_schools() -> None:
    sheet = SheetTable("Л", (("Имя", "Пропуск"), ("Алёшин", "Бол."), ("Ёлкина", "н")))
    mapping = ColumnMapping(
        ImportKind.FACTS,
        "Л",
        1,
        1,
        {"full_name": "Имя", "absence": "Пропуск"},
        {"school_class": "7А", "subject": "Математика", "term": "1 четверть"},
        {"absence": {"бол": "б"}},
    )
    rows = read_rows(FORMS[ImportKind.FACTS], [sheet], mapping).rows
    assert [(row["absence"], row["school_class"]) for row in rows] == [("б", "7А"), ("н", "7А")]


def test_a_sheet_for_each_class_gives_the_class_by_its_name() -> None:
    sheets = [SheetTable(name, (("ФИО",), (f"Ученик {name}",))) for name in ("7А", "8Б")]
    mapping = ColumnMapping(
        ImportKind.PUPILS, EVERY_SHEET, 1, 1, {"full_name": "ФИО"}, sheet_field="school_class"
    )
    table = read_rows(FORMS[ImportKind.PUPILS], sheets, mapping)
    assert [(row["school_class"], table.place(row.number)) for row in table.rows] == [
        ("7А", "лист «7А», строка 2"),
        ("8Б", "лист «8Б», строка 2"),
    ]


def test_a_profile_that_does_not_fit_the_file_says_which_column_is_gone() -> None:
    mapping = ColumnMapping(ImportKind.PUPILS, "Л", 1, 1, {"full_name": "ФИО", "school_class": "Класс"})
    with pytest.raises(Refusal, match="нет столбца: «Класс»"):
        read_rows(FORMS[ImportKind.PUPILS], [SheetTable("Л", (("ФИО", "Группа"), ("А Б", "7А")))], mapping)


def test_a_journal_workbook_is_read_cell_by_cell() -> None:
    content = workbook_of(
        {
            "Алгебра": [
                ["Предмет: Математика"],
                ["Класс: 7А"],
                [],
                ["", "", "Ноябрь", "", "", "Январь", "2 четверть"],
                ["", "", "17", "18", "18", NOW.date(), ""],
                ["№", "ФИО", "урок", "урок", "урок", "урок", ""],
                [1, "Алёшин Пётр", "5(2)", "н", "4, 3", "", 5],
                [2, "Ёлкина Анна", "", "", "", "б", ""],
            ],
            "Титул": [["Школа"]],
        }
    )
    table = read(ImportKind.JOURNAL, content)
    said = [
        (
            table.place(row.number),
            row["full_name"],
            row["lesson_date"] or row["term"],
            row["nth"],
            row["mark"] or row["term_mark"],
        )
        for row in table.rows
    ]
    assert said == [
        ("лист «Алгебра», C7", "Алёшин Пётр", "2026-11-17", "1", "5(2)"),
        ("лист «Алгебра», D7", "Алёшин Пётр", "2026-11-18", "1", "н"),
        ("лист «Алгебра», E7", "Алёшин Пётр", "2026-11-18", "2", "4, 3"),
        ("лист «Алгебра», G7", "Алёшин Пётр", "2 четверть", "", "5"),
        ("лист «Алгебра», F8", "Ёлкина Анна", "2026-11-19", "1", "б"),
    ]
    assert table.notes == ("Лист «Титул» пропущен: на нём нет строки «Предмет: …» или месяцев.",)


def test_what_is_no_journal_workbook_says_what_one_looks_like() -> None:
    with pytest.raises(Refusal, match="не журнал по шаблону"):
        read(ImportKind.JOURNAL, workbook_of({"Л": [["ФИО", "Класс"]]}))


def test_rows_keep_the_numbers_that_people_see() -> None:
    sheets = read_tables(workbook_of({"Л": [["Школа"], [], ["ФИО", "Класс"], [], ["Новиков Лев", "7А"]]}))
    assert sheets[0].rows[4] == ("Новиков Лев", "7А")
    table = read(
        ImportKind.PUPILS, workbook_of({"Л": [["Школа"], [], ["ФИО", "Класс"], [], ["Новиков Лев", "7А"]]})
    )
    assert [row.number for row in table.rows] == [5]
