"""Events told as sentences for people."""

EVENT_TITLES: dict[str, str] = {
    "cell": "запись в клетке журнала",
    "attendance": "посещаемость урока отмечена",
    "topic": "тема урока",
    "work_type": "вид работы",
    "homework": "домашнее задание",
    "term_mark": "отметка за период",
    "year_mark": "отметка за год",
    "sign_in": "вход",
    "sign_out": "выход",
    "sign_in_refused": "неудачный вход",
    "first_admin": "создан первый администратор",
    "import": "загрузка журнала",
    "export": "выгрузка журнала",
    "school": "сведения о школе",
    "user": "пользователь",
}


def event_sentence(kind: str, old_value: str | None, new_value: str | None, reason: str) -> str:
    """Return what happened in one Russian sentence, without naming a pupil."""
    title = EVENT_TITLES[kind]
    change = f": «{old_value or 'пусто'}» → «{new_value or 'пусто'}»" if old_value or new_value else ""
    return f"{title[0].upper()}{title[1:]}{change}" + (f" (причина: {reason})" if reason else "")
