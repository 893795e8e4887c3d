"""The page Map: many pictures as vectors on a plane. Feature maps are in `slices/`."""
