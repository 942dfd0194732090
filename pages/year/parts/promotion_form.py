"""What becomes of last year's classes, and the press that makes the new year's out of them (п. 4.3)."""

from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui.typed_text import Markdown, as_typed
from pages.ui.typing.typed_table import typed_table
from pages.ui.upload import do_and_rerun
from school.backup.records import Cause
from school.calendar import first_of_september, school_year_title
from school.councils.lookups import undecided_pupils
from school.numbers import counted
from school.people.rules.movements import LONGEST_ORDER
from school.records import PersonName, User
from school.year.actions.opening import PromotionTerms, check_promotion, promote_classes
from school.year.lookups import YearSetup
from school.year.records import YearKey
from school.year.rules.promotion import FATE_TITLES, Fate, Promotion
from school.year.rules.school_tables import teacher_of
from server.session import school
from server.state.backups import back_up_before


def full_name(setup: YearSetup, staff_id: int | None) -> str:
    """Return an employee's full name; an empty text for nobody."""
    return setup.staff.get(staff_id or 0, PersonName("", "")).full


def show_promotion(user: User, key: YearKey, setup: YearSetup) -> None:
    """Show what becomes of last year's classes, and make the new year's out of them once agreed."""
    last_year = school_year_title(key.school_year - 1)
    with st.container(border=True):
        st.markdown(
            f"**Перевод из {last_year}.** Классы поднимаются на параллель вместе с учениками, выпускные уходят; "
            "прошлые журналы остаются как есть."
        )
        with st.form("promotion", border=False):
            edited = typed_table(
                f"promotion_{key.school_year}",
                promotion_frame(setup),
                hide_index=True,
                height=min(330, 38 + 35 * len(setup.promotions)),
                placeholder="",
                disabled=["last", "pupils"],
                column_config={
                    "last": st.column_config.TextColumn(f"Класс {last_year}", width=120),
                    "pupils": st.column_config.NumberColumn("Учеников", width=90),
                    "fate": st.column_config.SelectboxColumn(
                        "Что с ним", options=list(FATE_TITLES.values()), required=True, width=150
                    ),
                    "name": st.column_config.TextColumn("Новый класс", width=120),
                    "homeroom": st.column_config.SelectboxColumn(
                        "Классный руководитель",
                        options=sorted({name.full for name in setup.staff.values()}),
                        width=300,
                    ),
                },
            )
            day_box, copy_box, button_box = st.columns([1.3, 3, 1.6], vertical_alignment="bottom")
            starts_on = setup.calendar.starts_on if setup.calendar else first_of_september(key.school_year)
            first_day = day_box.date_input("Первый день в новом классе", starts_on, format="DD.MM.YYYY")
            copies = copy_box.checkbox(
                "Перенести подгруппы и составить нагрузку по прошлому году", value=True
            )
            undecided = undecided_before(user, setup, first_day)
            order_box, before_box, _ = st.columns([2, 3, 1], vertical_alignment="bottom")
            order = order_box.text_input(
                "Приказ о выпуске и выбытии", max_chars=LONGEST_ORDER, placeholder="№ 45 от 25.06.2027"
            )
            moves_undecided = before_box.checkbox(
                "Учеников без решения педсовета перевести как раньше", value=not setup.has_decisions
            )
            is_sent = button_box.form_submit_button("Перевести", type="primary", width="stretch")
        show_undecided(undecided)
        if is_sent:
            terms = PromotionTerms(first_day, copies, moves_undecided, order)
            promote(user, key, setup, edited, terms)


def promotion_frame(setup: YearSetup) -> pd.DataFrame:
    """Return what is proposed for each class of last year."""
    return pd.DataFrame(
        [
            {
                "last": each.last.name,
                "pupils": each.last.pupils,
                "fate": FATE_TITLES[each.fate],
                "name": each.name or None,
                "homeroom": full_name(setup, each.homeroom_id) or None,
            }
            for each in setup.promotions
        ]
    )


def undecided_before(user: User, setup: YearSetup, day: date) -> dict[str, list[PersonName]]:
    """Return by class about whom the council has decided nothing."""
    class_ids = [each.last.class_id for each in setup.promotions if each.fate is not Fate.STAYS_OUT]
    return undecided_pupils(school().store, user, class_ids, day)


def show_undecided(undecided: dict[str, list[PersonName]]) -> None:
    """Say about whom the council has decided nothing, and where it is written down."""
    if not undecided:
        st.caption(
            "Решения педсовета есть обо всех: переведённые поднимутся с классом, оставленные останутся в параллели."
        )
        return
    count = sum(map(len, undecided.values()))
    with st.expander(f"Нет решения педсовета: {counted(count, 'ученик', 'ученика', 'учеников')}"):
        for name, pupils in undecided.items():
            st.markdown(
                Markdown(f"**{as_typed(name)}**: {as_typed(', '.join(each.short for each in pupils))}")
            )
        st.page_link("pages/councils/councils.py", label="Решения педсовета", icon=":material/arrow_forward:")


def promote(user: User, key: YearKey, setup: YearSetup, edited: pd.DataFrame, terms: PromotionTerms) -> None:
    """Promote the classes as the table says, or say why not."""
    fates = {title: fate for fate, title in FATE_TITLES.items()}

    def write() -> Markdown:
        promotions = [
            Promotion(
                each.last,
                fates[row["fate"]],
                _text(row["name"]) if fates[row["fate"]] is Fate.GOES_UP else "",
                teacher_of(_text(row["homeroom"]), setup.staff),
            )
            for each, row in zip(setup.promotions, edited.to_dict("records"), strict=True)
        ]
        # What is missing is said at once, not after a backup.
        check_promotion(school().store, user, key, promotions, terms)
        back_up_before(Cause.YEAR, user)
        done = promote_classes(school().store, user, key, promotions, terms, now=school().clock())
        repeating = f", из них на повторном обучении {done.repeating}" if done.repeating else ""
        return Markdown(
            f"Переведено классов {done.classes}, учеников {done.pupils}{repeating}; выпущено и выбыло {done.left}; "
            f"строк нагрузки {done.loads}."
        )

    do_and_rerun(write, "Делаем резервную копию и переводим классы…")


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value).strip()
