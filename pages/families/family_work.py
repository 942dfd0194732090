"""«Семьи»: who of a class has a way in and reads the diary, codes and letters for the others; by class for the deputy head (п. 4.3)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import streamlit as st

from pages.families.parts.family_rows import (
    CLASS_COLUMNS,
    LAST_COLUMNS,
    PERSON_COLUMNS,
    ClassRow,
    PersonRow,
    moment_words,
)
from pages.families.parts.letters import show_letters
from pages.ui.export import download, noted
from pages.ui.filters import choose
from pages.ui.issued_codes import issue, show_issued
from pages.ui.links import open_next, opener
from pages.ui.tables import RecordColumn, show_records
from pages.ui.typed_text import Markdown
from pipelines.reports.document_pdf import document_pdf
from pipelines.reports.meeting_kit import meeting_kit
from school.access.action import Action
from school.access.checks import may
from school.access.scopes import Rows
from school.control.lookups.classes import led_classes
from school.families.lookups.confirmations import WeekConfirmation, week_confirmations
from school.families.lookups.family_work import (
    READING_DAYS,
    Family,
    FamilyPerson,
    class_families,
    readers_by_class,
)
from school.families.rules import monday_of
from school.invitations.lookups import classes_to_invite, family_lines
from school.records import User
from server.session import guard, school

ALL = "all"
PAGE = "families/family_work.py"
KIT = "Родительское собрание"
# By pupil: who has confirmed a week and when.
Confirmed = Mapping[int, Sequence[WeekConfirmation]]
NO_CLASS = "Класса за вами нет. Классного руководителя назначает администратор."
HOW = f"""- **Семья** — ученик из списка класса на сегодня.
- **Могут войти** — семьи, где хотя бы у одного родителя есть пароль и вход не закрыт.
- **Читали** — семьи, где хотя бы один такой родитель открыл дневник этого ребёнка за последние {READING_DAYS} дней; вход самого ученика не считается.
- **Доля** = семей · 100 / семей в классе (п. 4.3)."""


def person_rows(families: Sequence[Family], weeks: tuple[Confirmed, Confirmed]) -> list[PersonRow]:
    """Return a row a person; what is of the whole family stands in its first."""
    return [
        PersonRow(
            each.pupil_id,
            each.pupil_name,
            person,
            0 if number else each.unread,
            (confirmed_by(weeks[0], each, person), confirmed_by(weeks[1], each, person)),
        )
        for each in families
        for number, person in enumerate(each.people)
    ]


def confirmed_by(week: Confirmed, family: Family, person: FamilyPerson) -> str:
    """Return when a person confirmed a week, empty where they have not."""
    own = [each for each in week.get(family.pupil_id, ()) if each.guardian_id == person.guardian_id]
    return moment_words(own[0].confirmed_at) if own and person.is_guardian else ""


def show_classes(rows: Sequence[ClassRow]) -> None:
    """Show all classes as figures; a chosen one opens."""
    with st.popover("Как считается", icon=":material/info:"):
        st.markdown(Markdown(HOW))
    show_records(
        rows,
        CLASS_COLUMNS,
        "families_by_class",
        on_choose=lambda number: open_next(PAGE, {"class": rows[number].class_id}),
        export="Семьи и дневник по классам",
    )


def show_class(user: User, class_id: int, name: str, day: date, now: datetime) -> None:
    """Show the families of a class by name, with codes and letters for those who do not read."""
    families = class_families(school().store, user, class_id, day=day)
    if not families:
        st.info("В классе сегодня нет учеников.")
        return
    since = now - timedelta(READING_DAYS)
    can, read = (
        sum(each.has_way_in for each in families),
        sum(each.has_read_since(since) for each in families),
    )
    last = monday_of(now.date()) - timedelta(7)
    weeks = (
        week_confirmations(school().store, user, class_id, last),
        week_confirmations(school().store, user, class_id, last - timedelta(7)),
    )
    confirmed = sum(bool(weeks[0].get(each.pupil_id)) for each in families)
    st.markdown(
        f"Семей: **{len(families)}**, могут войти: **{can}**, открывали дневник за {READING_DAYS} дней: **{read}**, "
        f"ознакомились с неделей с {last:%d.%m}: **{confirmed}**."
    )
    show_issued(f"families_{class_id}")
    with st.container(horizontal=True):
        show_codes(user, class_id, now)
        show_letters(user, class_id, name, {each.pupil_id: each.pupil_name.short for each in families})
        show_meeting_kit(user, class_id, name, [each.pupil_id for each in families])
    people = person_rows(families, weeks)
    show_records(
        people,
        person_columns(last),
        f"families_{class_id}",
        on_choose=opener("people/pupil_card.py", "pupil", [each.pupil_id for each in people]),
        export=f"Семьи {name}",
    )


def show_meeting_kit(user: User, class_id: int, name: str, pupil_ids: Sequence[int]) -> None:
    """Show the button that makes the sheet of the class's meeting."""
    here = school()
    download(
        "Лист к собранию (PDF)",
        noted(lambda: document_pdf(meeting_kit(here, user, class_id)), pupil_ids, KIT),
        f"{KIT} {name}.pdf",
        "application/pdf",
        "Повестка: как учится класс, кого похвалить, пропуски, события и сроки, строки для решений",
        icon=":material/groups:",
        key=f"meeting_kit_{class_id}",
    )


