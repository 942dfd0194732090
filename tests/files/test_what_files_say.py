"""What is read of a file: every row is read, empty, unread or left out, and nothing is cut off in silence."""

import base64
import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest
from binary_workbook import FORMULA, binary_workbook
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from school.errors import Refusal
from school.files.binary_workbook_signs import binary_signs_of
from school.files.column_mapping import ColumnMapping, guess_mapping, read_rows
from school.files.fields import FORMS
from school.files.plan import ImportKind, read_each
from school.files.rows_below import hidden_notes
from school.files.source import FileCounts, SourceTable, unread_reason
from school.files.tables import SheetTable, read_tables
from school.files.values.days import parse_day
from school.files.workbook_process import COLUMNS_READ, SHEETS_READ

FACTS = FORMS[ImportKind.FACTS]
HEADER = ("ФИО", "Класс", "Предмет", "Дата", "Отметка")
ROW = ("Алёшин Пётр", "7А", "Математика", "17.11.2026", "5")


def book(*rows: Sequence[object], hide: tuple[str, ...] = ()) -> bytes:
    """Return a workbook as a program writes it: formulas have no values; ``hide``: rows by number, columns by letter."""
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    sheet = workbook.active
    for row in rows:
        sheet.append(row)
    for name in hide:
        (sheet.row_dimensions[int(name)] if name.isdigit() else sheet.column_dimensions[name]).hidden = True
    workbook.save(buffer)
    return buffer.getvalue()


def read(content: bytes, kind: ImportKind = ImportKind.FACTS) -> SourceTable:
    sheets = read_tables(content)
    return read_rows(FORMS[kind], sheets, guess_mapping(FORMS[kind], sheets))


def test_the_four_counts_are_the_files_rows() -> None:
    table = read(
        book(
            ["Школа у реки"],
            [],
            HEADER,
            ["1", "2", "3", "4", "5"],
            ROW,
            [],
            ["Ёлкина Анна", "7А", "Математика", "17.11.2026", "=IF(1=1,5,2)"],
            HEADER,
            ["Жуков Иван", "7А", "Математика", "17.11.2026", "#N/A"],
            [None, None, None, None, None, "проверено"],
            ["Итого:", None, None, None, 3],
        )
    )
    assert table.counts == FileCounts(1, 2, 2, 6)
    assert table.counts.total == 11
    assert {row.number: row.unread for row in table.unread} == {
        7: "клетка E7: формула без сохранённого значения: откройте файл в Excel, сохраните и загрузите снова",
        9: "клетка E9: ошибка #N/A вместо значения",
    }
    assert "прочитано 1, пустых 2, не прочитано 2, пропущено 6" in table.words
    assert "итоги — 1" in table.words


