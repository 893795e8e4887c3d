"""The page Layers: every layer's maps, and each map in the large. Jobs and code are in `slices/`."""
