"""The peer: Streamlit with nothing in it but a title and a slider."""

import streamlit as st

st.title("Empty")
st.slider("A slider", 0, 100, 50)
