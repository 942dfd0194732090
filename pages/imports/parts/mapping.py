"""The form in which a person settles which column of a sheet says what, and keeps it as a profile."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from pages.ui.doing import try_and_rerun, try_to
from pages.ui.export import download, file_name_of
from pages.ui.filters import choose_one
from pages.ui.typed_text import as_typed
from school.errors import Refusal
from school.files.column_mapping import (
    EVERY_SHEET,
    HEADER_DEPTH,
    HEADER_SOUGHT,
    ColumnMapping,
    guess_in_header,
    guess_mapping,
    headers_of,
)
from school.files.fields import ImportForm
from school.files.plan import ImportKind
from school.files.spellings import clean
from school.files.tables import SheetTable
from school.imports.actions.profiles import drop_profile, keep_profile
from school.imports.lookups.exchanges import loading_profiles
from school.imports.records import StoredProfile
from school.imports.rules.profile_files import fitting, mapping_of_sheets, profile_content
from school.records import User
from server.session import school

MAPPING, NO_COLUMN, ALL_SHEETS = "import_mapping", "— нет —", "Все листы: имя листа — класс"
# Fields that one value may be given for, for the whole file.
CONSTANTS: dict[ImportKind, tuple[str, ...]] = {
    ImportKind.PUPILS: ("school_class",),
    ImportKind.FACTS: ("school_class", "subject", "term"),
}
COLUMNS_IN_A_ROW = 4
VALUES_HELP = "По строке на замену: Поле: было = стало. Например — Пропуск: бол. = б"


def settled_mapping(
    user: User, form: ImportForm, sheets: Sequence[SheetTable], file_id: str
) -> ColumnMapping:
    """Show how the file is read and return it: guessed at first, then as the person settles it."""
    key = f"{file_id}-{form.kind}"
    held: tuple[str, ColumnMapping] | None = st.session_state.get(MAPPING)
    if held is None or held[0] != key:
        held = (key, guess_mapping(form, sheets))
        st.session_state[MAPPING] = held
    _offer_fitting(user, form, sheets, key)
    mapping = held[1]
    label = _summary(form, mapping)
    with st.expander(
        as_typed(label), expanded=bool(form.missing(mapping.given)), icon=":material/table_view:"
    ):
        _choose_profile(user, form, sheets, key)
        mapping = _choose_sheet(form, sheets, mapping, key)
        mapping = _choose_columns(form, sheets, mapping, key)
        _save_profile(user, form, mapping)
    st.session_state[MAPPING] = (key, mapping)
    return mapping


def _summary(form: ImportForm, mapping: ColumnMapping) -> str:
    found = ", ".join(field.title for field in form.fields if field.name in mapping.columns)
    where = "Все листы" if mapping.sheet == EVERY_SHEET else f"Лист «{mapping.sheet}»"
    return f"{where}, столбцы: {found}" if found else f"{where}: столбцы не узнаны"


def _offer_fitting(user: User, form: ImportForm, sheets: Sequence[SheetTable], key: str) -> None:
    """Offer the profile whose columns the file has, unless it is read by it already."""
    known = {each.profile_id: each for each in loading_profiles(school().store, user, form.kind)}
    mappings = {
        profile_id: mapping_of_sheets(each.file.mapping, sheets) for profile_id, each in known.items()
    }
    fits = fitting(mappings.items(), header_texts_of(sheets))
    if not fits or st.session_state[MAPPING][1] == mappings[fits[0]]:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"К файлу подходит профиль «{as_typed(known[fits[0]].name)}».")
        if st.button("Читать по нему", key="import_use_fitting", icon=":material/done:"):
            _use_mapping(key, mappings[fits[0]])


def header_texts_of(sheets: Sequence[SheetTable]) -> dict[str, frozenset[str]]:
    """Return the name of each sheet → the texts of its upper rows."""
    return {
        sheet.name: frozenset(clean(cell) for row in sheet.rows[:HEADER_SOUGHT] for cell in row)
        for sheet in sheets
    }


def _use_mapping(key: str, mapping: ColumnMapping) -> None:
    st.session_state[MAPPING] = (key, mapping)
    for name in [name for name in st.session_state if str(name).startswith(f"map-{key}")]:
        del st.session_state[name]
    st.rerun()


def _choose_profile(user: User, form: ImportForm, sheets: Sequence[SheetTable], key: str) -> None:
    known = {each.profile_id: each for each in loading_profiles(school().store, user, form.kind)}
    if not known:
        return
    names = {profile_id: each.name for profile_id, each in known.items()}
    chosen_box, use_box, file_box, drop_box = st.columns([4, 1, 1, 1], vertical_alignment="bottom")
    chosen = choose_one("Профиль", names, place=chosen_box, key="import_profile")
    if use_box.button("Применить", key="import_use_profile", width="stretch"):
        _use_mapping(key, mapping_of_sheets(known[chosen].file.mapping, sheets))
    with file_box:
        download_profile(known[chosen], key="import_profile_file")
    if drop_box.button("Удалить", key="import_drop_profile", width="stretch"):
        now = school().clock()
        try_and_rerun(lambda: drop_profile(school().store, user, chosen, now=now), "Профиль удалён")


def download_profile(profile: StoredProfile, *, key: str) -> None:
    """Show the button that downloads a profile as a file."""
    download(
        "Файл профиля",
        lambda: profile_content(profile.file),
        f"{file_name_of(profile.name)}.json",
        "application/json",
        key=key,
        width="stretch",
    )


def _choose_sheet(
    form: ImportForm, sheets: Sequence[SheetTable], mapping: ColumnMapping, key: str
) -> ColumnMapping:
    options = [sheet.name for sheet in sheets]
    if len(sheets) > 1 and any(field.name == "school_class" for field in form.fields):
        options.append(ALL_SHEETS)
    present = ALL_SHEETS if mapping.sheet == EVERY_SHEET else mapping.sheet
    sheet_box, row_box, depth_box = st.columns([2, 1, 1])
    chosen = sheet_box.selectbox(
        "Лист", options, options.index(present) if present in options else 0, key=f"map-{key}-sheet"
    )
    row = row_box.number_input(
        "Строка заголовка",
        0,
        HEADER_SOUGHT,
        mapping.header_row,
        key=f"map-{key}-row-{chosen}",
        help="Номер последней строки заголовка; 0 — заголовка нет.",
    )
    depth = depth_box.number_input(
        "Строк в заголовке", 1, HEADER_DEPTH, max(1, mapping.header_depth), key=f"map-{key}-depth-{chosen}"
    )
    header_row, header_depth = int(row), min(int(depth), int(row))
    if (chosen, header_row, header_depth) == (present, mapping.header_row, mapping.header_depth):
        return mapping
    sheet = next((sheet for sheet in sheets if sheet.name == chosen), sheets[0])
    guess = (
        guess_in_header(form, sheet, header_row, header_depth)
        if (header_row, header_depth) != (mapping.header_row, mapping.header_depth)
        else guess_mapping(form, [sheet])
    )
    is_every = chosen == ALL_SHEETS
    return replace(
        guess,
        sheet=EVERY_SHEET if is_every else guess.sheet,
        sheet_field="school_class" if is_every else "",
        columns={
            name: text for name, text in guess.columns.items() if not (is_every and name == "school_class")
        },
    )


def _choose_columns(
    form: ImportForm, sheets: Sequence[SheetTable], mapping: ColumnMapping, key: str
) -> ColumnMapping:
    sheet = next((sheet for sheet in sheets if sheet.name == mapping.sheet), sheets[0])
    headers = headers_of(sheet, mapping.header_row, mapping.header_depth)
    place = f"map-{key}-{sheet.name}-{mapping.header_row}-{mapping.header_depth}"
    with st.form(f"{place}-form", border=False):
        columns = _column_choices(form, headers, mapping, place)
        constants = _constant_inputs(form, mapping, place)
        values = st.text_area(
            "Замена значений",
            values_text(form, mapping.values),
            height=70,
            key=f"{place}-values",
            help=VALUES_HELP,
        )
        st.form_submit_button("Применить столбцы")
    try:
        return replace(mapping, columns=columns, constants=constants, values=values_of(form, values))
    except Refusal as refusal:
        st.error(as_typed(str(refusal)))
        return mapping


def _column_choices(
    form: ImportForm, headers: Sequence[str], mapping: ColumnMapping, place: str
) -> dict[str, str]:
    options = [NO_COLUMN, *headers]
    chosen: dict[str, str] = {}
    boxes = st.columns(COLUMNS_IN_A_ROW)
    fields = [field for field in form.fields if field.name != mapping.sheet_field]
    for number, field in enumerate(fields):
        present = mapping.columns.get(field.name, NO_COLUMN)
        picked = boxes[number % COLUMNS_IN_A_ROW].selectbox(
            field.title,
            options,
            options.index(present) if present in options else 0,
            key=f"{place}-{field.name}",
        )
        if picked != NO_COLUMN:
            chosen[field.name] = picked
    return chosen


def _constant_inputs(form: ImportForm, mapping: ColumnMapping, place: str) -> dict[str, str]:
    names = CONSTANTS.get(form.kind, ())
    if not names:
        return {}
    boxes = st.columns(COLUMNS_IN_A_ROW)
    typed = {
        name: boxes[number].text_input(
            f"{form.field(name).title}: один на весь файл",
            mapping.constants.get(name, ""),
            key=f"{place}-constant-{name}",
        )
        for number, name in enumerate(names)
    }
    return {name: clean(text) for name, text in typed.items() if clean(text)}


def values_text(form: ImportForm, values: Mapping[str, Mapping[str, str]]) -> str:
    """Return the replacements of a profile as lines «Поле: было = стало»."""
    return "\n".join(
        f"{form.field(name).title}: {given} = {wanted}"
        for name, pairs in values.items()
        for given, wanted in pairs.items()
    )


def values_of(form: ImportForm, text: str) -> dict[str, dict[str, str]]:
    """Read the lines «Поле: было = стало»; raises Refusal for a line that is none."""
    titles = {field.title.casefold(): field.name for field in form.fields}
    values: dict[str, dict[str, str]] = {}
    for line in filter(None, map(clean, text.splitlines())):
        title, colon, rest = line.partition(":")
        given, equals, wanted = rest.partition("=")
        if not (colon and equals and title.strip().casefold() in titles and given.strip()):
            raise Refusal(f"Строка замены непонятна: «{line}».", VALUES_HELP)
        values.setdefault(titles[title.strip().casefold()], {})[given.strip()] = wanted.strip()
    return values


def _save_profile(user: User, form: ImportForm, mapping: ColumnMapping) -> None:
    name_box, button_box = st.columns([5, 1], vertical_alignment="bottom")
    name = name_box.text_input(
        "Запомнить как профиль",
        placeholder="Например: выгрузка КИАСУО",
        key="import_profile_name",
        max_chars=60,
    )
    now = school().clock()
    if button_box.button("Запомнить", key="import_keep_profile", width="stretch", disabled=not name.strip()):
        text = mapping.to_text()
        try_to(lambda: keep_profile(school().store, user, form.kind, name, text, now=now), "Профиль сохранён")
