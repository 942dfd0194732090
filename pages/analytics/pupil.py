"""«Ученик»: marks, absences, remarks and the forecast of one pupil over all years of the register (п. 2.4, 2.7)."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from models.product.forecast import reason_ru
from models.product.forecasting import CHANCES, forecast_terms, forecasts, likelihood
from pages.analytics.parts.standings import standing_title
from pages.ui.charts import lines_by_term, show_chart, spread_of_chances
from pages.ui.export import export_table
from pages.ui.filters import choose, choose_segment, remembered_code
from pages.ui.links import diary_link, page_link
from pages.ui.register_forecast import show_model_note, show_years
from pages.ui.remarks import remark_markdown
from pages.ui.tables import RecordColumn, explain, show_records, show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import (
    FigureColumn,
    formula_of,
    measure_column,
    measure_percent,
    percent_column,
)
from pipelines.figures.figures import one_pupils_attendance, one_pupils_standings
from pipelines.measures.tables import records
from school.access.action import Action
from school.access.checks import may, may_somewhere
from school.access.scopes import Rows
from school.analytics.lookups.pupil_history import (
    CurrentMarksRow,
    FinalMarkRow,
    PupilHistory,
    TermKey,
    pupil_history,
)
from school.analytics.lookups.readers import FigureReader
from school.calendar import period_text, school_year_title
from school.errors import Refusal
from school.families.rules import REMARK_TITLES
from school.numbers import counted, number_text, percent_text
from school.privacy.rules.viewing import Seen, Viewed
from school.records import RemarkKind, TermKind
from server.session import guard, school
from server.viewings import note_seen

PARTS = {
    "final": "Итоговые отметки",
    "current": "Текущие отметки",
    "dynamics": "Динамика",
    "missed": "Пропуски",
    "forecast": "Прогноз",
    "remarks": "Замечания",
}
ALL_SUBJECTS = "Все предметы"
# The scale of marks with room for its ends.
MARKS = (1.9, 5.1)
WORDS_WIDTH = 760
# «Основы безопасности и защиты Родины» in full.
SUBJECT = FigureColumn("subject", "Предмет", pinned=True, width=260)
LINES = {"final_mean": "Средний итоговый", "current_mean": "Средний текущий"}


def terms_of(rows: Sequence[FinalMarkRow | CurrentMarksRow]) -> list[TermKey]:
    """Return the terms of rows, each once, in their order."""
    return list(dict.fromkeys(row.term for row in rows))


def subjects_of(rows: Sequence[FinalMarkRow | CurrentMarksRow]) -> dict[int, str]:
    """Return the subjects of rows in alphabetical order."""
    names = {row.subject_id: row.subject_name for row in rows}
    return dict(sorted(names.items(), key=lambda item: item[1].lower().replace("ё", "е")))


def show_final(history: PupilHistory) -> None:
    """Show the marks for terms and years: subjects × terms of a school year, or the years side by side."""
    if not history.final_marks:
        st.info("Отметок за учебные периоды пока нет.")
        return
    years = sorted({row.school_year for row in history.final_marks}, reverse=True)
    titles = {str(year): school_year_title(year) for year in years}
    titles |= {"all": "Все годы"} if len(years) > 1 else {}
    chosen = choose_segment("pupil_year", "Учебный год", titles, default=str(years[0]))
    rows = [row for row in history.final_marks if chosen == "all" or row.school_year == int(chosen)]
    terms = terms_of(rows)
    values = {(row.subject_id, row.term): row.value for row in rows}
    subjects = subjects_of(rows)
    names = {
        term: period_text(*term) if chosen == "all" else period_text(*term).split(", ")[1] for term in terms
    }
    table = pd.DataFrame(
        {"subject": list(subjects.values())}
        | {names[term]: [values.get((key, term)) for key in subjects] for term in terms}
    )
    columns = [SUBJECT, *(FigureColumn(name, name, 0) for name in names.values())]
    show_table(
        table, columns, "final", rows_shown=30, is_narrow=True, export=f"Итоговые отметки {titles[chosen]}"
    )


def show_current(history: PupilHistory) -> None:
    """Show the current marks of a term by subject."""
    if not history.current_marks:
        st.info("Текущих отметок пока нет.")
        return
    terms = terms_of(history.current_marks)
    titles = {"-".join(map(str, term)): period_text(*term) for term in reversed(terms)}
    code = choose("pupil_term", "Учебный период", titles, place=st.columns([1, 3])[0])
    rows = [row for row in history.current_marks if "-".join(map(str, row.term)) == code]
    given = {row.subject_id: row.value for row in history.final_marks if row.term == rows[0].term}
    columns: list[RecordColumn[CurrentMarksRow]] = [
        RecordColumn("Предмет", lambda row: row.subject_name, pinned=True, width=260),
        RecordColumn("Отметки", lambda row: " ".join(map(str, row.marks))),
        RecordColumn("Текущих отметок", lambda row: len(row.marks), 0),
        RecordColumn("Ср. взв. балл", lambda row: row.weighted_mean, 2, help=formula_of("weighted_mean")),
        RecordColumn(
            "За период", lambda row: given.get(row.subject_id), 0, help="отметка за учебный период (п. 5.4)"
        ),
    ]
    show_records(rows, columns, "current", rows_shown=30, export=f"Текущие отметки, {titles[code]}")


def show_dynamics(history: PupilHistory) -> None:
    """Show how the marks went through the years, over all subjects or in one."""
    rows = [row for row in history.final_marks if row.term_kind != TermKind.YEAR]
    subjects = subjects_of([*rows, *history.current_marks])
    if not subjects:
        st.info("Отметок пока нет: динамика появится вместе с ними.")
        return
    titles = {"": ALL_SUBJECTS} | {str(key): name for key, name in subjects.items()}
    chosen = choose("pupil_subject", "Предмет", titles, place=st.columns([1, 3])[0])
    wanted = {int(chosen)} if chosen else set(subjects)
    table = dynamics(history, wanted)
    lines = {
        name: [None if pd.isna(value) else value for value in table[column]] for column, name in LINES.items()
    }
    labels = [text.replace(", ", "\n") for text in table["period"]]
    title = "Лучше или хуже учится ученик от периода к периоду?"
    show_chart(title, lines_by_term(labels, lines, 2, "", MARKS), "dynamics")
    columns = [
        FigureColumn("period", "Учебный период", pinned=True),
        FigureColumn("final_mean", LINES["final_mean"], 2),
        FigureColumn("final_count", "Итоговых отметок", 0),
        FigureColumn("current_mean", LINES["current_mean"], 2, help=formula_of("weighted_mean")),
        FigureColumn("current_count", "Текущих отметок", 0),
    ]
    show_table(table, columns, "dynamics_table", rows_shown=30, export=f"Динамика, {titles[chosen]}")


def dynamics(history: PupilHistory, subject_ids: set[int]) -> pd.DataFrame:
    """Return a row a term: means of final and current marks over these subjects and on how many they stand."""
    final: dict[TermKey, list[int]] = defaultdict(list)
    current: dict[TermKey, list[tuple[float, int]]] = defaultdict(list)
    for mark in history.final_marks:
        if mark.term_kind != TermKind.YEAR and mark.subject_id in subject_ids:
            final[mark.term].append(mark.value)
    for row in history.current_marks:
        if row.subject_id in subject_ids and row.weighted_mean is not None:
            current[row.term].append((row.weighted_mean, len(row.marks)))
    terms = [term for term in history.terms if term in final or term in current]
    return pd.DataFrame(
        {
            "period": [period_text(*term) for term in terms],
            "final_mean": [_mean(final[term]) for term in terms],
            "final_count": [len(final[term]) for term in terms],
            # Subjects weigh alike, however many marks each has.
            "current_mean": [_mean([mean for mean, _ in current[term]]) for term in terms],
            "current_count": [sum(count for _, count in current[term]) for term in terms],
        }
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def show_missed(reader: FigureReader, history: PupilHistory, today: date) -> None:
    """Show the lessons missed by term and reason."""
    rows = one_pupils_attendance(reader, history, today)
    if rows.empty:
        st.info("Заполненных уроков этого ученика нет: о пропусках ничего не известно.")
        return
    keys = zip(rows["school_year"], rows["term_kind"], rows["term_number"], strict=True)
    table = rows.assign(
        period=[period_text(int(year), str(kind), int(number)) for year, kind, number in keys]
    )
    columns = [
        FigureColumn("period", "Учебный период", pinned=True),
        *(
            measure_column(name, title)
            for name, title in (
                ("pupil_lessons", "Уроков"),
                ("missed_lessons", "Пропусков"),
                ("missed_illness", "Болезнь (Б)"),
                ("missed_valid", "Уважит. (У)"),
                ("missed_unknown", "Не выяснено (Н)"),
                ("late_arrivals", "Опозданий (О)"),
            )
        ),
        measure_percent("missed_share", "Пропущено, %"),
    ]
    show_table(table, columns, "missed", rows_shown=30, export="Пропуски по периодам")


def show_forecast(reader: FigureReader, history: PupilHistory, today: date) -> None:
    """Show what this term will likely end with, by the school's one forecast."""
    asking = FigureReader(reader.school, reader.user, Action.READ_FORECASTS)
    show_model_note(asking)
    classes = {place.class_id for place in history.places}
    terms = [row for row in forecast_terms(asking, today) if row.class_id in classes]
    rows = forecasts(asking, terms, today) if terms else pd.DataFrame()
    rows = rows[rows["pupil_id"] == history.pupil_id] if len(rows) else rows
    if rows.empty:
        st.info("Прогноза для этого ученика сейчас нет: период не идёт или вам он не виден.")
        return
    names = subjects_of(history.current_marks) | subjects_of(history.final_marks)
    rows = rows.assign(
        subject=[names.get(int(key), "предмет без отметок") for key in rows["subject_id"]],
        forecast=[likelihood(row) for row in records(rows)],
        reason=[reason_ru(row) for row in records(rows)],
        **{name: 100 * rows[name] for name in CHANCES.values()},
    ).sort_values("subject")
    chances = {mark: list(rows[name]) for mark, name in CHANCES.items()}
    title = "Какая отметка вероятна? Прогноз, не отметки"
    show_chart(title, spread_of_chances(list(rows["subject"]), chances), "chances")
    columns = [
        SUBJECT,
        FigureColumn("forecast", "Прогноз"),
        FigureColumn("mean_so_far", "Ср. балл сейчас", 2),
        *(percent_column(name, f"«{mark}», %") for mark, name in CHANCES.items()),
        FigureColumn("reason", "Почему"),
    ]
    show_table(rows, columns, "pupil_forecast", rows_shown=30, export="Прогноз ученика")
    show_years(asking, terms[0], history.pupil_id, names, today)
    codes = {"class": terms[0].class_id, "pupil": history.pupil_id}
    page_link("forecasts/forecasts.py", "Что нужно для следующей отметки", codes, ":material/trending_up:")


