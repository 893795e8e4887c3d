"""The web process itself: what stands before Streamlit, privacy, sockets, routes. Pages are in `ui/`."""
