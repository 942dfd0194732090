"""What a file of each kind may say: its fields, what they are called on the screen and in people's own headers."""

from dataclasses import dataclass

from school.files.plan import ImportKind


@dataclass(frozen=True)
class Field:
    """A field of a row: its name in the code, its title, and how headers call it (compared as ``file_texts.words_key``)."""

    name: str
    title: str
    headers: tuple[str, ...]


@dataclass(frozen=True)
class ImportForm:
    """A kind of file: its fields, and sets of fields of which each row needs one (``needs`` reads «all of these, each any of»)."""

    kind: ImportKind
    title: str
    about: str
    fields: tuple[Field, ...]
    needs: tuple[tuple[str, ...], ...]

    def field(self, name: str) -> Field:
        """Return the field of that name."""
        return next(field for field in self.fields if field.name == name)

    def missing(self, given: frozenset[str]) -> list[str]:
        """Return the titles of what a row still needs: «Фамилия или ФИО»."""
        return [
            " или ".join(f"«{self.field(name).title}»" for name in choice)
            for choice in self.needs
            if given.isdisjoint(choice)
        ]


_NAMES = (
    Field(
        "full_name",
        "ФИО",
        (
            "фио",
            "ф и о",
            "фамилия имя отчество",
            "фамилия имя",
            "полное имя",
            "ученик",
            "обучающийся",
            "учащийся",
            "фио ученика",
            "фио обучающегося",
            "список класса",
            "сотрудник",
            "фио сотрудника",
            "фио педагога",
        ),
    ),
    Field("last_name", "Фамилия", ("фамилия", "фамилия ученика", "last name", "family name", "surname")),
    Field("first_name", "Имя", ("имя", "имя ученика", "first name", "given name")),
    Field("middle_name", "Отчество", ("отчество", "отчество ученика", "middle name")),
)
_CLASS = Field(
    "school_class",
    "Класс",
    ("класс", "кл", "класс группа", "школьный класс", "класс обучения", "school class"),
)
_SUBJECT = Field(
    "subject",
    "Предмет",
    ("предмет", "дисциплина", "учебный предмет", "наименование предмета", "название предмета", "subject"),
)
_SUBGROUP = Field("subgroup", "Подгруппа", ("подгруппа", "группа", "деление на группы"))
_TEACHER = Field(
    "teacher",
    "Учитель",
    ("учитель", "преподаватель", "педагог", "фио учителя", "фио педагога", "фио преподавателя", "teacher"),
)
_NAMED = ("full_name", "last_name")

FORMS: dict[ImportKind, ImportForm] = {
    form.kind: form
    for form in (
        ImportForm(
            ImportKind.PUPILS,
            "Ученики",
            "Списки классов: имя и класс, а если есть — дата рождения и день приёма.",
            (
                *_NAMES,
                _CLASS,
                Field(
                    "born_on",
                    "Дата рождения",
                    ("дата рождения", "д р", "др", "родился", "рожд", "birth date"),
                ),
                Field("mother", "Мать", ("мать", "мама", "фио матери")),
                Field("father", "Отец", ("отец", "папа", "фио отца")),
                Field(
                    "guardian", "Родитель", ("родитель", "законный представитель", "фио родителя", "опекун")
                ),
                Field("phone", "Телефон родителя", ("телефон", "телефон родителя", "контактный телефон")),
                Field(
                    "starts_on",
                    "В классе с",
                    ("дата зачисления", "дата прибытия", "дата приема", "зачислен", "прибыл", "в классе с"),
                ),
            ),
            (_NAMED, ("school_class",)),
        ),
        ImportForm(
            ImportKind.STAFF,
            "Сотрудники",
            "Список работников: имя, должность, роли в журнале.",
            (
                *_NAMES,
                Field("position", "Должность", ("должность", "позиция", "position", "кем работает")),
                Field("roles", "Роли", ("роль", "роли", "роль в журнале", "права", "доступ")),
                Field(
                    "hired_on",
                    "Принят",
                    ("принят", "дата приема", "дата приема на работу", "работает с", "прием"),
                ),
            ),
            (_NAMED,),
        ),
        ImportForm(
            ImportKind.LOAD,
            "Нагрузка",
            "Кто, в каком классе, какой предмет и сколько часов в неделю ведёт.",
            (
                _TEACHER,
                _CLASS,
                _SUBGROUP,
                _SUBJECT,
                Field(
                    "hours_a_week",
                    "Часов в неделю",
                    (
                        "часов в неделю",
                        "часы в неделю",
                        "часы",
                        "часов",
                        "кол во часов",
                        "количество часов",
                        "нагрузка",
                    ),
                ),
            ),
            (("school_class",), ("subject",), ("hours_a_week",)),
        ),
        ImportForm(
            ImportKind.TIMETABLE,
            "Расписание",
            "Уроки недели: день, номер урока, класс, предмет, учитель, кабинет.",
            (
                Field("weekday", "День недели", ("день недели", "день", "weekday")),
                Field("number", "Урок", ("урок", "номер урока", "урока", "номер", "lesson")),
                _CLASS,
                _SUBGROUP,
                _SUBJECT,
                _TEACHER,
                Field("room", "Кабинет", ("кабинет", "каб", "аудитория", "помещение", "room")),
            ),
            (("weekday",), ("number",), ("school_class",), ("subject",)),
        ),
        ImportForm(
            ImportKind.FACTS,
            "Отметки и пропуски",
            "По строке на отметку или пропуск: КИАСУО, выгрузки других журналов.",
            (
                *_NAMES,
                _CLASS,
                _SUBJECT,
                Field(
                    "lesson_date",
                    "Дата урока",
                    ("дата урока", "дата", "дата занятия", "число", "lesson date", "день"),
                ),
                Field(
                    "mark",
                    "Отметка",
                    ("отметка", "оценка", "балл", "mark", "grade", "отметка пропуск", "оценка пропуск"),
                ),
                Field("weight", "Вес", ("вес", "коэффициент", "вес отметки", "weight")),
                Field(
                    "absence",
                    "Пропуск",
                    ("пропуск", "причина пропуска", "посещаемость", "отсутствие", "absence"),
                ),
                Field(
                    "term",
                    "Учебный период",
                    ("период", "учебный период", "четверть", "триместр", "полугодие", "term"),
                ),
                Field(
                    "term_mark",
                    "Отметка за период",
                    (
                        "отметка за период",
                        "оценка за период",
                        "итоговая оценка",
                        "итоговая отметка",
                        "итог",
                        "за четверть",
                    ),
                ),
            ),
            (
                _NAMED,
                ("school_class",),
                ("subject",),
                ("lesson_date", "term"),
                ("mark", "absence", "term_mark"),
            ),
        ),
        ImportForm(
            ImportKind.JOURNAL,
            "Журнал книгой",
            "Книга по шаблону московского журнала: лист на предмет, столбец на урок, ученики в столбце B.",
            (
                _CLASS,
                _SUBJECT,
                Field("full_name", "Ученик", ()),
                Field("lesson_date", "Дата урока", ()),
                Field("mark", "Отметка", ()),
                Field("term", "Учебный период", ()),
                Field("term_mark", "Отметка за период", ()),
            ),
            (),
        ),
    )
}
