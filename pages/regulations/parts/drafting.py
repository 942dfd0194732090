"""Writing a document or an order: filled from the register where it can be, edited, kept as a draft until the head approves it (п. 4.2)."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from pages.ui.doing import try_to
from pages.ui.filters import choose_one, remember
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import file_uploader, rerun_with
from school.access.action import Action
from school.audiences.lookups import staff_to_aim_at
from school.audiences.rules import ROLE_TITLES, Target
from school.errors import Refusal
from school.files.attachments.kinds import FILE_BYTES
from school.records import Role, User
from school.regulations.actions import save_draft, submit_draft
from school.regulations.lookups import OrderRequest, open_document, order_subjects, order_words, title_of
from school.regulations.records import Regulation, RegulationDraft, RegulationKind, RegulationState
from school.regulations.rules.documents import (
    FILE_KINDS,
    KIND_TITLES,
    LONGEST_BASIS,
    LONGEST_BODY,
    LONGEST_NUMBER,
    LONGEST_TITLE,
)
from school.regulations.rules.orders import TEMPLATE_TITLES, OrderTemplate
from server.session import school

NEWER, FORM_NUMBER = "regulation_newer_than", "regulation_form"
READERS: dict[Target, str] = {
    Target.SCHOOL: "всех работников",
    Target.ROLE: "по ролям",
    Target.STAFF: "по списку",
}
# Of these a template is filled for days, a record, or with nothing asked.
OF_DAYS, OF_RECORD = (OrderTemplate.SUBSTITUTIONS,), (OrderTemplate.STATUTE, OrderTemplate.INSPECTION)


# Valid from and until, to be read by.
Days = tuple[date | None, date | None, date | None]


@dataclass(frozen=True)
class Start:
    """What a form begins with: the words of a draft or of the version before; ``key`` tells one form from the next."""

    key: str
    regulation: Regulation | None = None
    regulation_id: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True)
class Saved:
    """A draft that was kept, and what to say of it."""

    regulation_id: int
    note: Markdown


def show_form(user: User) -> None:
    """Show the form of a new document, or of a new version of one."""
    number = st.session_state.setdefault(FORM_NUMBER, 0)
    newer: int | None = st.session_state.get(NEWER)
    if newer is None:
        start = Start(f"new{number}")
        _show_templates(user, start.key)
    else:
        here = school()
        before = open_document(here.store, user, newer, today=here.clock().date()).regulation
        start = Start(f"newer{newer}_{number}", before, newer_than=newer)
        st.info(
            Markdown(
                f"Новая редакция: {as_typed(title_of(before))}. После утверждения прежняя перестанет действовать, "
                "и все ознакомятся снова."
            )
        )
        if st.button("Не новая редакция, а другой документ", type="tertiary"):
            del st.session_state[NEWER]
            st.rerun()
    saved = _show_fields(user, start)
    if saved is not None:
        st.session_state.pop(NEWER, None)
        remember(documents="drafts")
        st.query_params["document"] = str(saved.regulation_id)
        _rerun(saved)


def show_editing(user: User, regulation: Regulation) -> None:
    """Show the form that changes a draft."""
    key = f"{regulation.regulation_id}_{st.session_state.get(FORM_NUMBER, 0)}"
    saved = _show_fields(user, Start(key, regulation, regulation.regulation_id))
    if saved is not None:
        _rerun(saved)


def _rerun(saved: Saved) -> None:
    st.session_state[FORM_NUMBER] = st.session_state.get(FORM_NUMBER, 0) + 1
    rerun_with(saved.note)


def _show_templates(user: User, key: str) -> None:
    """Show what fills the fields from the register; they stay free to be edited."""
    with st.container(border=True):
        titles = {None: "без шаблона"} | dict(TEMPLATE_TITLES)
        template = choose_one("Заполнить по шаблону приказа", titles, key=f"template_{key}")
        if template is None:
            return
        record_id, days = None, None
        if template in OF_RECORD:
            about = order_subjects(school().store, user, template)
            if not about:
                st.caption("Выбрать не из чего: сначала подготовьте документ или начните проверку.")
                return
            record_id = choose_one("О чём", about, key=f"about_{key}_{template}")
        if template in OF_DAYS:
            today = school().clock().date()
            days = st.date_input("Дни замен", (today, today), format="DD.MM.YYYY", key=f"days_{key}")
        first, last = days if days and len(days) == 2 else (None, None)
        wanted = OrderRequest(template, record_id, first, last)
        st.button(
            "Заполнить из журнала",
            icon=":material/auto_awesome:",
            key=f"fill_{key}",
            on_click=_fill,
            args=(user, wanted, key),
        )


def _fill(user: User, wanted: OrderRequest, key: str) -> None:
    here = school()
    try:
        words = order_words(here.store, user, wanted, today=here.clock().date())
    except Refusal as refusal:
        st.toast(as_typed(str(refusal)), icon=":material/error:")
        return
    st.session_state[f"kind_{key}"] = RegulationKind.ORDER
    st.session_state[f"title_{key}"] = words.title
    st.session_state[f"basis_{key}"] = words.basis
    st.session_state[f"body_{key}"] = words.body


def _show_fields(user: User, start: Start) -> Saved | None:
    """Show the fields and the buttons; return what was saved."""
    key, old = start.key, start.regulation
    kind, title, number, dated_on = _show_heading(key, old, is_newer=start.newer_than is not None)
    basis = st.text_input("Основание", old.basis if old else "", max_chars=LONGEST_BASIS, key=f"basis_{key}")
    body = st.text_area(
        "Текст",
        old.body if old else "",
        max_chars=LONGEST_BODY,
        height=260,
        key=f"body_{key}",
        help="Строка — абзац. Таблица: ячейки через «|», первая строка — заголовки.",
    )
    file = file_uploader(
        "Файл вместо текста или вместе с ним",
        FILE_KINDS,
        key=f"file_{key}",
        max_upload_size=FILE_BYTES // 1024 // 1024,
    )
    if old and old.stored_name and start.regulation_id is not None and file is None:
        st.caption(Markdown(f"Приложен: {as_typed(old.file_name)}. Новый файл его заменит."))
    days = _show_days(key, old, is_newer=start.newer_than is not None)
    target, ids, roles = _show_readers(user, key, old)
    is_for_families = st.toggle(
        "Показать семьям в дневнике", bool(old and old.is_for_families), key=f"families_{key}"
    )
    draft = RegulationDraft(
        kind,
        title,
        target,
        ids,
        roles,
        number,
        dated_on,
        basis,
        body,
        *days,
        is_for_families=is_for_families,
        file=(file.name, file.getvalue()) if file else None,
    )
    is_before_head = old is not None and old.state is RegulationState.SUBMITTED
    with st.container(horizontal=True):
        keeps = st.button("Сохранить черновик", type="primary", icon=":material/save:", key=f"save_{key}")
        hands_in = not is_before_head and st.button(
            "Сохранить и отдать на утверждение", icon=":material/send:", key=f"hand_in_{key}"
        )
    if not keeps and not hands_in:
        st.caption("Пока черновик не сохранён, написанное пропадёт, если уйти со страницы.")
        return None
    return _saved(user, draft, start, hands_in=hands_in)


def _saved(user: User, draft: RegulationDraft, start: Start, *, hands_in: bool) -> Saved | None:
    here, made = school(), list[int]()
    regulation_id, newer = start.regulation_id, start.newer_than

    def save() -> None:
        made.append(
            save_draft(
                here.store, user, draft, regulation_id=regulation_id, newer_than=newer, now=here.clock()
            )
        )

    if not try_to(save, "Сохранено."):
        return None
    note = Markdown("Черновик сохранён.")
    if hands_in:
        try:
            submit_draft(here.store, user, made[0], now=here.clock())
            note = Markdown("Отдан на утверждение.")
        except Refusal as refusal:
            note = Markdown(f"Черновик сохранён, но не отдан: {as_typed(str(refusal))}")
    return Saved(made[0], note)


def _show_heading(
    key: str, old: Regulation | None, *, is_newer: bool
) -> tuple[RegulationKind, str, str, date | None]:
    kind_box, title_box, number_box, day_box = st.columns([1.2, 3.2, 0.8, 1.1])
    titles = {each: words.capitalize() for each, words in KIND_TITLES.items()}
    kinds = list(titles)
    st.session_state.setdefault(f"kind_{key}", old.kind if old else RegulationKind.ORDER)
    kind = kind_box.selectbox(
        "Вид", kinds, format_func=titles.__getitem__, key=f"kind_{key}", disabled=is_newer
    )
    title = title_box.text_input(
        "Заголовок",
        old.title if old else "",
        max_chars=LONGEST_TITLE,
        key=f"title_{key}",
        placeholder="О проверке журналов",
    )
    number = number_box.text_input(
        "Номер", old.number if old else "", max_chars=LONGEST_NUMBER, key=f"number_{key}"
    )
    dated_on = day_box.date_input(
        "Дата",
        old.dated_on if old and not is_newer else None,
        format="DD.MM.YYYY",
        key=f"dated_{key}",
        help="Пусто: день утверждения",
    )
    return kind or RegulationKind.ORDER, title, number, dated_on


def _show_days(key: str, old: Regulation | None, *, is_newer: bool) -> Days:
    fields = {"valid_from": "Действует с", "valid_until": "Действует по", "read_by": "Ознакомиться до"}
    found: list[date | None] = []
    for box, (name, label) in zip(st.columns(3), fields.items(), strict=True):
        held = getattr(old, name) if old and not is_newer else None
        found.append(box.date_input(as_typed(label), held, format="DD.MM.YYYY", key=f"{name}_{key}"))
    valid_from, valid_until, read_by = found
    return valid_from, valid_until, read_by


def _show_readers(
    user: User, key: str, old: Regulation | None
) -> tuple[Target, tuple[int, ...], tuple[Role, ...]]:
    whom_box, list_box = st.columns([1, 2])
    held = Target(old.target) if old else Target.SCHOOL
    target = whom_box.selectbox(
        "Кого знакомить",
        list(READERS),
        list(READERS).index(held),
        format_func=READERS.__getitem__,
        key=f"target_{key}",
    )
    if target == Target.ROLE:
        roles = list_box.multiselect(
            "Роли",
            list(ROLE_TITLES),
            list(old.target_roles) if old else [],
            format_func=ROLE_TITLES.__getitem__,
            placeholder="Выберите роли",
            key=f"roles_{key}",
        )
        return target, (), tuple(roles)
    if target == Target.STAFF:
        names = staff_to_aim_at(school().store, user, Action.DRAFT_DOCUMENTS, school().clock().date())
        chosen = [each for each in old.target_ids if each in names] if old else []
        ids = list_box.multiselect(
            "Кто",
            list(names),
            chosen,
            format_func=names.__getitem__,
            placeholder="Начните вводить фамилию",
            key=f"staff_{key}",
        )
        return target, tuple(ids), ()
    return Target.SCHOOL, (), ()
