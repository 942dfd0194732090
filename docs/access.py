"""docs/access.md: the table of roles in words."""

from school.access.action import ACTION_TITLES, Action
from school.access.roles import ROLES
from school.access.scopes import SCOPE_TITLES, Scope
from school.access.writing import NEVER, RELATION_TITLES, WRITING, Relation
from school.records import Role

HEAD = """# Роли и права

Эту страницу пишет программа: `python -m docs`. Источник — таблица ролей `school/access/roles.py`; права проверяются по
ней при каждом действии. Чего в ней нет, того роль не может. Пункты — Положения об электронном журнале. У одного
человека может быть несколько ролей: его права складываются.
"""
MATRIX_HEAD = """## Одной таблицей

Буква говорит, с чьими записями: **Ш** — вся школа, **К** — свой класс, **У** — свои уроки, **Р** — свой ребёнок, для ученика — он сам, **В** — свой вход.
"""
WRITING_HEAD = """## Кто кому может написать первым

Источник — таблица `school/access/writing.py` (п. 2.9, 4.7). Школа может закрыть любое направление, открыть того, чего здесь нет, —
нет: жирное «нет» не меняется. На полученное письмо отвечают всегда, пока связь держится: ученик учится в классе, учитель его учит.
Администратору все пишут через «Помощь» (п. 8.1). Переписку сотрудника с учеником видят также его родители и классный руководитель.

**Л** — любому, **У** — кого учит (кто учит), **К** — свой класс (его ведёт).
"""
SHORT_ROLES = {
    Role.HEAD: "Директор",
    Role.DEPUTY: "Завуч",
    Role.ADMIN: "Админ.",
    Role.HOMEROOM: "Кл. рук.",
    Role.TEACHER: "Учитель",
    Role.SECRETARY: "Секретарь",
    Role.GUARDIAN: "Родитель",
    Role.PUPIL: "Ученик",
}
LETTERS = {
    Scope.WHOLE_SCHOOL: "Ш",
    Scope.OWN_CLASS: "К",
    Scope.OWN_LESSONS: "У",
    Scope.OWN_CHILD: "Р",
    Scope.OWN_ACCOUNT: "В",
}

RELATION_LETTERS = {Relation.ANYBODY: "Л", Relation.TEACHES: "У", Relation.LEADS: "К"}


def access_page() -> str:
    """Return docs/access.md: a chapter for each role, then one table of actions by roles."""
    columns = f"| Действие | В коде | {' | '.join(SHORT_ROLES[role] for role in ROLES)} |"
    matrix = [columns, "|---|---|" + ":-:|" * len(ROLES), *(_matrix_row(action) for action in Action)]
    return "\n".join(
        [HEAD, *(_chapter(role) for role in ROLES), MATRIX_HEAD, *matrix, "", WRITING_HEAD, *_writing(), ""]
    )


def _writing() -> list[str]:
    """Return the table of who may write to whom, a row for each who writes."""
    assert RELATION_LETTERS.keys() == RELATION_TITLES.keys()
    columns = f"| От кого \\ кому | {' | '.join(SHORT_ROLES[role] for role in ROLES)} | Пункт |"
    lines = [columns, "|---|" + ":-:|" * len(ROLES) + "---|"]
    for sender in ROLES:
        row = WRITING[sender]
        cells = (
            "**нет**"
            if (sender, to) in NEVER
            else RELATION_LETTERS[row.recipients[to]]
            if to in row.recipients
            else ""
            for to in ROLES
        )
        lines.append(f"| {ROLES[sender].title} | {' | '.join(cells)} | {row.clause} |")
    return lines


def _chapter(role: Role) -> str:
    row = ROLES[role]
    lines = [f"## {row.title}", "", f"Код: `{role}`. {row.duty[0].upper()}{row.duty[1:]}.", ""]
    for scope in LETTERS:
        titles = [ACTION_TITLES[action] for action, granted in row.grants if granted is scope]
        if titles:
            lines += [f"{SCOPE_TITLES[scope].capitalize()}:", "", *(f"- {title}" for title in titles), ""]
    return "\n".join(lines)


def _matrix_row(action: Action) -> str:
    cells = (
        "".join(LETTERS[scope] for granted, scope in ROLES[role].grants if granted is action)
        for role in ROLES
    )
    return f"| {ACTION_TITLES[action]} | `{action.name}` | {' | '.join(cells)} |"