def show_remarks(history: PupilHistory) -> None:
    """Show what teachers wrote to the family, the newest first."""
    if not history.remarks:
        st.info("Замечаний и рекомендаций нет.")
        return
    for row in history.remarks:
        with st.container(border=True, width=WORDS_WIDTH):
            st.markdown(remark_markdown(row, is_pupil_known=True))
            asked = {"about": "remark", "id": row.remark_id, "of": row.pupil_id}
            page_link("correspondence/messages.py", "Спросить", asked, ":material/mail:")
    table = pd.DataFrame(
        {
            "День": [row.written_at.date() for row in history.remarks],
            "Что": [REMARK_TITLES[RemarkKind(row.kind)] for row in history.remarks],
            "Предмет": [row.subject_name for row in history.remarks],
            "Кто написал": [row.author for row in history.remarks],
            "Текст": [row.text for row in history.remarks],
            "Прочитано": [row.read_at is not None for row in history.remarks],
        }
    )
    export_table(table, "Замечания", key="export_remarks")


def show_headline(reader: FigureReader, history: PupilHistory, today: date) -> None:
    """Show where the pupil is, and the last finished and the running term in figures."""
    place = history.place_on(today)
    where = f"Класс {as_typed(place.class_name)}" if place else "Сегодня не учится"
    years = len({each.school_year for each in history.places})
    st.markdown(f"**{where}** · в журнале {counted(years, 'учебный год', 'учебных года', 'учебных лет')}")
    marks = history.current_marks
    last = [row for row in marks if row.term == marks[-1].term] if marks else []
    means = [row.weighted_mean for row in last if row.weighted_mean is not None]
    places = st.columns([1.2, 1.4, 1, 1, 1.3])
    places[0].metric("Средний балл сейчас", number_text(_mean(means), 2), help=_term_help(last))
    standing = one_pupils_standings(reader, history, today)
    if history.sees_all and len(standing):
        finished = standing.iloc[-1]
        places[1].metric("Прошлый период", as_typed(standing_title(finished["standing"])))
    missed = one_pupils_attendance(reader, history, today)
    if len(missed):
        places[2].metric(
            "Пропущено уроков", number_text(missed["missed_lessons"].iloc[-1]), help=_missed_help(missed)
        )
        places[3].metric("Пропущено, %", percent_text(missed["missed_share"].iloc[-1]))
    with places[4]:
        explain(("weighted_mean", "standing", "missed_share"))


