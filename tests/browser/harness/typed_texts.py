"""A page that shows typed texts in every place where Streamlit reads Markdown, each in a container of its own."""

import streamlit as st

from server.typed_text import as_typed, in_line
from tests.typed_texts import TYPED

for number, text in enumerate(TYPED):
    typed, line = as_typed(text), in_line(text)
    with st.container(key=f"text{number}"):
        st.markdown(typed)
    with st.container(key=f"inside{number}"):
        st.markdown(f"**{typed}**, :gray[{typed}] «{typed}»")
    with st.container(key=f"item{number}"):
        st.caption(f"- {typed}")
    with st.container(key=f"cell{number}"):
        st.markdown(f"| Тема | |\n|---|---|\n| {line} | |")
    with st.container(key=f"label{number}"):
        st.button(typed, key=f"button{number}")
    with st.container(key=f"title{number}"):
        st.subheader(line)