def person_columns(last: date) -> tuple[RecordColumn[PersonRow], ...]:
    """Return the columns of a person, with when they confirmed the last week and the one before; what a tablet cuts off comes last."""
    before = last - timedelta(7)
    return (
        *PERSON_COLUMNS,
        RecordColumn(f"Неделя с {last:%d.%m}", lambda row: row.weeks[0]),
        RecordColumn(f"Неделя с {before:%d.%m}", lambda row: row.weeks[1]),
        *LAST_COLUMNS,
    )


def show_codes(user: User, class_id: int, now: datetime) -> None:
    """Show the button that issues codes to those of the class who have neither a way in nor a code that holds."""
    if not may(user, Action.ISSUE_FAMILY_CODES, Rows(class_id=class_id)):
        return
    places = [
        each for each in classes_to_invite(school().store, user, now.date()) if each.class_id == class_id
    ]
    lines = family_lines(school().store, user, places[0], now) if places else []
    waiting = [
        line.invitee for line in lines if not (line.has_password or line.expires_at or line.is_blocked)
    ]
    is_asked = st.button(
        f"Выдать коды тем, у кого нет входа: {len(waiting)}",
        icon=":material/key:",
        disabled=not waiting,
        key="family_codes",
    )
    if is_asked and issue(user, waiting, f"families_{class_id}"):
        st.rerun()


def show_family_work(user: User) -> None:
    """Show the whole page."""
    now = school().clock()
    classes = led_classes(school().store, user, Action.READ_FAMILY_WORK, now.date())
    if not classes:
        st.info(NO_CLASS)
        return
    titles = {ALL: "Все классы"} if len(classes) > 1 else {}
    titles |= {str(each.class_id): each.name for each in classes}
    own = next((str(each.class_id) for each in classes if each.class_id in user.homeroom_class_ids), "")
    with st.columns([1, 4])[0]:
        chosen = choose("class", "Класс", titles, default=own or next(iter(titles)))
    day = now.date()
    if chosen != ALL:
        show_class(user, int(chosen), titles[chosen], day, now)
        return
    found = readers_by_class(school().store, user, [each.class_id for each in classes], day=day, now=now)
    show_classes(
        [
            ClassRow(each.class_id, each.name, found[each.class_id])
            for each in classes
            if each.class_id in found
        ]
    )


show_family_work(guard(Action.READ_FAMILY_WORK))
