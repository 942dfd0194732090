"""What people do in the product, each with words for the table of roles."""

from enum import StrEnum


class Action(StrEnum):
    """One thing a user may be allowed to do."""

    READ_REGISTER = "read_register"
    ENTER_CELLS = "enter_cells"
    EDIT_LESSON = "edit_lesson"
    READ_DAY = "read_day"
    READ_QUALITY = "read_quality"
    READ_TEACHER_ACTIVITY = "read_teacher_activity"
    READ_FORECASTS = "read_forecasts"
    READ_DIARY = "read_diary"
    READ_CLASS_LISTS = "read_class_lists"
    READ_EVENTS = "read_events"
    READ_USERS = "read_users"
    EXPORT_JOURNAL = "export_journal"
    IMPORT_JOURNAL = "import_journal"


ACTION_TITLES: dict[Action, str] = {
    Action.READ_REGISTER: "смотреть журнал",
    Action.ENTER_CELLS: "ставить отметки и пропуски",
    Action.EDIT_LESSON: "записывать тему, вид работы и домашнее задание",
    Action.READ_DAY: "видеть свои уроки на сегодня",
    Action.READ_QUALITY: "смотреть качество обучения",
    Action.READ_TEACHER_ACTIVITY: "смотреть работу учителей с журналом",
    Action.READ_FORECASTS: "смотреть прогнозы",
    Action.READ_DIARY: "смотреть дневник",
    Action.READ_CLASS_LISTS: "смотреть списки классов",
    Action.READ_EVENTS: "смотреть журнал изменений",
    Action.READ_USERS: "смотреть пользователей",
    Action.EXPORT_JOURNAL: "выгружать журнал школы",
    Action.IMPORT_JOURNAL: "загружать журнал школы",
}
