"""Is a file safe and sound? Cards and configs, read before Keras sees them. Never imports Keras."""