def _term_help(rows: Sequence[CurrentMarksRow]) -> Markdown:
    if not rows:
        return Markdown("Отметок пока нет.")
    return Markdown(
        f"Среднее по предметам за период «{period_text(*rows[0].term)}»; предметов с отметками: {len(rows)}."
    )


def _missed_help(rows: pd.DataFrame) -> Markdown:
    last = rows.iloc[-1]
    term = period_text(int(last["school_year"]), str(last["term_kind"]), int(last["term_number"]))
    return Markdown(f"За период «{term}», из {number_text(last['pupil_lessons'])} уроков.")


def show_links(reader: FigureReader, history: PupilHistory, today: date) -> None:
    """Link to the diary and the class, for whoever may open them."""
    place = history.place_on(today)
    rows = Rows(pupil_id=history.pupil_id, class_id=place.class_id if place else None)
    with st.container(horizontal=True):
        if may(reader.user, Action.READ_DIARY, rows):
            diary_link(history.pupil_id)
        if place:
            codes = {"class": place.class_id, "part": "pupils"}
            page_link(
                "analytics/school_class.py",
                f"Класс {as_typed(place.class_name)}",
                codes,
                ":material/meeting_room:",
            )
        page_link("analytics/pupils.py", "Другой ученик", {}, ":material/person_search:")


