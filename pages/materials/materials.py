"""«Материалы»: files and links of a subject for a class, each version with its day (п. 4.7)."""

import streamlit as st

from pages.ui.doing import try_and_rerun, try_to
from pages.ui.filters import choose
from pages.ui.links import material_address
from pages.ui.register_choice import NO_REGISTERS, subject_title
from pages.ui.typed_text import Markdown, as_typed
from pages.ui.upload import file_uploader
from school.access.action import Action
from school.calendar import day_title, school_year_of
from school.files.attachments.kinds import FILE_BYTES, FILE_KINDS, SAME_KINDS
from school.materials.actions import NewMaterial, add_material, remove_material
from school.materials.lookups import Material, MaterialSeries, register_materials
from school.materials.rules import LINK_LENGTH, TITLE_LENGTH
from school.records import RegisterKey, RegisterRow, User
from school.register.lookups.registers import readable_registers
from server.session import guard, school

NUMBER = "material_number"


def choose_register(user: User, rows: list[RegisterRow]) -> RegisterRow:
    """Let the user choose a class and a subject: their own lessons first."""
    own = [row for row in rows if user.staff_id in row.teacher_ids]
    classes = {str(row.key.class_id): row.class_name for row in rows}
    class_box, subject_box = st.columns([1, 3])
    with class_box:
        first = own[0] if own else rows[0]
        class_id = int(choose("class", "Класс", classes, default=str(first.key.class_id)))
    of_class = [row for row in rows if row.key.class_id == class_id]
    registers = {f"{row.key.subject_id}-{row.key.subgroup_id or ''}": row for row in of_class}
    default = next((code for code, row in registers.items() if user.staff_id in row.teacher_ids), None)
    with subject_box:
        titles = {code: subject_title(row) for code, row in registers.items()}
        return registers[choose("register", "Предмет", titles, default=default or next(iter(titles)))]


def version_line(each: Material) -> Markdown:
    """Return a file as a link, with its kind and day."""
    address = material_address(each.material_id)
    return Markdown(
        f"[{as_typed(each.title)}]({address}) · {as_typed(each.kind)} · {day_title(each.added_at.date())}"
    )


def show_version(user: User, each: Material, *, may_remove: bool) -> None:
    """Show a version; its teacher may take it away."""
    words, drop = st.columns([6, 1], vertical_alignment="center")
    if each.link:
        with words:
            st.link_button(Markdown(as_typed(each.title)), each.link, icon=":material/link:", type="tertiary")
            st.caption(Markdown(f"ссылка · {day_title(each.added_at.date())}"))
    else:
        words.markdown(version_line(each))
    if may_remove and drop.button(
        "Убрать", icon=":material/delete:", key=f"remove_{each.material_id}", type="tertiary"
    ):
        remove = lambda: remove_material(school().store, user, each.material_id, now=school().clock())  # noqa: E731
        try_and_rerun(remove, Markdown("Убрано: класс этого больше не видит."))


def show_series(user: User, series: MaterialSeries, *, may_remove: bool) -> None:
    """Show a material, its older versions below."""
    with st.container(border=True):
        show_version(user, series.newest, may_remove=may_remove)
        if series.older:
            with st.expander(Markdown(f"Прежние версии: {len(series.older)}")):
                for each in series.older:
                    show_version(user, each, may_remove=may_remove)


def show_form(user: User, key: RegisterKey, series: tuple[MaterialSeries, ...]) -> None:
    """Show the form that adds a material; what was typed stays when it is refused."""
    number = st.session_state.get(NUMBER, 0)
    place = f"{key.class_id}_{key.subject_id}_{key.subgroup_id}_{number}"
    with st.form(f"material_{place}", border=False):
        title = st.text_input("Название", max_chars=TITLE_LENGTH, key=f"material_title_{place}")
        upload = file_uploader(
            "Файл",
            [*FILE_KINDS, *SAME_KINDS],
            key=f"material_file_{place}",
            max_upload_size=FILE_BYTES // 1024**2,
        )
        link = st.text_input(
            "Или ссылка", max_chars=LINK_LENGTH, placeholder="https://…", key=f"material_link_{place}"
        )
        titles = {each.newest.material_id: each.newest.title for each in series}
        before = st.selectbox(
            "Новая версия материала",
            [None, *titles],
            format_func=lambda each: titles[each] if each is not None else "нет, это новый материал",
            key=f"material_before_{place}",
        )
        if not st.form_submit_button("Добавить", type="primary"):
            return
    file = (upload.name, upload.getvalue()) if upload is not None else None
    new = NewMaterial(key, title or (file[0] if file else ""), link, file, before)
    if try_to(
        lambda: add_material(school().store, user, new, now=school().clock()),
        Markdown("Добавлено: класс увидит это у предмета в дневнике."),
    ):
        st.session_state[NUMBER] = number + 1
        st.rerun()


def show_materials(user: User) -> None:
    """Show the whole page."""
    rows = readable_registers(school().store, user, school_year_of(school().clock().date()))
    if not rows:
        st.info(Markdown(NO_REGISTERS))
        return
    key = choose_register(user, rows).key
    found = register_materials(school().store, user, key)
    if found.may_add:
        with st.expander("Добавить материал", icon=":material/add:", expanded=not found.series):
            show_form(user, key, found.series)
    for each in found.series:
        show_series(user, each, may_remove=found.may_add)
    if not found.series:
        st.info(
            "Материалов у этого предмета пока нет. Их добавляет учитель; класс видит их в дневнике, у предмета."
        )


show_materials(guard(Action.READ_REGISTER))
