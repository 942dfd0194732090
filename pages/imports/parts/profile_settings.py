"""Profiles of columns: composed, settled field by field, taken from a file and given as one, renamed, dropped (п. 4.6)."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from pages.imports.parts.mapping import VALUES_HELP, download_profile, values_of, values_text
from pages.ui.doing import try_and_rerun, try_to
from pages.ui.filters import choose_one
from pages.ui.typed_text import as_typed
from pages.ui.typing.typed_table import typed_table
from pages.ui.upload import file_uploader
from school.errors import Refusal
from school.files.column_mapping import HEADER_SOUGHT, ColumnMapping
from school.files.plan import ImportKind
from school.imports.actions.profiles import drop_profile, keep_profile, rename_profile, take_profile
from school.imports.kinds import exchanged_kinds
from school.imports.lookups.exchanges import exchange_profiles, usual_mapping
from school.imports.records import OutChoices, StoredProfile
from school.imports.rules.profile_files import (
    DATE_FORMATS,
    FILE_BYTES,
    MARK_OF_SUBJECT,
    check_profile,
    form_of,
    read_profile,
)
from school.records import User
from server.session import school

FIELD, COLUMN = "Поле журнала", "Столбец в файле"


def show_profiles(user: User, choices: OutChoices) -> None:
    """Show how profiles come, and the chosen one field by field."""
    compose_box, file_box = st.columns(2, gap="large")
    with compose_box:
        compose_profile(user, choices)
    with file_box:
        take_file_of_profile(user)
    known = {each.profile_id: each for each in exchange_profiles(school().store, user)}
    if not known:
        return
    st.divider()
    titles = {
        profile_id: f"{form_of(ImportKind(each.kind)).title}: {each.name}"
        for profile_id, each in known.items()
    }
    box, file_button, drop_button = st.columns([4, 1, 1], vertical_alignment="bottom")
    chosen = known[choose_one("Профиль", titles, place=box, key="settled_profile")]
    with file_button:
        download_profile(chosen, key="exchange_profile_file")
    now = school().clock()
    if drop_button.button("Удалить", key="exchange_profile_drop", width="stretch"):
        try_and_rerun(
            lambda: drop_profile(school().store, user, chosen.profile_id, now=now), "Профиль удалён"
        )
    rename(user, chosen)
    settle_columns(user, chosen)


def compose_profile(user: User, choices: OutChoices) -> None:
    """Offer a profile with all fields under their own titles, to begin with."""
    st.markdown("**Составить профиль** со всеми полями журнала; лишнее потом убирается.")
    kinds = {kind: form_of(kind).title for kind in exchanged_kinds(user)}
    with st.form("compose_profile", border=False):
        kind = choose_one("Какие данные", kinds, key="compose_kind")
        name = st.text_input(
            "Название", max_chars=60, key="compose_name", placeholder="Например: КИАСУО, ученики"
        )
        is_sent = st.form_submit_button("Составить")
    if is_sent:
        store, now = school().store, school().clock()

        def compose() -> None:
            mapping = usual_mapping(store, user, kind, choices)
            keep_profile(store, user, kind, name, mapping.to_text(), now=now)

        try_and_rerun(compose, "Профиль составлен")


def take_file_of_profile(user: User) -> None:
    """Take a profile that another school shared."""
    st.markdown("**Загрузить файл профиля**, которым поделилась другая школа.")
    uploaded = file_uploader(
        "Файл .json", "json", key="exchange_profile_upload", max_upload_size=FILE_BYTES // 1024**2
    )
    if uploaded is None:
        return
    try:
        profile = read_profile(uploaded.getvalue()[: FILE_BYTES + 1])
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
        return
    title = form_of(profile.mapping.kind).title
    st.markdown(
        f"{as_typed(title)}: «{as_typed(profile.name)}», версия {profile.version}, столбцов: {len(profile.mapping.columns)}."
    )
    if st.button("Сохранить профиль", type="primary", key="exchange_profile_take"):
        try_to(lambda: take_profile(school().store, user, profile, now=school().clock()), "Профиль сохранён")


def rename(user: User, profile: StoredProfile) -> None:
    """Let the profile be called otherwise."""
    box, button = st.columns([4, 2], vertical_alignment="bottom")
    name = box.text_input("Название", profile.name, max_chars=60, key=f"profile_name_{profile.profile_id}")
    if button.button("Переименовать", key="exchange_profile_rename", disabled=name.strip() == profile.name):
        now = school().clock()
        try_and_rerun(
            lambda: rename_profile(school().store, user, profile.profile_id, name, now=now), "Переименовано"
        )


def settle_columns(user: User, profile: StoredProfile) -> None:
    """Show which column each field is in, and what else the profile says, to be changed."""
    mapping, form = profile.file.mapping, form_of(ImportKind(profile.kind))
    titles = {field.name: field.title for field in form.fields}
    titles |= {
        name: f"Отметка: {name[len(MARK_OF_SUBJECT) :]}" for name in mapping.columns if name not in titles
    }
    key = f"settle_{profile.profile_id}_{profile.version}"
    with st.form(key):
        rows = pd.DataFrame(
            {FIELD: list(titles.values()), COLUMN: [mapping.columns.get(name, "") for name in titles]}
        )
        edited = typed_table(
            key,
            rows,
            hide_index=True,
            disabled=[FIELD],
            height=min(460, 38 + 35 * len(rows)),
            placeholder="",
            column_config={COLUMN: st.column_config.TextColumn(max_chars=200)},
        )
        boxes = st.columns(4)
        sheet = boxes[0].text_input("Лист", mapping.sheet, max_chars=31, disabled=bool(mapping.sheet_field))
        row = boxes[1].number_input("Строка заголовка", 1, HEADER_SOUGHT, max(1, mapping.header_row))
        days = boxes[2].selectbox(
            "Вид дат", list(DATE_FORMATS), list(DATE_FORMATS).index(mapping.date_format)
        )
        values = st.text_area(
            "Замена значений", values_text(form, mapping.values), height=90, help=VALUES_HELP
        )
        st.caption("Пустой столбец — поля в файле нет. Поля с одним столбцом пишутся в него вместе.")
        is_sent = st.form_submit_button("Сохранить профиль", type="primary")
    if is_sent:
        columns = dict(zip(titles, map(str, edited[COLUMN].fillna("")), strict=True))

        def save() -> None:
            settled = replace(
                mapping,
                columns={name: " ".join(text.split()) for name, text in columns.items() if text.strip()},
                sheet=sheet,
                header_row=int(row),
                header_depth=max(1, mapping.header_depth) if mapping.header_row else 1,
                date_format=days,
                values=values_of(form, values),
            )
            keep_settled(user, profile, settled)

        try_and_rerun(save, "Профиль сохранён")


def keep_settled(user: User, profile: StoredProfile, mapping: ColumnMapping) -> None:
    """Keep what was settled. Raises Refusal where the profile would not do."""
    check_profile(mapping)
    now = school().clock()
    keep_profile(school().store, user, ImportKind(profile.kind), profile.name, mapping.to_text(), now=now)
