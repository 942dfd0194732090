"""«Модель прогноза»: what answers, how it was chosen on the school's own past, where it errs, what it reads (п. 2.7)."""

import json
from typing import Any

import pandas as pd
import streamlit as st

from models.evaluation.small_past import POOL, UNLEARNED
from models.product.forecasting import answering
from models.product.model_card import FEATURES_RU, NOT_FEATURES_RU, SMALLEST_GROUP
from pages.ui.tables import show_table
from pages.ui.typed_text import Markdown, as_typed
from pipelines.figures.columns import FigureColumn, percent_column
from school.access.action import Action
from school.access.checks import may
from school.errors import Refusal
from school.forecasts.actions import CAUSES, ask_fit
from school.forecasts.lookups import ENOUGH_TO_LEARN, ModelFit, ModelPage, model_page, open_fits
from school.numbers import counted, number_text, percent_text
from school.records import User
from server import forecast_job
from server.session import guard, school

REFRESH_SECONDS = 2
MODEL_TITLES = {
    "blend": "смесь байесовской модели и деревьев",
    "ordinal": "порядковая над байесовской",
    "boosting": "деревья решений",
    "empirical_bayes": "байесовская, настроенная по школе",
    POOL: "взвешенная смесь простых моделей",
    UNLEARNED: "постоянные настройки вместе с округлённым баллом",
    "empirical_bayes_fixed": "байесовская с постоянными настройками",
    "without_twos": "она же, если «2» за период не ставят",
    "rounded_mean": "округлённый средний балл",
    "last_term_mark": "отметка за прошлый период",
}
BASELINES = ("rounded_mean", "last_term_mark")
STATES = {"waiting": "ждёт очереди", "running": "идёт", "done": "закончено", "failed": "не удалось"}


def show_model(page: ModelPage) -> dict[str, Any] | None:
    """Say in plain words which model answers; return its card."""
    now = answering(school())
    if now.note:
        st.warning(as_typed(now.note), icon=":material/model_training:")
    model = page.model
    if model is None or now.trained is None:
        st.markdown(f"**Считает: {MODEL_TITLES[UNLEARNED]}.** " + why_fixed(page))
        return None
    card: dict[str, Any] = json.loads(model.card)
    span = (
        f"{model.first_day:%d.%m.%Y} – {model.last_day:%d.%m.%Y}"
        if model.first_day and model.last_day
        else "—"
    )
    st.markdown(
        f"**Считает: {MODEL_TITLES[card['chosen']]}.** {as_typed(why_chosen(card))}\n\n"
        f"Обучена {model.fitted_at:%d.%m.%Y в %H:%M} на данных {span}: "
        f"{counted(card['n_closed'], 'отметка за период', 'отметки за период', 'отметок за период')}. "
        f"Модель № {model.model_id}, начальное число {model.seed}."
    )
    return card


def why_fixed(page: ModelPage) -> Markdown:
    """Say why nothing learned answers."""
    if page.closed_marks < ENOUGH_TO_LEARN:
        return Markdown(
            f"Закрыто {counted(page.closed_marks, 'отметка', 'отметки', 'отметок')} за периоды, чтобы учиться, нужно "
            f"{ENOUGH_TO_LEARN}: до этого постоянные настройки точнее."
        )
    return Markdown(
        f"Учиться уже есть на чём: {counted(page.closed_marks, 'отметка', 'отметки', 'отметок')} за периоды."
    )


def why_chosen(card: dict[str, Any]) -> str:
    """Say why this model, in words."""
    if not card.get("log_loss"):
        return "Закрытых периодов пока мало, чтобы проверить её на прошлом: выбрана по числу отметок."
    if card["chosen"] in BASELINES:
        return "На прошлом вашей школы ни одна модель не была точнее, поэтому показывается она."
    return "На прошлом вашей школы её вероятности были ближе всего к тому, что вышло."


def show_choice(card: dict[str, Any]) -> None:
    """Show how each model did on the later closed terms, learned from the earlier ones."""
    st.markdown(
        "**Как выбирали.** Закрытых периодов мало: проверяли на учениках, по отметкам которых модель не училась."
        if card.get("is_judged_by_pupil")
        else "**Как выбирали.** Учились на ранних закрытых периодах, проверяли на поздних, которых модель не видела."
    )
    losses = sorted(card["log_loss"].items(), key=lambda pair: pair[1])
    table = pd.DataFrame(
        [
            {
                "model": MODEL_TITLES[name],
                "loss": loss,
                "is_chosen": "выбрана" if name == card["chosen"] else "",
            }
            for name, loss in losses
        ]
    )
    columns = [
        FigureColumn("model", "Что проверяли"),
        FigureColumn("loss", "Ошибка", 3, help="Логарифмическая ошибка: меньше — лучше, 0 — всё угадано."),
        FigureColumn("is_chosen", "Выбор"),
    ]
    show_table(table, columns, "model_losses")


def rates(card: dict[str, Any], rows: list[dict[str, Any]], titles: dict[Any, str]) -> pd.DataFrame:
    """Return how often each group's marks were guessed, percent, beside the two baselines."""
    shown = {"chosen": card["chosen"], **{name: name for name in BASELINES}}
    return pd.DataFrame(
        [
            {
                "title": titles.get(row["group"], str(row["group"])),
                "n": row["n"],
                "loss": row["models"][card["chosen"]]["log_loss"],
            }
            | {key: 100 * row["models"][name]["accuracy"] for key, name in shown.items()}
            for row in rows
            if row["n"] >= SMALLEST_GROUP
        ]
    )


