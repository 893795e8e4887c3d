"""How ConvLens' own networks were trained, and what was measured of them."""
