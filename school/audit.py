"""Events told as sentences for people."""

EVENT_TITLES: dict[str, str] = {
    "cell": "запись в клетке журнала",
    "attendance": "посещаемость урока отмечена",
    "topic": "тема урока",
    "work_type": "вид работы",
    "homework": "домашнее задание",
    "homework_due": "срок домашнего задания",
    "homework_task": "индивидуальное задание",
    "homework_file": "файл к заданию",
    "topic_of_plan": "урок дан по теме плана",
    "lesson_plan": "календарно-тематическое планирование",
    "leave": "причина отсутствия за дни",
    "leave_withdrawn": "причина отсутствия за дни отозвана",
    "gap_request": "обращение о незаполненном журнале",
    "gap_request_closed": "обращение о незаполненном журнале закрыто",
    "remark": "замечание или рекомендация семье",
    "remark_withdrawn": "замечание или рекомендация отозваны",
    "remark_read": "замечание или рекомендация прочитаны",
    "term_mark": "отметка за период",
    "year_mark": "отметка за год",
    "term_closed": "учебный период закрыт",
    "term_reopened": "учебный период открыт снова",
    "correction_asked": "просьба исправить закрытый период",
    "correction_granted": "исправление закрытого периода разрешено",
    "correction_declined": "в исправлении закрытого периода отказано",
    "substitution": "замена урока",
    "substitution_signed": "журнал замен подписан",
    "substitution_withdrawn": "замена урока снята",
    "work_type_kind": "вид работы в настройках",
    "rounding": "округление отметок за период",
    "sign_in": "вход",
    "sign_out": "выход",
    "sign_in_refused": "неудачный вход",
    "first_admin": "создан первый администратор",
    "import": "загрузка журнала",
    "export": "выгрузка журнала",
    "forecast_fit": "обучение модели прогноза поставлено в очередь",
    "forecast_model": "модель прогноза обучена",
    "forecast_snapshot": "прогнозы запомнены",
    "year_calendar": "календарный учебный график",
    "classes": "список классов",
    "homeroom_teacher": "классный руководитель",
    "subjects": "список предметов",
    "bell_times": "расписание звонков",
    "promotion": "перевод классов на новый учебный год",
    "teaching_load": "нагрузка",
    "subgroups": "подгруппы",
    "timetable": "расписание",
    "staff": "сотрудник",
    "staff_dismissed": "увольнение сотрудника",
    "pupil": "карточка ученика",
    "guardian": "родитель в карточке ученика",
    "pupil_movement": "движение учащихся",
    "subgroup_member": "подгруппа ученика",
    "invitation": "выдан код приглашения",
    "invitation_accepted": "вход по коду приглашения",
    "invitation_days": "срок кодов приглашения",
    "password": "пароль сменён",
    "user_access": "доступ к журналу",
    "school": "сведения о школе",
    "user": "пользователь",
}


# Of these an event tells what there was, not what it was before.
NOTED_KINDS = frozenset(
    {
        "forecast_fit",
        "forecast_model",
        "forecast_snapshot",
        "import",
        "export",
        "year_calendar",
        "classes",
        "subjects",
        "bell_times",
        "promotion",
        "teaching_load",
        "subgroups",
        "timetable",
        "staff",
        "pupil",
        "guardian",
        "pupil_movement",
        "invitation",
        "invitation_accepted",
        "school",
        "user",
    }
)


def event_sentence(kind: str, old_value: str | None, new_value: str | None, reason: str) -> str:
    """Return what happened in one Russian sentence, without naming a pupil."""
    title = EVENT_TITLES[kind]
    if kind in NOTED_KINDS and new_value and not old_value:
        return f"{title[0].upper()}{title[1:]}: {new_value}" + (f" ({reason})" if reason else "")
    change = f": «{old_value or 'пусто'}» → «{new_value or 'пусто'}»" if old_value or new_value else ""
    return f"{title[0].upper()}{title[1:]}{change}" + (f" (причина: {reason})" if reason else "")