def show_rates(card: dict[str, Any], name: str, title: str, titles: dict[Any, str]) -> None:
    """Show how the model did by one grouping."""
    table = rates(card, card[name], titles)
    if table.empty:
        st.caption("Слишком мало проверенных прогнозов.")
        return
    columns = [
        FigureColumn("title", title, pinned=True),
        FigureColumn("n", "Прогнозов", 0),
        percent_column("chosen", "Сбылось"),
        percent_column("rounded_mean", "Округлённый балл"),
        percent_column("last_term_mark", "Прошлая отметка"),
        FigureColumn("loss", "Ошибка", 3),
    ]
    show_table(table, columns, f"model_{name}")


def show_errors(card: dict[str, Any], page: ModelPage) -> None:
    """Show where the model errs: along the term, by grade, subject and mark."""
    st.markdown("**Как часто сбывалось на прошлом школы**")
    shares = {row["group"]: f"пройдено {100 * row['group']:.0f} % периода" for row in card["by_cut"]}
    subjects: dict[Any, str] = dict(page.subjects)
    grades = {row["group"]: f"{row['group']:.0f}-е классы" for row in card["by_grade"]}
    marks = {mark: f"вышла «{mark}»" for mark in (2, 3, 4, 5)}
    groups = {
        "По ходу периода": ("by_cut", "Когда", shares),
        "По параллелям": ("by_grade", "Параллель", grades),
        "По предметам": ("by_subject", "Предмет", subjects),
        "По отметкам": ("by_mark", "Отметка", marks),
    }
    for tab, group in zip(st.tabs(list(map(as_typed, groups))), groups.values(), strict=True):
        with tab:
            show_rates(card, *group)


def show_limits(card: dict[str, Any] | None) -> None:
    """Say what the model reads, what it never reads, and what is not checked."""
    lines = [f"- **{as_typed(name)}**: {as_typed(words)}" for name, words in FEATURES_RU.items()]
    st.markdown("**На что смотрит модель**\n\n" + "\n".join(lines))
    st.markdown(f"**На что не смотрит никогда**: {', '.join(NOT_FEATURES_RU)}. Этих сведений у неё нет.")
    unchecked = ["На прошлом этой школы прогноз ещё не проверен."]
    if card and "judged_marks" in card:
        rare, total = card["judged_marks"]["2"], sum(card["judged_marks"].values())
        is_unseen = rare < SMALLEST_GROUP
        verdict = "вероятность «2» на таком числе не проверена." if is_unseen else "проверка грубая."
        unchecked = [
            f"«2» за период были у {number_text(rare)} из {number_text(total)} проверенных: {verdict}",
            f"Предметы и параллели, где проверено меньше {SMALLEST_GROUP} прогнозов, не показаны: судить нельзя.",
        ]
    unchecked += [
        "Первые классы учатся без отметок: для них прогноза нет.",
        "Прогноз не предназначен для решений об ученике без учителя: это повод посмотреть, а не вывод.",
    ]
    st.markdown("**Что не проверено**\n\n" + "\n".join(f"- {as_typed(line)}" for line in unchecked))


def fit_words(fit: ModelFit) -> Markdown:
    """Return one line about a fitting."""
    when = f"{fit.asked_at:%d.%m.%Y %H:%M}"
    stage = f": {as_typed(fit.stage)}" if fit.stage else ""
    return Markdown(f"{when} — {as_typed(CAUSES.get(fit.cause, fit.cause))} — {STATES[fit.state]}{stage}")


@st.fragment(run_every=REFRESH_SECONDS)
def show_progress() -> None:
    """Show the fitting that waits or runs until it ends."""
    user = guard(Action.READ_FORECAST_MODEL)
    fits = open_fits(school().store, user)
    if not fits:
        st.rerun(scope="app")
    stage = fits[0].stage or STATES[fits[0].state]
    st.info(f"Обучение: {as_typed(stage)}. Журнал работает как обычно.", icon=":material/hourglass_top:")


def show_fitting(user: User, page: ModelPage) -> None:
    """Show what became of the last fittings; the administrator may ask for another."""
    if any(fit.is_open for fit in page.fits):
        show_progress()
    elif may(user, Action.FIT_FORECASTS) and st.button(
        "Обучить заново", icon=":material/model_training:", help="Около минуты, журнал не останавливается."
    ):
        ask(user)
    if page.fits:
        with st.expander("Последние обучения"):
            st.markdown("\n".join(f"- {fit_words(fit)}" for fit in page.fits))
    if page.snapshots:
        last = page.snapshots[0]
        st.caption(
            f"Прогнозы запоминаются каждую неделю: {counted(len(page.snapshots), 'раз', 'раза', 'раз')}, "
            f"последний на {last.as_of:%d.%m.%Y}. Что сбылось — на странице «Сбылось ли»."
        )


def ask(user: User) -> None:
    """Ask for a fitting and show its progress."""
    here = school()
    try:
        ask_fit(here.store, user, now=here.clock())
    except Refusal as refusal:
        st.warning(as_typed(str(refusal)))
        return
    forecast_job.asked.set()
    st.rerun()


def show_page(user: User) -> None:
    """Show the whole page."""
    here = school()
    page = model_page(here.store, user, here.clock().date())
    card = show_model(page)
    show_fitting(user, page)
    if card and card.get("log_loss"):
        rates_now, chosen = st.columns([4, 3])
        with rates_now:
            show_errors(card, page)
        with chosen:
            show_choice(card)
            st.caption(f"Обещанное и сбывшееся расходятся в среднем на {percent_text(100 * card['ece'])}.")
    show_limits(card)


show_page(guard(Action.READ_FORECAST_MODEL))
