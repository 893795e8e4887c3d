"""The peer: Streamlit with nothing in it but a title, a slider and its value."""

import streamlit as st

st.title("Empty")
st.text(f"Value {st.slider('A slider', 0, 100, 50)}")
