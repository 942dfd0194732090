"""What files of real schools look like: every kind of dirt is reported in words, and none is loaded by half."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import pytest
from loading import counts, csv_of, look_at, read, reasons, take, workbook_of
from small_school import NOW, People

from school.errors import Refusal
from school.files.plan import ImportKind
from school.files.tables import FILE_BYTES, OLE_SIGNATURE, read_tables
from school.store.connection import Store, Transaction
from school.store.events import Event

FACTS = ("ФИО", "Класс", "Предмет", "Дата урока", "Отметка", "Пропуск")
PUPILS = ("ФИО", "Класс", "Дата рождения")


def facts(*lines: Sequence[str]) -> bytes:
    return workbook_of({"Лист1": [FACTS, *lines]})


def pupils(*lines: Sequence[str]) -> bytes:
    return workbook_of({"Лист1": [PUPILS, *lines]})


def locked_archive() -> bytes:
    """A ZIP container whose entries carry the sign of encryption."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    content = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    return bytes(content)


UNREADABLE = {
    "an empty file": (b"", "Файл пуст"),
    "a damaged workbook": (workbook_of({"Лист1": [FACTS]})[:900], "не читается"),
    "a workbook with its middle gone": (b"PK\x03\x04" + b"\0" * 400, "не читается"),
    "an old workbook that is only its first bytes": (OLE_SIGNATURE + b"\0" * 4000, "не читается"),
    "a workbook under a password": (
        OLE_SIGNATURE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "закрыт паролем",
    ),
    "an archive under a password": (locked_archive(), "закрыт паролем"),
    "a web page called a workbook": (b"<html><table><tr><td>5</td></tr></table></html>", "не таблица"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "не читается"),
    "a workbook without a row": (workbook_of({"Лист1": []}), "Файл пуст"),
    "more megabytes than any list has": (b";" * (FILE_BYTES + 1), "больше 50 МБ"),
    "a cell a million rows away": (
        workbook_of({"Л": [["x"], *[[]] * 250_000, ["y"]]}),
        "больше 200000 строк",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_no_table_is_refused_in_words(name: str) -> None:
    content, words = UNREADABLE[name]
    with pytest.raises(Refusal, match=words) as refusal:
        read_tables(content)
    assert refusal.value.next_step, "says what to do next"


def test_a_wrong_sheet_is_told_by_what_it_lacks() -> None:
    with pytest.raises(Refusal, match="Не указано: «ФИО» или «Фамилия», «Класс»"):
        read(ImportKind.PUPILS, workbook_of({"Меню столовой": [["Блюдо", "Цена"], ["Борщ", "80"]]}))


def test_the_right_sheet_is_found_among_wrong_ones(school_store: Store, people: People) -> None:
    sheets = {
        "Титул": [["Школа у реки"]],
        "Меню": [["Блюдо"], ["Борщ"]],
        "7А": [PUPILS, ("Новиков Лев", "7А", "")],
    }
    assert counts(look_at(school_store, people.admin, ImportKind.PUPILS, workbook_of(sheets))) == {"new": 1}


def test_merged_headers_over_two_rows_are_read_together(school_store: Store, people: People) -> None:
    content = workbook_of(
        {
            "Список": [
                ["Школа у реки, списки классов"],
                ["", "", "", ""],
                ["", "Фамилия", "Имя", "Отчество"],
                ["7А", "Новиков", "Лев", "Ильич"],
                ["", "Зуева", "Ася", ""],
            ]
        },
        [("Список", "A2:A3", "Класс"), ("Список", "B2:D2", "Обучающийся"), ("Список", "A4:A5", "7А")],
    )
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, content)
    assert [row.record.draft.name.full for row in plan.new] == ["Новиков Лев Ильич", "Зуева Ася"]


@pytest.mark.parametrize(
    "day",
    ["17.11.2026", "17.11.26", "2026-11-17", "17/11/2026", "17 ноября 2026 г.", "46343", date(2026, 11, 17)],
)
def test_dates_come_as_text_or_as_numbers(school_store: Store, people: People, day: object) -> None:
    content = workbook_of({"Лист1": [FACTS, ("Алёшин Пётр", "7А", "Математика", day, "5", "")]})
    plan = look_at(school_store, people.admin, ImportKind.FACTS, content)
    assert [row.record.held_on for row in plan.new] == [date(2026, 11, 17)]


@pytest.mark.parametrize("day", ["31.11.2026", "вчера", "17.11"])
def test_a_date_that_is_none_is_named(school_store: Store, people: People, day: str) -> None:
    plan = look_at(
        school_store, people.admin, ImportKind.FACTS, facts(("Алёшин Пётр", "7А", "Математика", day, "5", ""))
    )
    assert reasons(plan) == {2: f"Дата «{day}» непонятна: нужно ДД.ММ.ГГГГ."}


@pytest.mark.parametrize("name", ["7 а", "7-А", "7A", "7 «А»", "07А", "7\u00a0А", "7а класс"])
def test_two_spellings_of_one_class_are_one_class(school_store: Store, people: People, name: str) -> None:
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, pupils(("Новиков Лев", name, "")))
    assert [row.record.class_id for row in plan.new] == [11]