@given(
    st.lists(
        st.one_of(
            st.just(HEADER), st.just(ROW), st.just(()), st.just(("Итого", "5")),
            st.tuples(*[st.sampled_from(("", "5", "#ЗНАЧ!", "х"))] * 6),
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(deadline=None)
def test_whatever_stands_below_a_header_is_in_one_count(rows: list[tuple[str, ...]]) -> None:
    sheet = SheetTable("Л", (HEADER, *rows))
    mapping = ColumnMapping(ImportKind.FACTS, "Л", 1, 1, guess_mapping(FACTS, [sheet]).columns)
    table = read_rows(FACTS, [sheet], mapping)
    assert table.counts.total == len(sheet.rows)


def test_an_unread_row_is_refused_with_its_cell_and_never_understood() -> None:
    table = read(book(HEADER, ["Алёшин Пётр", "7А", "Математика", "=TODAY()", "5"]))
    found, refused = read_each(table.rows, lambda row: row)
    assert found == []
    assert [(row.number, "клетка D2" in row.reason) for row in refused] == [(2, True)]


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#Н/Д", "#ЗНАЧ!", "#ССЫЛКА!", "#ДЕЛ/0!", "####", "Err:502"])  # fmt: skip
def test_errors_of_a_workbook_are_no_values_in_any_tongue(text: str) -> None:
    assert unread_reason(text)
    table = read(f"{';'.join(HEADER)}\nАлёшин Пётр;7А;Математика;17.11.2026;{text}\n".encode())
    assert table.counts.unread == 1


@pytest.mark.parametrize("text", ["", "5", "#1", "# урок", "№ 5", "Ошибка"])
def test_what_people_write_is_a_value(text: str) -> None:
    assert not unread_reason(text)


ODS = "application/vnd.oasis.opendocument.spreadsheet"
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/></manifest:manifest>'
)


NAMESPACES = " ".join(
    f'xmlns:{name}="urn:{urn}"'
    for name, urn in (
        ("office", "oasis:names:tc:opendocument:xmlns:office:1.0"),
        ("table", "oasis:names:tc:opendocument:xmlns:table:1.0"),
        ("text", "oasis:names:tc:opendocument:xmlns:text:1.0"),
        ("calcext", "org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"),
    )
)


def open_document(rows: str, settings: str = "") -> bytes:
    """Return a workbook of one sheet «А»: its rows and its settings as XML."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMESPACES}><office:body><office:spreadsheet>'
            f'{settings}<table:table table:name="А">{rows}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    return buffer.getvalue()


def test_an_error_in_an_open_document_is_no_nought() -> None:
    rows = """<table:table-column/><table:table-row><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell><table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row><table:table-row table:visibility="collapse"><table:table-cell table:formula="of:=1+1"/><table:table-cell office:value-type="string"><text:p>y</text:p></table:table-cell></table:table-row>"""
    (sheet,) = read_tables(open_document(rows))
    assert sheet.rows[0] == ("x", "#DIV/0!")
    assert unread_reason(sheet.rows[1][0])
    assert sheet.hidden_rows == {1}


# A workbook of old Excel with an error in A3, row 3 and column C hidden: written by a program, packed.
OLD_WORKBOOK = (
    "c-rk)O=wd=5dL<v`87>mYFcc>5Q<ifJ@|uI)b`ne_GGEOC?aTTbC8x)f(I4EYRyp)Jt<xay?Cj5@drKV&4W<UgCK~F9z6*P9@;!-"
    "=e^Wai!`7`WxvPH&d$!x&fA&Y_w!;pF*9*DRmKnKf)5oZj6jV{PzhHX7O3BGG+V7hR2+kU3gHk1GT_IfhUY;YLmlrjB<`rEM1l8I"
    "j^HHvMhp4OGNOll$O-L3CsBc$B#EJgy=r87oasuYw^{Qs(>*M?%(RnqXT)Jl+kM#%FN+V!R_=>I+r7_Y-mqi~n($0#@%byl)%Byh"
    "cp^9QcXp&z6qBI1_2vutVs2yxNebX3zBn1+b9JXa$r$<a$^}UNb)h`Ci2RyVz!;okoZuxi<DF0U1Vvi)sNHHi(VeP8&0;Hs99(=5"
    "Yt<^1R(^<-+NCzDZn{WnsSFZ|4DEoWC{IpD^l{DG+gh-_8#wKwM28S(KEcUv(E&bt>(k5qgZ=hVmW=U{t`kmRo%R(DF6a@_b39(+"
    ">WVl&79eA+>6@onwy=rmMV@6f^C_lDx)-Y3`kOpv-#F`B;@&ozcN^oCy}pLuKz!-rfd}c*2YVy&Q@!Q0$*I@&1X}6AG{k-ijH6w&"
    "iyPN99@^Dfc!$PYrY%1mAR%e7?-Gvpw2Na75oQxi-IiW0;pvM-^ablnUh6gNPr_Rj$5RX<Es&;uZ9?*Lxjh*&;g=znC6E=`oSZk{"
    "wj{N5Ai88D?rB9j?Y<)d0|NsC0|NsC1A|||eT8*j*_HQ+5#X0p_rJ~@m5TXI^50?rqja6357WIUP+i2Cy7H$Peo?h0mN=&Rzfj{K"
    "&0fSX2HB6{y7QMl>O}4REP0^y`?gTM^H=Ke^AFGe4S#{e*8"
)


def test_an_error_in_a_workbook_of_old_excel_is_not_empty() -> None:
    (sheet,) = read_tables(zlib.decompress(base64.b85decode(OLD_WORKBOOK)))
    assert sheet.rows[2] == ("#N/A", "7А", "x")
    assert (sheet.hidden_rows, sheet.hidden_columns) == ({2}, {2})


def test_errors_and_hidden_parts_of_a_binary_workbook_are_seen() -> None:
    rows = [["ФИО", "Класс", "Заметка"], ["Аникин Олег", "#N/A", "x"], ["Баринов Ян", "7А", ""]]
    table = read(binary_workbook(rows, hidden_rows=(1,), hidden_columns=(2,)), ImportKind.PUPILS)
    assert table.counts == FileCounts(read=1, unread=1, left_out=1)
    assert table.unread[0].unread == "клетка B2: ошибка #N/A вместо значения"
    assert (
        table.notes[0]
        == "Лист «Лист1»: скрытых строк 1, скрытых столбцов 1. Скрытое прочитано вместе с остальным."
    )


def test_a_formula_of_a_binary_workbook_without_an_answer_is_told() -> None:
    """Its record always has a value: a program that does not calculate writes an empty text, which Excel may mean."""
    table = read(
        binary_workbook([["ФИО", "Класс"], ["Аникин Олег", FORMULA], ["Баринов Ян", "7А"]]), ImportKind.PUPILS
    )
    assert [row["school_class"] for row in table.rows] == ["", "7А"]
    (note,) = table.notes
    assert note.startswith("Лист «Лист1»: формул с пустым ответом 1 (первая — B2)")


OLD_DATE_MODE = b"\x22\x00\x02\x00"
DAY_1904 = (date(2026, 11, 17) - date(1904, 1, 1)).days


def since_1904(*rows: Sequence[object]) -> bytes:
    """Return a workbook that counts its days from 1904, as a program writes it."""
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    workbook.epoch = CALENDAR_MAC_1904
    for row in rows:
        workbook.active.append(row)
    workbook.save(buffer)
    return buffer.getvalue()


def old_workbook(date_mode: bytes) -> bytes:
    content = zlib.decompress(base64.b85decode(OLD_WORKBOOK))
    assert content.count(OLD_DATE_MODE + b"\x00\x00") == 1
    return content.replace(OLD_DATE_MODE + b"\x00\x00", OLD_DATE_MODE + date_mode)


CELL = '<table:table-row><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'
NULL_DATE = (
    '<table:calculation-settings><table:null-date table:date-value="{}"/></table:calculation-settings>'
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (book(["x"]), False),
        (since_1904(["x"]), True),
        (binary_workbook([["x"]]), False),
        (binary_workbook([["x"]], is_since_1904=True), True),
        (old_workbook(b"\x00\x00"), False),
        (old_workbook(b"\x01\x00"), True),
        (open_document(CELL), False),
        (open_document(CELL, NULL_DATE.format("1899-12-30")), False),
        (open_document(CELL, NULL_DATE.format("1904-01-01")), True),
    ],
    ids=["xlsx", "xlsx of 1904", "xlsb", "xlsb of 1904", "xls", "xls of 1904", "ods", "ods of 1899", "ods of 1904"],
)  # fmt: skip
def test_a_workbook_says_from_which_year_it_counts_days(content: bytes, expected: bool) -> None:
    (sheet,) = read_tables(content)
    assert sheet.is_since_1904 is expected


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (DAY_1904, "2026-11-17"),
        (float(DAY_1904) + 0.5, "2026-11-17"),
        (date(2026, 11, 17), "2026-11-17"),
        ("17.11.2026", "17.11.2026"),
        ("2026-11-17", "2026-11-17"),
        (17, "17"),
        (99_999, "99999"),
    ],
)
def test_a_day_without_its_format_is_read_by_the_year_of_its_workbook(written: object, day: str) -> None:
    (row,) = read(since_1904(HEADER, [*ROW[:3], written, DAY_1904])).rows
    assert row["lesson_date"] == day
    # What is no day is the number that stands there.
    assert row["mark"] == str(DAY_1904)


def test_a_binary_workbook_of_1904_and_one_of_1900_name_one_day() -> None:
    days = {since_1904: DAY_1904 + (1462 if not since_1904 else 0) for since_1904 in (True, False)}
    found = {
        parse_day(read(binary_workbook([HEADER, [*ROW[:3], float(number), "5"]], is_since_1904=is_of_1904)).rows[0]["lesson_date"])
        for is_of_1904, number in days.items()
    }  # fmt: skip
    assert found == {date(2026, 11, 17)}


def test_a_workbook_that_cannot_be_looked_through_says_so() -> None:
    assert binary_signs_of(b"PK\x03\x04") == {}
    sheet = SheetTable("Л", (("ФИО", "Класс"), ("Аникин Олег", "7А")), is_blind=True)
    assert any("не видно ошибок" in note for note in hidden_notes(sheet, 0))


def test_a_second_header_may_have_its_columns_in_another_order() -> None:
    table = read(book(HEADER, ROW, [], ("Отметка", "Дата", "Предмет", "Класс", "ФИО"), tuple(reversed(ROW))))
    assert [row.texts for row in table.rows] == [dict(zip(("full_name", "school_class", "subject", "lesson_date", "mark"), ROW, strict=True))] * 2  # fmt: skip


def test_hidden_rows_columns_and_sheets_are_read_and_said() -> None:
    table = read(
        book(("ФИО", "Класс"), ("Аникин Олег", "7А"), ("Баринов Ян", "7А"), hide=("3", "B")),
        ImportKind.PUPILS,
    )
    assert table.counts.read == 2
    assert table.notes == (
        "Лист «Sheet»: скрытых строк 1, скрытых столбцов 1. Скрытое прочитано вместе с остальным.",
    )


def test_other_sheets_are_left_out_and_said() -> None:
    sheets = [
        SheetTable("Список", (("ФИО", "Класс"), ("Аникин Олег", "7А"))),
        SheetTable("Черновик", (("а",), ("б",))),
    ]
    form = FORMS[ImportKind.PUPILS]
    table = read_rows(form, sheets, guess_mapping(form, sheets))
    assert table.counts == FileCounts(1, 0, 0, 3)
    assert "на других листах — 2" in table.words


def wide(columns: int) -> bytes:
    return book([f"с{number}" for number in range(columns)])


def test_what_is_over_a_limit_is_refused_and_never_cut() -> None:
    assert len(read_tables(wide(COLUMNS_READ))[0].rows[0]) == COLUMNS_READ
    with pytest.raises(Refusal, match="столбцов"):
        read_tables(wide(COLUMNS_READ + 1))
    with pytest.raises(Refusal, match="столбцов"):
        read_tables((";" * COLUMNS_READ + "конец").encode())
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    for number in range(SHEETS_READ):
        workbook.create_sheet(f"Л{number}").append(["x"])
    workbook.save(buffer)
    with pytest.raises(Refusal, match="листов"):
        read_tables(buffer.getvalue())


def test_a_workbook_of_many_sheets_is_read_to_the_last() -> None:
    workbook, buffer = openpyxl.Workbook(), io.BytesIO()
    for number in range(130):
        workbook.create_sheet(f"Л{number}").append([str(number)])
    workbook.save(buffer)
    assert [sheet.rows[0][0] for sheet in read_tables(buffer.getvalue())] == [
        str(number) for number in range(130)
    ]


TEXT = "ФИО;Класс;Отметка\r\nАлёшин Пётр;7А;«5»\r\nЁЛКИНА АННА;7Б;4\r\n"
TABLE = (("ФИО", "Класс", "Отметка"), ("Алёшин Пётр", "7А", "«5»"), ("ЁЛКИНА АННА", "7Б", "4"))


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-32",
        "utf-16-le",
        "utf-16-be",
        "cp1251",
        "cp866",
        "koi8-r",
        "mac_cyrillic",
    ],
)
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_file_is_read_in_every_common_coding(encoding: str, delimiter: str) -> None:
    # DOS knows no quotes of that kind.
    text, table = TEXT, TABLE
    if encoding in ("cp866", "koi8-r"):
        text, table = TEXT.replace("«5»", "5"), (TABLE[0], ("Алёшин Пётр", "7А", "5"), TABLE[2])
    assert read_tables(text.replace(";", delimiter).encode(encoding))[0].rows == table


def test_a_coding_that_gives_no_russian_words_is_refused() -> None:
    twice = "ФИО;Класс\nАлёшин Пётр;7А\n".encode().decode("cp1251", "replace").encode("cp1251", "replace")
    with pytest.raises(Refusal, match="не читается"):
        read_tables(twice[:-9] + b"\xd0;" + b"\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('ФИО;Класс;Отметка\nАлёшин;7А;5\n"Ёлкина;7А;4\nЖуков;7А;3\n', 3),
        ('ФИО;Класс;Отметка\n"Алёшин;7А;5\nЁлкина;7А;"4"\nЖуков;7А;3\n', 2),
        ('ФИО;Класс;Отметка\n"Алёшин;7А;5\nЁлкина";7А;4\nЖуков;7А;3\n', 2),
        ('ФИО;Класс;Отметка\nАлёшин;"7А;5\nЁлкина;7А";4\nЖуков;7А;3\nДёмин;7А;3\n', 2),
        ('ФИО;Класс\nАлёшин;"7А\nЁлкина;7А"\nЖуков;7А\nДёмин;7А\n', 2),
    ],
)
def test_a_quote_that_is_not_closed_is_named_by_its_row_and_nothing_is_read(text: str, line: int) -> None:
    with pytest.raises(Refusal, match=f"строка {line}: кавычка не закрыта"):
        read_tables(text.encode())


def test_a_quote_inside_a_text_is_named_by_its_row() -> None:
    with pytest.raises(Refusal, match="строка 3: кавычка стоит внутри текста"):
        read_tables('ФИО;Класс;Отметка\n\nАлёшин;7А;"5" и 4\n'.encode())


def test_the_mark_of_a_coding_is_nothing_wherever_files_were_put_together() -> None:
    parts = "ФИО;Класс\n", '"Алёшин; Пётр";7А\n', "Ёлкина Анна;7Б\n"
    joined = b"".join(part.encode("utf-8-sig") for part in parts)
    assert read_tables(joined)[0].rows[1:] == (("Алёшин; Пётр", "7А"), ("Ёлкина Анна", "7Б"))


def test_texts_that_a_program_kept_from_becoming_numbers_are_those_texts() -> None:
    assert read_tables('ФИО;Класс;Отметка\nАлёшин;="7А";"=""5"""\n'.encode())[0].rows[1] == (
        "Алёшин",
        "7А",
        "5",
    )


def test_quotes_that_are_closed_keep_delimiters_lines_and_quotes() -> None:
    text = 'Тема;Часы;Примечание\n"Дроби; проценты";2;"две\nстроки"\nШкола "Река";1;"сказал ""да"""\n'
    assert read_tables(text.encode())[0].rows[1:] == (
        ("Дроби; проценты", "2", "две\nстроки"),
        ('Школа "Река"', "1", 'сказал "да"'),
    )


def test_the_line_that_names_the_delimiter_is_no_data() -> None:
    assert read_tables("sep=|\nФИО|Класс\nАлёшин;Пётр|7А\n".encode())[0].rows[1:] == (
        ("ФИО", "Класс"),
        ("Алёшин;Пётр", "7А"),
    )


def test_a_row_that_names_a_class_holds_for_the_rows_below_it() -> None:
    rows = (
        ("Список класса",),
        ("Класс: 7А",),
        ("ФИО", "Пол"),
        ("Аникин Олег", "м"),
        ("8 «Б» класс", ""),
        ("ФИО", "Пол"),
        ("Баринов Ян", "м"),
    )
    sheet = SheetTable("Л", rows)
    mapping = ColumnMapping(ImportKind.PUPILS, "Л", 3, 1, {"full_name": "ФИО"}, {"school_class": "9В"})
    table = read_rows(FORMS[ImportKind.PUPILS], [sheet], mapping)
    assert [(row["full_name"], row["school_class"]) for row in table.rows] == [
        ("Аникин Олег", "7А"),
        ("Баринов Ян", "8 «Б»"),
    ]
    assert table.counts.total == len(rows)
