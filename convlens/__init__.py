"""Everything of ConvLens that is neither a screen nor a network. Never imports Keras or Streamlit (but in ``ui``)."""