def show_pupil(reader: FigureReader) -> None:
    """Show the whole page."""
    code, today = remembered_code("pupil"), school().clock().date()
    if not code.isdecimal():
        st.title("Ученик")
        st.info("Найдите ученика на странице «Ученики».")
        page_link("analytics/pupils.py", "Ученики", {}, ":material/person_search:")
        return
    st.query_params["pupil"] = code
    history = pupil_history(reader.school.store, reader.user, int(code), today=today)
    note_seen(reader.user, Seen(Viewed.HISTORY, frozenset([history.pupil_id])))
    st.title(as_typed(history.name))
    show_headline(reader, history, today)
    show_links(reader, history, today)
    if not history.sees_all:
        st.caption("Показано только то, что относится к вашим урокам и вашему классу.")
    forecasts_seen = may_somewhere(reader.user, Action.READ_FORECASTS)
    parts = {key: PARTS[key] for key in PARTS if key != "forecast" or forecasts_seen}
    part = choose_segment("pupil_part", "Что показать", parts, default="final")
    if part == "missed":
        show_missed(reader, history, today)
    elif part == "forecast":
        show_forecast(reader, history, today)
    else:
        {"final": show_final, "current": show_current, "dynamics": show_dynamics, "remarks": show_remarks}[
            part
        ](history)


try:
    show_pupil(FigureReader(school(), guard(Action.READ_PUPIL_HISTORY), Action.READ_PUPIL_HISTORY))
except Refusal as refusal:
    st.warning(as_typed(str(refusal)))
