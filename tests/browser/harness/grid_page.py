"""The page of the harness: the grid, a button that reruns, and what the grid asked for."""

import sys
import time
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parent))

from small_register import LESSONS, PUPILS, TODAY, SmallRegister

from pages.grid import grid_component

SURNAMES = [
    "Абрамова",
    "Белов",
    "Васильева",
    "Григорьев",
    "Дмитриева",
    "Егоров",
    "Жукова",
    "Зайцев",
    "Иванова",
    "Климов",
]
FIRST_NAMES = ["Анна", "Пётр", "Мария", "Илья", "Софья", "Константин", "Дарья", "Лев", "Екатерина", "Артём"]
MONTHS = {"10": "окт", "11": "ноя"}
WEEKDAYS = ["пн", "вт", "ср", "чт", "пт", "сб"]


def pupil_row(register: SmallRegister, number: int, pupil: str) -> dict[str, object]:
    name = f"{SURNAMES[number % 10]} {FIRST_NAMES[(number * 7 + number // 10) % 10]}"
    return {"id": pupil, "name": name, "minimum": 6, **register.figures(pupil)}


def lesson_column(number: int, lesson: str, day: str) -> dict[str, object]:
    is_control = number % 7 == 3
    return {
        "id": lesson,
        "date": day,
        "day": str(int(day[8:])),
        "month": MONTHS[day[5:7]],
        "weekday": WEEKDAYS[number % 6],
        "number": 1 + number % 6,
        "work_type": "КР" if is_control else ["отв", "дз", "СР"][number % 3],
        "work_type_title": "контрольная работа (вес 2)" if is_control else "ответ на уроке (вес 1)",
        "topic": f"Тема {number}",
        "editable": True,
        "why_not": "",
        "attendance_taken": day < "2026-11-13",
        "is_written_control": is_control,
        "cancelled": number == 12,
    }


st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
register = SmallRegister.from_environment()
mood = register.mood()
user = mood.get("user") or st.query_params.get("user", "17")
with st.sidebar:
    st.write("Меню")
st.button("Обновить")

runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.caption(f"Страница читает журнал: {runs}")
data = {
    "version": register.version(),
    "user_id": user,
    "read_only": mood["read_only"],
    "save_url": "/api/register/cells",
    "history_url": "/api/register/history",
    "today": TODAY,
    "selected_lesson": st.session_state.get("lesson"),
    "pupils": [pupil_row(register, number, pupil) for number, pupil in enumerate(PUPILS)],
    "lessons": [lesson_column(number, lesson, day) for number, (lesson, day) in enumerate(LESSONS.items())],
    "cells": {key: {"text": text, "late": key.startswith("L5:")} for key, text in register.cells().items()},
    "blocked": mood["blocked"],
    "term_marks": mood.get("term_marks"),
    "forecasts": mood.get("forecasts"),
}
if runs > 1:
    time.sleep(mood["page_delay_s"])
chosen = grid_component(key="grid", data=data, on_lesson_change=lambda: None).lesson
if chosen:
    st.session_state["lesson"] = chosen
    st.rerun()
st.caption(f"Урок: {st.session_state.get('lesson', 'не выбран')}")