NAMES = {
    "е for ё": "Алешин Петр",
    "stray spaces": "  Алёшин   Пётр ",
    "non-breaking spaces": "Алёшин\u00a0Пётр",
    "an invisible hyphen": "Алё\u00adшин Пётр",
    "capital letters": "АЛЁШИН ПЁТР",
    "Latin look-alikes": "Aлёшин Пётp",
    "initials": "Алёшин П.",
    "ё in two signs": "Але\u0308шин Пе\u0308тр",
}


@pytest.mark.parametrize("spelling", NAMES)
def test_a_pupil_is_known_under_every_spelling(school_store: Store, people: People, spelling: str) -> None:
    line = (NAMES[spelling], "7А", "Математика", "18.11.2026", "4", "")
    assert counts(look_at(school_store, people.admin, ImportKind.FACTS, facts(line))) == {"unchanged": 1}
    listed = look_at(school_store, people.admin, ImportKind.PUPILS, pupils((NAMES[spelling], "7А", "")))
    assert counts(listed) == {"unchanged": 1}


def test_initials_that_fit_two_pupils_are_not_guessed_at(school_store: Store, people: People) -> None:
    twins = pupils(("Жуков Илья", "7А", ""))
    take(school_store, people.admin, ImportKind.PUPILS, read(ImportKind.PUPILS, twins).rows)
    plan = look_at(
        school_store,
        people.admin,
        ImportKind.FACTS,
        facts(("Жуков И.", "7А", "Математика", "18.11.2026", "5", "")),
    )
    assert "Под это имя подходят ученики класса: 2" in reasons(plan)[2]


def test_nobody_is_written_down_by_initials(school_store: Store, people: People) -> None:
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, pupils(("Новиков Л. И.", "7А", "")))
    assert reasons(plan) == {2: "Имя сокращено: нужно полностью."}


DUPLICATES = {
    "the very same row": (("Новиков Лев", "7А", ""), "Повторяет строку 2."),
    "with a birthday this time": (("Новиков Лев", "7А", "03.05.2013"), "Повторяет строку 2."),
    "in another class": (("НОВИКОВ ЛЕВ", "8Б", ""), "Повторяет строку 2."),
}


@pytest.mark.parametrize("name", DUPLICATES)
def test_a_pupil_listed_twice_comes_once(school_store: Store, people: People, name: str) -> None:
    line, reason = DUPLICATES[name]
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, pupils(("Новиков Лев", "7А", ""), line))
    assert (counts(plan), reasons(plan)) == ({"new": 1, "refused": 1}, {3: reason})


def test_namesakes_with_two_birthdays_are_two_children(school_store: Store, people: People) -> None:
    content = pupils(("Новиков Лев", "7А", "03.05.2013"), ("Новиков Лев", "7А", "09.12.2013"))
    take(school_store, people.admin, ImportKind.PUPILS, read(ImportKind.PUPILS, content).rows)
    assert counts(look_at(school_store, people.admin, ImportKind.PUPILS, content)) == {"unchanged": 2}


def test_a_list_does_not_move_a_pupil_from_another_class(school_store: Store, people: People) -> None:
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, pupils(("Яковлев Олег", "7А", "")))
    assert "Ученик уже в классе 8Б" in reasons(plan)[2]


def add_holiday(store: Store, day: str) -> None:
    def work(transaction: Transaction) -> None:
        transaction.change("INSERT INTO days_off VALUES ($day, 'День народного единства')", {"day": day})
        transaction.record(Event(NOW, None, "school"))

    store.write(work)


