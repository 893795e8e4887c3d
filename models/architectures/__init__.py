"""What the networks are made of: our own, and those of keras.applications."""
