"""How ConvLens' own networks were trained, and what was measured of them."""

from models import lean  # noqa: F401  before anything here imports Keras