OUT_OF_PLACE = {
    "a holiday": (("Алёшин Пётр", "7А", "Математика", "04.11.2026", "5", ""), "не учебный день: День народного единства"),
    "a Sunday": (("Алёшин Пётр", "7А", "Математика", "15.11.2026", "5", ""), "выходной"),
    "between two quarters": (("Алёшин Пётр", "7А", "Математика", "28.10.2026", "5", ""), "каникулы"),
    "a closed quarter": (("Алёшин Пётр", "7А", "Математика", "15.09.2026", "5", ""), "Учебный период закрыт"),
    "tomorrow": (("Алёшин Пётр", "7А", "Математика", "20.11.2026", "5", ""), "ещё не состоялся"),
    "another school year": (("Алёшин Пётр", "7А", "Математика", "17.11.2024", "5", ""), "не из учебного года, в котором есть класс «7А»"),
    "a pupil of another class": (("Яковлев Олег", "7А", "Математика", "17.11.2026", "5", ""), "Такого ученика нет в классе"),
    "a class that is not": (("Алёшин Пётр", "9Я", "Математика", "17.11.2026", "5", ""), "Класса «9Я» в школе нет"),
    "a subject that is not": (("Алёшин Пётр", "7А", "Астрология", "17.11.2026", "5", ""), "Предмета «Астрология»"),
    "a mark that is none": (("Алёшин Пётр", "7А", "Математика", "17.11.2026", "7", ""), "Отметки «7» нет"),
    "«н/а»": (("Алёшин Пётр", "7А", "Математика", "17.11.2026", "н/а", ""), "не допускается"),
    "a reason nobody knows": (("Алёшин Пётр", "7А", "Математика", "17.11.2026", "", "каникулы"), "непонятен"),
    "three marks of one lesson": (("Алёшин Пётр", "7А", "Математика", "17.11.2026", "5, 4, 3", ""), "не больше двух"),
    "nothing at all": (("Алёшин Пётр", "7А", "Математика", "17.11.2026", "", ""), "нет ни отметки, ни пропуска"),
    "no name": (("", "7А", "Математика", "17.11.2026", "5", ""), "Имя ученика не указано"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUT_OF_PLACE)
def test_a_mark_out_of_place_is_refused_with_its_row(school_store: Store, people: People, name: str) -> None:
    add_holiday(school_store, "2026-11-04")
    line, words = OUT_OF_PLACE[name]
    plan = look_at(school_store, people.admin, ImportKind.FACTS, facts(line))
    assert list(reasons(plan)) == [2]
    assert words in reasons(plan)[2]


def test_sound_rows_come_in_beside_bad_ones_and_bad_ones_leave_nothing(
    school_store: Store, people: People
) -> None:
    add_holiday(school_store, "2026-11-04")
    bad = [line for line, _ in OUT_OF_PLACE.values()]
    good = ("Ёлкина Анна", "7А", "Математика", "17.11.2026", "5", "")
    alone, mixed = facts(good), facts(*bad, good, *bad)
    plan = look_at(school_store, people.admin, ImportKind.FACTS, mixed)
    assert counts(plan)["new"] == 1
    take(school_store, people.admin, ImportKind.FACTS, read(ImportKind.FACTS, mixed).rows)
    assert counts(look_at(school_store, people.admin, ImportKind.FACTS, alone)) == {"unchanged": 1}
    made = school_store.read(
        "SELECT count(*) FROM marks JOIN lessons USING (lesson_id) WHERE held_on <> '2026-11-18'"
    )
    assert made == [(1,)], "one mark at one new lesson"


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_csv_file_is_read_in_every_usual_form(
    school_store: Store, people: People, encoding: str, delimiter: str
) -> None:
    content = csv_of([PUPILS, ("Новиков Лев", "7А", "03.05.2013")], encoding, delimiter)
    plan = look_at(school_store, people.admin, ImportKind.PUPILS, content)
    assert [row.record.draft.name.full for row in plan.new] == ["Новиков Лев"]


def test_a_hundred_thousand_rows_are_all_accounted_for(school_store: Store, people: People) -> None:
    lines = [("Алёшин Пётр", "7А", "Математика", "18.11.2026", "4", "")]
    lines += [
        (f"Чужой {number % 1500}", "7А", "Математика", "17.11.2026", "5", "") for number in range(99_999)
    ]
    plan = look_at(school_store, people.admin, ImportKind.FACTS, csv_of([FACTS, *lines], "cp1251"))
    assert counts(plan) == {"unchanged": 1, "refused": 99_999}
