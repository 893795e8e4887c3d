"""The only part of ``convlens`` that imports Streamlit."""
