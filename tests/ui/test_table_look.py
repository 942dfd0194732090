"""A table is read in full: names in one line, sentences in one where there is room, else wrapped."""

import pandas as pd
import pytest

from pages.ui.tables import ROOM, ROW_HEIGHT, SENTENCE, WRAPPING_HEIGHT, look_of
from pipelines.figures.columns import FigureColumn

SUBJECT = "Основы безопасности и защиты Родины"
WORDS = "сейчас 2,00 по 5 отметкам, в прошлой четверти 3, ждём ещё ~6 отметок: «3» — 50 %"
NUMBERS = [FigureColumn(f"n{place}", f"{place} уроков осталось", 0) for place in range(6)]


def look(columns: list[FigureColumn], **values: list[object]) -> tuple[dict[str, int], int]:
    """Return the widths and the height of rows; of numbers only the title counts."""
    shown = {column.title: values.get(column.name, [1, 2]) for column in columns}
    found = look_of(pd.DataFrame(shown), columns)
    return dict(found.widths), found.row_height


def test_a_name_below_the_rows_that_are_seen_takes_its_width() -> None:
    widths, height = look([FigureColumn("subject", "Предмет")], subject=["Химия"] * 30 + [SUBJECT])
    assert 225 < widths["Предмет"] < SENTENCE
    assert height == ROW_HEIGHT


@pytest.mark.parametrize(
    ("beside", "is_wrapped"), [([], False), (NUMBERS, True)], ids=["with room", "without room"]
)
def test_a_sentence_wraps_only_where_it_has_no_room(beside: list[FigureColumn], is_wrapped: bool) -> None:
    widths, height = look([FigureColumn("why", "Почему"), *beside], why=[WORDS, "коротко"])
    assert (height >= WRAPPING_HEIGHT) == is_wrapped == (widths["Почему"] < 500)
    assert widths["Почему"] <= ROOM


def test_two_sentences_share_the_room_and_a_short_one_leaves_its_part_to_the_other() -> None:
    columns = [FigureColumn("before", "Было"), FigureColumn("after", "Станет")]
    widths, height = look(columns, before=[WORDS[:60]], after=[WORDS * 4])
    assert height > WRAPPING_HEIGHT
    assert widths["Было"] < ROOM / 2 < widths["Станет"]
    assert sum(widths.values()) <= ROOM


def test_what_is_missing_or_empty_takes_the_width_of_the_title() -> None:
    named = FigureColumn("note", "Что мешает")
    assert look([named], note=[None, float("nan")]) == look([named], note=["", ""])
    assert look([named], note=[])[1] == ROW_HEIGHT


def test_a_width_that_a_page_asks_for_is_the_least() -> None:
    assert look([FigureColumn("day", "День", width=200)], day=["1"])[0] == {"День": 200}


FULL_NAME, ROLES_OF_ONE = (
    "Александрова Маргарита Константиновна",
    "Заместитель директора по УВР, Классный руководитель",
)
SHORT = ["День", "Час", "Вход"]


def test_a_crowded_table_wraps_its_widest_texts_and_shows_its_last_column() -> None:
    texts = {"ФИО": FULL_NAME, "Роли": ROLES_OF_ONE, "Должность": ROLES_OF_ONE} | dict.fromkeys(
        SHORT, "23.11.2026 10:00"
    )
    columns = [FigureColumn(title, title, width=190 if title in SHORT else None) for title in texts]
    found = look_of(pd.DataFrame({title: [text] for title, text in texts.items()}), columns)
    assert sum(found.widths.values()) <= ROOM
    assert found.widths["Вход"] < 190
    assert found.row_height >= WRAPPING_HEIGHT


def test_names_stay_whole_where_wrapping_them_would_show_no_more() -> None:
    many = [FigureColumn(f"n{place}", f"{place} уроков осталось", 0) for place in range(12)]
    widths, height = look([FigureColumn("name", "ФИО"), *many], name=[FULL_NAME, ""])
    assert widths["ФИО"] > 230
    assert height == ROW_HEIGHT
